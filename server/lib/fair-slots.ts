/** How a waiting task is ordered. */
export interface Turn {
  /**
   * Tasks of one flow run one after the other, however many there are; tasks of other flows do not wait for all of
   * them.
   */
  readonly flow: string
  /** A larger weight comes later: a task of 4 lets four tasks of 1 go first. */
  readonly weight: number
  /**
   * Aborted when nobody wants the task any more: a waiting task then leaves the queue and fails with the signal's
   * reason.
   */
  readonly gone?: AbortSignal
}

interface Waiting {
  readonly finish: number
  readonly go: () => void
}

/**
 * Lets a few tasks run at a time. The others wait; the next one is of the flow that has had least so far for its
 * weight (weighted fair queuing: RFC 970 has the idea, Demers, Keshav and Shenker the rule). So nobody can block
 * others by many tasks, and nobody waits for ever.
 */
export class FairSlots {
  #free: number
  /** The waiting tasks, in the order in which they will run. */
  readonly #waiting: Waiting[] = []
  /** The finish time of the last task of each flow that has tasks waiting. */
  readonly #flows = new Map<string, { finish: number; waiting: number }>()
  #reached = 0

  constructor(size: number) {
    this.#free = size
  }

  /** The number of waiting tasks. */
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
      // The waiting task takes over the slot, so that no other task can come between.
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
        // After the tasks with the same finish time.
        this.#waiting.splice(placeOf(this.#waiting, finish), 0, entry)
        leave = () => {
          const index = this.#waiting.indexOf(entry)
          // A task whose turn has come keeps it.
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

/** The index of the first task that finishes later. */
function placeOf(waiting: readonly Waiting[], finish: number): number {
  let [low, high] = [0, waiting.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((waiting[middle]?.finish ?? 0) <= finish) low = middle + 1
    else high = middle
  }
  return low
}
