import { isUtf8 } from 'node:buffer'
import { type Line, type LineError, longestTyped } from '../lib/line.ts'

/** This much of the beginning is told of a line that cannot be read. */
export const startBytes = 100
const newline = 0x0a

/** The line that these bytes are, from `start` to before `end`, or why they cannot be read. */
export function decodeLine(bytes: Buffer, start: number, end: number): Line {
  const text = bytes.toString('utf8', start, end)
  // Bad bytes are decoded as U+FFFD, which may also have been sent as such.
  if (text.includes('\uFFFD') && !isUtf8(bytes.subarray(start, end)))
    return unreadableLine('bad-encoding', bytes, start, end)
  return { text }
}

/**
 * The text of bytes that are one line of printable ASCII and its LF, as nearly all packets of a chat are; undefined if they are
 * anything else.
 */
export function wholeLine(bytes: Buffer): string | undefined {
  const end = bytes.length - 1
  if (end < 1 || bytes[end] !== newline) return undefined
  for (let at = 0; at < end; at++) {
    const byte = bytes[at] ?? 0
    if (byte < 0x20 || byte > 0x7e) return undefined
  }
  return bytes.toString('latin1', 0, end)
}

/** A line of these bytes that cannot be read, and how it begins. */
export function unreadableLine(error: LineError, bytes: Buffer, start: number, end: number): Line {
  const begin = bytes.toString('latin1', start, Math.min(start + startBytes, end))
  const cut = cutAt(end - start)
  // A terminal has cut it in the middle of a character: it is no fault of the encoding.
  if (cut.cut || error === 'line-too-long') return { error: 'line-too-long', start: begin, ...cut }
  // A copy: the chunk is used again, and the line may have to wait.
  return { error, start: begin, bytes: Buffer.from(bytes.subarray(start, end)) }
}

/** Whether a line of this length was cut by the terminal in which it was typed. */
export function cutAt(length: number): { cut?: true } {
  return length === longestTyped ? { cut: true } : {}
}
