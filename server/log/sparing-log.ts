import type { Clock } from '../lib/clock.ts'
import type { Log } from './log.ts'
import { logLines } from './log-lines.ts'

/**
 * An error of one kind is written once in this time (ms): with a full disk every command fails, and the log would
 * fill the next disk.
 */
const spanMs = 60_000
/**
 * The number of lines of one kind from one address that are written in full, if anybody can cause them at no cost.
 */
const freeLines = 20
/** The most kinds to remember, more than any server has; lines of further kinds are written in full. */
const mostKinds = 1000

const free = new Set(logLines.filter((line) => line.free).map(({ message }) => message))

type Level = 'info' | 'warn' | 'error'

/** A kind of line that was written recently. */
interface Told {
  /** How many more lines are written in full. */
  left: number
  /** How often the line came again since then, and its last fields. */
  again: number
  fields: object
}

/**
 * A log that writes an error (a line with an `err` or a `detail`) once a minute for each kind: the first time with
 * its stack and, if it came again meanwhile, once more at the end of the minute, with the number in `again`. Lines
 * that anybody can cause at no cost (`free`) are treated so from the 21st of an address on. All other lines are
 * written unchanged, each of them, because programs that read the log rely on that.
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
 * The kind of a line. Errors are of one kind if the messages of the line and of the error are the same; free lines if
 * their address is the same, too, or, without `room` for more kinds, whatever their address is. Undefined for other
 * lines.
 */
function kindOf(fields: object, message: string, room: boolean): string | undefined {
  if (free.has(message))
    return room && 'address' in fields ? `${message}\n${String(fields.address)}` : message
  if ('detail' in fields) return `${message}\n${String(fields.detail)}`
  if (!('err' in fields)) return undefined
  const parts = [message]
  // The error of a store that is not available has the database's error as its cause.
  for (let error = fields.err; error instanceof Error && parts.length < 10; error = error.cause)
    parts.push('code' in error ? `${error.name} ${String(error.code)}` : `${error.name} ${error.message}`)
  return parts.join('\n')
}
