import { commands } from './telnet-codes.ts'

/**
 * Without BINARY, Unix telnet takes some bytes with the highest bit for its keys: the second byte of "Ü" counts as Ctrl-\\,
 * and it sends BREAK instead. Inside an unfinished character of UTF-8 nobody presses a key, so each such command is turned
 * back into its byte.
 */
export const byteOfKey: ReadonlyMap<number, number> = new Map([
  [commands.interruptProcess, 0x83],
  [commands.eof, 0x84],
  [commands.eraseCharacter, 0x88],
  [commands.abortOutput, 0x8f],
  [commands.areYouThere, 0x94],
  [commands.eraseLine, 0x95],
  [commands.susp, 0x9a],
  [commands.break, 0x9c],
  [commands.abort, 0x9c],
])

/** The last three bytes of a stream, and whether the next one continues a character. */
export class LastBytes {
  #last = 0

  note(chunk: Buffer): void {
    for (let at = Math.max(0, chunk.length - 3); at < chunk.length; at++)
      this.#last = ((this.#last << 8) | (chunk[at] ?? 0)) & 0xffffff
  }

  /** Whether the last byte can be no byte of UTF-8 where it stands. */
  get isBroken(): boolean {
    const [third, second, first] = [this.#last >> 16, (this.#last >> 8) & 0xff, this.#last & 0xff]
    if (first < 0x80) return false
    // A character begins behind a whole one only.
    if (!isContinuation(first)) return first < 0xc2 || first > 0xf4 || second >= 0xc0
    if (isContinuation(second)) return third < 0x80
    return !(second >= 0xc2 && second <= 0xf4)
  }

  /** Whether this byte continues a character (RFC 3629, 4). */
  wants(next: number): boolean {
    const [third, second, first] = [this.#last >> 16, (this.#last >> 8) & 0xff, this.#last & 0xff]
    if (first >= 0xc2 && first <= 0xf4) return isSecond(first, next)
    if (!isContinuation(first)) return false
    if (second >= 0xe0 && second <= 0xf4) return isSecond(second, first)
    return isContinuation(second) && third >= 0xf0 && third <= 0xf4 && isSecond(third, second)
  }
}

function isContinuation(byte: number): boolean {
  return byte >= 0x80 && byte <= 0xbf
}

/** Whether a character may begin with these two bytes. */
function isSecond(lead: number, byte: number): boolean {
  switch (lead) {
    case 0xe0:
      return byte >= 0xa0 && byte <= 0xbf
    case 0xed:
      return byte >= 0x80 && byte <= 0x9f
    case 0xf0:
      return byte >= 0x90 && byte <= 0xbf
    case 0xf4:
      return byte >= 0x80 && byte <= 0x8f
    default:
      return isContinuation(byte)
  }
}
