import { fail } from '../chat/model/failures.ts'
import type { Grant } from '../chat/model/grant.ts'
import type { Account, Listener, Person } from '../chat/model/people.ts'
import type { Timeline } from '../chat/presence/timeline.ts'
import type { Services } from '../commands/command.ts'
import { isZone } from '../lib/zones.ts'
import type { Log } from '../log/log.ts'
import type { Aim } from './aim.ts'
import type { LoginDeadline } from './login-deadline.ts'
import type { Output } from './output.ts'

/** What the identities of all connections share. */
export interface IdentityParts {
  readonly services: Pick<Services, 'guests' | 'pairs' | 'presence' | 'readMarkers'>
  readonly timeline: Pick<Timeline, 'lastId' | 'outId'>
  readonly log: Pick<Log, 'error'>
}

/** Whose identity it is, as the domain sees it. */
export interface Owner extends Listener {
  /** The peer is gone, and no line of theirs waits. */
  readonly isDeserted: boolean
}

/** How somebody goes: by a command; as another name; closed by the server; or the line ended, and they may come back. */
export type Going = 'left' | 'renamed' | 'ended' | 'lost'

/** So many accounts are remembered that a connection spoke for. */
const mostFormer = 20
const nobody: readonly Account[] = []

/** Who one connection speaks for, within which grant, and what of it has reached them. */
export class Identity {
  readonly #parts: IdentityParts
  readonly #aim: Aim
  readonly #deadline: LoginDeadline
  readonly #output: Output
  readonly #terminal: Owner
  #person: Person | undefined
  #grant: Grant | undefined
  #formerly = nobody
  #lastName: string | undefined
  #seen: number
  /** Made when something wants to know: most connections never ask for what takes long. */
  #presence: AbortController | undefined

  constructor(
    parts: IdentityParts,
    {
      aim,
      deadline,
      output,
      terminal,
    }: {
      readonly aim: Aim
      readonly deadline: LoginDeadline
      readonly output: Output
      readonly terminal: Owner
    },
  ) {
    this.#parts = parts
    this.#aim = aim
    this.#deadline = deadline
    this.#output = output
    this.#terminal = terminal
    this.#seen = parts.timeline.lastId
  }

  get person(): Person | undefined {
    return this.#person
  }

  get grant(): Grant | undefined {
    return this.#grant
  }

  /** The accounts that it spoke for before, the last of them. */
  get formerly(): readonly Account[] {
    return this.#formerly
  }

  /** Whose connection it is, or was last, for the log. */
  get lastName(): string | undefined {
    return this.#lastName
  }

  /** The newest message that had left the server, and was not held, when the peer last showed a sign of life. */
  get seen(): number {
    return this.#seen
  }

  /** See Terminal. */
  get presence(): AbortSignal {
    this.#presence ??= new AbortController()
    return this.#presence.signal
  }

  /** The connection is gone, or nobody's: nobody waits for what takes long. */
  endPresence(): void {
    this.#presence?.abort(fail({ code: 'cancelled' }))
    this.#presence = undefined
  }

  /** A command is done: only what takes long wants to know, and that is over. */
  commandDone(): void {
    this.#presence = undefined
  }

  /** See Terminal. */
  async become(person: Person | undefined, grant?: Grant, renamed?: boolean): Promise<number> {
    const { services, timeline } = this.#parts
    const left = this.depart(undefined, renamed ? 'renamed' : 'left')
    // Who has another name only is there all the time.
    if (!renamed) await left
    // Nobody may be left connected by a line that is gone.
    if (this.#terminal.isDeserted) throw fail({ code: 'cancelled' })
    this.#aim.reset()
    this.#speakFor(person, grant)
    this.#lastName = person?.name
    this.#output.beginDay()
    if (!person) {
      this.#deadline.start()
      return timeline.lastId
    }
    this.#deadline.stop()
    if (person.kind === 'account') this.#takeSettings(person, grant)
    const upTo = services.presence.arrive(person, this.#terminal, renamed)
    await left
    return upTo
  }

  #takeSettings(account: Account, grant: Grant | undefined): void {
    const { clock, color, hold, zone } = account.settings
    // One of another Node's, or one that is no more: times are shown as to those who never chose any.
    this.#output.change({ clock, color, zone: zone !== undefined && isZone(zone) ? zone : undefined })
    // A program presses no Enter.
    if (hold !== undefined && !grant && this.#output.dialect.manner.typed) this.#output.hold = hold
    // What was missed is not out yet.
    this.#seen = this.#parts.services.presence.shownTo(account, grant)
  }

  /** See Terminal. */
  async withdraw(): Promise<void> {
    await this.depart(undefined, 'left')
    this.#aim.reset()
    this.#grant = undefined
    this.#deadline.start()
  }

  /** The person is no more: it speaks for nobody. */
  dismissed(): void {
    const { pairs, presence } = this.#parts.services
    pairs.end(this.#terminal)
    if (this.#person) presence.release(this.#person, this.#terminal)
    this.#noteFormer()
    this.#speakFor(undefined, undefined)
    this.#aim.reset()
    this.endPresence()
    this.#deadline.start()
  }

  /** The person goes; `note` is for those who stay. It speaks for nobody until it becomes somebody. */
  async depart(note: string | undefined, how: Going): Promise<void> {
    const person = this.#person
    const terminal = this.#terminal
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
      // A channel that cannot be closed just now must not keep anybody from going.
      await guests.leave(person, note).catch((error: unknown) => {
        this.#parts.log.error({ err: error }, 'guest left with an error')
      })
    }
  }

  #speakFor(person: Person | undefined, grant: Grant | undefined): void {
    this.#person = person
    this.#grant = grant
    // A program sees dates at the times of history only.
    this.#output.dated = person !== undefined && grant === undefined
  }

  /** What is in force on an account is on whom the connection is next. */
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
   * Whoever types has seen what was out before; not what still waits here or in the system's queue. What came in this very
   * turn of the event loop is on its way only.
   */
  showsLife(): void {
    const { outId } = this.#parts.timeline
    if (!this.#output.isOut) return
    if (outId > this.#seen) this.#seen = outId
    // A program that has it has not read it.
    if (this.#output.dialect.manner.forPeople) this.#parts.services.readMarkers.shown(this.#terminal, outId)
  }

  /** This person said something: where nothing came between, one's own words are not missed. */
  noteSaid(id: number): void {
    if (id !== this.#seen + 1) return
    this.#seen = id
    if (this.#output.dialect.manner.forPeople) this.#parts.services.readMarkers.said(this.#terminal, id)
  }
}
