import type { Clock } from './clock.ts'
import type { Log } from './log.ts'

/** One line for each kind of error in this time: a full disk fails every command, and its log would fill the next disk. */
const spanMs = 60_000
/** More kinds than any server has; should there be more, their lines are told as they come. */
const mostKinds = 1000

/** A kind of error that was told lately. */
interface Told {
  /** How often it came again since then, and with what the last time. */
  again: number
  fields: object
}

/**
 * A log that tells an error (what has an `err` or a `detail`) once a minute for each kind: with its stack the first time,
 * and if it came again meanwhile once more at the end of the minute, with the number in `again`. All other lines are told
 * as they are, each of them: whoever reads them by machine counts on that.
 */
export function sparingLog(log: Log, clock: Clock): Log {
  const told = new Map<string, Told>()
  const tell = (level: 'warn' | 'error', fields: object, message: string) => {
    const kind = kindOf(fields, message)
    const known = kind === undefined ? undefined : told.get(kind)
    if (known) {
      known.again++
      known.fields = fields
      return
    }
    if (kind !== undefined && told.size < mostKinds) {
      const entry: Told = { again: 0, fields }
      told.set(kind, entry)
      const end = () => {
        if (entry.again === 0) {
          told.delete(kind)
          return
        }
        write(log, level, { ...entry.fields, again: entry.again }, message)
        entry.again = 0
        clock.after(spanMs, end)
      }
      clock.after(spanMs, end)
    }
    write(log, level, fields, message)
  }
  return {
    debug: (fields, message) => log.debug(fields, message),
    info: (fields, message) => log.info(fields, message),
    warn: (fields, message) => tell('warn', fields, message),
    error: (fields, message) => tell('error', fields, message),
  }
}

function write(log: Log, level: 'warn' | 'error', fields: object, message: string): void {
  if (level === 'warn') log.warn(fields, message)
  else log.error(fields, message)
}

/** Errors are of one kind if their messages in the log and they themselves are; undefined where there is none. */
function kindOf(fields: object, message: string): string | undefined {
  if ('detail' in fields) return `${message}\n${String(fields.detail)}`
  if (!('err' in fields)) return undefined
  const parts = [message]
  // A store that is not available has the database's own error as its cause.
  for (let error = fields.err; error instanceof Error && parts.length < 10; error = error.cause)
    parts.push('code' in error ? `${error.name} ${String(error.code)}` : `${error.name} ${error.message}`)
  return parts.join('\n')
}
