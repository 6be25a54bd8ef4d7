/*
 * `npm run bench:editors [connections] [rounds]`: what the line editor costs. Two servers, each with so many people in one room:
 * those of one edit their lines, every second of them with a line begun; those of the other do not. In turns somebody in each room
 * says 50 messages a second; all hear each of them. Prints the processor time of each server from the first message until all
 * are delivered, and what a connection that edits holds more, after a collection.
 */
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort, type Started, startServer } from './processes.ts'
import { median } from './report.ts'

const people = Number(process.argv[2] ?? 1000)
const rounds = Number(process.argv[3] ?? 7)
const messagesPerSecond = 50
const messages = 4 * messagesPerSecond
const longestMs = 60_000
const lf = 0x0a

const folder = mkdtempSync(join(tmpdir(), 'partyline-editors-'))
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))

/** Collects when it is told so, and writes down what is left. */
function nodeWithProbe(heapFile: string): readonly string[] {
  const probe = `import{writeFileSync}from'node:fs';process.on('SIGUSR2',()=>{globalThis.gc();globalThis.gc();const m=process.memoryUsage();
    writeFileSync(${JSON.stringify(heapFile)},String(m.heapUsed+m.external))})`
  return [
    process.execPath,
    '--expose-gc',
    `--import=data:text/javascript,${encodeURIComponent(probe)}`,
    ...(process.env['SERVER_FLAGS']?.split(' ') ?? []),
  ]
}

/** Seconds of processor time of all threads: utime and stime of proc(5). */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1')
    .replace(/^.*\) /, '')
    .split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}

function rssKib(pid: number): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1])
}

/** A server with people in one room. */
class Room {
  readonly seconds: number[] = []
  readonly #edits: boolean
  readonly #heapFile: string
  readonly #listeners: Socket[] = []
  /** Rows that all of them have read; the row of an editor has no end. */
  #rows = 0
  #server: Started | undefined
  #speaker: Socket | undefined

  constructor(edits: boolean) {
    this.#edits = edits
    this.#heapFile = join(folder, `heap-${edits}`)
  }

  async open(): Promise<void> {
    const port = await freePort()
    const command = [...nodeWithProbe(this.#heapFile), 'dist/main.js', 'serve', '--host', '127.0.0.1']
    const data = mkdtempSync(join(folder, 'data-'))
    this.#server = await startServer([...command, '--port', String(port), '--data', data], port, {
      PARTYLINE_LIMITS_BURST: '0',
      PARTYLINE_LIMITS_ADDRESS_BURST: '0',
      PARTYLINE_LIMITS_CONNECTIONS: String(people + 100),
      PARTYLINE_WEB_LISTEN: '[]',
      PARTYLINE_CHANNELS_ANNOUNCE_UP_TO: '0',
      PARTYLINE_LOG_LEVEL: 'warn',
    })
    for (let index = 0; index < people; index++) {
      const socket = await guest(port, `p${index}`)
      this.#listeners.push(socket)
      // What is printed is the same for both.
      socket.write(this.#edits ? '/editor on\r' : '/color on\r')
      if (this.#edits && index % 2 === 0) await once(socket, 'data').then(() => socket.write('half a line'))
      socket.on('data', (chunk: Buffer) => {
        for (let at = chunk.indexOf(lf); at >= 0; at = chunk.indexOf(lf, at + 1)) this.#rows++
      })
    }
    // What all editors share, such as the names of emoji, is in both servers.
    this.#speaker = await guest(port, 'speaker')
    this.#speaker.resume()
    this.#speaker.write('/editor on\r')
    await sleep(1_000)
  }

  /** So many messages, heard by all: the seconds of processor time. */
  async hear(): Promise<number> {
    const { pid = 0 } = this.#server ?? {}
    this.#rows = 0
    const before = cpuSeconds(pid)
    const begun = performance.now()
    for (let said = 0; said < messages; said++) {
      this.#speaker?.write(`message ${said} of somebody who says quite a lot to all of them\r`)
      await sleep(Math.max(0, begun + ((said + 1) * 1000) / messagesPerSecond - performance.now()))
    }
    while (this.#rows < messages * people) {
      if (performance.now() - begun > longestMs)
        throw new Error(`Only ${this.#rows} messages were delivered.`)
      await sleep(5)
    }
    const seconds = cpuSeconds(pid) - before
    await sleep(100)
    if (this.#rows !== messages * people) throw new Error(`${this.#rows} messages were delivered.`)
    return seconds
  }

  /** Kibibytes after a collection: what the objects take, and the working set. */
  async memory(): Promise<{ readonly heap: number; readonly rss: number }> {
    const { pid = 0 } = this.#server ?? {}
    for (let round = 0; round < 3; round++) {
      process.kill(pid, 'SIGUSR2')
      await sleep(500)
    }
    return { heap: Number(readFileSync(this.#heapFile, 'latin1')) / 1024, rss: rssKib(pid) }
  }

  async close(): Promise<void> {
    for (const socket of [...this.#listeners, this.#speaker]) socket?.destroy()
    await this.#server?.stop()
  }
}

async function guest(port: number, nick: string): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  socket.write(`/nick ${nick}\r`)
  await once(socket, 'data')
  return socket
}

const [without, edited] = [new Room(false), new Room(true)]
try {
  await without.open()
  await edited.open()
  // The first round of each is for the compiler.
  for (let round = 0; round <= rounds; round++)
    for (const room of [without, edited]) {
      const seconds = await room.hear()
      if (round > 0) room.seconds.push(seconds)
    }
  const [few, many] = [median(without.seconds), median(edited.seconds)]
  const [less, more] = [await without.memory(), await edited.memory()]
  const each = (kib: number) => `${(kib / people).toFixed(1)} KiB`
  const perDelivery = (seconds: number) => `${((seconds * 1e6) / (messages * people)).toFixed(2)} µs`
  const all = ({ seconds }: Room) => seconds.map((value) => value.toFixed(2)).join(' ')
  console.log(`${people} people, ${rounds} rounds of ${messages} messages, ${messagesPerSecond} a second`)
  console.log(`without the editor: ${few.toFixed(2)} s (${all(without)}), ${perDelivery(few)} a delivery`)
  console.log(`with the editor:    ${many.toFixed(2)} s (${all(edited)}), ${perDelivery(many)} a delivery`)
  console.log(`with it ${(many / few).toFixed(2)} times as much processor time`)
  console.log(
    `memory: ${each(more.heap - less.heap)} of heap and ${each(more.rss - less.rss)} of RSS more for each connection`,
  )
} finally {
  await Promise.all([without.close(), edited.close()])
}
