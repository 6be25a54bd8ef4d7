import { StoreTooSlow, StoreUnavailable } from '../chat/ports.ts'
import { ownerHint } from '../lib/ownership.ts'
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

/** Whether a file may not be used by this user. */
function isDenied(error: unknown): boolean {
  const code = codeOf(error)
  return ['SQLITE_CANTOPEN', 'SQLITE_PERM', 'SQLITE_READONLY', 'EACCES', 'EPERM'].includes(String(code))
}

function codeOf(error: unknown): unknown {
  return sqliteCode(error) ?? (error instanceof Error && 'code' in error ? error.code : undefined)
}

/** Whose the file is, where that is why it cannot be used. */
export function hintFor(file: string, error: unknown): string {
  return isDenied(error) ? ownerHint(file).replace(' ', '. ') : ''
}

/** Why a file cannot be used, in one line, and what to do about it. */
export function why(error: unknown): string {
  if (error instanceof Error && error.name === 'KnexTimeoutError')
    return 'it does not answer; look whether the disk hangs, and start again'
  switch (codeOf(error)) {
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
