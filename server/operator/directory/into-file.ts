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

/** What is not whole yet has this behind its name, and some letters. */
const partMark = '.partyline-part-'

/** How many bytes a file has, and under which name the one is kept that it took the place of. */
export interface MadeFile {
  readonly bytes: number
  readonly older: string | undefined
}

/**
 * Makes a file that has its name only when it is whole and on disk; `fill` ends the stream. One of that name is replaced
 * with `force`, if it is of the same kind; where `keepsOlder` says so, it is kept beside the new one under another name.
 * @throws {Refused} if there is one of that name, unless it is to be replaced
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
      // Something else may have come meanwhile.
      await checkTarget(to)
      const keeps = force && existsSync(target) && (await keepsOlder())
      const older = keeps ? setAside(target) : undefined
      if (force) await rename(part, target)
      else await nameAnew(part, to)
      // In a folder of the service's, in which it may have to make room one day.
      if (haveOneOwner(folder, to.dataDirectory)) handOver(resolve(target))
      const handle: FileHandle = await open(folder, 'r')
      await handle.sync().finally(() => handle.close())
      return { bytes: file.bytesWritten, older }
    },
  )
}

/**
 * Removes what killed processes have left of any file of a kind that was made here, whatever it was to be called: by what
 * it begins with, not by its name alone.
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

/** Gives a file a free name beside its own; answers it. */
function setAside(target: string): string {
  for (let number = 1; ; number++) {
    const older = `${target}.older${number === 1 ? '' : `.${number}`}`
    if (existsSync(older)) continue
    try {
      linkSync(target, older)
    } catch {
      // A file system without second names.
      renameSync(target, older)
    }
    return older
  }
}

/** As rename does, but never in place of another file that came meanwhile. */
async function nameAnew(part: string, target: Target): Promise<void> {
  try {
    linkSync(part, target.file)
    unlinkSync(part)
  } catch {
    // It came meanwhile, or this is a file system without second names.
    await checkTarget(target)
    await rename(part, target.file)
  }
}
