import type { Clock } from './clock.ts'
import type { Log } from './log.ts'
import { Occurrences } from './occurrences.ts'

/** What others tried and were refused: it is counted elsewhere, or nothing is to be done about it. */
const refusals: ReadonlySet<string> = new Set([
  'login failed',
  'login has to wait',
  'banned address',
  'transfer refused',
  'upload refused',
  'download refused',
])

/** A log that also counts its warnings and errors, by message. */
export function countedLog(
  log: Log,
  clock: Clock,
): { log: Log; logged: { warn: Occurrences; error: Occurrences } } {
  const logged = { warn: new Occurrences(clock), error: new Occurrences(clock) }
  return {
    logged,
    log: {
      debug: (fields, message) => log.debug(fields, message),
      info: (fields, message) => log.info(fields, message),
      warn(fields, message) {
        if (!refusals.has(message)) logged.warn.add(message)
        log.warn(fields, message)
      },
      error(fields, message) {
        logged.error.add(message)
        log.error(fields, message)
      },
    },
  }
}
