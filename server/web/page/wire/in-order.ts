import type { Result } from './protocol.ts'

/** What has come; `tell` is missing while an answer is not whole. */
interface Came {
  tell?: () => void
  /** Of an answer: who waits for it. */
  readonly settle?: (result: Result) => void
}

/**
 * Tells what has come in the order in which it came, also where an answer comes in parts: it says how things were when it
 * began, and the events behind it what became of that. They wait until it is whole, and those who waited for it have gone on.
 */
export class InOrder {
  readonly #soon: (run: () => void) => void
  #came: Came[] = []
  #isPaused = false

  /** `soon` calls once the promises that are settled now are done with. */
  constructor(soon: (run: () => void) => void) {
    this.#soon = soon
  }

  /** Whether an answer waits for more of it. */
  get isWaiting(): boolean {
    return this.#came.some(({ tell }) => tell === undefined)
  }

  happened(tell: () => void): void {
    this.#came.push({ tell })
    this.#go()
  }

  answered(result: Result, settle: (result: Result) => void): void {
    this.#came.push({ tell: () => settle(result), settle })
    this.#go()
  }

  /** The answer has begun to come; what is returned takes the whole of it. */
  begun(settle: (result: Result) => void): (result: Result) => void {
    const came: Came = { settle }
    this.#came.push(came)
    return (result) => {
      came.tell = () => settle(result)
      this.#go()
    }
  }

  /** Forgets what is not told, and settles all answers with this. */
  drop(instead: Result): void {
    const came = this.#came
    this.#came = []
    for (const { settle } of came) settle?.(instead)
  }

  #go(): void {
    while (!this.#isPaused) {
      const [first] = this.#came
      if (first?.tell === undefined) return
      this.#came.shift()
      first.tell()
      if (first.settle === undefined || this.#came.length === 0) continue
      this.#isPaused = true
      this.#soon(() => {
        this.#isPaused = false
        this.#go()
      })
    }
  }
}
