import { StoreTooSlow, StoreUnavailable } from '../chat/ports.ts'
import { sqliteCode } from './sqlite/errors.ts'

/** The database cannot be opened. The message is one line: what, where, and what to do about it. */
export class StoreOpenError extends Error {
  override readonly name = 'StoreOpenError'
}

/** Anything a database can throw as what the Store port promises to throw; the cause has the details. */
export function unavailable(cause: unknown): StoreUnavailable | StoreTooSlow {
  if (cause instanceof StoreUnavailable || cause instanceof StoreTooSlow) return cause
  return new StoreUnavailable('The store cannot do this now', { cause })
}

/** What a call after close() gets. */
export function closedError(): StoreUnavailable {
  return new StoreUnavailable('The store is closed')
}

/** Why a file cannot be used, in one line, and what to do about it. */
export function why(error: unknown): string {
  const code = sqliteCode(error) ?? (error instanceof Error && 'code' in error ? error.code : undefined)
  switch (code) {
    case 'SQLITE_CANTOPEN':
    case 'SQLITE_PERM':
    case 'EACCES':
      return 'it, or its folder, may not be read and written; give this user the right to'
    case 'SQLITE_READONLY':
    case 'EROFS':
      return 'it may not be written; give this user the right to'
    case 'SQLITE_BUSY':
      return 'another program has locked it; end that one first'
    case 'SQLITE_FULL':
    case 'ENOSPC':
      return 'the disk is full; make room'
    case 'SQLITE_IOERR':
      return `reading or writing fails; look whether the disk is full or broken (${oneLine(error)})`
    default:
      return oneLine(error)
  }
}

/** An error's own words without the statement that Knex puts before them. */
function oneLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return (message.split(' - ').at(-1) ?? message).replace(/\s+/g, ' ')
}
