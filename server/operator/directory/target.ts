import { lstatSync, readlinkSync, realpathSync, type Stats, statSync } from 'node:fs'
import { basename, dirname, join, resolve, sep } from 'node:path'
import { databaseOf, filesIn } from '../../data/places.ts'
import { Refused } from '../control/refused.ts'

/** A file that a command makes. */
export interface Target {
  readonly file: string
  /** Whether it may replace a file of the same kind. */
  readonly force: boolean
  /** The data directory of the server, in which the file may not be made. */
  readonly dataDirectory: string
  /** The kind of file, as in "no backup of Partyline". */
  readonly kind: 'backup' | 'export'
  /** Whether a file is one of this kind. */
  readonly isKind: (file: string) => Promise<boolean>
}

/**
 * Refuses a place in the data directory, and a place with a file that may not be replaced: even --force replaces only a file of
 * the same kind.
 * @throws {Refused}
 */
export async function checkTarget({ dataDirectory, file, force, isKind, kind }: Target): Promise<void> {
  const [link, found] = [look(file, lstatSync), look(file, statSync)]
  if (link?.isSymbolicLink() && !found)
    throw refused(`${file} is a link to ${readlinkSync(file)}, which is not there. Is the disk mounted?`)
  const owned = [dataDirectory, filesIn(dataDirectory)].map(realPath)
  const database = realPath(databaseOf(dataDirectory))
  for (const path of [inRealFolder(file), realPath(file)])
    if (path === database || owned.some((folder) => path === folder || path.startsWith(join(folder, sep))))
      throw refused(`${file} is in the data directory, which belongs to the server; choose another place.`)
  if (!found) return
  if (!force) throw refused(`${file} is there already; choose another name, or replace it with --force.`)
  if (!found.isFile()) throw refused(`${file} is no file, and is not replaced; choose another name.`)
  if (found.size > 0 && !(await isKind(file)))
    throw refused(
      `${file} is there already and is no ${kind} of Partyline: it is not replaced. Choose another name, or move it away.`,
    )
}

function look(file: string, by: (file: string) => Stats): Stats | undefined {
  try {
    return by(file)
  } catch {
    return undefined
  }
}

/** The path without links, as far as it exists. */
function realPath(file: string): string {
  try {
    return realpathSync(file)
  } catch {
    const path = resolve(file)
    return dirname(path) === path ? path : join(realPath(dirname(path)), basename(path))
  }
}

/** The path of the name itself, also if it is a link. */
function inRealFolder(file: string): string {
  const path = resolve(file)
  return join(realPath(dirname(path)), basename(path))
}

function refused(message: string): Refused {
  return new Refused({ code: 'bad-arguments', message })
}
