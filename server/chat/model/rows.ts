import type { Problem } from './failures.ts'

/** A message may have several rows, such as code: at most this many, and this many bytes of UTF-8 together. */
export const mostRows = 200
export const mostBytes = 64 * 1024
/** JSON may write a character of one byte as six (`\u003c`): a line of JSON may be so many times as long as the text in it. */
export const jsonFold = 6
/** The longest line of JSON of somebody who may say something, in bytes: every stored message fits. */
export const mostJsonBytes = jsonFold * mostBytes

/** How many rows a message has; it costs as much as so many lines. */
export function rowCount(text: string): number {
  let rows = 1
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) rows++
  return rows
}

/** The failure of a text that is too long; undefined if it may be said. Each row may be as long as a line. */
export function tooMuch(text: string, lineBytes: number): Problem | undefined {
  const rows = rowCount(text)
  if (rows > mostRows) return { code: 'text-too-long', what: 'rows', limit: mostRows }
  if (rows > 1 && Buffer.byteLength(text) > mostBytes)
    return { code: 'text-too-long', what: 'bytes', limit: mostBytes }
  // No character has more than three bytes for each of its UTF-16 units.
  if (text.length * 3 <= lineBytes) return undefined
  const long = text.split('\n').findIndex((row) => Buffer.byteLength(row) > lineBytes)
  if (long < 0) return undefined
  return { code: 'line-too-long', limit: lineBytes, ...(rows > 1 ? { row: long + 1 } : {}) }
}
