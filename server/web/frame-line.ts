import { isUtf8 } from 'node:buffer'
import type { Line } from '../lib/line.ts'

/** So much of a line is told that cannot be read. */
const startBytes = 100

/**
 * The line that a message is, or why it cannot be read: longer than `longest` bytes, binary, or not UTF-8. A message is one
 * line, also if somebody has put ends of lines in it or behind it.
 */
export function lineOf(data: Buffer, isBinary: boolean, longest: number): Line {
  const start = data.toString('latin1', 0, startBytes)
  if (data.length > longest) return { error: 'line-too-long', start }
  if (isBinary || !isUtf8(data)) return { error: 'bad-encoding', start }
  const text = data.toString()
  if (!/[\r\n]/.test(text)) return { text }
  // In JSON a tab may stand between words as a new line may, and not in a string.
  return { text: text.replace(/[\r\n]+$/, '').replace(/[\r\n]+/g, '\t') }
}
