import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { availableParallelism } from 'node:os'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'

/** What runs now: each is ended by its own number, also when the benchmark is interrupted. */
const running = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

/** Whether a program can be started. */
export function isInstalled(program: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${program}`]).status === 0
}

/** Whether who serves and who measures are kept apart. */
export const pinned = availableParallelism() > 1 && isInstalled('taskset')

/** The command on one core, where the machine has several: the server on 0, who measures on 1. */
export function onCore(core: 0 | 1, command: readonly string[]): readonly string[] {
  return pinned ? ['taskset', '-c', String(core), ...command] : command
}

/** A server under test. */
export interface Started {
  readonly pid: number
  /** How long it took until it answered. */
  readonly startMs: number
  /** Ends it and waits for that; a server that does not listen to SIGTERM is killed. */
  stop(): Promise<void>
}

/** With a million accounts, on a machine that is busy with other things. */
const longestStartMs = 5 * 60_000

/** Starts a server, on core 0 if it is not to have all of them, and waits until it takes connections. */
export async function startServer(
  command: readonly string[],
  port: number,
  env: Readonly<Record<string, string>> = {},
  cores: Cores = 'one',
): Promise<Started> {
  const [program = '', ...args] = cores === 'one' ? onCore(0, command) : command
  // A setting of the surroundings must not change what is measured.
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('PARTYLINE_'))
  const begin = performance.now()
  const child = spawn(program, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...Object.fromEntries(inherited), ...env },
  })
  running.add(child)
  let said = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-2000)
  })
  const ended = once(child, 'exit').then(() => running.delete(child))
  while (!(await takesConnections(port))) {
    if (child.exitCode !== null || performance.now() - begin > longestStartMs)
      throw new Error(`${command.join(' ')} did not start.\n${said}`)
    await sleep(10)
  }
  return {
    pid: child.pid ?? 0,
    startMs: performance.now() - begin,
    async stop() {
      child.kill('SIGTERM')
      const timer = setTimeout(() => child.kill('SIGKILL'), 8000)
      await ended
      clearTimeout(timer)
    },
  }
}

/** One core for the server and one for the generator, or all cores for both. */
export type Cores = 'one' | 'all'

/** Runs a program on core 1, if it is not to have all of them, to its end. Calls `take` for each line that it prints. */
export async function measure(
  command: readonly string[],
  cores: Cores,
  take: (line: string) => void,
): Promise<void> {
  const [program = '', ...args] = cores === 'one' ? onCore(1, command) : command
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  running.add(child)
  createInterface({ input: child.stdout }).on('line', take)
  await once(child, 'close')
  running.delete(child)
  if (child.exitCode !== 0) throw new Error(`The load generator failed: ${command.slice(0, 3).join(' ')}`)
}

/** A port that nobody uses at the moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (typeof address !== 'object' || !address) throw new Error('no port')
  return address.port
}

async function takesConnections(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
