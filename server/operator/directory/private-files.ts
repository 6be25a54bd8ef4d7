import { chmodSync, lstatSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { databaseOf, filesIn } from '../../data/places.ts'
import type { Log } from '../../log/log.ts'

/**
 * Takes away the rights of other users to the database and the files in a data directory, and logs that. New files never have such
 * rights: see the umask in main.ts. The directory itself, and other things in it, stay as they are.
 */
export function closeToOthers(dataDirectory: string, log: Log): void {
  const database = basename(databaseOf(dataDirectory))
  const files = basename(filesIn(dataDirectory))
  const opened: string[] = []
  const stillOpen: string[] = []
  const close = (path: string, name: string): boolean => {
    const found = lstatSync(path, { throwIfNoEntry: false })
    // A link has no rights of its own, and its target may belong to others.
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
    // Nobody could reach the files in a closed folder.
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

/** The entries of a folder, read one by one: there may be very many. */
function some(names: readonly string[]): string[] {
  return names.slice(0, 10)
}
