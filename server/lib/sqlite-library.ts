import { createRequire } from 'node:module'
import type sqlite from 'sqlite3'

/** SQLite cannot be loaded; the message says what to do. */
export class SqliteMissing extends Error {
  override readonly name = 'SqliteMissing'
}

const load = createRequire(import.meta.url)

/** SQLite, for which npm fetches or compiles a binary of its own for each system. @throws {SqliteMissing} */
export function sqliteLibrary(): typeof sqlite {
  try {
    return load('sqlite3')
  } catch (error) {
    const [why] = (error instanceof Error ? error.message : String(error)).split('\n')
    throw new SqliteMissing(
      `The database library sqlite3 does not load on this system with Node.js ${process.versions.node} (${why}). "npm rebuild sqlite3" in the folder of the program makes it anew; if it is missing, "npm ci --omit=dev" does.`,
      { cause: error },
    )
  }
}
