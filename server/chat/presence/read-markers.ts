import type { ChatEvent } from '../model/events.ts'
import type { Account, Channel, Listener } from '../model/people.ts'
import { type Span, whenRead } from '../model/unread.ts'
import type { Bus } from '../ports/bus.ts'
import type { PlaceId, ReadChange } from '../ports/read-store.ts'
import type { Store } from '../ports/store.ts'
import { type Partly, ReadState } from './read-state.ts'

/**
 * What a login has shown: everything that was unread, but in the places of `partly` only these spans, in order, and what comes
 * above the last of them. `wholly` are the places where something was unread and all of it was shown.
 */
export interface Replayed {
  readonly partly: ReadonlyMap<PlaceId, readonly Span[]>
  readonly wholly: readonly { readonly place: PlaceId; readonly name: string }[]
}

/** Part of a list that a terminal has shown; `except` are places that were marked as unread after that. */
interface Looked {
  readonly places: PlaceId | 'people'
  readonly span: Span
  readonly except: PlaceId[]
}

/** What a terminal has shown, and its person may not have read yet: the next sign of life says that they have. */
interface Unconfirmed {
  replayed?: Replayed | undefined
  looked: readonly Looked[]
  /** Places that were marked as unread since: what was shown of them up to that number stays unread. */
  marked: readonly { readonly place: PlaceId; readonly upTo: number }[]
}

/** Of all terminals that have shown nothing of these. */
const none: readonly never[] = []

/** So many lists are remembered between two signs of life. */
const mostLooked = 100

/** A connection of a person at a terminal. */
interface Terminal extends Unconfirmed {
  readonly account: Account
  /** Up to where it has read all that came. */
  upTo: number
  /** The markers of its account, once they are known: each line that somebody types asks for them. */
  state: ReadState | undefined
}

export function channelPlace({ id }: Channel): PlaceId {
  return { kind: 'channel', id }
}

/** `id` is the number of an account, or 0 for guests. */
export function personPlace(id: number): PlaceId {
  return { kind: 'person', id }
}

/**
 * Up to where everybody who is connected has read, by channel and by person. What a terminal has shown is read at its next sign
 * of life; a program reads by `/read` alone. The markers of an account are in memory while it is connected, and until the store
 * has them.
 */
export class ReadMarkers {
  readonly #store: Store
  readonly #bus: Bus
  readonly #states = new Map<Account, ReadState>()
  readonly #terminals = new Map<Listener, Terminal>()
  #whenLooked: (account: Account, via: Listener, places: readonly PlaceId[]) => void = () => undefined
  /** Accounts with changes that the store may not have. */
  readonly #touched = new Set<Account>()

  constructor({ bus, store }: { bus: Bus; store: Store }) {
    this.#store = store
    this.#bus = bus
  }

  /** The markers of an account that is connected. Rejects with StoreUnavailable. */
  async of(account: Account): Promise<ReadState> {
    const known = this.#states.get(account)
    if (known) return known
    const read = await this.#store.readOf(account.id)
    // Two connections may have asked at once.
    const state = this.#states.get(account) ?? new ReadState(read, account.seen)
    if (account.deleted) return state
    this.#states.set(account, state)
    this.#touched.add(account)
    return state
  }

  /** Somebody has joined a channel: what was said there before is not unread for them. */
  joined(account: Account, channel: Channel): void {
    const state = this.#states.get(account)
    if (!state) return
    state.set(channelPlace(channel), { gaps: [], end: Math.max(state.upTo, channel.lastId) })
    this.#touched.add(account)
  }

  /** A person has come in at a terminal. It shows what they missed (`replayed`), and everything newer than `upTo` that they hear. */
  entered(account: Account, listener: Listener, upTo: number, replayed?: Replayed): void {
    this.#terminals.set(listener, { account, upTo, state: undefined, replayed, looked: none, marked: none })
  }

  /** The connection no longer shows anything to this person. */
  left(account: Account, listener: Listener): void {
    this.#terminals.delete(listener)
    this.#touched.add(account)
  }

  /** Whether a person reads what this connection shows. */
  isRead(listener: Listener): boolean {
    return this.#terminals.has(listener)
  }

  /** A terminal shows part of a list that was asked for: of one place, or what people said directly. */
  looked(listener: Listener, places: PlaceId | 'people', span: Span): void {
    const terminal = this.#terminals.get(listener)
    // Somebody who sends so many lines at once has not read the answers.
    if (terminal && terminal.looked.length < mostLooked)
      terminal.looked = [...terminal.looked, { places, span, except: [] }]
  }

  /**
   * A person marks a place as unread again; `upTo` is the newest message. What their terminals have shown of it up to now, and
   * whose sign of life is still to come, does not count as read there.
   */
  markedUnread(account: Account, place: PlaceId, upTo: number): void {
    for (const listener of account.listeners) {
      const terminal = this.#terminals.get(listener)
      if (!terminal) continue
      const isOther = (one: PlaceId) => !isSamePlace(one, place)
      terminal.marked = [...terminal.marked.filter((one) => isOther(one.place)), { place, upTo }]
      for (const { except } of terminal.looked) if (except.every(isOther)) except.push(place)
    }
  }

  /** A sign of life from a connection: if it is a terminal, its person has read what it showed, up to that number. */
  shown(listener: Listener, upTo: number): void {
    const terminal = this.#terminals.get(listener)
    const state = terminal && this.#stateOf(terminal)
    if (!state) return
    const { account, looked, replayed } = terminal
    // Each line that somebody types comes here, and mostly with nothing but a new number.
    if (!replayed && looked.length === 0 && terminal.marked.length === 0) {
      this.#raise(listener, terminal, state, upTo)
      return
    }
    const marked = terminal.marked.map(
      (one) => [one.place, [{ after: Math.min(one.upTo, upTo), upTo }]] as const,
    )
    this.#touched.add(account)
    const changed: PlaceId[] = []
    if (replayed) {
      terminal.replayed = undefined
      const partly = [...replayed.partly].filter(
        ([one]) => !marked.some(([place]) => isSamePlace(place, one)),
      )
      state.caughtUp(upTo, new Map([...partly, ...marked]))
      for (const { name, place } of replayed.wholly) {
        // What earlier logins did not show, or was marked as unread, is left.
        if (state.of(place).gaps.length > 0) changed.push(place)
        else
          this.tellOthers(account, listener, {
            type: 'read',
            ...named(place, name),
            read: upTo,
            ...nothingLeft,
          })
      }
      changed.push(...replayed.partly.keys())
    }
    this.#raise(listener, terminal, state, upTo, new Map(marked))
    terminal.looked = none
    terminal.marked = none
    for (const { except, places, span } of looked)
      for (const { id, kind } of places === 'people' ? [...state.places] : [places])
        if (places !== 'people' || kind === 'person') {
          if (except.some((place) => isSamePlace(place, { kind, id }))) continue
          const { version } = state
          state.set({ kind, id }, whenRead(state.of({ kind, id }), span))
          if (state.version !== version) changed.push({ kind, id })
        }
    if (changed.length > 0 && this.#othersOf(account, listener).length > 0)
      this.#whenLooked(account, listener, changed)
  }

  /** While a terminal of an account is here, its markers stay the same object. */
  #stateOf(terminal: Terminal): ReadState | undefined {
    if (terminal.account.deleted) return undefined
    terminal.state ??= this.#states.get(terminal.account)
    return terminal.state
  }

  /** Everything up to this number is read, but in the places of `partly` only these spans. */
  #raise(listener: Listener, terminal: Terminal, state: ReadState, upTo: number, partly?: Partly): void {
    const { account, upTo: after } = terminal
    if (upTo <= after) return
    this.#touched.add(account)
    state.shown({ after, upTo }, partly)
    terminal.upTo = upTo
    // This includes what came since the login: no other event tells that.
    if (account.listeners.size > 1) this.tellOthers(account, listener, { type: 'read', after, read: upTo })
  }

  /** The person said this at a terminal: they have read it, but not what came before it. */
  said(listener: Listener, id: number): void {
    const terminal = this.#terminals.get(listener)
    const state = terminal && this.#stateOf(terminal)
    if (!state || state.upTo < id - 1) return
    state.shown({ after: id - 1, upTo: id })
    if (terminal.upTo === id - 1 && !terminal.replayed) terminal.upTo = id
    this.#touched.add(terminal.account)
  }

  /** Tells the programs of a person what was read elsewhere; not logins by a token, which read for themselves, and no terminals. */
  tellOthers(account: Account, via: Listener, event: ChatEvent): void {
    const others = this.#othersOf(account, via)
    if (others.length > 0) this.#bus.publish(event, [{ connections: new Set(others) }])
  }

  #othersOf(account: Account, via: Listener): Listener[] {
    if (account.listeners.size < 2) return []
    return [...account.listeners].filter((one) => one !== via && !one.grant && !this.#terminals.has(one))
  }

  /** Calls back when somebody has looked at unread messages and has programs that must be told. */
  onLooked(task: (account: Account, via: Listener, places: readonly PlaceId[]) => void): void {
    this.#whenLooked = task
  }

  /** Stores the changes of this account at once. Rejects with StoreUnavailable. */
  async save(account: Account): Promise<void> {
    // The `seen` in the store may be older than the one in memory, so the number itself is stored.
    const change = this.#changeOf(account, 0)
    if (!change) return
    this.#touched.add(account)
    await this.#store.saveRead([change])
    this.#states.get(account)?.stored(change)
  }

  /**
   * Stores the changes of these accounts, whose `seen` is stored in the same step, and of all others that have any. Then forgets
   * accounts that are no longer connected. Rejects as `store` does.
   */
  async saving(
    accounts: readonly Account[],
    store: (changes: readonly ReadChange[]) => Promise<void>,
  ): Promise<void> {
    const touched = new Set([...this.#touched, ...accounts])
    this.#touched.clear()
    const changes = [...touched].flatMap((account) => this.#changeOf(account) ?? [])
    try {
      await store(changes)
    } catch (error) {
      for (const account of touched) this.#touched.add(account)
      throw error
    }
    const stored = new Map(changes.map((change) => [change.account, change]))
    for (const account of touched) {
      const change = stored.get(account.id)
      if (change) this.#states.get(account)?.stored(change)
      const isHere = account.listeners.size > 0 || account.quiet.size > 0
      if (account.deleted || (!isHere && !this.#changeOf(account))) this.#states.delete(account)
    }
  }

  #changeOf(account: Account, seen: number = account.seen): ReadChange | undefined {
    return account.deleted ? undefined : this.#states.get(account)?.change(account.id, seen)
  }
}

function isSamePlace(one: PlaceId, other: PlaceId): boolean {
  return one.kind === other.kind && one.id === other.id
}

const nothingLeft = { count: 0, more: false, mentions: 0 } as const

/** A place as people call it. */
export function named({ kind }: Pick<PlaceId, 'kind'>, name: string): { channel: string } | { with: string } {
  return kind === 'channel' ? { channel: name } : { with: name }
}
