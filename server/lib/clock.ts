import { performance } from 'node:perf_hooks'

/** The source of time; a test passes its own, so that it need not wait. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Milliseconds since some moment, to measure durations. Unlike `now`, nobody can set it back. */
  ticks(): number
  /**
   * Milliseconds since the epoch: the time at the start plus the time passed since then. Use it for the end of
   * something that begins now. Nobody can set it ahead or back.
   */
  steady(): number
  /** Runs `task` once, `ms` milliseconds from now; the returned function cancels it. */
  after(ms: number, task: () => void): () => void
}

/** Milliseconds since the epoch at which `performance.now()` is 0. */
const { timeOrigin } = performance

/** The clock of the machine. Its timers do not keep the process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  ticks: () => performance.now(),
  steady: () => timeOrigin + performance.now(),
  after(ms, task) {
    const timer = setTimeout(task, ms).unref()
    return () => clearTimeout(timer)
  },
}

/** Converts an end that is measured by `steady` to a time of day, which people are told and which is stored. */
export function timeOfDay(clock: Clock, steady: number): number {
  return Math.round(steady - clock.steady() + clock.now())
}
