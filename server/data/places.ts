import { join } from 'node:path'

/** The paths in a data directory. */
export function databaseOf(dataDirectory: string): string {
  return join(dataDirectory, 'partyline.db')
}

export function filesIn(dataDirectory: string): string {
  return join(dataDirectory, 'files')
}

/** The process that locks this file has the data directory to itself. */
export function lockOf(dataDirectory: string): string {
  return join(dataDirectory, 'partyline.lock')
}

/**
 * The folder for a running backup. It is in the folder of files, so that their bytes can have a second name there.
 */
export const workPrefix = 'backup-'

/** The names in a folder in which a backup or a restore is put together. */
export const workContents: readonly string[] = [
  ...['', '-journal', '-wal', '-shm'].map((end) => `partyline.db${end}`),
  'files',
  'manifest.json',
]
