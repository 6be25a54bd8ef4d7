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
import { isInUse, isPassing, passingName } from '../lib/leftovers.ts'
import { Refused } from './act.ts'
import { whole } from './whole.ts'

/** What is not whole yet has this behind its name, and some letters. */
const partMark = '.partyline-part-'

/** How many bytes a file has, and under which name the one is kept that it took the place of. */
export interface MadeFile {
  readonly bytes: number
  readonly older: string | undefined
}

/**
 * Makes a file that has its name only when it is whole and on disk; `fill` ends the stream. One of that name is replaced
 * with `force`; where `keepsOlder` says so, it is kept beside the new one under another name.
 * @throws {Refused} if there is one of that name, unless it is to be replaced
 */
export async function intoFile(
  target: string,
  force: boolean,
  fill: (to: Writable) => Promise<unknown>,
  keepsOlder: () => Promise<boolean> = async () => false,
): Promise<MadeFile> {
  checkFree(target, force)
  const folder = dirname(resolve(target))
  await removeParts(folder)
  const part = `${target}${passingName(partMark)}`
  return whole(
    () => rmSync(part, { force: true }),
    async () => {
      const file = createWriteStream(part, { flags: 'wx', mode: 0o600, flush: true })
      await fill(file)
      const keeps = force && existsSync(target) && (await keepsOlder())
      const older = keeps ? setAside(target) : undefined
      if (force) await rename(part, target)
      else await nameAnew(part, target)
      const handle: FileHandle = await open(folder, 'r')
      await handle.sync().finally(() => handle.close())
      return { bytes: file.bytesWritten, older }
    },
  )
}

/** Removes what killed processes have left of any file that was made here, whatever it was to be called. */
async function removeParts(folder: string): Promise<void> {
  for (const name of readdirSync(folder)) {
    const at = name.lastIndexOf(partMark)
    if (at <= 0 || !isPassing(name.slice(at), partMark)) continue
    const path = join(folder, name)
    if (lstatSync(path).isFile() && !(await isInUse(path))) rmSync(path, { force: true })
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

/** Refuses a name that is in use. */
export function checkFree(target: string, force: boolean): void {
  if (force || !existsSync(target)) return
  throw new Refused({
    code: 'bad-arguments',
    message: `${target} is there already; choose another name, or have it replaced with --force.`,
  })
}

/** As rename does, but never in place of another file that came meanwhile. */
async function nameAnew(part: string, target: string): Promise<void> {
  try {
    linkSync(part, target)
    unlinkSync(part)
  } catch {
    // It came meanwhile, or this is a file system without second names.
    checkFree(target, false)
    await rename(part, target)
  }
}
