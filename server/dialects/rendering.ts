import type { Batch } from '../chat/model/batch.ts'
import type { ChatEvent } from '../chat/model/events.ts'
import type { Listener } from '../chat/model/people.ts'

const nothing = Buffer.alloc(0)

/** Renders events for one way of writing: each event once, and all listeners share the bytes. */
export class Rendering {
  readonly #line: (event: ChatEvent) => string
  #event: ChatEvent | undefined
  #bytes = nothing

  /** `line` renders an event, with its end of line; if it throws, `broken` returns the line to show in its place. */
  constructor(line: (event: ChatEvent) => string, broken: (error: unknown) => string) {
    this.#line = (event) => {
      try {
        return line(event)
      } catch (error) {
        return broken(error)
      }
    }
  }

  event(event: ChatEvent): Buffer {
    if (event !== this.#event) {
      this.#event = event
      this.#bytes = Buffer.from(this.#line(event))
    }
    return this.#bytes
  }

  /** The bytes of a batch for a listener, from the event at `from` to before `end`. */
  batch(batch: Batch, from: number, end: number, listener: Listener): readonly Buffer[] {
    const rendered = batch.kept(this, () => new RenderedBatch())
    rendered.grow(batch, this.#line)
    return batch.mayOmit(listener)
      ? rendered.without(batch, from, end, listener)
      : rendered.between(from, end)
  }
}

/** The bytes of a batch so far. They are never changed, so that they can be shared. */
class RenderedBatch {
  #bytes = nothing
  /** Where each line ends. */
  readonly #ends: number[] = []
  /** The buffer of the whole batch, for the many listeners that get all of it. */
  #whole: readonly Buffer[] | undefined

  /** Renders the events that were added since. */
  grow({ events }: Batch, line: (event: ChatEvent) => string): void {
    const known = this.#ends.length
    if (known === events.length) return
    this.#whole = undefined
    const lines: string[] = []
    for (let index = known; index < events.length; index++) lines.push(line(events[index] as ChatEvent))
    const text = lines.length === 1 && lines[0] !== undefined ? lines[0] : lines.join('')
    const size = Buffer.byteLength(text)
    let end = this.#end(known)
    this.#reserve(end, size)
    this.#bytes.write(text, end)
    for (const one of lines) {
      end += size === text.length ? one.length : Buffer.byteLength(one)
      this.#ends.push(end)
    }
  }

  between(from: number, end: number): readonly Buffer[] {
    if (from > 0 || end < this.#ends.length) return [this.#part(from, end)]
    this.#whole ??= [this.#part(0, end)]
    return this.#whole
  }

  /** The same without the events that this listener does not hear. */
  without(batch: Batch, from: number, end: number, listener: Listener): Buffer[] {
    const runs: Buffer[] = []
    for (let begin = from; begin < end; ) {
      const stop = batch.nextOmitted(listener, begin, end)
      // Some events have no line.
      if (this.#end(begin) < this.#end(stop)) runs.push(this.#part(begin, stop))
      begin = stop + 1
    }
    return runs
  }

  /** The lines from `from` to before `end`. */
  #part(from: number, end: number): Buffer {
    return this.#bytes.subarray(this.#end(from), this.#end(end))
  }

  /** Where the first `count` lines end. */
  #end(count: number): number {
    return this.#ends[count - 1] ?? 0
  }

  #reserve(used: number, more: number): void {
    if (used + more <= this.#bytes.length) return
    // Usually the whole batch is rendered at once; if not, the buffer doubles.
    const bytes = Buffer.allocUnsafe(used === 0 ? more : 2 * (used + more))
    this.#bytes.copy(bytes, 0, 0, used)
    this.#bytes = bytes
  }
}
