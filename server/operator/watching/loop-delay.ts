import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Clock } from '../../lib/clock.ts'

/** The delay of timers by the event loop, in seconds. */
export interface Delay {
  readonly p50: number
  readonly p99: number
  readonly max: number
}

const resolutionMs = 20
const windowMs = 60_000

/** The delay of the event loop, measured by libuv every 20 ms without JavaScript. */
export class LoopDelay {
  readonly #histogram = monitorEventLoopDelay({ resolution: resolutionMs })
  readonly #clock: Clock
  #before: Delay = { p50: 0, p99: 0, max: 0 }
  #cancel: () => void = () => {}

  constructor(clock: Clock) {
    this.#clock = clock
    this.#histogram.enable()
    this.#wait()
  }

  /** The worst values of the last full minute and the current one. */
  get lately(): Delay {
    const [a, b] = [this.#before, this.#now()]
    return { p50: Math.max(a.p50, b.p50), p99: Math.max(a.p99, b.p99), max: Math.max(a.max, b.max) }
  }

  stop(): void {
    this.#cancel()
    this.#histogram.disable()
  }

  #now(): Delay {
    if (this.#histogram.count === 0) return { p50: 0, p99: 0, max: 0 }
    return {
      p50: seconds(this.#histogram.percentile(50)),
      p99: seconds(this.#histogram.percentile(99)),
      max: seconds(this.#histogram.max),
    }
  }

  #wait(): void {
    this.#cancel = this.#clock.after(windowMs, () => {
      this.#before = this.#now()
      this.#histogram.reset()
      this.#wait()
    })
  }
}

/** What is measured is the time from one look to the next, which is the resolution if all is well. */
function seconds(nanoseconds: number): number {
  return Math.max(0, nanoseconds / 1e9 - resolutionMs / 1000)
}
