import { fail } from '../chat/model/failures.ts'
import type { Grant } from '../chat/model/grant.ts'
import type { Account, BrowserSession, Listener, Person } from '../chat/model/people.ts'
import type { Timeline } from '../chat/presence/timeline.ts'
import type { Services } from '../commands/services.ts'
import { isZone } from '../lib/zones.ts'
import type { Log } from '../log/log.ts'
import type { Aim } from './aim.ts'
import type { Encoding } from './encoding.ts'
import type { LoginDeadline } from './login-deadline.ts'
import type { Output } from './output.ts'

/** What the identities of all connections share. */
export interface IdentityParts {
  readonly services: Pick<Services, 'clock' | 'guests' | 'pairs' | 'presence' | 'readMarkers'>
  readonly timeline: Pick<Timeline, 'lastId' | 'outId'>
  readonly log: Pick<Log, 'error'>
}

/** The connection that has the identity, as the domain sees it. */
export interface Owner extends Listener {
  /** The peer is gone, and none of their lines waits. */
  readonly isDeserted: boolean
}

/** The other parts of its connection that it works with. */
interface Around {
  readonly aim: Aim
  readonly deadline: LoginDeadline
  readonly encoding: Pick<Encoding, 'remember'>
  readonly output: Output
  readonly terminal: Owner
}

/** How a person goes: by a command; under a new name; closed by the server; or the connection was lost, and they may return. */
export type Going = 'left' | 'renamed' | 'ended' | 'lost'

/** How many earlier accounts of a connection are remembered. */
const mostFormer = 20
const nobody: readonly Account[] = []

/** The person for whom one connection speaks, its grant, and which messages have reached the person. */
export class Identity {
  readonly #parts: IdentityParts
  readonly #around: Around
  #person: Person | undefined
  #grant: Grant | undefined
  /** See Listener. */
  browser: BrowserSession | undefined
  /** When a password of the person was given here last, in ticks. */
  provenAt: number | undefined
  #formerly = nobody
  #lastName: string | undefined
  #seen: number
  #since: number
  #lastActive: number
  /** Made when a long task asks for it: most connections never have one. */
  #gone: AbortController | undefined

  constructor(parts: IdentityParts, around: Around) {
    this.#parts = parts
    this.#around = around
    this.#seen = parts.timeline.lastId
    this.#since = parts.services.clock.now()
    this.#lastActive = this.#since
  }

  get person(): Person | undefined {
    return this.#person
  }

  get grant(): Grant | undefined {
    return this.#grant
  }

  /** The last accounts for which the connection spoke before. */
  get formerly(): readonly Account[] {
    return this.#formerly
  }

  /** The present name of the person, or the last one, for the log. */
  get lastName(): string | undefined {
    return this.#lastName
  }

  /** The newest message that had left the server, and was not held, at the peer's last sign of life. */
  get seen(): number {
    return this.#seen
  }

  /** When it began to speak for the person (ms since the epoch). */
  get since(): number {
    return this.#since
  }

  /** The last sign of life of the peer (ms since the epoch). */
  get lastActive(): number {
    return this.#lastActive
  }

  /** See Terminal. */
  get gone(): AbortSignal {
    this.#gone ??= new AbortController()
    return this.#gone.signal
  }

  /** The connection is gone or logged out: nobody waits for its long tasks. */
  endTasks(): void {
    this.#gone?.abort(fail({ code: 'cancelled' }))
    this.#gone = undefined
  }

  /** A command is done, and with it any long task that asked for `gone`. */
  commandDone(): void {
    this.#gone = undefined
  }

  /** See Terminal. */
  async become(person: Person | undefined, grant?: Grant, renamed?: boolean): Promise<number> {
    const { services, timeline } = this.#parts
    const left = this.depart(undefined, renamed ? 'renamed' : 'left')
    // A person who only changes their name stays present.
    if (!renamed) await left
    // Nobody may stay present by a connection that is gone.
    if (this.#around.terminal.isDeserted) throw fail({ code: 'cancelled' })
    this.#around.aim.reset()
    this.#speakFor(person, grant)
    this.#lastName = person?.name
    this.#around.output.beginDay()
    if (!person) {
      this.#around.deadline.start()
      return timeline.lastId
    }
    this.#around.deadline.stop()
    if (person.kind === 'account') this.#takeSettings(person, grant)
    const upTo = services.presence.arrive(person, this.#around.terminal, renamed)
    await left
    return upTo
  }

  #takeSettings(account: Account, grant: Grant | undefined): void {
    const { bell, clock, color, hold, zone } = account.settings
    // This version of Node.js may not know the stored zone: then times are shown as if the person had chosen none.
    this.#around.output.change({ clock, color, zone: zone !== undefined && isZone(zone) ? zone : undefined })
    this.takeCharset(account)
    this.#around.output.rememberBell((grant ? undefined : bell) ?? 'off')
    // A program presses no Enter.
    if (hold !== undefined && !grant && this.#around.output.dialect.manner.typed)
      this.#around.output.hold = hold
    // Missed messages have not been shown yet.
    this.#seen = this.#parts.services.presence.shownTo(account, grant)
  }

  /** Uses the character set that the account remembers for such a terminal. Scripts, and JSON, have UTF-8. */
  takeCharset({ settings }: Account): void {
    if (!this.#grant && this.#around.output.dialect.manner.typed) this.#around.encoding.remember(settings)
  }

  /** See Terminal. */
  async withdraw(): Promise<void> {
    await this.depart(undefined, 'left')
    this.#around.aim.reset()
    this.#grant = undefined
    this.#around.deadline.start()
  }

  /** The account or guest no longer exists: the connection speaks for nobody. */
  dismissed(): void {
    const { pairs, presence } = this.#parts.services
    pairs.end(this.#around.terminal)
    if (this.#person) presence.release(this.#person, this.#around.terminal)
    this.#noteFormer()
    this.#speakFor(undefined, undefined)
    this.#around.aim.reset()
    this.endTasks()
    this.#around.deadline.start()
  }

  /** The person goes; the others read `note`. The connection then speaks for nobody. */
  async depart(note: string | undefined, how: Going): Promise<void> {
    const person = this.#person
    const terminal = this.#around.terminal
    this.#noteFormer()
    this.#speakFor(undefined, this.#grant)
    const { guests, pairs, presence } = this.#parts.services
    if (how === 'left') {
      pairs.end(terminal, `${person?.name} is gone`)
      // Scripts choose for themselves.
      if (person && !this.#grant) pairs.hasChosen(person)
    } else if (how !== 'renamed') pairs.lineEnded(terminal, how === 'lost')
    if (person?.kind === 'account') {
      presence.depart(person, terminal, this.#seen, { note, mayReturn: how === 'lost' })
    } else if (person) {
      presence.release(person, terminal)
      // Even if the guest's channel cannot be closed just now, the guest goes.
      await guests.leave(person, note).catch((error: unknown) => {
        this.#parts.log.error({ err: error }, 'guest left with an error')
      })
    }
  }

  #speakFor(person: Person | undefined, grant: Grant | undefined): void {
    // Of whom it was before, nothing is known of who it is now.
    this.browser = undefined
    this.provenAt = undefined
    if (person && person !== this.#person) this.#since = this.#parts.services.clock.now()
    this.#person = person
    this.#grant = grant
    // A program sees dates at the times of history only.
    this.#around.output.dated = person !== undefined && grant === undefined
  }

  /** Bans and mutes of an account also hold for the next person for whom the connection speaks. */
  #noteFormer(): void {
    const person = this.#person
    if (person?.kind === 'account')
      this.#formerly = [...this.#formerly.filter((one) => one !== person), person].slice(-mostFormer)
  }

  /** The person has got a name, or another one. */
  named(): void {
    this.#lastName = this.#person?.name
  }

  /**
   * A person who types has seen the messages that were sent before, but not those that still wait here or in the system's
   * queue, nor those of this very turn of the event loop.
   */
  showsLife(): void {
    this.#lastActive = this.#parts.services.clock.now()
    const { outId } = this.#parts.timeline
    if (!this.#around.output.isOut) return
    if (outId > this.#seen) this.#seen = outId
    // A program that received a message has not read it.
    if (this.#around.output.dialect.manner.forPeople)
      this.#parts.services.readMarkers.shown(this.#around.terminal, outId)
  }

  /** The person said something: if no other message came before it, they have seen it. */
  noteSaid(id: number): void {
    if (id !== this.#seen + 1) return
    this.#seen = id
    if (this.#around.output.dialect.manner.forPeople)
      this.#parts.services.readMarkers.said(this.#around.terminal, id)
  }
}
