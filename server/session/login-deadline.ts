import type { Clock } from '../lib/clock.ts'

/** So many times `loginSeconds` is the most in all, however much is typed meanwhile. */
const longest = 5
/** How soon it is looked again where the server is at work when the time is up. */
const pollMs = 1_000

/** Whose deadline it is. */
interface Owner {
  /** Whether the server is at something that was asked for, so that nobody can be blamed for the time. */
  readonly isAtWork: boolean
  /** The time is up; `reason` is for the person. */
  close(reason: string): void
}

/**
 * How long a connection may be nobody's: `loginSeconds` from its last line, and never more than five times that in all. It
 * does not end while the server is at work for it, as where a password waits for its turn to be looked at.
 */
export class LoginDeadline {
  readonly #clock: Clock
  readonly #limits: { readonly loginSeconds: number }
  readonly #owner: Owner
  /** When it began, and when the last line came or was answered, in ticks. */
  #begun = 0
  #last = 0
  #typed = false
  #runs = false
  #cancel: (() => void) | undefined

  /** `loginSeconds` 0 is for ever; it may change. */
  constructor(clock: Clock, limits: { readonly loginSeconds: number }, owner: Owner) {
    this.#clock = clock
    this.#limits = limits
    this.#owner = owner
  }

  /** From now on the connection is nobody's. */
  start(): void {
    this.#runs = true
    this.#begun = this.#clock.ticks()
    this.#last = this.#begun
    this.#typed = false
    this.#wait()
  }

  /** It is somebody's, or gone. */
  stop(): void {
    this.#runs = false
    this.#cancel?.()
    this.#cancel = undefined
  }

  /** A line has come. */
  noteLine(): void {
    this.#typed = true
    this.noteAnswer()
  }

  /** What the server was at is done: the person has as long to go on. */
  noteAnswer(): void {
    if (this.#runs) this.#last = this.#clock.ticks()
  }

  /** The setting may be another one. */
  settingChanged(): void {
    if (this.#runs) this.#wait()
  }

  #wait(leastMs = 0): void {
    this.#cancel?.()
    this.#cancel = undefined
    const ms = this.#limits.loginSeconds * 1000
    if (ms === 0) return
    const due = Math.min(this.#last + ms, this.#begun + longest * ms)
    this.#cancel = this.#clock.after(Math.max(leastMs, due - this.#clock.ticks()), () => this.#look())
  }

  #look(): void {
    const { isAtWork } = this.#owner
    const { loginSeconds: seconds } = this.#limits
    const isOver = (since: number, times: number) => since + times * seconds * 1000 <= this.#clock.ticks()
    const inAll = isOver(this.#begun, longest)
    if (isAtWork || !(inAll || isOver(this.#last, 1))) {
      this.#wait(isAtWork ? pollMs : 0)
      return
    }
    this.stop()
    if (this.#typed && !inAll)
      this.#owner.close(`you did not log in, and typed nothing for ${seconds} seconds`)
    else this.#owner.close(`you did not log in within ${inAll ? longest * seconds : seconds} seconds`)
  }
}
