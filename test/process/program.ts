import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Test } from 'tap'
import { Output } from './output.ts'

/** The program as `npm run build` makes it. */
export const mainFile = fileURLToPath(new URL('../../dist/main.js', import.meta.url))

export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** A process that a test has started. */
export interface Program {
  readonly child: ChildProcessWithoutNullStreams
  readonly stdout: Output
  readonly stderr: Output
  /** Resolves when it has ended and all that it printed is there. */
  readonly exit: Promise<Exit>
}

export interface ProgramOptions {
  readonly env?: NodeJS.ProcessEnv
  readonly cwd?: string
  /** It starts others, which are to end with it. */
  readonly group?: boolean
}

/** What a helper needs of a test: whatever it opens ends with it. */
export type Teardown = Pick<Test, 'teardown'>

/** Ends the programs that run, each with its own. */
const running = new Set<() => void>()
process.once('exit', () => {
  for (const kill of running) kill()
})

/**
 * Starts a process and ends it with the test. It gets this process's environment without what belongs to tap
 * or sets up a Partyline, and with `env`.
 */
export function startProgram(
  t: Test,
  command: readonly string[],
  { env = {}, cwd, group = false }: ProgramOptions = {},
): Program {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(PARTYLINE_|_?TAP|npm_)/.test(name))
  // tap adds NODE_OPTIONS to every process, so that it cannot be left out here.
  const child = spawn('env', ['-u', 'NODE_OPTIONS', ...command], {
    env: { ...Object.fromEntries(inherited), ...env },
    ...(cwd === undefined ? {} : { cwd }),
    detached: group,
  })
  const stdout = new Output()
  const stderr = new Output()
  child.stdout.on('data', (chunk: Buffer) => stdout.add(chunk))
  child.stderr.on('data', (chunk: Buffer) => stderr.add(chunk))
  child.stdout.on('end', () => stdout.end())
  child.stderr.on('end', () => stderr.end())
  // Whoever has ended reads no more.
  child.stdin.on('error', () => undefined)
  const exit = new Promise<Exit>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve({ code, signal }))
  })
  const kill = (): void => {
    if (group) killGroup(child.pid)
    else child.kill('SIGKILL')
  }
  // Also if the test does not come to its end.
  running.add(kill)
  t.teardown(async () => {
    running.delete(kill)
    kill()
    // What it started may live on, and keep its pipes open: until a server that it talks to is ended behind this.
    for (const pipe of child.stdio) pipe?.destroy()
    await exit
    // Pipes that are destroyed do not say so.
    for (const output of [stdout, stderr]) output.end()
  })
  return { child, stdout, stderr, exit }
}

/** Starts the built program with these arguments. */
export function startPartyline(t: Test, args: readonly string[], options: ProgramOptions = {}): Program {
  const env = { ...noPage, ...options.env }
  return startProgram(t, [process.execPath, mainFile, ...args], { ...options, env })
}

/** Only one server of a machine has its page at the usual port: a test that wants one says where. */
export const noPage = { PARTYLINE_WEB_LISTEN: '[]' } as const

/** A folder that is removed with the test. */
export function temporaryFolder(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'partyline-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Ends the processes of a group; there may be none left. */
function killGroup(group: number | undefined): void {
  if (group === undefined) return
  try {
    process.kill(-group, 'SIGKILL')
  } catch {
    // It has ended.
  }
}
