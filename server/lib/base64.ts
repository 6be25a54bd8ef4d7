const nothing = Buffer.alloc(0)

/** Decodes base64 (RFC 4648) that comes in pieces, which may be cut anywhere and have spaces in them. */
export class Base64Reader {
  #rest = ''
  #padded = false

  /** Answers the bytes that are sure by now; undefined if the piece is no base64. */
  push(piece: string): Buffer | undefined {
    const signs = piece.replace(/\s+/g, '')
    if (signs === '') return nothing
    const text = this.#rest + signs
    // Nothing comes behind the padding.
    if (this.#padded || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined
    const whole = text.length - (text.length % 4)
    const head = text.slice(0, whole)
    this.#rest = text.slice(whole)
    this.#padded = head.endsWith('=')
    return Buffer.from(head, 'base64')
  }

  /** Whether nothing is missing. */
  get complete(): boolean {
    return this.#rest === ''
  }
}
