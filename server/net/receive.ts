import type { Readable } from 'node:stream'
import { fail } from '../chat/failures.ts'
import type { Upload } from '../chat/uploads.ts'
import type { Clock } from '../lib/clock.ts'

/** How long to wait for more: `stallSeconds`, and no longer than the server runs. */
interface Waiting {
  readonly clock: Clock
  readonly rules: { readonly stallSeconds: number }
  readonly stopping: AbortSignal
}

/** How a body of bytes ended: all that was announced came, or the peer's end, or neither. */
type Ended = 'end' | 'lost' | 'stalled'

/**
 * Hands what a stream brings to an upload until the announced bytes are there, or, where no size was announced,
 * until it ends. No more is read than the disk takes. Throws `upload-broken` if bytes are missing then or none
 * come for `stallSeconds` or the server stops, and whatever the upload throws.
 */
export async function receive(stream: Readable, upload: Upload, waiting: Waiting): Promise<void> {
  while (upload.missing !== 0) {
    const chunk: Buffer | null = waiting.stopping.aborted ? null : stream.read()
    if (chunk !== null) {
      // What comes behind the file is nobody's.
      await upload.write(chunk.subarray(0, upload.missing))
      continue
    }
    const ended = stream.readableEnded ? 'end' : stream.destroyed ? 'lost' : await next(stream, waiting)
    if (ended === undefined) continue
    if (ended === 'end' && upload.missing === undefined) return
    const { received, size } = upload.file
    throw fail({ code: 'upload-broken', received, size })
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
