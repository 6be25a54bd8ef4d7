import { why } from '../../store/errors.ts'
import { sqliteCode } from '../../store/sqlite/errors.ts'
import { Refused } from '../control/refused.ts'

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full; make room',
  EDQUOT: 'there is no more room for this user; make room',
  EFBIG: 'it may not get so large; raise the limit (ulimit -f)',
  EACCES: 'this user may not write there',
  EPERM: 'this user may not do that there',
  EROFS: 'it is mounted read-only',
  EISDIR: 'it is a directory',
  ENOTDIR: 'something on the way there is no directory',
  ENXIO: 'it is a socket, or a device that is not there',
  EPIPE: 'nobody reads it any more',
}

/** Turns an error of the system into a sentence; returns other errors as they are. */
export function refusedDisk(error: unknown, what: string): unknown {
  if (sqliteCode(error) !== undefined)
    return new Refused({ code: 'bad-file', message: `${what}: ${why(error)}.` })
  if (!(error instanceof Error) || !('syscall' in error) || !('code' in error)) return error
  const code = String(error.code)
  const path = 'path' in error && typeof error.path === 'string' ? ` (${error.path})` : ''
  const reason =
    code === 'ENOENT' ? `there is no such file or directory${path}` : (reasons[code] ?? error.message)
  return new Refused({ code: 'bad-file', message: `${what}: ${reason}.` })
}
