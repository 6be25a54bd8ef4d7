const newline = 0x0a
/** A whole message of text (RFC 6455, 5.2). */
const wholeText = 0x81

/**
 * Makes frames of what a dialect writes: each line is a frame. The server masks nothing, so a frame is the same for everybody
 * who reads the line, and what is rendered once for many is framed once for them.
 */
export class Frames {
  readonly #made = new WeakMap<Buffer, Buffer>()

  /** `chunk` is one line or several; one that is not whole is a frame, too. It must not be changed afterwards. */
  of(chunk: Buffer): Buffer {
    const known = this.#made.get(chunk)
    if (known) return known
    const made = framed(chunk)
    this.#made.set(chunk, made)
    return made
  }
}

function framed(chunk: Buffer): Buffer {
  const ends: number[] = []
  for (let at = 0; at < chunk.length; ) {
    const found = chunk.indexOf(newline, at)
    const end = found < 0 ? chunk.length : found
    ends.push(end)
    at = end + 1
  }
  let size = 0
  let begin = 0
  for (const end of ends) {
    size += headerBytes(end - begin) + end - begin
    begin = end + 1
  }
  const frames = Buffer.allocUnsafe(size)
  let to = 0
  begin = 0
  for (const end of ends) {
    to = writeHeader(frames, to, end - begin)
    to += chunk.copy(frames, to, begin, end)
    begin = end + 1
  }
  return frames
}

function headerBytes(length: number): number {
  if (length < 126) return 2
  return length < 65_536 ? 4 : 10
}

/** Answers where the header ends. */
function writeHeader(frames: Buffer, at: number, length: number): number {
  frames[at] = wholeText
  if (length < 126) {
    frames[at + 1] = length
    return at + 2
  }
  if (length < 65_536) {
    frames[at + 1] = 126
    return frames.writeUInt16BE(length, at + 2)
  }
  frames[at + 1] = 127
  return frames.writeBigUInt64BE(BigInt(length), at + 2)
}
