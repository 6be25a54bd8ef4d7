import {
  createWriteStream,
  existsSync,
  linkSync,
  lstatSync,
  readdirSync,
  renameSync,
  rmSync,
  unlinkSync,
} from 'node:fs'
import { type FileHandle, open, rename } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { Writable } from 'node:stream'
import { isInUse, isPassing, passingName } from '../../data/leftovers.ts'
import { handOver, haveOneOwner } from '../../lib/ownership.ts'
import { allOrNothing } from './all-or-nothing.ts'
import { checkTarget, type Target } from './target.ts'

/** An incomplete file has its name followed by this and some letters. */
const partMark = '.partyline-part-'

/** The size of a new file in bytes, and the name under which the replaced file is kept. */
export interface MadeFile {
  readonly bytes: number
  readonly older: string | undefined
}

/**
 * Makes a file, which gets its name when it is complete and on disk; `fill` ends the stream. Replaces an existing file only with
 * `force`, and only if it is of the same kind; if `keepsOlder` says so, keeps it under another name.
 * @throws {Refused} if a file of that name exists and may not be replaced
 */
export async function intoFile(
  to: Target,
  fill: (to: Writable) => Promise<unknown>,
  keepsOlder: () => Promise<boolean> = async () => false,
): Promise<MadeFile> {
  await checkTarget(to)
  const { file: target, force } = to
  const folder = dirname(resolve(target))
  await removeParts(folder, to.isKind)
  const part = `${target}${passingName(partMark)}`
  return allOrNothing(
    () => rmSync(part, { force: true }),
    async () => {
      const file = createWriteStream(part, { flags: 'wx', mode: 0o600, flush: true })
      await fill(file)
      // Another file may have come meanwhile.
      await checkTarget(to)
      const keeps = force && existsSync(target) && (await keepsOlder())
      const older = keeps ? setAside(target) : undefined
      if (force) await rename(part, target)
      else await nameAnew(part, to)
      // The owner of the folder must be able to remove the file.
      if (haveOneOwner(folder, to.dataDirectory)) handOver(resolve(target))
      const handle: FileHandle = await open(folder, 'r')
      await handle.sync().finally(() => handle.close())
      return { bytes: file.bytesWritten, older }
    },
  )
}

/**
 * Removes incomplete files of the same kind that killed processes have left here. Looks at the beginning of each file, not at
 * its name alone.
 */
async function removeParts(folder: string, isKind: Target['isKind']): Promise<void> {
  for (const name of readdirSync(folder)) {
    const at = name.lastIndexOf(partMark)
    if (at <= 0 || !isPassing(name.slice(at), partMark)) continue
    const path = join(folder, name)
    const found = lstatSync(path)
    if (!found.isFile() || (await isInUse(path))) continue
    if (found.size === 0 || (await isKind(path))) rmSync(path, { force: true })
  }
}

/** Gives a file a free name beside its own, and returns that name. */
function setAside(target: string): string {
  for (let number = 1; ; number++) {
    const older = `${target}.older${number === 1 ? '' : `.${number}`}`
    if (existsSync(older)) continue
    try {
      linkSync(target, older)
    } catch {
      // The file system has no hard links.
      renameSync(target, older)
    }
    return older
  }
}

/** Renames a file, but never replaces a file that came meanwhile. */
async function nameAnew(part: string, target: Target): Promise<void> {
  try {
    linkSync(part, target.file)
    unlinkSync(part)
  } catch {
    // A file came meanwhile, or the file system has no hard links.
    await checkTarget(target)
    await rename(part, target.file)
  }
}
