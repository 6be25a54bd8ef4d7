import { chmodSync, lstatSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { databaseOf, filesIn } from '../../data/places.ts'
import type { Log } from '../../log/log.ts'

/**
 * Takes the rights that others have to what this program made in a data directory (the database with what belongs to it,
 * the files) and says so in the log. What is new is made right anyway: see the umask in main.ts. The directory itself, and
 * what else is in it, stay as they are.
 */
export function closeToOthers(dataDirectory: string, log: Log): void {
  const database = basename(databaseOf(dataDirectory))
  const files = basename(filesIn(dataDirectory))
  const opened: string[] = []
  const stillOpen: string[] = []
  const close = (path: string, name: string): boolean => {
    const found = lstatSync(path, { throwIfNoEntry: false })
    // A link has no rights of its own, and what it leads to may be anybody's.
    if (!found || found.isSymbolicLink() || (found.mode & 0o077) === 0) return false
    try {
      chmodSync(path, found.mode & 0o700)
      opened.push(name)
    } catch {
      stillOpen.push(name)
    }
    return true
  }
  for (const name of readdirSync(dataDirectory)) {
    const path = join(dataDirectory, name)
    if (name.startsWith(database)) close(path, name)
    // Inside a folder that was closed nobody could reach anything.
    else if (name === files && close(path, name) && lstatSync(path).isDirectory())
      for (const file of readdirSync(path)) close(join(path, file), join(name, file))
  }
  if (opened.length > 0)
    log.warn(
      { count: opened.length, names: some(opened) },
      'others could read what the server keeps; now they cannot',
    )
  if (stillOpen.length > 0)
    log.warn({ count: stillOpen.length, names: some(stillOpen) }, 'others can read what the server keeps')
}

/** However many there are. */
function some(names: readonly string[]): string[] {
  return names.slice(0, 10)
}
