import { readdirSync, readlinkSync } from 'node:fs'
import type { Test } from 'tap'
import { mainFile, noPage, type Program, startProgram, temporaryFolder } from '../process/program.ts'

/** What a server process has, in bytes; `heap` and `external` after everything unused was collected. */
export interface Measured {
  readonly heap: number
  readonly external: number
  readonly rss: number
  readonly descriptors: number
}

export interface MeasuredServer extends Program {
  readonly port: number
  readonly data: string
  measure(): Promise<Measured>
}

/** Runs in the server, and tells on request what its memory is. */
const probe = `process.on('SIGUSR2', () => {
  gc()
  const { heapUsed, external, rss } = process.memoryUsage()
  process.stderr.write('memory ' + heapUsed + ' ' + external + ' ' + rss + '\\n')
})`

/** Starts the built server as a process that can be asked what it uses. */
export async function startMeasuredServer(
  t: Test,
  settings: Readonly<Record<string, string>>,
): Promise<MeasuredServer> {
  const data = temporaryFolder(t)
  const env = Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [`PARTYLINE_${name}`, value]),
  )
  const node = ['--expose-gc', `--import=data:text/javascript,${encodeURIComponent(probe)}`, mainFile]
  const serve = ['serve', '--host', '127.0.0.1', '--port', '0', '--data', data]
  const program = startProgram(t, [process.execPath, ...node, ...serve], { env: { ...noPage, ...env } })
  const [, port] = await program.stdout.expect(/"port":(\d+).*"msg":"listening"/)
  return { ...program, port: Number(port), data, measure: () => measure(program) }
}

async function measure({ child, stderr }: Program): Promise<Measured> {
  child.kill('SIGUSR2')
  const [, heap, external, rss] = await stderr.expect(/memory (\d+) (\d+) (\d+)\n/)
  return {
    heap: Number(heap),
    external: Number(external),
    rss: Number(rss),
    descriptors: descriptorsOf(child.pid),
  }
}

/** What the descriptors of a process lead to. */
function openFiles(pid: number | undefined): string[] {
  const folder = `/proc/${pid}/fd`
  return readdirSync(folder).flatMap((descriptor) => {
    try {
      return [readlinkSync(`${folder}/${descriptor}`)]
    } catch {
      // It was closed meanwhile.
      return []
    }
  })
}

/** Connections of the database, and what threads talk by. */
const openedWhenNeeded = /\/partyline\.db(-wal|-shm)?$|^pipe:|^anon_inode:/

/**
 * How many descriptors a process has open for people and files. A few are opened for good when so much goes on at once for the
 * first time, which depends on the machine: another connection to the database, another thread for passwords.
 */
export function descriptorsOf(pid: number | undefined): number {
  return openFiles(pid).filter((file) => !openedWhenNeeded.test(file)).length
}
