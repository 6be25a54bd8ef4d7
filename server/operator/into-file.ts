import { createWriteStream, existsSync, linkSync, rmSync, unlinkSync } from 'node:fs'
import { type FileHandle, open, rename } from 'node:fs/promises'
import { basename, dirname, resolve } from 'node:path'
import type { Writable } from 'node:stream'
import { passingName, removeLeftovers } from '../lib/leftovers.ts'
import { Refused } from './act.ts'
import { whole } from './whole.ts'

/**
 * Makes a file that has its name only when it is whole and on disk; `fill` ends the stream. Answers its bytes.
 * @throws {Refused} if there is one of that name, unless it is to be replaced
 */
export async function intoFile(
  target: string,
  force: boolean,
  fill: (to: Writable) => Promise<unknown>,
): Promise<number> {
  checkFree(target, force)
  const folder = dirname(resolve(target))
  removeLeftovers(folder, `${basename(target)}.part-`)
  const part = `${target}${passingName('.part-')}`
  return whole(
    () => rmSync(part, { force: true }),
    async () => {
      const file = createWriteStream(part, { flags: 'wx', mode: 0o600, flush: true })
      await fill(file)
      if (force) await rename(part, target)
      else await nameAnew(part, target)
      const handle: FileHandle = await open(folder, 'r')
      await handle.sync().finally(() => handle.close())
      return file.bytesWritten
    },
  )
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
