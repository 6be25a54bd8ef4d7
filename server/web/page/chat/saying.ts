import { heard } from '../state/events.ts'
import { withNote } from '../state/log.ts'
import { inLog, withPlace } from '../state/places.ts'
import { keyOf, type Pending } from '../state/state.ts'
import { withoutCommands } from '../text/plain.ts'
import { lostCode } from '../wire/connection.ts'
import type { Message, Result } from '../wire/protocol.ts'
import { type Core, nowIso } from './core.ts'

/** What one says: shown at once as on its way, and said exactly once, also where the connection breaks on the way. */
export class Saying {
  readonly #core: Core
  readonly #keyFor: () => string
  /** By number: under which key the server knows it again. */
  readonly #keys = new Map<number, string>()
  readonly #onTheWay = new Set<number>()
  /** What is said is said in order. */
  #number = 0

  constructor(core: Core, keyFor: () => string) {
    this.#core = core
    this.#keyFor = keyFor
  }

  say(place: string, text: string, kind: Pending['kind'] = 'text'): void {
    this.#number++
    const number = this.#number
    const pending: Pending = { number, place: keyOf(place), text, kind, at: nowIso(this.#core) }
    this.#keys.set(number, this.#keyFor())
    this.#core.change((state) =>
      withPlace({ ...state, pending: [...state.pending, pending] }, place, (there) => there),
    )
    void this.#send(pending)
  }

  /** The connection is there again: says what is not known to be said. */
  resume(): void {
    for (const pending of this.#core.state().pending)
      if (pending.failed === undefined && !this.#onTheWay.has(pending.number)) void this.#send(pending)
  }

  again(number: number): void {
    const pending = this.#core.state().pending.find((one) => one.number === number)
    if (!pending) return
    const { failed: _, ...fresh } = pending
    this.#change(number, () => fresh)
    void this.#send(fresh)
  }

  /** What is on its way is nobody's any more: it is not said under another name. */
  forget(): void {
    this.#keys.clear()
  }

  discard(number: number): void {
    this.#keys.delete(number)
    this.#change(number, () => undefined)
  }

  async #send({ number, place: key, text, kind }: Pending): Promise<void> {
    const state = this.#core.state()
    const place = state.places.get(key)?.name ?? key
    // The server knows the words of accounts again; those of guests it does not.
    const guest = state.me?.guest === true
    const once = guest ? {} : { once: this.#keys.get(number) ?? '' }
    this.#onTheWay.add(number)
    // Talk of one's own kind goes where the connection talks.
    if (kind === 'action') void this.#core.request({ line: `/switch ${place}` })
    const result = await this.#core.request(
      kind === 'action' ? { line: `/me ${text}`, ...once } : { say: text, to: place, ...once },
    )
    this.#onTheWay.delete(number)
    if (result.ok) return this.#said(number, place, text, kind, result)
    const { code, message } = result.error
    if (code !== lostCode)
      return this.#change(number, (one) => ({ ...one, failed: withoutCommands(message) }))
    if (guest) {
      const failed = 'The connection broke: it is not known whether this was said.'
      this.#change(number, (one) => ({ ...one, failed }))
    }
  }

  #said(
    number: number,
    place: string,
    text: string,
    kind: Pending['kind'],
    { data }: Result & { ok: true },
  ): void {
    this.#keys.delete(number)
    this.#change(number, () => undefined)
    const { id, at } = data as { id: number; at: string }
    const me = this.#core.state().me?.name ?? ''
    const where = place.startsWith('#') ? { channel: place } : { to: place }
    const message: Message = { id, at, from: me, kind, text, ...where }
    this.#core.change((state) =>
      sentences(data, place).reduce(
        (next, note) => inLog(next, place, (log) => withNote(log, { at, text: note, kind: 'info' })),
        heard(state, message),
      ),
    )
  }

  #change(number: number, change: (pending: Pending) => Pending | undefined): void {
    this.#core.change((state) => ({
      ...state,
      pending: state.pending.flatMap((one) => (one.number === number ? (change(one) ?? []) : [one])),
    }))
  }
}

/** What becomes of the words, where that is not what one expects. */
function sentences(data: Readonly<Record<string, unknown>>, place: string): string[] {
  const { waits, absent, away } = data as {
    waits?: unknown
    absent?: readonly string[]
    away?: { note?: string }
  }
  const found: string[] = []
  if (waits !== undefined) found.push(`${place} is offline, and reads it at the next login`)
  if (away !== undefined) found.push(`${place} is away${away.note ? `: ${away.note}` : ''}`)
  if (absent !== undefined && absent.length > 0)
    found.push(`${absent.join(', ')} ${absent.length === 1 ? 'is' : 'are'} not in ${place}, and not told`)
  return found
}
