import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { isInstalled, onCore, pinned } from './processes.ts'

/** What runs now. Each leads a group of its own, which is ended with it, also when the benchmark is interrupted. */
const running = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of running) endGroup(child)
})

function endGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  } catch {
    // It has ended.
  }
}

/** Pins this very process, which measures, to where the clients are. */
export function pinMeasuring(): void {
  if (pinned) spawnSync('taskset', ['-a', '-cp', '1', String(process.pid)])
}

export interface Job {
  /** What it printed, and after how many seconds it had ended. */
  readonly done: Promise<{ readonly output: string; readonly seconds: number }>
}

export interface JobOptions {
  readonly core?: 0 | 1
  /** It gives way to whoever measures. */
  readonly background?: boolean
}

/** Starts a shell script; `args` are its $1, $2 and so on. */
export function start(
  script: string,
  args: readonly (string | number)[],
  { core = 1, background = false }: JobOptions = {},
): Job {
  const shell = [...(background ? ['nice', '-n', '19'] : []), 'sh', '-c', script, 'sh']
  const [program = '', ...rest] = onCore(core, [...shell, ...args.map(String)])
  const begun = performance.now()
  const child = spawn(program, rest, { detached: true, stdio: ['ignore', 'pipe', 'inherit'] })
  running.add(child)
  const output: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk))
  const done = once(child, 'close').then(() => {
    running.delete(child)
    if (child.exitCode !== 0) throw new Error(`${script} failed.`)
    return { output: Buffer.concat(output).toString(), seconds: (performance.now() - begun) / 1000 }
  })
  return { done }
}

const mainFile = fileURLToPath(new URL('../../dist/main.js', import.meta.url))

/** The server under test, as `npm run build` makes it. */
export class Server {
  readonly port: number
  readonly #child: ChildProcess
  readonly #pid: number

  private constructor(child: ChildProcess, port: number) {
    this.#child = child
    this.#pid = child.pid ?? 0
    this.port = port
  }

  static async start(data: string, settings: Readonly<Record<string, string>>): Promise<Server> {
    const args = ['serve', '--host', '127.0.0.1', '--port', '0', '--data', data]
    const [program = '', ...rest] = onCore(0, [process.execPath, mainFile, ...args])
    // A setting of the surroundings must not change what is measured.
    const inherited = Object.entries(process.env).filter(([name]) => !/^PARTYLINE_|^NODE_OPTIONS$/.test(name))
    const own = Object.entries(settings).map(([name, value]) => [`PARTYLINE_${name}`, value])
    const child = spawn(program, rest, {
      detached: true,
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...Object.fromEntries(inherited), ...Object.fromEntries(own) },
    })
    running.add(child)
    let log = ''
    for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
      log += String(chunk)
      const [, port] = /"port":(\d+).*"msg":"listening"/.exec(log) ?? []
      if (port === undefined) continue
      child.stdout.resume()
      return new Server(child, Number(port))
    }
    throw new Error(`The server did not start.\n${log}`)
  }

  /** Resident memory in bytes, now and at its peak since `forgetPeak`. */
  get memory(): { readonly now: number; readonly peak: number } {
    const status = readFileSync(`/proc/${this.#pid}/status`, 'utf8')
    const bytes = (name: string) => Number(new RegExp(`^${name}:\\s*(\\d+) kB`, 'm').exec(status)?.[1]) * 1024
    return { now: bytes('VmRSS'), peak: bytes('VmHWM') }
  }

  forgetPeak(): void {
    writeFileSync(`/proc/${this.#pid}/clear_refs`, '5')
  }

  /** Ends it and waits for that; one that does not listen to SIGTERM is killed. */
  async stop(): Promise<void> {
    const child = this.#child
    const ended = child.exitCode === null ? once(child, 'exit') : undefined
    child.kill('SIGTERM')
    const timer = setTimeout(() => endGroup(child), 8000)
    await ended
    clearTimeout(timer)
    running.delete(child)
  }
}

/** An nc: the options with which it listens on $1 and $2, and with which it ends when its input ends. */
export interface Netcat {
  readonly program: string
  readonly listen: string
  readonly send: string
}

const netcats: readonly Netcat[] = [
  { program: 'nc.openbsd', listen: '-l 127.0.0.1 "$1"', send: '-N' },
  { program: 'ncat', listen: '-l 127.0.0.1 "$1"', send: '--send-only' },
  { program: 'nc.traditional', listen: '-l -s 127.0.0.1 -p "$1"', send: '-q 0' },
  { program: 'nc', listen: '-l 127.0.0.1 "$1"', send: '-N' },
]

export function installedNetcat(): Netcat {
  const found = netcats.find(({ program }) => isInstalled(program))
  if (!found) throw new Error('There is no nc: install netcat-openbsd.')
  return found
}

/** The type of the file system that a folder is on. */
export function fileSystemOf(folder: string): string {
  const mounts = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([, point = '-']) => `${folder}/`.startsWith(point === '/' ? '/' : `${point}/`))
    .sort(([, one = ''], [, other = '']) => one.length - other.length)
  return mounts.at(-1)?.[2] ?? 'unknown'
}

/** Waits until something listens on a port, without connecting: an nc takes one connection only. */
export async function listening(port: number): Promise<void> {
  const hex = port.toString(16).toUpperCase().padStart(4, '0')
  const state = new RegExp(`: [0-9A-F]{8}:${hex} [0-9A-F]{8}:0000 0A `)
  for (let tries = 0; !state.test(readFileSync('/proc/net/tcp', 'utf8')); tries++) {
    if (tries > 500) throw new Error('nc does not listen.')
    await sleep(10)
  }
}
