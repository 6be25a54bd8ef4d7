import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { createConnection, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { version } from '../../server/version.ts'
import { partyline } from './contenders.ts'
import { nameOf, prepare, roomOf, storeIn } from './people.ts'
import { freePort } from './processes.ts'
import { median, publish, short, surroundings, table } from './report.ts'

const sizes = [1_000, 100_000, 1_000_000]
const repeats = 15
/** Messages that one person missed, whatever else is stored: what a digest has to count and show. */
const missed = 200

const folder = mkdtempSync(join(tmpdir(), 'partyline-growth-'))
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))

/** Stores messages up to this many; every thousandth has a rare word. */
async function fill(directory: string, from: number, to: number): Promise<void> {
  const store = await storeIn(directory)
  const { accounts, channels } = await store.load()
  const rooms = channels.filter(({ name }) => name.startsWith('#c')).map(({ id }) => id)
  const ids = accounts.map(({ id }) => id)
  for (let next = from; next < to; ) {
    const last = Math.min(to, next + 2000)
    const stored: Promise<number>[] = []
    for (; next < last; next++) {
      const rare = next % 1000 === 0 ? ' teapot' : ''
      stored.push(
        store.append({
          at: 1_700_000_000_000 + next * 1000,
          kind: 'text',
          text: `message number ${next} about nothing in particular, as people say all day long${rare}`,
          from: ids[next % ids.length],
          fromGuest: undefined,
          channel: rooms[next % rooms.length],
          to: undefined,
          toGuest: undefined,
          blocked: false,
          mentions: [],
        }),
      )
    }
    await Promise.all(stored)
  }
  // Searching brings the index up to date, as it would be on a server that runs.
  await store.search({ words: ['teapot'], limit: 1, reader: 0, channels: rooms, direct: false })
  const { lastMessageId } = await store.load()
  const [reader] = ids
  if (reader !== undefined)
    await store.saveSeen([{ account: reader, seen: lastMessageId - missed, seenAt: Date.now() }])
  await store.close()
}

/** Asks a line and answers the milliseconds until the line behind it is answered. */
class Asker {
  readonly #socket: Socket
  #text = ''
  #marks = 0

  private constructor(socket: Socket) {
    this.#socket = socket
  }

  static async connect(port: number): Promise<Asker> {
    const socket = createConnection(port, '127.0.0.1')
    await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject))
    return new Asker(socket)
  }

  async ask(line: string): Promise<{ ms: number; answer: string }> {
    const mark = `mark${++this.#marks}`
    this.#text = ''
    const begin = performance.now()
    this.#socket.write(`${line}\n/ping ${mark}\n`)
    await new Promise<void>((resolve) => {
      const take = (chunk: Buffer) => {
        this.#text += chunk.toString()
        if (!this.#text.includes(mark)) return
        this.#socket.off('data', take)
        resolve()
      }
      this.#socket.on('data', take)
    })
    return { ms: performance.now() - begin, answer: this.#text }
  }

  end(): void {
    this.#socket.destroy()
  }
}

async function times(asker: Asker, line: string, expected: RegExp): Promise<number> {
  const all: number[] = []
  for (let repeat = 0; repeat < repeats; repeat++) {
    const { ms, answer } = await asker.ask(line)
    if (!expected.test(answer)) throw new Error(`"${line}" was answered: ${answer.slice(0, 300)}`)
    all.push(ms)
  }
  return median(all)
}

/** Milliseconds of each thing, with so much stored. */
async function measure(prepared: string): Promise<Record<string, number>> {
  const ours = partyline(prepared, version)
  const port = await freePort()
  const server = await ours.start(folder, port)
  try {
    const reader = await Asker.connect(port)
    const login = await reader.ask(`/login ${nameOf(0)} password`)
    if (!login.answer.includes('What you type goes'))
      throw new Error(`no login: ${login.answer.slice(0, 300)}`)
    await reader.ask(`/switch ${roomOf(0)}`)
    const figures = {
      'start-up': server.startMs,
      'login with what was missed': login.ms,
      '`/history` (50 lines)': await times(reader, '/history 50', /message number/),
      '`/history` from the middle': await times(reader, '/history 50 before 500', /message number/),
      '`/search` of a rare word': await times(reader, `/search teapot in:${roomOf(0)}`, /teapot/),
      '`/search` of a word in every message': await times(
        reader,
        `/search particular in:${roomOf(0)}`,
        /particular/,
      ),
      'something said, until it is stored': await times(reader, 'hello', /mark/),
    }
    reader.end()
    return figures
  } finally {
    await server.stop()
  }
}

/** What the millionth stored message costs against the thousandth. Fills the second table of docs/benchmarks.md. */
export async function measureMessages(): Promise<void> {
  const data = join(folder, 'growing')
  await prepare(data, 20, 10)
  const columns: Record<string, number>[] = []
  let stored = 0
  for (const size of sizes) {
    const begin = performance.now()
    await fill(data, stored, size)
    stored = size
    process.stdout.write(
      `${size} messages stored after ${Math.round((performance.now() - begin) / 1000)} s more\n`,
    )
    const copy = join(folder, `with-${size}`)
    cpSync(data, copy, { recursive: true })
    // Each figure is a median, but start-up and login, which happen once: they are taken three times.
    const runs = [await measure(copy), await measure(copy), await measure(copy)]
    const names = Object.keys(runs[0] ?? {})
    columns.push(Object.fromEntries(names.map((name) => [name, median(runs.map((run) => run[name] ?? 0))])))
  }

  const [smallest = {}] = columns
  const rows = Object.keys(smallest).map((name) => [
    name,
    ...columns.map((column) => `${short(column[name] ?? 0)} ms`),
    `${((columns.at(-1)?.[name] ?? 0) / (smallest[name] ?? 1)).toFixed(2)}`,
  ])
  const head = ['', ...sizes.map((size) => `${size.toLocaleString('en')} messages`), 'last : first']
  publish('growth', `Measured on ${surroundings()}, Node.js ${process.version}.\n\n${table(head, rows)}`)
}
