import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'

/** A name for what a process makes and removes again. After a crash it tells that nobody will. */
export function passingName(prefix: string): string {
  return `${prefix}${process.pid}`
}

/** Whether a name is one of `passingName`, by a process that is no more. */
export function isLeftover(name: string, prefix: string): boolean {
  const pid = name.startsWith(prefix) ? name.slice(prefix.length) : ''
  return /^[1-9]\d*$/.test(pid) && !isRunning(Number(pid))
}

/** Removes what processes that are no more have left in a folder. */
export function removeLeftovers(folder: string, prefix: string): void {
  for (const name of readdirSync(folder))
    if (isLeftover(name, prefix)) rmSync(join(folder, name), { recursive: true, force: true })
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH')
  }
}
