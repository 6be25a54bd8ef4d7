import { isUtf8 } from 'node:buffer'
import type { Readable } from 'node:stream'

/** The input is not a text; `line` is the number of the first line that is not. */
export class TextError extends Error {
  override readonly name = 'TextError'
  readonly line: number

  constructor(line: number, message: string) {
    super(message)
    this.line = line
  }
}

/**
 * Reads the lines of a text in UTF-8, without their ends (LF or CR LF) and without a byte order mark. Keeps no more than `limit`
 * bytes of a line in memory.
 * @throws {TextError}
 */
export async function* textLines(source: Readable, limit: number): AsyncIterable<string> {
  let line = 1
  let parts: Buffer[] = []
  let bytes = 0
  const finish = (): string => {
    const whole = parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts)
    parts = []
    bytes = 0
    if (!isUtf8(whole)) throw new TextError(line, 'it is not text in UTF-8')
    const text = whole.toString()
    const from = line === 1 && text.startsWith('\ufeff') ? 1 : 0
    line++
    return text.slice(from, text.endsWith('\r') ? -1 : undefined)
  }
  const take = (part: Buffer) => {
    bytes += part.length
    if (bytes > limit) throw new TextError(line, `it is longer than ${limit} bytes`)
    parts.push(part)
  }
  for await (const chunk of source as AsyncIterable<Buffer>) {
    let from = 0
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      take(chunk.subarray(from, end))
      yield finish()
      from = end + 1
    }
    if (from < chunk.length) take(chunk.subarray(from))
  }
  if (bytes > 0) yield finish()
}
