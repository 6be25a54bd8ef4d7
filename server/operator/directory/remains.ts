import { existsSync, readdirSync } from 'node:fs'
import { basename } from 'node:path'
import { databaseOf, filesIn } from '../../data/places.ts'

/**
 * What is in a data directory without a database and looks as if one had been there: its write-ahead log, copies from
 * before updates, databases of other names, files. Nobody uses it.
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

/** What somebody reads who asked for a database where there is none. */
export function noDatabase(dataDirectory: string): string {
  const remains = remainsIn(dataDirectory)
  return remains.length === 0
    ? `There is no database in ${dataDirectory}. Is that the right directory? "partyline createsuperuser NAME" makes one.`
    : `There is no ${basename(databaseOf(dataDirectory))} in ${dataDirectory}, but ${listed(remains)}: put the database back, or restore a backup elsewhere.`
}

/** The first of them; there may be thousands. */
export function listed(names: readonly string[]): string {
  const more = names.length > 5 ? ` and ${names.length - 5} more` : ''
  return names.slice(0, 5).join(', ') + more
}
