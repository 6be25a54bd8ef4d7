/**
 * Quotes the name of a file, a topic or a note for a sentence of the server. The text cannot end the quotes, so
 * nobody mistakes it for words of the server.
 */
export function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`
}
