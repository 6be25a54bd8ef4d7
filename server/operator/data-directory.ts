import { mkdir, stat } from 'node:fs/promises'
import { type Control, listenForOperator } from './control.ts'

/** The data directory cannot be used; the message says why. */
export class DataDirectoryError extends Error {
  override readonly name = 'DataDirectoryError'
}

/** Makes it where it is missing, for this user alone. @throws DataDirectoryError */
export async function makeDataDirectory(dataDirectory: string): Promise<void> {
  await mkdir(dataDirectory, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
    throw unusable(dataDirectory, error)
  })
}

/** @throws DataDirectoryError if there is none. */
export async function checkDataDirectory(dataDirectory: string): Promise<void> {
  const found = await stat(dataDirectory).catch((error: unknown) => {
    throw unusable(dataDirectory, error)
  })
  if (!found.isDirectory())
    throw new DataDirectoryError(`Cannot use the data directory ${dataDirectory}: it is a file.`)
}

/**
 * Takes it for this process alone, before the database is touched: whoever holds the socket may be writing to it.
 * @throws DataDirectoryInUse, DataDirectoryError
 */
export async function holdDataDirectory(
  dataDirectory: string,
  holder: 'server' | 'command',
): Promise<Control> {
  return await listenForOperator(dataDirectory, holder).catch((error: unknown) => {
    // What the kernel refuses inside the directory is the directory's fault; other errors stay as they are.
    throw error instanceof Error && 'syscall' in error ? unusable(dataDirectory, error) : error
  })
}

function unusable(dataDirectory: string, error: unknown): DataDirectoryError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return new DataDirectoryError(
      `Cannot use the data directory ${dataDirectory}: it may not be written. Give this user the right to.`,
      { cause: error },
    )
  if (code === 'ENOENT')
    return new DataDirectoryError(`There is no data directory ${dataDirectory}.`, { cause: error })
  const why = error instanceof Error ? error.message : String(error)
  return new DataDirectoryError(`Cannot use the data directory ${dataDirectory}: ${why}`, { cause: error })
}
