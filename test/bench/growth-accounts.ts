import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createConnection, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { version } from '../../server/version.ts'
import { partyline } from './contenders.ts'
import type { Loaded, Taken } from './growth-child.ts'
import { channelOf, fillAccounts, fillOthers, memberOf, populationOf } from './population.ts'
import { freePort } from './processes.ts'
import { median, publish, short, surroundings, table } from './report.ts'

const childFile = fileURLToPath(new URL('growth-child.ts', import.meta.url))
/** With so many everything is small. */
const few = 1000
const repeats = 41

/** Runs growth-child.ts to its end. */
async function child<T>(what: string, directory: string): Promise<T> {
  const args = ['--expose-gc', '--max-old-space-size=8192', '--import=tsx', childFile, what, directory]
  const process_ = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const output: Buffer[] = []
  process_.stdout.on('data', (chunk: Buffer) => output.push(chunk))
  await once(process_, 'close')
  if (process_.exitCode !== 0) throw new Error(`growth-child.ts ${what} failed.`)
  // What it printed is what its own module says.
  return JSON.parse(Buffer.concat(output).toString()) as T
}

/** Resolves once the words have come; answers the milliseconds that it took. */
function until(socket: Socket, words: string, begin: number): Promise<number> {
  return new Promise((resolve, reject) => {
    let text = ''
    const take = (chunk: Buffer) => {
      text += chunk.toString()
      if (!text.includes(words)) return
      socket.off('data', take).off('close', lost)
      resolve(performance.now() - begin)
    }
    socket.setTimeout(10_000, () => socket.destroy())
    const lost = () => reject(new Error(`Closed before "${words}": ${text.slice(-300)}`))
    socket.on('data', take).once('close', lost)
  })
}

async function ask(socket: Socket, line: string, words: string): Promise<number> {
  const answer = until(socket, words, performance.now())
  socket.write(`${line}\n`)
  return answer
}

/** Milliseconds of what people at a real server wait for. */
async function served(prepared: string, folder: string): Promise<Record<string, number>> {
  const port = await freePort()
  const server = await partyline(prepared, version).start(folder, port, {
    settings: { PARTYLINE_GREETING_DELAY_MS: '0', PARTYLINE_LIMITS_LOGIN_SECONDS: '0' },
    options: ['--max-old-space-size=8192'],
  })
  const all: Record<string, number[]> = { greeted: [], guest: [], login: [], join: [], leave: [] }
  try {
    for (let turn = 0; turn < repeats; turn++) {
      const begin = performance.now()
      const socket = createConnection({ port, host: '127.0.0.1', noDelay: true })
      all['greeted']?.push(await until(socket, '/quit leaves', begin))
      all['guest']?.push(await ask(socket, '/nick', 'What you type goes'))
      all['login']?.push(
        await ask(socket, `/login ${memberOf(10 * turn + 3)} password`, 'What you type goes'),
      )
      all['join']?.push(await ask(socket, `/join ${channelOf(turn + 45)}`, 'What you type goes'))
      all['leave']?.push(await ask(socket, `/leave ${channelOf(turn + 45)}`, 'What you type goes'))
      socket.destroy()
    }
  } finally {
    await server.stop()
  }
  const of = (name: string) => median(all[name] ?? [])
  return {
    'start-up of the server': server.startMs,
    'connect, and be greeted': of('greeted'),
    '`/nick`': of('guest'),
    '`/login`': of('login'),
    '`/join`': of('join'),
    '`/leave`': of('leave'),
  }
}

interface Figures {
  readonly waits: Record<string, number>
  readonly work: Record<string, number>
  readonly alone: Loaded
  readonly all: Loaded
  readonly select: Taken
}

async function measure(accounts: number): Promise<Figures> {
  const folder = mkdtempSync(join(tmpdir(), 'partyline-accounts-'))
  const forget = () => rmSync(folder, { recursive: true, force: true })
  process.once('exit', forget)
  try {
    const data = join(folder, 'data')
    const size = populationOf(accounts)
    const tell = (text: string) => process.stdout.write(`${accounts} accounts: ${text}\n`)
    await fillAccounts(data, size)
    tell('filled')
    const { loaded: alone } = await child<{ loaded: Loaded }>('load', data)
    tell(`${JSON.stringify(alone)}`)
    await fillOthers(data, size)
    tell('with channels, files and bans')
    const select = await child<Taken>('select', data)
    tell(`bare SELECTs in ${short(select.ms)} ms`)
    const waits = await served(data, folder)
    tell(JSON.stringify(waits))
    const { loaded: all, work } = await child<{ loaded: Loaded; work: Record<string, number> }>('work', data)
    tell(JSON.stringify(all))
    return { waits, work, alone, all, select }
  } finally {
    forget()
  }
}

/** Milliseconds as the table shows them. */
const time = (ms: number) => (ms < 5_000 ? `${short(ms)} ms` : `${short(ms / 1000)} s`)
const mib = (bytes: number) => `${short(bytes / 2 ** 20)} MiB`

/** Measures what a million accounts cost against a thousand. Fills the third table of docs/benchmarks.md. */
export async function measureAccounts(accounts: number): Promise<void> {
  const small = await measure(few)
  const large = await measure(accounts)
  const rows = (of: 'waits' | 'work') =>
    Object.entries(small[of]).map(([name, ms]) => {
      const more = large[of][name] ?? Number.NaN
      return [name, time(ms), time(more), (more / ms).toFixed(2)]
    })
  const head = (first: string) => [
    first,
    few.toLocaleString('en'),
    accounts.toLocaleString('en'),
    'last : first',
  ]
  const each = (large.alone.heap - small.alone.heap) / (accounts - few)
  const { all, select } = large
  publish(
    'accounts',
    [
      `Measured on ${surroundings()}, Node.js ${process.version}.`,
      table(head('a real server, over a socket'), rows('waits')),
      table(head('the domain alone, with the store'), rows('work')),
      table(
        ['memory and start', ''],
        [
          ['an account that is away, in the default channel', `${Math.round(each)} bytes`],
          ['bare SELECTs of all rows: time, and of processors', `${time(select.ms)}, ${time(select.cpuMs)}`],
          [
            'the domain from the same rows',
            `${time(all.ms)} (${(all.ms / select.ms).toFixed(2)}), ${time(all.cpuMs)} (${(all.cpuMs / select.cpuMs).toFixed(2)})`,
          ],
          ['what stays: heap, resident', `${mib(all.heap)}, ${mib(all.rss)}`],
          ['the most while it started, resident', `${mib(all.peak)} (${(all.peak / all.rss).toFixed(2)})`],
        ],
      ),
    ].join('\n\n'),
  )
}
