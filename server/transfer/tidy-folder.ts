import { lstat, mkdir, readdir, rename, rmdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type KnownBlobs, strangerOf, type Tidied } from '../chat/ports/vault.ts'
import { dataIdName, readDataId } from '../data/data-id.ts'
import { removeLeftovers } from '../data/leftovers.ts'
import { workContents, workPrefix } from '../data/places.ts'
import { handOver } from '../lib/ownership.ts'

/** How the name of a partial file ends. */
export const partial = '.part'
/** The names that the server gives to blobs: see randomSecrets. A file with another name is not the server's. */
const blobName = /^[0-9A-HJKMNP-TV-Z]{32}(\.part)?$/
const asidePrefix = 'aside-'
const asideName = /^aside-\d{4}-\d\d-\d\d$/

/**
 * Makes the folder fit to the database with this id: sets aside what the database does not know, and takes back what it knows
 * again. Touches nothing if the folder belongs to another database. `now` is in ms since the epoch.
 */
export async function tidyFolder(
  folder: string,
  id: number,
  known: KnownBlobs,
  now: number,
): Promise<Tidied> {
  await removeLeftovers(folder, workPrefix, workContents)
  const here = await blobsIn(folder)
  const noted = readDataId(folder)
  const why = strangerOf(id, noted, known, new Set([...here].map(wholeName)))
  if (why) return { belongs: false, why }
  if (noted !== id) await noteId(folder, id)
  const back = await takeBack(folder, known, here)
  // The process may have ended between the last byte and the entry in the database: a partial blob may be whole.
  const isKnown = (name: string) =>
    known.leaving?.has(wholeName(name)) ||
    known.partial.has(wholeName(name)) ||
    (known.whole.has(name) && !name.endsWith(partial))
  const unknown = [...here].filter((name) => !isKnown(name))
  await setAside(folder, unknown, now)
  const takenOver = noted !== undefined && noted !== id && here.size > 0
  return { belongs: true, aside: unknown.length, back, ...(takenOver ? { takenOver } : {}) }
}

/** Moves files into a folder `aside-` with the day of `now`. */
export async function setAside(folder: string, names: readonly string[], now: number): Promise<void> {
  if (names.length === 0) return
  const aside = join(folder, `${asidePrefix}${new Date(now).toISOString().slice(0, 10)}`)
  await mkdir(aside, { recursive: true, mode: 0o700 })
  for (const name of names) await rename(join(folder, name), join(aside, name))
  handOver(aside)
}

/** Takes back what was set aside beside an older database, and is known again. Returns the number of files. */
async function takeBack(
  folder: string,
  { partial: parts, whole }: KnownBlobs,
  here: ReadonlySet<string>,
): Promise<number> {
  let back = 0
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (!entry.isDirectory() || !asideName.test(entry.name)) continue
    const aside = join(folder, entry.name)
    for (const name of await blobsIn(aside)) {
      const isKnown = name.endsWith(partial) ? parts.has(wholeName(name)) : whole.has(name)
      if (!isKnown || here.has(name)) continue
      await rename(join(aside, name), join(folder, name))
      back++
    }
    // This works only if the folder is empty.
    await rmdir(aside).catch(() => undefined)
  }
  return back
}

/** Writes beside the files to which database they belong. If it cannot be written now, the next start writes it. */
async function noteId(folder: string, id: number): Promise<void> {
  const file = join(folder, dataIdName)
  // Open only a plain file: a pipe would wait for ever, and a link may lead anywhere.
  const found = await lstat(file).catch(() => undefined)
  if (found && !found.isFile()) return
  await writeFile(file, `${id}\n`, { mode: 0o600, flush: true }).catch(() => undefined)
  handOver(file)
}

/** The names of the blobs in a folder. */
async function blobsIn(folder: string): Promise<ReadonlySet<string>> {
  const entries = await readdir(folder, { withFileTypes: true })
  return new Set(entries.filter((one) => one.isFile() && blobName.test(one.name)).map(({ name }) => name))
}

function wholeName(name: string): string {
  return name.endsWith(partial) ? name.slice(0, -partial.length) : name
}
