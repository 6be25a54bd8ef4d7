import { statSync } from 'node:fs'
import { databaseOf, lockOf } from '../../data/places.ts'

/**
 * Notices that somebody has removed or replaced what a server has open in its data directory: what is stored from then on
 * is nowhere when it ends, or another server does not see that there is one.
 */
export class OwnDirectory {
  readonly #files: ReadonlyMap<string, string>

  /** To be made when the directory is held, and the database open. */
  constructor(dataDirectory: string) {
    const files = [databaseOf(dataDirectory), lockOf(dataDirectory)]
    this.#files = new Map(files.map((file) => [file, identityOf(file)]))
  }

  /** The files that are not those any more which were opened. */
  gone(): string[] {
    return [...this.#files].filter(([file, identity]) => identityOf(file) !== identity).map(([file]) => file)
  }
}

/** What no other file is as long as this one is open; '' if there is none. */
function identityOf(file: string): string {
  try {
    const { dev, ino } = statSync(file, { bigint: true })
    return `${dev}:${ino}`
  } catch {
    return ''
  }
}
