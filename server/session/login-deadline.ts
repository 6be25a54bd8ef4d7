import type { Clock } from '../lib/clock.ts'

/** So many times `loginSeconds` is the most in all, however much is typed meanwhile. */
const longest = 5
/** How soon it is looked again where the server is at work when the time is up. */
const pollMs = 1_000

interface Parts {
  readonly clock: Clock
  /** 0 is for ever; it may change. */
  readonly limits: { readonly loginSeconds: number }
  /** Whether the server is at something that was asked for, so that nobody can be blamed for the time. */
  readonly isAtWork: () => boolean
  /** The time is up; `why` is for the person. */
  readonly onOver: (why: string) => void
}

/**
 * How long a connection may be nobody's: `loginSeconds` from its last line, and never more than five times that in all. It
 * does not end while the server is at work for it, as where a password waits for its turn to be looked at.
 */
export class LoginDeadline {
  readonly #parts: Parts
  /** When it began, and when the last line came or was answered, in ticks. */
  #begun = 0
  #last = 0
  #typed = false
  #runs = false
  #cancel: (() => void) | undefined

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** From now on the connection is nobody's. */
  start(): void {
    this.#runs = true
    this.#begun = this.#parts.clock.ticks()
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
    if (this.#runs) this.#last = this.#parts.clock.ticks()
  }

  /** The setting may be another one. */
  settingChanged(): void {
    if (this.#runs) this.#wait()
  }

  #wait(leastMs = 0): void {
    this.#cancel?.()
    this.#cancel = undefined
    const { clock, limits } = this.#parts
    const ms = limits.loginSeconds * 1000
    if (ms === 0) return
    const due = Math.min(this.#last + ms, this.#begun + longest * ms)
    this.#cancel = clock.after(Math.max(leastMs, due - clock.ticks()), () => this.#look())
  }

  #look(): void {
    const { clock, isAtWork, limits, onOver } = this.#parts
    const { loginSeconds: seconds } = limits
    const isOver = (since: number, times: number) => since + times * seconds * 1000 <= clock.ticks()
    const inAll = isOver(this.#begun, longest)
    if (isAtWork() || !(inAll || isOver(this.#last, 1))) {
      this.#wait(isAtWork() ? pollMs : 0)
      return
    }
    this.stop()
    if (this.#typed && !inAll) onOver(`you did not log in, and typed nothing for ${seconds} seconds`)
    else onOver(`you did not log in within ${inAll ? longest * seconds : seconds} seconds`)
  }
}
