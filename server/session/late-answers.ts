import type { Clock } from '../lib/clock.ts'

/** How long somebody may go on typing answers to a question that has ended. */
const lateMs = 2_000
/** How long the answer that was given last may come once more: hashing it takes a moment, and nothing is seen meanwhile. */
const againMs = 10_000

/** Why a line of talk is not said: it may be an answer that comes late, or is the very password that was given. */
export type NoTalk = 'late' | 'password'

/**
 * What a person goes on typing behind questions, passwords among it, is not to be said aloud: talk of the next moment where a
 * question has ended by mistakes or was never asked, and the same password once more where all went well.
 */
export class LateAnswers {
  readonly #clock: Clock
  /** In ticks. */
  #until: number | undefined
  #given: { readonly secret: string; readonly until: number } | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** From now on, for a moment, talk may be an answer to a question that has ended, or was not asked. */
  expect(): void {
    this.#until = this.#clock.ticks() + lateMs
  }

  /** A hidden question was answered. */
  gave(secret: string): void {
    this.#given = secret === '' ? undefined : { secret, until: this.#clock.ticks() + againMs }
  }

  /** A command that takes a password has all it needs. */
  done(): void {
    this.#until = undefined
  }

  /** Why that is not said, if it is not. */
  why(text: string): NoTalk | undefined {
    const given = this.#given
    if (given && this.#clock.ticks() < given.until && text.trim() === given.secret.trim()) return 'password'
    // Whatever else is typed: that is over.
    this.#given = undefined
    if (this.#until === undefined) return undefined
    if (this.#clock.ticks() >= this.#until) {
      this.#until = undefined
      return undefined
    }
    // What was pasted comes no faster than an allowance lets it: it is over when nothing more has come for a while.
    this.expect()
    return 'late'
  }
}
