import { readlink } from 'node:fs/promises'
import { StoreUnavailable } from '../chat/ports/store-errors.ts'
import { VaultFull, VaultUnusable } from '../chat/ports/vault.ts'
import { codeOf } from '../lib/error-code.ts'
import { ownerHint } from '../lib/ownership.ts'

/* What errors of the system mean for the vault. */

/** EFBIG: the file is larger than the operator allows; that counts as a full disk. */
const fullCodes: readonly unknown[] = ['ENOSPC', 'EDQUOT', 'EFBIG']

/** Throws VaultFull if the disk is full, and StoreUnavailable for other errors of the kernel. */
export function explain(error: unknown): never {
  if (!(error instanceof Error) || !('syscall' in error) || !('code' in error)) throw error
  if (fullCodes.includes(error.code)) throw new VaultFull('There is no room on the disk.', { cause: error })
  throw new StoreUnavailable('The folder of files cannot be used now', { cause: error })
}

/** Returns undefined if a file, or a folder on its path, is missing; throws other errors. */
export function unlessGone(error: unknown): undefined {
  const code = codeOf(error)
  if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP') return undefined
  explain(error)
}

/** Returns undefined if a file is missing; throws other errors. */
export function unlessMissing(error: unknown): undefined {
  if (codeOf(error) === 'ENOENT') return undefined
  throw error
}

/** Says why the folder of files cannot be used, and what to do. */
export async function unusable(folder: string, error: unknown): Promise<VaultUnusable> {
  const link = await readlink(folder).catch(() => undefined)
  const code = codeOf(error)
  const why =
    link !== undefined && (code === 'ENOENT' || code === 'EEXIST')
      ? `it is a link to ${link}, which is not there. Is the disk mounted?`
      : code === 'EROFS'
        ? 'it is mounted read-only. Have it mounted so that it can be written.'
        : code === 'EEXIST' || code === 'ENOTDIR'
          ? 'it is a file. Move it away.'
          : code === 'EACCES' || code === 'EPERM'
            ? `it may not be written.${ownerHint(folder)}`
            : error instanceof Error
              ? error.message
              : String(error)
  return new VaultUnusable(`Cannot use the folder of files ${folder}: ${why}`, { cause: error })
}
