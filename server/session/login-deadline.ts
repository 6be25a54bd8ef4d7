import type { Clock } from '../lib/clock.ts'

/** The total limit, as a multiple of `loginSeconds`, however much is typed meanwhile. */
const longest = 5
/** When to check again, if the server is working for the connection when the time is up; in ms. */
const pollMs = 1_000

/** The connection that has the deadline. */
interface Owner {
  /** Whether the server is working for the connection, so that the person is not to blame for the delay. */
  readonly isAtWork: boolean
  /** The time is up; `reason` is for the person. */
  close(reason: string): void
}

/**
 * Limits how long a connection may stay without a login or nick: `loginSeconds` from its last line, and five times that in
 * total. The connection is not ended while the server is working for it, for example while a password waits to be checked.
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

  /** From now on the connection speaks for nobody. */
  start(): void {
    this.#runs = true
    this.#begun = this.#clock.ticks()
    this.#last = this.#begun
    this.#typed = false
    this.#wait()
  }

  /** The connection speaks for somebody, or is gone. */
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

  /** The server has answered: the person has the whole time again. */
  noteAnswer(): void {
    if (this.#runs) this.#last = this.#clock.ticks()
  }

  /** The setting may have changed. */
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
