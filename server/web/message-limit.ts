/** What a frame begins with (RFC 6455, 5.2). */
const fin = 0x80
const text = 0x01
/** Frames with this bit control the connection, and come also between the pieces of a message. */
const control = 0x08
const masked = 0x80
const maskBytes = 4
const mostHeader = 14

/**
 * Looks at the headers of the frames that a client sends, and cuts each message off one byte behind the longest that is
 * taken, so that nobody makes the server hold more. What is left is whole frames again.
 */
export class MessageLimit {
  readonly #longest: () => number
  readonly #most: number
  /** The header that comes, as far as it is there. */
  readonly #header = Buffer.alloc(mostHeader)
  #headerBytes = 0
  /** How much of the payload of the present frame still comes, and how much of that passes. */
  #left = 0
  #passes = 0
  /** How long the present message is so far. */
  #size = 0
  /** The present message was cut off: its other frames are dropped. */
  #isCut = false
  #messages = 0
  /** The numbers of messages that were cut off, and not asked for yet. */
  readonly #cut: number[] = []

  /**
   * `longest` is how many bytes a message may have, at the moment. One of more than `most` bytes is not cut off: its header
   * goes on, and whoever reads it gives up.
   */
  constructor(longest: () => number, most: number) {
    this.#longest = longest
    this.#most = most
  }

  /** Whether a message was cut off; they are counted from 0, and each is asked for once, in order. */
  wasCut(message: number): boolean {
    if (this.#cut[0] !== message) return false
    this.#cut.shift()
    return true
  }

  /** Takes bytes as they come, and answers those that pass. */
  take(chunk: Buffer): Buffer[] {
    const passing: Buffer[] = []
    /** From here on nothing of the chunk was answered yet. */
    let from = 0
    let at = 0
    const flush = (end: number) => {
      if (end > from) passing.push(chunk.subarray(from, end))
      from = at
    }
    while (at < chunk.length) {
      if (this.#left > 0) {
        const size = Math.min(this.#left, chunk.length - at)
        const passes = Math.min(this.#passes, size)
        at += size
        this.#left -= size
        this.#passes -= passes
        if (passes < size) flush(at - size + passes)
        continue
      }
      const begin = at
      const isBegun = this.#headerBytes > 0
      while (at < chunk.length && this.#headerBytes < headerBytes(this.#header, this.#headerBytes))
        this.#header[this.#headerBytes++] = chunk[at++] ?? 0
      if (this.#headerBytes < headerBytes(this.#header, this.#headerBytes)) {
        flush(begin)
        break
      }
      const header = this.#header.subarray(0, this.#headerBytes)
      this.#headerBytes = 0
      const judged = this.#judge(header)
      // Most headers pass as they are, in the piece of the chunk that they stand in.
      if (judged === header && !isBegun) continue
      flush(begin)
      if (judged.length > 0) passing.push(judged === header ? Buffer.from(header) : judged)
    }
    flush(at)
    return passing
  }

  /** Answers the header that passes instead of this one: the same, another one, or nothing. */
  #judge(header: Buffer): Buffer {
    const [first = 0] = header
    const size = payloadBytes(header)
    this.#left = this.#passes = size
    if ((first & control) !== 0) return header
    const isLast = (first & fin) !== 0
    if ((first & ~fin) !== 0) {
      this.#size = 0
      this.#isCut = false
    }
    const before = this.#size
    this.#size += size
    if (this.#size > this.#most) {
      this.#passes = 0
      return this.#isCut ? tooMuch(this.#size) : header
    }
    if (this.#isCut) {
      this.#passes = 0
      this.#isCut = !isLast
      return nothing
    }
    const longest = this.#longest()
    if (this.#size <= longest) {
      if (isLast) this.#messages++
      return header
    }
    this.#cut.push(this.#messages++)
    this.#isCut = !isLast
    // The limit may have become less since the pieces before.
    this.#passes = Math.min(size, Math.max(0, longest + 1 - before))
    return cutHeader(header, this.#passes)
  }
}

const nothing = Buffer.alloc(0)

/** How long a header is of which so many bytes are there, as far as these tell. */
function headerBytes(header: Buffer, there: number): number {
  if (there < 2) return 2
  const [, second = 0] = header
  return 2 + extraBytes(second) + ((second & masked) === 0 ? 0 : maskBytes)
}

/** How many bytes behind the first two tell the length of the payload. */
function extraBytes(second: number): number {
  const length = second & ~masked
  if (length < 126) return 0
  return length === 126 ? 2 : 8
}

function payloadBytes(header: Buffer): number {
  const [, second = 0] = header
  const extra = extraBytes(second)
  if (extra === 0) return second & ~masked
  return extra === 2 ? header.readUInt16BE(2) : Number(header.readBigUInt64BE(2))
}

/** The header of a frame that ends its message with so much of its payload. */
function cutHeader(header: Buffer, size: number): Buffer {
  const [first = 0, second = 0] = header
  const mask = header.subarray(2 + extraBytes(second))
  const length = Buffer.alloc(8)
  length.writeBigUInt64BE(BigInt(size))
  return Buffer.concat([Buffer.from([first | fin, (second & masked) | 127]), length, mask])
}

/** The header of a message of so many bytes, whose mask does not matter: nobody reads on. */
function tooMuch(size: number): Buffer {
  return cutHeader(Buffer.from([text, masked, 0, 0, 0, 0]), size)
}
