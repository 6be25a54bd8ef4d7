import type { Clock } from '../lib/clock.ts'
import type { Log } from './log.ts'
import { logLines } from './log-lines.ts'

/** One line for each kind of error in this time: a full disk fails every command, and its log would fill the next disk. */
const spanMs = 60_000
/** So many lines of one kind from one address are told as they come, where anybody can cause them for nothing. */
const freeLines = 20
/** More kinds than any server has; should there be more, their lines are told as they come. */
const mostKinds = 1000

const free = new Set(logLines.filter((line) => line.free).map(({ message }) => message))

type Level = 'info' | 'warn' | 'error'

/** A kind that was told lately. */
interface Told {
  /** How many more are told as they come. */
  left: number
  /** How often it came again since then, and with what the last time. */
  again: number
  fields: object
}

/**
 * A log that tells an error (what has an `err` or a `detail`) once a minute for each kind: with its stack the first time,
 * and if it came again meanwhile once more at the end of the minute, with the number in `again`. What
 * anybody causes for nothing (`free`) is told so from the 21st of an address on. All other lines are told as they are, each
 * of them: whoever reads them by machine counts on that.
 */
export function sparingLog(log: Log, clock: Clock): Log {
  const told = new Map<string, Told>()
  const tell = (level: Level, fields: object, message: string) => {
    const kind = kindOf(fields, message, told.size < mostKinds)
    const known = kind === undefined ? undefined : told.get(kind)
    if (known && known.left === 0) {
      known.again++
      known.fields = fields
      return
    }
    if (known) known.left--
    else if (kind !== undefined && (told.size < mostKinds || free.has(message))) {
      const entry: Told = { again: 0, fields, left: free.has(message) ? freeLines - 1 : 0 }
      told.set(kind, entry)
      const end = () => {
        if (entry.again === 0) {
          told.delete(kind)
          return
        }
        log[level]({ ...entry.fields, again: entry.again }, message)
        entry.again = 0
        clock.after(spanMs, end)
      }
      clock.after(spanMs, end)
    }
    log[level](fields, message)
  }
  return {
    debug: (fields, message) => log.debug(fields, message),
    info: (fields, message) => tell('info', fields, message),
    warn: (fields, message) => tell('warn', fields, message),
    error: (fields, message) => tell('error', fields, message),
  }
}

/**
 * Errors are of one kind if their messages in the log and they themselves are, and what is free if it is of one address;
 * without `room` for more of those, of all addresses. Undefined for what is neither.
 */
function kindOf(fields: object, message: string, room: boolean): string | undefined {
  if (free.has(message))
    return room && 'address' in fields ? `${message}\n${String(fields.address)}` : message
  if ('detail' in fields) return `${message}\n${String(fields.detail)}`
  if (!('err' in fields)) return undefined
  const parts = [message]
  // A store that is not available has the database's own error as its cause.
  for (let error = fields.err; error instanceof Error && parts.length < 10; error = error.cause)
    parts.push('code' in error ? `${error.name} ${String(error.code)}` : `${error.name} ${error.message}`)
  return parts.join('\n')
}
