import type { Problem } from './failures.ts'

/** Something said may have several rows, as code has: so many of them, and so many bytes of UTF-8 in all. */
export const mostRows = 200
export const mostBytes = 64 * 1024
/**
 * A line of JSON has at most so many bytes: it may write a character of two bytes as six. No message that is stored is
 * longer, by whatever rules and limits it was said.
 */
export const mostJsonBytes = 4 * mostBytes

/** The rows of something said: what it costs, in lines. */
export function rowCount(text: string): number {
  let rows = 1
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) rows++
  return rows
}

/** Why a text is too long to be said, if it is: each of its rows is as long as a line may be. */
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
