import type { Clock } from '../../lib/clock.ts'
import type { Log } from '../../log/log.ts'
import type { Counts, FaultPlace } from './counts.ts'

/**
 * Takes note of what was thrown where nobody had reckoned with it: logged and counted. Whoever calls has caught it, so that
 * it ends no more than what it was thrown for.
 */
export class Faults {
  readonly #counts: Counts
  readonly #log: Log | undefined

  /** Without a log they are only counted. */
  constructor(counts: Counts, log?: Log) {
    this.#counts = counts
    this.#log = log
  }

  /** Never throws. */
  note(error: unknown, where: FaultPlace): void {
    this.#counts.faults.add(where)
    this.#log?.error({ err: error, where }, 'something was thrown')
  }

  /** The same clock; what is thrown in its timers is noted, in place of ending the process. */
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
