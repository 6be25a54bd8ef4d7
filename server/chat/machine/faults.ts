import type { Clock } from '../../lib/clock.ts'
import type { Log } from '../../log/log.ts'
import type { Counts, FaultPlace } from './counts.ts'

/**
 * Logs and counts unexpected exceptions. The caller has caught the exception, so that it ends only the work that
 * threw it.
 */
export class Faults {
  readonly #counts: Counts
  readonly #log: Log | undefined

  /** Without a log, exceptions are only counted. */
  constructor(counts: Counts, log?: Log) {
    this.#counts = counts
    this.#log = log
  }

  /** Never throws. */
  note(error: unknown, where: FaultPlace): void {
    this.#counts.faults.add(where)
    this.#log?.error({ err: error, where }, 'something was thrown')
  }

  /** The same clock, but exceptions in its timers are noted instead of ending the process. */
  watch(clock: Clock): Clock {
    return {
      now: () => clock.now(),
      ticks: () => clock.ticks(),
      steady: () => clock.steady(),
      after: (ms, task) =>
        clock.after(ms, () => {
          try {
            task()
          } catch (error) {
            this.note(error, 'timer')
          }
        }),
    }
  }
}
