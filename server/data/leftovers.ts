import { randomBytes } from 'node:crypto'
import { closeSync, existsSync, fsyncSync, lstatSync, openSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock } from '../lib/clock.ts'
import { type FileLock, lockFile } from '../lib/file-lock.ts'

/**
 * The name of the file that marks a temporary folder of this program; a process that works there holds a lock on it.
 * No data directory has this file: without it, nothing in a folder is removed, whatever the name of the folder.
 */
const lockName = 'partyline.passing'
/** The name of the file that says that a temporary folder is complete: everything in it is checked and on disk. */
const completeName = 'partyline.complete'
/** Leave a folder without a lock alone for this long after its last change (ms): a process may be using it. */
const idleMs = 3_600_000

/** Makes a name for a temporary file or folder. */
export function passingName(prefix: string): string {
  return `${prefix}${randomBytes(12).toString('hex')}`
}

/** Whether `passingName` has made this name: no date and no number is as long. */
export function isPassing(name: string, prefix: string): boolean {
  return name.startsWith(prefix) && /^[0-9a-f]{24}$/.test(name.slice(prefix.length))
}

/** Locks a temporary folder for this process, until it releases the lock or ends. */
export async function lockFolder(folder: string): Promise<FileLock> {
  const lock = await lockFile(join(folder, lockName))
  if (!lock) throw new Error(`${folder} is in use`)
  return lock
}

/**
 * Removes the temporary folders that ended processes have left in a folder. Such a folder has a temporary name, the
 * mark, nothing but `contents`, and no lock. Process ids are not checked, because in another namespace they mean
 * other processes. Folders that this user may not remove stay.
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
      // Another user, for example root, owns the folder and can remove it.
    }
  }
}

/**
 * Removes a temporary folder if it exists. If the process is killed meanwhile, the rest is recognised as a leftover,
 * and never taken for a complete folder.
 */
export function removePassing(folder: string): void {
  if (!existsSync(folder)) return
  takeBackComplete(folder)
  for (const name of readdirSync(folder))
    if (name !== lockName) rmSync(join(folder, name), { recursive: true, force: true })
  rmSync(folder, { recursive: true, force: true })
}

/** Marks a folder as complete, for good. Everything in it has to be checked and on disk before. */
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

/** Syncs a folder or a file to the disk. It blocks, so that no signal handler runs in between. */
export function syncNow(path: string): void {
  const handle = openSync(path, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

/** Whether this is a temporary folder of this program: by its name, its mark and its contents. */
export function isLeftover(path: string, name: string, prefix: string, contents: readonly string[]): boolean {
  if (!isPassing(name, prefix)) return false
  try {
    const found = lstatSync(path)
    if (!found.isDirectory()) return false
    const names = readdirSync(path)
    // A process that was killed at once has neither marked the folder nor put anything into it.
    if (names.length === 0) return true
    const known = [lockName, completeName, ...contents]
    return names.includes(lockName) && names.every((one) => known.includes(one))
  } catch {
    return false
  }
}

/** Whether a process may be using a temporary folder: the folder is locked, or was changed a short time ago. */
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
