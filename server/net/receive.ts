import type { Readable } from 'node:stream'
import type { Upload } from '../chat/files/uploads.ts'
import { fail } from '../chat/model/failures.ts'
import type { Clock } from '../lib/clock.ts'

/** How long to wait for more: `stallSeconds`, and no longer than the server runs. */
interface Waiting {
  readonly clock: Clock
  readonly rules: { readonly stallSeconds: number }
  readonly stopping: AbortSignal
}

/** Who brings less of a file whose size is known does not bring it, but holds a place for it. In bytes a second. */
const leastRate = 100

/** How a body of bytes ended: all that was announced came, or the peer's end, or neither. */
type Ended = 'end' | 'lost' | 'stalled'

/**
 * Hands what a stream brings to an upload until the announced bytes are there, or, where no size was announced,
 * until it ends. No more is read than the disk takes. Throws `upload-broken` if bytes are missing then, or none come for
 * `stallSeconds`, or of a known size fewer than `leastRate`, or the server stops; and whatever the upload throws.
 */
export async function receive(stream: Readable, upload: Upload, waiting: Waiting): Promise<void> {
  const pace = new Pace(waiting)
  while (upload.missing !== 0) {
    const chunk: Buffer | null = waiting.stopping.aborted ? null : stream.read()
    if (chunk !== null) {
      // What comes behind the file is nobody's.
      await upload.write(chunk.subarray(0, upload.missing))
      if (!upload.missing || pace.isKept(chunk.length)) continue
      throw brokenOff(upload)
    }
    const ended = stream.readableEnded ? 'end' : stream.destroyed ? 'lost' : await next(stream, waiting)
    if (ended === undefined) continue
    if (ended === 'end' && upload.missing === undefined) return
    throw brokenOff(upload)
  }
}

function brokenOff({ file: { received, size } }: Upload): Error {
  return fail({ code: 'upload-broken', received, size })
}

/** Whether an upload brings what it has to, in spans of `stallSeconds`. */
class Pace {
  readonly #waiting: Waiting
  #since: number
  #bytes = 0

  constructor(waiting: Waiting) {
    this.#waiting = waiting
    this.#since = waiting.clock.ticks()
  }

  /** So many bytes came now. */
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

/** Waits for more; answers how it ended if nothing will come. */
function next(stream: Readable, { clock, rules, stopping }: Waiting): Promise<Ended | undefined> {
  return new Promise((resolve) => {
    const settle = (how: Ended | undefined) => () => {
      cancel()
      stopping.removeEventListener('abort', lost)
      stream.off('readable', more).off('end', end).off('close', lost).off('error', lost)
      resolve(how)
    }
    const more = settle(undefined)
    const end = settle('end')
    const lost = settle('lost')
    const cancel = clock.after(rules.stallSeconds * 1000, settle('stalled'))
    stopping.addEventListener('abort', lost)
    stream.on('readable', more).on('end', end).on('close', lost).on('error', lost)
    if (stopping.aborted) lost()
  })
}
