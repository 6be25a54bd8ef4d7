import { join } from 'node:path'

/** Where what is in a data directory. */
export function databaseOf(dataDirectory: string): string {
  return join(dataDirectory, 'partyline.db')
}

export function filesIn(dataDirectory: string): string {
  return join(dataDirectory, 'files')
}

/** What a backup needs while it is made, in the folder of files: there its bytes can have a second name. */
export const workPrefix = 'backup-'
