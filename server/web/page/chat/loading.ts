import {
  emptyLog,
  fromEnd,
  fromMiddle,
  shortened,
  withEdited,
  withGap,
  withNewer,
  withOlder,
  without,
} from '../state/log.ts'
import { inLog, isUnkept, withPeople, withPlace } from '../state/places.ts'
import { isChannel, type Key, keyOf, type Place } from '../state/state.ts'
import type { Data, Member, Message, Result } from '../wire/protocol.ts'
import type { Core } from './core.ts'

/** So many messages a page of history has; one answer of the server's has 500 at most. */
const pageSize = 100
const mostAtOnce = 300
/** A gap of so many pages is closed as one scrolls, and not at once. */
const mostPages = 10

interface Page {
  readonly messages: readonly Message[]
  readonly more: boolean
  readonly before?: number
  readonly after?: number
  readonly changes?: readonly Change[]
  readonly complete?: boolean
}

type Change =
  | ({ readonly type: 'edited' } & Message)
  | { readonly type: 'deleted'; readonly id: number }
  | { readonly type: 'forgotten'; readonly upTo: number }

/** Brings what was said in a place, and who is there, as far as somebody wants to see it. */
export class Loading {
  readonly #core: Core
  /** One page of a place at a time. */
  readonly #running = new Map<Key, Promise<void>>()

  constructor(core: Core) {
    this.#core = core
  }

  /** Shows a place: the line of the new stays where it was when one came. */
  show(name: string): void {
    const key = keyOf(name)
    const before = this.#core.state().shown
    this.#core.change((state) => {
      if (state.shown === key && state.places.has(key)) return state
      const shown = { ...state, shown: key }
      return withPlace(shown, name, ({ newFrom: _, ...place }) =>
        place.unread.count > 0 ? { ...place, newFrom: place.unread.read } : place,
      )
    })
    if (before !== key || !this.#place(name)?.log.atEnd) void this.load(name)
  }

  /** One looks at it no more. */
  hide(name: string): void {
    this.#core.change((state) => {
      if (state.shown !== keyOf(name)) return state
      const { shown: _, ...rest } = state
      return rest
    })
  }

  /** Loads the end of what was said, if it is not there, and who is in the channel. */
  async load(name: string): Promise<void> {
    const place = this.#place(name)
    if (!place) return
    const people = isChannel(name) && !place.people ? this.people(name) : undefined
    await this.#alone(name, async () => {
      const { log, unread } = place
      if (log.atEnd) return
      if (log.messages.length > 0) return this.#closeGap(name)
      const count = Math.min(mostAtOnce, Math.max(pageSize, unread.count + 30))
      await this.#fromEnd(name, count)
    })
    await people
  }

  older(name: string): Promise<void> {
    return this.#once(name, async () => {
      const log = this.#place(name)?.log
      if (!log || log.before === 'start') return
      const before = log.before ?? log.messages[0]?.id
      if (before === undefined) return this.#fromEnd(name, pageSize)
      const page = await this.#history(name, `${pageSize} before ${before}`)
      if (page)
        this.#core.change((state) =>
          inLog(state, name, (there) =>
            withOlder(there, page.messages, page.more ? (page.before ?? page.messages[0]?.id) : undefined),
          ),
        )
    })
  }

  newer(name: string): Promise<void> {
    return this.#once(name, async () => {
      const log = this.#place(name)?.log
      if (log && !log.atEnd) await this.#next(name, log.after)
    })
  }

  /** Nobody looks at what is far above the end. */
  shorten(name: string): void {
    this.#core.change((state) => inLog(state, name, shortened))
  }

  /** Goes to the end, in place of what is shown. */
  latest(name: string): Promise<void> {
    return this.#alone(name, () => this.#fromEnd(name, pageSize))
  }

  /** Goes to a message, or to where it would be. */
  async around(name: string, id: number): Promise<void> {
    await this.#alone(name, async () => {
      const [older, newer] = await Promise.all([
        this.#history(name, `${pageSize / 2} before ${id}`),
        this.#history(name, `${pageSize} after ${id - 1}`),
      ])
      if (!older || !newer) return
      const messages = [...older.messages, ...newer.messages]
      const before = older.more ? (older.before ?? older.messages[0]?.id) : undefined
      this.#core.change((state) =>
        inLog(state, name, (log) => {
          const piece = { ...fromMiddle(messages, before, newer.after ?? id - 1), notes: log.notes }
          return newer.more ? piece : { ...withNewer(piece, [], 0, false) }
        }),
      )
    })
  }

  /** Who is in a channel: all pages of them. */
  async people(name: string): Promise<void> {
    const members: Member[] = []
    for (let page = 1; page <= 40; page++) {
      const result = await this.#core.request({ line: `/members ${name} ${page}` })
      if (!result.ok) return
      members.push(...(result.data['members'] as readonly Member[]))
      if (result.data['more'] !== true) break
    }
    this.#core.change((state) => withPeople(state, name, members))
  }

  /** The connection broke: what is not shown is loaded anew when it is, and what is shown is gone on with. */
  forget(): void {
    this.#core.change((state) => ({
      ...state,
      places: new Map(
        [...state.places].map(([key, { people: _, ...place }]) => [
          key,
          {
            ...place,
            log:
              key === state.shown || isUnkept(state, place.name)
                ? withGap(place.log)
                : { ...emptyLog, notes: place.log.notes },
          },
        ]),
      ),
    }))
  }

  async #closeGap(name: string): Promise<void> {
    for (let page = 0; page < mostPages; page++) {
      const log = this.#place(name)?.log
      if (!log || log.atEnd || !(await this.#next(name, log.after))) return
    }
    // So much was said meanwhile that one goes on by scrolling.
    this.#core.change((state) => inLog(state, name, ({ broken: _, ...log }) => log))
  }

  /** Whether it goes on. */
  async #next(name: string, after: number): Promise<boolean> {
    const page = await this.#history(name, `${pageSize} after ${after}`)
    if (!page) return false
    if (page.complete === false) {
      await this.#fromEnd(name, pageSize)
      return false
    }
    this.#core.change((state) =>
      inLog(state, name, (log) =>
        (page.changes ?? []).reduce(
          changed,
          withNewer(log, page.messages, page.after ?? page.messages.at(-1)?.id ?? after, page.more),
        ),
      ),
    )
    return page.more
  }

  async #fromEnd(name: string, count: number): Promise<void> {
    const page = await this.#history(name, `${count}`)
    if (!page) return
    const before = page.more ? (page.before ?? page.messages[0]?.id) : undefined
    this.#core.change((state) => inLog(state, name, (log) => fromEnd(log, page.messages, before)))
  }

  async #history(name: string, which: string): Promise<Page | undefined> {
    const result: Result = await this.#core.request({ line: `/history ${target(name)} ${which}` })
    if (result.ok) return pageOf(result.data)
    // What guests say to each other alone is not kept: there is what came while the page was open.
    return result.error.code === 'not-allowed' ? { messages: [], more: false } : undefined
  }

  /** Not, if something of that place is loading: one scrolls on and it is asked for again. */
  async #once(name: string, load: () => Promise<void>): Promise<void> {
    const running = this.#running.get(keyOf(name))
    await (running ?? this.#alone(name, load))
  }

  async #alone(name: string, load: () => Promise<void>): Promise<void> {
    const key = keyOf(name)
    for (let running = this.#running.get(key); running; running = this.#running.get(key)) await running
    const run = load().finally(() => this.#running.delete(key))
    this.#running.set(key, run)
    await run
  }

  #place(name: string): Place | undefined {
    return this.#core.state().places.get(keyOf(name))
  }
}

function pageOf(data: Data): Page {
  return data as unknown as Page
}

function changed(log: Place['log'], change: Change): Place['log'] {
  if (change.type === 'edited') {
    const { type: _, ...message } = change
    return withEdited(log, message)
  }
  if (change.type === 'deleted') return without(log, ({ id }) => id === change.id)
  // Some of these may be there still: they are loaded again as one scrolls back.
  const { before: _, ...rest } = without(log, ({ id }) => id <= change.upTo)
  return { ...rest, before: undefined }
}

/** How a place is called in a command: a person's name could be a word of its own there. */
export function target(name: string): string {
  return isChannel(name) ? name : `@${name}`
}
