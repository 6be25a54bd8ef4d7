/**
 * A name of a file, a topic or a note, as it stands in a sentence of the server's own: in quotes that it cannot end, so that
 * nobody mistakes it for what the server says.
 */
export function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`
}
