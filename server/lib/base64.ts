const nothing = Buffer.alloc(0)

/** Decodes base64 (RFC 4648) from pieces that may be cut anywhere and contain spaces. */
export class Base64Reader {
  #rest = ''
  #padded = false

  /** Returns the bytes that are complete so far; undefined if the piece is not base64. */
  push(piece: string): Buffer | undefined {
    const signs = piece.replace(/\s+/g, '')
    if (signs === '') return nothing
    const text = this.#rest + signs
    // Nothing may follow the padding.
    if (this.#padded || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined
    const whole = text.length - (text.length % 4)
    const head = text.slice(0, whole)
    this.#rest = text.slice(whole)
    this.#padded = head.endsWith('=')
    return Buffer.from(head, 'base64')
  }

  /** Whether the text is complete. */
  get complete(): boolean {
    return this.#rest === ''
  }
}
