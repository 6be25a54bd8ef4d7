import type { Clock } from '../lib/clock.ts'
import { Occurrences } from '../lib/occurrences.ts'
import type { Log } from './log.ts'
import { logLines } from './log-lines.ts'

/** Messages that are counted elsewhere, or about which an operator need not do anything. */
const refusals = new Set(logLines.filter(({ refusal }) => refusal).map(({ message }) => message))

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
