/** Time as the server sees it; a test passes its own so that nothing has to wait. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Milliseconds since some moment: for how long something takes. Unlike `now` nobody sets it back. */
  ticks(): number
  /**
   * Milliseconds since the epoch, as the time was at the start, and what has passed since: for what begins now and is to
   * end. Nobody sets it, ahead or back.
   */
  steady(): number
  /** Runs `task` once, `ms` milliseconds from now; the answer cancels it. */
  after(ms: number, task: () => void): () => void
}

/** The machine's clock. Its timers never keep the process alive by themselves. */
export const systemClock: Clock = {
  now: () => Date.now(),
  ticks: () => performance.now(),
  steady: () => performance.timeOrigin + performance.now(),
  after(ms, task) {
    const timer = setTimeout(task, ms).unref()
    return () => clearTimeout(timer)
  },
}

/** The time of day at which something ends that is measured by `steady`: what people are told, and what is stored. */
export function timeOfDay(clock: Clock, steady: number): number {
  return Math.round(steady - clock.steady() + clock.now())
}
