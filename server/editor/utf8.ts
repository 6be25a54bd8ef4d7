/** Half of a surrogate pair that stands for one byte that is no UTF-8: U+DC80 for 0x80 up to U+DCFF for 0xFF. */
const unreadableBase = 0xdc00

/** What stands in the line for a byte from 0x80 that is no UTF-8. */
export function unreadable(byte: number): string {
  return String.fromCharCode(unreadableBase + byte)
}

/** Whether a text has bytes that are no UTF-8. */
export function hasUnreadable(text: string): boolean {
  return /\p{Surrogate}/u.test(text)
}

/** The bytes that were typed for a text, one character each. */
export function typedBytes(text: string): string {
  return text.replace(/\p{Surrogate}|\P{Surrogate}+/gu, (part) => {
    const unit = part.charCodeAt(0)
    return part.length === 1 && unit >= 0xdc80 && unit <= 0xdcff
      ? String.fromCharCode(unit - unreadableBase)
      : Buffer.from(part).toString('latin1')
  })
}

/** Puts characters of UTF-8 together from their bytes, wherever packets are cut (RFC 3629, 4). */
export class Utf8 {
  /** The bytes of the character so far, one above the other, and how many are still to come. */
  #bytes = 0
  #wanted = 0
  /** Between which two the next byte must be. */
  #least = 0x80
  #most = 0xbf

  /** Whether a character has begun. */
  get isUnfinished(): boolean {
    return this.#wanted > 0
  }

  /** Whether this byte, from 0x80, goes on with the character that has begun. */
  goesOn(byte: number): boolean {
    return this.#wanted > 0 && byte >= this.#least && byte <= this.#most
  }

  /** Takes the next byte, from 0x80: text that is complete by it, with what stands for unreadable bytes. */
  take(byte: number): string {
    if (!this.goesOn(byte)) return this.giveUp() + this.#begin(byte)
    this.#bytes = (this.#bytes << 8) | byte
    this.#wanted--
    this.#least = 0x80
    this.#most = 0xbf
    if (this.#wanted > 0) return ''
    const text = heldBytes(this.#bytes).toString()
    this.#bytes = 0
    return text
  }

  /** No more bytes come for this character: what stands for those that came. */
  giveUp(): string {
    if (this.#wanted === 0) return ''
    this.#wanted = 0
    const bytes = heldBytes(this.#bytes)
    this.#bytes = 0
    return [...bytes].map(unreadable).join('')
  }

  #begin(byte: number): string {
    if (byte < 0xc2 || byte > 0xf4) return unreadable(byte)
    this.#bytes = byte
    this.#wanted = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3
    // No longer form than needed, no halves of surrogate pairs, nothing beyond U+10FFFF.
    this.#least = byte === 0xe0 ? 0xa0 : byte === 0xf0 ? 0x90 : 0x80
    this.#most = byte === 0xed ? 0x9f : byte === 0xf4 ? 0x8f : 0xbf
    return ''
  }
}

/** The bytes of a number, the highest first. */
function heldBytes(bytes: number): Buffer {
  const held: number[] = []
  for (let rest = bytes >>> 0; rest > 0; rest >>>= 8) held.unshift(rest & 0xff)
  return Buffer.from(held)
}
