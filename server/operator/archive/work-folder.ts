import { mkdirSync, rmdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { lockFolder, passingName, removeLeftovers } from '../../data/leftovers.ts'
import { workContents, workPrefix } from '../../data/places.ts'
import { codeOf } from '../../lib/error-code.ts'
import { handOver } from '../../lib/ownership.ts'
import { StoreOpenError } from '../../store/errors.ts'
import { allOrNothing } from '../directory/all-or-nothing.ts'

/** There is no room for the copies of which a backup is made. */
export class NoRoom extends Error {
  override readonly name = 'NoRoom'
}

/** Calls `use` with a folder within the folder of files, and removes it afterwards, also if this process is interrupted. */
export async function inVault<T>(vault: string, use: (work: string) => Promise<T>): Promise<T> {
  const work = join(vault, passingName(workPrefix))
  let madeVault = false
  const undo = () => {
    rmSync(work, { recursive: true, force: true })
    // Leave nothing where somebody will mount a disk.
    if (madeVault) removeEmpty(vault)
  }
  return allOrNothing(undo, async () => {
    const lock = await inRoom(async () => {
      madeVault = mkdirSync(vault, { recursive: true, mode: 0o700 }) !== undefined
      await removeLeftovers(vault, workPrefix, workContents)
      mkdirSync(work, { mode: 0o700 })
      // If this process is killed, the owner of the directory must be able to remove the folder.
      handOver(madeVault ? vault : work)
      // As long as this process lives, nobody who removes leftovers removes the folder.
      return await lockFolder(work)
    })
    const answer = await use(work)
    undo()
    await lock.release()
    return answer
  })
}

/** Runs a task; throws NoRoom if it fails because the disk is full. */
export async function inRoom<T>(task: () => Promise<T>): Promise<T> {
  try {
    return await task()
  } catch (error) {
    const code = error instanceof StoreOpenError ? codeOf(error.cause) : codeOf(error)
    throw ['ENOSPC', 'EDQUOT', 'SQLITE_FULL'].includes(String(code))
      ? new NoRoom('No room', { cause: error })
      : error
  }
}

function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder)
  } catch {
    // Somebody has put something into it.
  }
}
