import { join } from 'node:path'

/** Where what is in a data directory. */
export function databaseOf(dataDirectory: string): string {
  return join(dataDirectory, 'partyline.db')
}

export function filesIn(dataDirectory: string): string {
  return join(dataDirectory, 'files')
}

/** Whoever has locked it has the data directory to itself. */
export function lockOf(dataDirectory: string): string {
  return join(dataDirectory, 'partyline.lock')
}

/** What a backup needs while it is made, in the folder of files: there its bytes can have a second name. */
export const workPrefix = 'backup-'

/** What is in a folder in which a backup, or what is restored, is put together. */
export const workContents: readonly string[] = [
  ...['', '-journal', '-wal', '-shm'].map((end) => `partyline.db${end}`),
  'files',
  'manifest.json',
]
