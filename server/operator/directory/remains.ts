import { existsSync, readdirSync } from 'node:fs'
import { basename } from 'node:path'
import { databaseOf, filesIn } from '../../data/places.ts'

/**
 * Lists the remains of another database in a data directory without one: its write-ahead log, copies from before updates,
 * databases with other names, files. Nothing of them is used.
 */
export function remainsIn(dataDirectory: string): string[] {
  if (!existsSync(dataDirectory)) return []
  const database = basename(databaseOf(dataDirectory))
  const files = filesIn(dataDirectory)
  return readdirSync(dataDirectory).filter((name) =>
    name === basename(files)
      ? isFilled(files)
      : name !== database && (name.startsWith(`${database}`) || /\.(db|sqlite3?)\b/i.test(name)),
  )
}

function isFilled(folder: string): boolean {
  try {
    return readdirSync(folder).length > 0
  } catch {
    return false
  }
}

/** The sentence for a person who needs a database where there is none. */
export function noDatabase(dataDirectory: string): string {
  const remains = remainsIn(dataDirectory)
  return remains.length === 0
    ? `There is no database in ${dataDirectory}. Is that the right directory? "partyline createsuperuser NAME" makes one.`
    : `There is no ${basename(databaseOf(dataDirectory))} in ${dataDirectory}, but ${listed(remains)}: put the database back, or restore a backup elsewhere.`
}

/** Names the first of them: there may be thousands. */
export function listed(names: readonly string[]): string {
  const more = names.length > 5 ? ` and ${names.length - 5} more` : ''
  return names.slice(0, 5).join(', ') + more
}
