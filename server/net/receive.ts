import type { Readable } from 'node:stream'
import type { Upload } from '../chat/files/upload.ts'
import { fail } from '../chat/model/failures.ts'
import type { Clock } from '../lib/clock.ts'

/** How long to wait for more bytes: `stallSeconds`, and only until the server stops. */
interface Waiting {
  readonly clock: Clock
  readonly rules: { readonly stallSeconds: number }
  readonly stopping: AbortSignal
  /** Aborted when no more can come: what has come is still taken. */
  readonly cut?: AbortSignal
  /** The stream ends with the file: it has more to it than the bytes of that. */
  readonly toEnd?: boolean
  /** Gets the bytes as they are taken. */
  readonly onBytes?: (chunk: Buffer) => void
}

/** A slower upload of a known size only occupies a place; in bytes a second. */
const leastRate = 100

/** How an upload ended: all announced bytes came; the peer ended it; or neither. */
type Ended = 'end' | 'lost' | 'stalled'

/**
 * Hands the bytes of a stream to an upload until the announced bytes have come or, without an announced size, until the stream
 * ends. It reads only as fast as the disk writes. Throws `bad-arguments` for more bytes where the stream has
 * to end with the file, `upload-broken` if bytes are missing, if none come for
 * `stallSeconds`, if an upload of known size is slower than `leastRate`, or if the server stops; and the errors of the upload.
 */
export async function receive(stream: Readable, upload: Upload, waiting: Waiting): Promise<void> {
  const pace = new Pace(waiting)
  while (upload.missing !== 0) {
    const chunk: Buffer | null = waiting.stopping.aborted ? null : stream.read()
    if (chunk !== null) {
      // Bytes after the file belong to nothing.
      const bytes = chunk.subarray(0, upload.missing)
      await upload.write(bytes)
      waiting.onBytes?.(bytes)
      if (bytes.length < chunk.length && waiting.toEnd) throw tooMuch()
      if (!upload.missing || pace.isKept(chunk.length)) continue
      throw brokenOff(upload)
    }
    const ended = await next(stream, waiting)
    if (ended === undefined) continue
    if (ended === 'end' && upload.missing === undefined) return
    throw brokenOff(upload)
  }
  if (waiting.toEnd) await takeEnd(stream, upload, waiting)
}

/** Waits for the end behind the last byte of a file. */
async function takeEnd(stream: Readable, upload: Upload, waiting: Waiting): Promise<void> {
  while (!stream.readableEnded) {
    if (stream.read() !== null) throw tooMuch()
    const ended = await next(stream, waiting)
    if (ended === 'end') return
    if (ended !== undefined) throw brokenOff(upload)
  }
}

function tooMuch(): Error {
  return fail({ code: 'bad-arguments', detail: 'More came than the request says that the file has.' })
}

function brokenOff({ file: { received, size } }: Upload): Error {
  return fail({ code: 'upload-broken', received, size })
}

/** Checks the speed of an upload, in spans of `stallSeconds`. */
class Pace {
  readonly #waiting: Waiting
  #since: number
  #bytes = 0

  constructor(waiting: Waiting) {
    this.#waiting = waiting
    this.#since = waiting.clock.ticks()
  }

  /** Counts bytes that have come. */
  isKept(bytes: number): boolean {
    const { clock, rules } = this.#waiting
    this.#bytes += bytes
    const now = clock.ticks()
    if (now - this.#since < rules.stallSeconds * 1000) return true
    const kept = this.#bytes >= rules.stallSeconds * leastRate
    this.#since = now
    this.#bytes = 0
    return kept
  }
}

/** Waits for more bytes; resolves with how the upload ended if none will come. */
async function next(stream: Readable, { clock, cut, rules, stopping }: Waiting): Promise<Ended | undefined> {
  if (stream.readableEnded) return 'end'
  if (stream.destroyed || cut?.aborted) return 'lost'
  return new Promise((resolve) => {
    const settle = (how: Ended | undefined) => () => {
      cancel()
      stopping.removeEventListener('abort', lost)
      cut?.removeEventListener('abort', more)
      stream.off('readable', more).off('end', end).off('close', lost).off('error', lost)
      resolve(how)
    }
    const more = settle(undefined)
    const end = settle('end')
    const lost = settle('lost')
    const cancel = clock.after(rules.stallSeconds * 1000, settle('stalled'))
    stopping.addEventListener('abort', lost)
    // What has come is read once more.
    cut?.addEventListener('abort', more)
    stream.on('readable', more).on('end', end).on('close', lost).on('error', lost)
    if (stopping.aborted) lost()
  })
}
