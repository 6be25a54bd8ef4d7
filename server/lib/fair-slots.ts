/** Whose turn it is. */
export interface Turn {
  /** Those of one flow come one after the other, however many there are; others do not wait for all of them. */
  readonly flow: string
  /** How soon: one of 4 lets four of 1 go first, and comes then. */
  readonly weight: number
  /** Aborted when nobody wants it any more: what waits then leaves the line, and fails with the signal's reason. */
  readonly gone?: AbortSignal
}

interface Waiting {
  readonly finish: number
  readonly go: () => void
}

/**
 * Lets a few tasks run at a time. The others wait, and the next is who has had least so far for its weight (weighted
 * fair queuing: RFC 970 has the idea, Demers, Keshav and Shenker the rule): so nobody can keep others out by being many,
 * and nobody is put off for ever.
 */
export class FairSlots {
  #free: number
  /** In the order in which they go on. */
  readonly #waiting: Waiting[] = []
  /** How far each flow has come that has somebody waiting. */
  readonly #flows = new Map<string, { finish: number; waiting: number }>()
  #reached = 0

  constructor(size: number) {
    this.#free = size
  }

  /** How many wait. */
  get waiting(): number {
    return this.#waiting.length
  }

  async run<T>(task: () => Promise<T>, turn: Turn): Promise<T> {
    turn.gone?.throwIfAborted()
    if (this.#free > 0) this.#free--
    else await this.#wait(turn)
    try {
      return await task()
    } finally {
      const next = this.#waiting.shift()
      if (next) this.#reached = next.finish
      // Who waits takes the slot over, so that nobody can come between.
      if (next) next.go()
      else this.#free++
    }
  }

  async #wait({ flow: name, gone, weight }: Turn): Promise<void> {
    const flow = this.#flows.get(name) ?? { finish: 0, waiting: 0 }
    this.#flows.set(name, flow)
    flow.finish = Math.max(flow.finish, this.#reached) + weight
    flow.waiting++
    const { finish } = flow
    let leave = () => {}
    try {
      await new Promise<void>((go, giveUp) => {
        const entry: Waiting = { finish, go }
        // Behind those that finish as soon.
        this.#waiting.splice(placeOf(this.#waiting, finish), 0, entry)
        leave = () => {
          const index = this.#waiting.indexOf(entry)
          // Whose turn has come keeps it.
          if (index < 0) return
          this.#waiting.splice(index, 1)
          giveUp(gone?.reason)
        }
        gone?.addEventListener('abort', leave)
      })
    } finally {
      gone?.removeEventListener('abort', leave)
      flow.waiting--
      if (flow.waiting === 0) this.#flows.delete(name)
    }
  }
}

/** The index of the first that finishes later. */
function placeOf(waiting: readonly Waiting[], finish: number): number {
  let [low, high] = [0, waiting.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((waiting[middle]?.finish ?? 0) <= finish) low = middle + 1
    else high = middle
  }
  return low
}
