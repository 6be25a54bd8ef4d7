import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import type { Person } from './person.ts'
import type { Server } from './server.ts'

/** What a server's process has open, and its memory in bytes; only on Linux. */
export interface Held {
  readonly sockets: number
  /** Of the folder of files. */
  readonly files: number
  readonly rss: number
}

export function held({ child, data }: Server): Held {
  const folder = `/proc/${child.pid}/fd`
  const targets = readdirSync(folder).flatMap((name) => {
    try {
      return readlinkSync(`${folder}/${name}`)
    } catch {
      // Closed meanwhile.
      return []
    }
  })
  const [, kilobytes = '0'] =
    /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8')) ?? []
  return {
    sockets: targets.filter((target) => target.startsWith('socket:')).length,
    files: targets.filter((target) => target.startsWith(`${data}/files/`)).length,
    rss: Number(kilobytes) * 1024,
  }
}

/** Asks the server until this is so; false if it is not after 30 seconds. */
export async function until(person: Person, isSo: () => boolean): Promise<boolean> {
  for (const end = performance.now() + 30_000; !isSo(); ) {
    if (performance.now() > end) return false
    await person.settle()
  }
  return true
}
