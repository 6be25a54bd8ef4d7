/*
 * The load generator for machines without a C compiler: takes the same options as load.c, does the same and
 * prints the same. A read costs it more than the servers' writes, so it is the limit of what it measures,
 * and it cannot acknowledge at once (`quickack` is ignored).
 */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

const payloadBytes = 100
const phaseMs = 60_000
const stallMs = 5_000
const ticksPerSecond = 100
const [newline, bar] = [0x0a, 0x7c]

const words = process.argv.slice(2)
const text = (name: string): string => words[words.indexOf(name) + 1] ?? ''
const number = (name: string, otherwise = 0): number =>
  words.includes(name) ? Number(text(name)) : otherwise

const clientCount = number('clients')
const rooms = number('rooms', 1)
const senderCount = number('senders')
const rate = number('rate')
const pid = number('pid')
const started = process.hrtime.bigint()
const microseconds = (): number => Number((process.hrtime.bigint() - started) / 1000n)

const counts = {
  received: 0,
  measured: 0,
  messages: 0,
  repeated: 0,
  gaps: 0,
  unreadable: 0,
  gone: 0,
  bytes: 0,
}
const latencies: number[] = []
let talking = false
let measuring = false
let awaited = ''
let onReady: () => void = () => undefined

/** Who talks: what is around each message, how many were said, and how many have heard the last one. */
interface Sender {
  readonly before: string
  readonly after: string
  said: number
  heard: number
  listeners: number
}
const senders: Sender[] = []
/** All clients read into the same memory, one after the other. */
const memory = Buffer.alloc(1 << 18)
const padding = 'x'.repeat(payloadBytes)

class Client {
  readonly #number: number
  readonly #socket: Socket
  readonly #next: Uint32Array
  #rest = Buffer.alloc(0)
  awaiting = false
  ready = 0
  gone = false

  constructor(number: number, port: number) {
    this.#number = number
    this.#next = new Uint32Array(Math.ceil(senderCount / rooms) + 1)
    this.#socket = connect({
      port,
      host: '127.0.0.1',
      // Several source addresses, so that ports do not run out between the runs.
      localAddress: `127.0.0.${2 + (number % 16)}`,
      noDelay: true,
      onread: {
        buffer: memory,
        callback: (count) => {
          this.#take(memory.subarray(0, count))
          return true
        },
      },
    })
    this.#socket.on('error', () => this.#leave())
    this.#socket.on('close', () => this.#leave())
  }

  send(line: string): void {
    if (line !== '') this.#socket.write(line)
  }

  fill(template: string): string {
    return template
      .replaceAll('{i}', String(this.#number).padStart(5, '0'))
      .replaceAll('{r}', String(this.#number % rooms).padStart(3, '0'))
  }

  say(due: number): void {
    const sender = senders[this.#number]
    if (!sender) return
    const stamp = `|${String(this.#number).padStart(5, '0')}|${String(sender.said++).padStart(8, '0')}|${String(due).padStart(12, '0')}|`
    sender.heard = 0
    if (measuring) counts.messages++
    this.send(sender.before + stamp + padding.slice(stamp.length) + sender.after)
  }

  #leave(): void {
    if (this.gone) return
    this.gone = true
    counts.gone++
    if (this.awaiting) this.#becomeReady(0)
  }

  #becomeReady(steps: number): void {
    this.awaiting = false
    this.ready += steps
    onReady()
  }

  #take(chunk: Buffer): void {
    counts.bytes += chunk.length
    const at = microseconds()
    const bytes = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk
    let from = 0
    for (let end = bytes.indexOf(newline); end >= 0; end = bytes.indexOf(newline, from)) {
      this.#takeLine(bytes, from, end, at)
      from = end + 1
    }
    this.#rest = from < bytes.length ? Buffer.from(bytes.subarray(from)) : Buffer.alloc(0)
  }

  #takeLine(bytes: Buffer, from: number, end: number, at: number): void {
    if (this.awaiting) {
      if (bytes.toString('latin1', from, end).includes(awaited)) this.#becomeReady(1)
      return
    }
    const stamp = senders.length > 0 ? bytes.indexOf(bar, from) : -1
    if (stamp >= 0 && stamp < end) this.#takeDelivery(bytes, stamp, at)
    else if (bytes.toString('latin1', from, from + 5) === 'PING ')
      this.send(`PONG${bytes.toString('latin1', from + 4, end)}\n`)
  }

  #takeDelivery(bytes: Buffer, stamp: number, at: number): void {
    const from = decimal(bytes, stamp + 1, 5)
    const said = decimal(bytes, stamp + 7, 8)
    const sender = senders[from]
    if (!sender || from % rooms !== this.#number % rooms || !(said >= 0)) {
      counts.unreadable++
      return
    }
    const slot = Math.floor(from / rooms)
    const next = this.#next[slot] ?? 0
    if (said < next) {
      counts.repeated++
      return
    }
    if (said > next) counts.gaps++
    this.#next[slot] = said + 1
    counts.received++
    if (measuring) {
      counts.measured++
      latencies.push(at - decimal(bytes, stamp + 16, 12))
    }
    if (++sender.heard === sender.listeners && rate === 0 && talking) clients[from]?.say(at)
  }
}

function decimal(bytes: Buffer, from: number, digits: number): number {
  let value = 0
  for (let at = from; at < from + digits; at++) value = value * 10 + ((bytes[at] ?? Number.NaN) - 48)
  return value
}

const clients: Client[] = []

/** Takes every client through a step and answers the seconds that it took. */
async function all(step: (index: number) => Client, template: string, ready: string): Promise<number> {
  const begin = performance.now()
  awaited = ready
  await new Promise<void>((resolve, reject) => {
    const late = () => reject(new Error(`Not all clients were answered "${ready}".`))
    const timer = setTimeout(late, phaseMs)
    let next = 0
    let inflight = 0
    let done = 0
    const goOn = () => {
      while (next < clientCount && inflight < number('inflight', 64)) {
        const client = step(next++)
        inflight++
        client.awaiting = ready !== '' && !client.gone
        client.send(client.fill(template))
        if (!client.awaiting) {
          client.ready++
          onReady()
        }
      }
    }
    onReady = () => {
      inflight--
      if (++done === clientCount) {
        clearTimeout(timer)
        resolve()
      } else setImmediate(goOn)
    }
    goOn()
  })
  return (performance.now() - begin) / 1000
}

/** Waits until nothing has come for a while. */
async function settle(ms: number): Promise<void> {
  for (let bytes = -1; bytes !== counts.bytes; await sleep(ms)) bytes = counts.bytes
}

function processorSeconds(): number {
  if (pid === 0) return 0
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
}

function residentKib(): number {
  if (pid === 0) return 0
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0)
}

function ownSeconds(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

/** Answers what was used meanwhile. */
async function talk() {
  const end = number('warmup') + number('measure')
  const begin = performance.now()
  let [server, own, measuredFrom] = [0, 0, begin]
  let [seen, last, due, stalled] = [0, begin, 0, 0]
  talking = true
  if (rate === 0) for (let index = 0; index < senderCount; index++) clients[index]?.say(microseconds())
  for (let at = begin; at - begin < end; at = performance.now()) {
    if (!measuring && at - begin >= number('warmup')) {
      ;[server, own, measuredFrom] = [processorSeconds(), ownSeconds(), at]
      measuring = true
      // Who has started this looks at the server meanwhile.
      process.stdout.write('begins\n')
    }
    const offset = microseconds() - (at - begin) * 1000
    for (; rate > 0 && (due * 1000) / rate <= at - begin; due++)
      clients[due % senderCount]?.say(Math.round(offset + (due * 1e6) / rate))
    if (seen !== counts.received) [seen, last] = [counts.received, at]
    if (at - last > stallMs) {
      stalled = 1
      break
    }
    await sleep(1)
  }
  talking = false
  const seconds = (performance.now() - measuredFrom) / 1000
  process.stdout.write('ends\n')
  if (rate === 0) measuring = false
  return { server: processorSeconds() - server, own: ownSeconds() - own, seconds, stalled }
}

const kibBefore = residentKib()
const helloSeconds = await all(
  (index) => {
    const client = new Client(index, number('port'))
    clients.push(client)
    return client
  },
  text('hello'),
  text('helloready'),
)
const cpuBefore = processorSeconds()
const joinSeconds = await all((index) => clients[index] as Client, text('join'), text('joinready'))
await settle(300)
const joinCpuSeconds = processorSeconds() - cpuBefore
await sleep(number('hold'))
const kibAfter = residentKib()
const joined = clients.filter(({ ready, gone }) => ready === 2 && !gone).length

let used = { server: 0, own: 0, seconds: 0, stalled: 0 }
let deliveries = 0
if (senderCount > 0) {
  for (const [index, client] of clients.slice(0, senderCount).entries()) {
    const listeners = clients.filter(({ gone }, other) => other % rooms === index % rooms && !gone).length - 1
    senders.push({
      before: client.fill(text('before')),
      after: client.fill(text('after')),
      said: 0,
      heard: 0,
      listeners,
    })
  }
  used = await talk()
  deliveries = counts.measured
  await settle(500)
}
const expected = senders.reduce((sum, { said, listeners }) => sum + said * listeners, 0)
const sorted = Float64Array.from(latencies).sort()
const latency = (share: number): number => (sorted[Math.floor(sorted.length * share)] ?? 0) / 1000
const { messages, received, repeated, gaps, unreadable, gone } = counts
const result = {
  ...{ joined, gone, stalled: used.stalled, helloSeconds, joinSeconds, joinCpuSeconds, kibBefore, kibAfter },
  ...{ seconds: used.seconds, messages, deliveries, lost: expected - received, repeated, gaps, unreadable },
  ...{ serverSeconds: used.server, generatorSeconds: used.own },
  ...{ p50: latency(0.5), p99: latency(0.99), p999: latency(0.999) },
}
process.stdout.write(`${JSON.stringify(result)}\n`)
// The connections are of no use any more.
if (process.stdout.writableLength > 0) await once(process.stdout, 'drain')
process.exit(0)
