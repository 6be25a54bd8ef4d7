import type { Clock } from '../lib/clock.ts'

/** How long somebody may go on typing answers to a question that has ended. */
const lateMs = 2_000
/** For how long the last password may be typed a second time: hashing takes a moment, and the person sees nothing meanwhile. */
const againMs = 10_000

/** Why a line is not said: it may be a late answer, or it is the password that was just given. */
export type NoTalk = 'late' | 'password'

/**
 * Keeps answers from being said aloud that a person types after the question is over: words typed shortly after a question
 * ended by mistakes or was not asked, and the same password again after it was accepted.
 */
export class LateAnswers {
  readonly #clock: Clock
  /** In ticks. */
  #until: number | undefined
  #given: { readonly secret: string; readonly until: number } | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** For a moment from now on, words may be an answer to a question that has ended, or was not asked. */
  expect(): void {
    this.#until = this.#clock.ticks() + lateMs
  }

  /** A hidden question was answered. */
  gave(secret: string): void {
    this.#given = secret === '' ? undefined : { secret, until: this.#clock.ticks() + againMs }
  }

  /** A command with a password has worked: no late answer is expected. */
  done(): void {
    this.#until = undefined
  }

  /** Whether this line may be such an answer. */
  mayBe(text: string): boolean {
    const now = this.#clock.ticks()
    if (this.#until !== undefined && now < this.#until) return true
    return this.#given !== undefined && now < this.#given.until && text.trim() === this.#given.secret.trim()
  }

  /** Why this line is not said; undefined if it is. */
  why(text: string): NoTalk | undefined {
    const given = this.#given
    if (given && this.#clock.ticks() < given.until && text.trim() === given.secret.trim()) return 'password'
    // Any other line means that the password is not typed again.
    this.#given = undefined
    if (this.#until === undefined) return undefined
    if (this.#clock.ticks() >= this.#until) {
      this.#until = undefined
      return undefined
    }
    // Pasted lines come only as fast as the allowance permits: this ends when no line has come for a while.
    this.expect()
    return 'late'
  }
}
