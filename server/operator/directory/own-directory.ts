import { statSync } from 'node:fs'
import { databaseOf, lockOf } from '../../data/places.ts'

/**
 * Notices that somebody has removed or replaced a file that the server has open in its data directory. What the server stores from
 * then on is lost when it ends, or another server can start beside it.
 */
export class OwnDirectory {
  readonly #files: ReadonlyMap<string, string>

  /** Make it when this process has the directory, and the database is open. */
  constructor(dataDirectory: string) {
    const files = [databaseOf(dataDirectory), lockOf(dataDirectory)]
    this.#files = new Map(files.map((file) => [file, identityOf(file)]))
  }

  /** The files that were removed or replaced since they were opened. */
  gone(): string[] {
    return [...this.#files].filter(([file, identity]) => identityOf(file) !== identity).map(([file]) => file)
  }
}

/** The identity of a file, unique as long as it is open; '' if there is none. */
function identityOf(file: string): string {
  try {
    const { dev, ino } = statSync(file, { bigint: true })
    return `${dev}:${ino}`
  } catch {
    return ''
  }
}
