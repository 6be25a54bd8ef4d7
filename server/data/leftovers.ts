import { randomBytes } from 'node:crypto'
import { closeSync, existsSync, fsyncSync, lstatSync, openSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock } from '../lib/clock.ts'
import { type FileLock, lockFile } from '../lib/file-lock.ts'

/**
 * The mark of a folder that this program fills on its way, locked as long as somebody works there. No data directory has
 * one: whatever a folder is called, without it nothing in it is removed.
 */
const lockName = 'partyline.passing'
/** Says that all that belongs into such a folder is in it, checked and on disk. */
const completeName = 'partyline.complete'
/** Whatever has no lock is left alone for so long behind its last change: somebody may be at it. */
const idleMs = 3_600_000

/** A name for what a process makes and removes again. */
export function passingName(prefix: string): string {
  return `${prefix}${randomBytes(12).toString('hex')}`
}

/** Whether a name is one of `passingName`: no date and no number is as long. */
export function isPassing(name: string, prefix: string): boolean {
  return name.startsWith(prefix) && /^[0-9a-f]{24}$/.test(name.slice(prefix.length))
}

/** Says that somebody works in a folder, until the lock is released or the process ends. */
export async function lockFolder(folder: string): Promise<FileLock> {
  const lock = await lockFile(join(folder, lockName))
  if (!lock) throw new Error(`${folder} is in use`)
  return lock
}

/**
 * Removes the folders that ended processes have left in a folder: by their names, with the mark and nothing else in them
 * than `contents`, and if nobody works there. No number of a process is looked at: in another namespace it is somebody
 * else's. What may not be removed stays.
 */
export async function removeLeftovers(
  folder: string,
  prefix: string,
  contents: readonly string[],
): Promise<void> {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name)
    if (!isLeftover(path, name, prefix, contents) || (await isInUse(path))) continue
    try {
      removePassing(path)
    } catch {
      // It is another user's, root's for example, who has the right to remove it.
    }
  }
}

/**
 * Removes such a folder, if it is there. Whoever is killed in the middle of it leaves one that is known as a leftover, and
 * not for a complete one.
 */
export function removePassing(folder: string): void {
  if (!existsSync(folder)) return
  takeBackComplete(folder)
  for (const name of readdirSync(folder))
    if (name !== lockName) rmSync(join(folder, name), { recursive: true, force: true })
  rmSync(folder, { recursive: true, force: true })
}

/** Says, for good, that nothing more comes into such a folder: all in it has to be checked, and on disk, before. */
export function markComplete(folder: string): void {
  const mark = openSync(join(folder, completeName), 'wx', 0o600)
  try {
    fsyncSync(mark)
  } finally {
    closeSync(mark)
  }
  syncNow(folder)
}

export function isComplete(folder: string): boolean {
  return existsSync(join(folder, completeName))
}

export function takeBackComplete(folder: string): void {
  if (!isComplete(folder)) return
  rmSync(join(folder, completeName))
  syncNow(folder)
}

/** Writes to disk what a folder lists, or a file has, and waits for it: no signal comes between. */
export function syncNow(path: string): void {
  const handle = openSync(path, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

/** Whether something is a folder that this program has made on its way: by name, by mark and by what is in it. */
export function isLeftover(path: string, name: string, prefix: string, contents: readonly string[]): boolean {
  if (!isPassing(name, prefix)) return false
  try {
    const found = lstatSync(path)
    if (!found.isDirectory()) return false
    const names = readdirSync(path)
    // Who was killed at once has not marked it yet, and has put nothing in it.
    if (names.length === 0) return true
    const known = [lockName, completeName, ...contents]
    return names.includes(lockName) && names.every((one) => known.includes(one))
  } catch {
    return false
  }
}

/** Whether somebody may work at what has a passing name: its folder is locked, or it was changed a short time ago. */
export async function isInUse(path: string): Promise<boolean> {
  const found = lstatSync(path)
  const isLocked = found.isDirectory() && readdirSync(path).includes(lockName)
  if (!isLocked) return systemClock.now() - found.mtimeMs < idleMs
  try {
    const lock = await lockFile(join(path, lockName))
    await lock?.release()
    return lock === undefined
  } catch {
    return true
  }
}
