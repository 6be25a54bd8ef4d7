import { StoreTooSlow, StoreUnavailable } from '../chat/ports/store-errors.ts'
import { isDiskFull } from '../lib/disk-space.ts'
import { isMountedReadOnly } from '../lib/mounts.ts'
import { ownerHint } from '../lib/ownership.ts'
import { sqliteCode } from './sqlite/errors.ts'

/** The database cannot be opened. The message is one line: what, where, and what to do about it. */
export class StoreOpenError extends Error {
  override readonly name = 'StoreOpenError'
}

/** Turns an error of the database into the error that the Store port promises; the cause has the details. */
export function unavailable(cause: unknown): StoreUnavailable | StoreTooSlow {
  if (cause instanceof StoreUnavailable || cause instanceof StoreTooSlow) return cause
  return new StoreUnavailable('The store cannot do this now', { cause })
}

/** The error of a call after close(). */
export function closedError(): StoreUnavailable {
  return new StoreUnavailable('The store is closed')
}

/** Whether this user may not use a file. */
function isDenied(error: unknown): boolean {
  const code = codeOf(error)
  return ['SQLITE_CANTOPEN', 'SQLITE_PERM', 'SQLITE_READONLY', 'EACCES', 'EPERM'].includes(String(code))
}

function codeOf(error: unknown): unknown {
  return sqliteCode(error) ?? (error instanceof Error && 'code' in error ? error.code : undefined)
}

/** Says who owns the file, if that is why it cannot be used; otherwise nothing. */
export function hintFor(file: string, error: unknown): string {
  return isDenied(error) ? ownerHint(file).replace(' ', '. ') : ''
}

const readOnly = 'it is mounted read-only; have it mounted so that it can be written'

/** Says in one line why a file cannot be used, and what to do; `file` is its path, if known. */
export function why(error: unknown, file?: string): string {
  if (error instanceof Error && error.name === 'KnexTimeoutError')
    return 'it does not answer; look whether the disk hangs, and start again'
  switch (codeOf(error)) {
    case 'SQLITE_CANTOPEN':
    case 'SQLITE_PERM':
    case 'EACCES':
      return 'it, or its folder, may not be read and written; give this user the right to'
    case 'EROFS':
      return readOnly
    case 'SQLITE_READONLY':
      return file !== undefined && isMountedReadOnly(file)
        ? readOnly
        : 'it may not be written; give this user the right to'
    case 'SQLITE_BUSY':
    case 'SQLITE_LOCKED':
      return 'another program has locked it; end that one first'
    case 'SQLITE_FULL':
    case 'ENOSPC':
    case 'EDQUOT':
      return 'the disk is full; make room'
    case 'SQLITE_CORRUPT':
    case 'SQLITE_NOTADB':
      return 'it is damaged, or is no database; "partyline check" looks at all of it, and docs/operating.md says what to do'
    case 'SQLITE_NOMEM':
    case 'ENOMEM':
      return 'there is no memory left; end other programs, or give this one more'
    case 'SQLITE_IOERR':
      if (file !== undefined && isDiskFull(file)) return 'the disk is full; make room'
      return `reading or writing fails; look whether the disk is full or broken (${oneLine(error)})`
    default:
      return oneLine(error)
  }
}

/** The same for an unexplained error of the database; undefined for other errors. */
export function whyDatabase(error: unknown): string | undefined {
  return sqliteCode(error) === undefined ? undefined : `The database cannot be used: ${why(error)}.`
}

/** The message of an error, without the statement that Knex puts before it. */
function oneLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return (message.split(' - ').at(-1) ?? message).replace(/\s+/g, ' ')
}
