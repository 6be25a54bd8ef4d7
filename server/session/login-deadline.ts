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

/** A deadline that runs. */
interface Running {
  /** When it began, and when the last line came or was answered, in ticks. */
  readonly begun: number
  last: number
  typed: boolean
  cancel: (() => void) | undefined
}

/**
 * Limits how long a connection may stay without a login or nick: `loginSeconds` from its last line, and five times that in
 * total. The connection is not ended while the server is working for it, for example while a password waits to be checked.
 */
export class LoginDeadline {
  readonly #clock: Clock
  readonly #limits: { readonly loginSeconds: number }
  readonly #owner: Owner
  /** Missing while the connection speaks for somebody. */
  #running: Running | undefined

  /** `loginSeconds` 0 is for ever; it may change. */
  constructor(clock: Clock, limits: { readonly loginSeconds: number }, owner: Owner) {
    this.#clock = clock
    this.#limits = limits
    this.#owner = owner
  }

  /** From now on the connection speaks for nobody. */
  start(): void {
    this.#running?.cancel?.()
    const now = this.#clock.ticks()
    this.#running = { begun: now, last: now, typed: false, cancel: undefined }
    this.#wait(this.#running)
  }

  /** The connection speaks for somebody, or is gone. */
  stop(): void {
    this.#running?.cancel?.()
    this.#running = undefined
  }

  /** A line has come. */
  noteLine(): void {
    if (this.#running) this.#running.typed = true
    this.noteAnswer()
  }

  /** The server has answered: the person has the whole time again. */
  noteAnswer(): void {
    if (this.#running) this.#running.last = this.#clock.ticks()
  }

  /** The setting may have changed. */
  settingChanged(): void {
    if (this.#running) this.#wait(this.#running)
  }

  #wait(running: Running, leastMs = 0): void {
    running.cancel?.()
    running.cancel = undefined
    const ms = this.#limits.loginSeconds * 1000
    if (ms === 0) return
    const due = Math.min(running.last + ms, running.begun + longest * ms)
    running.cancel = this.#clock.after(Math.max(leastMs, due - this.#clock.ticks()), () =>
      this.#look(running),
    )
  }

  #look(running: Running): void {
    const { isAtWork } = this.#owner
    const { loginSeconds: seconds } = this.#limits
    const isOver = (since: number, times: number) => since + times * seconds * 1000 <= this.#clock.ticks()
    const inAll = isOver(running.begun, longest)
    if (isAtWork || !(inAll || isOver(running.last, 1))) {
      this.#wait(running, isAtWork ? pollMs : 0)
      return
    }
    this.stop()
    if (running.typed && !inAll)
      this.#owner.close(`you did not log in, and typed nothing for ${seconds} seconds`)
    else this.#owner.close(`you did not log in within ${inAll ? longest * seconds : seconds} seconds`)
  }
}
