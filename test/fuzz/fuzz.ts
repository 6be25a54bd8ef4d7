import { askServer } from '../../server/operator/control/control.ts'
import { bytesOf, floods } from '../floods/kinds.ts'
import { accounts, anything, channels, password, transferStart, watchers } from './lines.ts'
import { Peer } from './peer.ts'
import { Random } from './random.ts'
import { type FuzzedServer, type Memory, startFuzzedServer } from './server.ts'

export interface FuzzOptions {
  readonly seed: number
  /** Ends after so many lines and telnet sequences, */
  readonly lines: number
  /** or so many seconds, whichever comes first. */
  readonly seconds: number
  readonly tell: (text: string) => void
}

export interface FuzzReport {
  readonly lines: number
  readonly sessions: number
  readonly seconds: number
  /** Bytes that people were sent. */
  readonly received: number
  /** Everything that should not be. */
  readonly problems: readonly string[]
  /** At the ends of equal parts of the run. */
  readonly memory: readonly Memory[]
  readonly sockets: { readonly before: number; readonly after: number }
}

/** So many people at a time do strange things. */
const slots = 8
/** Memory is looked at so often. */
const parts = 12
/** Who gets no answer for so long gets none: a busy machine may take a while. */
const batchMs = 30_000
/**
 * What the heap may grow by over the second half, in bytes: caches fill up to a limit, such as of compiled code and
 * of names that failed to log in. A leak of 20 bytes a line would be 10 MB of a million lines.
 */
const growth = 3_000_000

/**
 * Lets people do strange things with a server in a process of its own, in front of others who read along, until so
 * many lines are sent. The seed decides what is sent, but not how the connections take turns.
 */
export async function fuzz({ lines, seconds, seed, tell }: FuzzOptions): Promise<FuzzReport> {
  const server = await startFuzzedServer()
  const run = new Run(server, new Random(seed), tell)
  const started = performance.now()
  try {
    await askServer(server.data, { action: 'createsuperuser', options: { name: 'root', password } })
    const before = await run.warmUp()
    const memory: Memory[] = []
    const end = started + seconds * 1000
    for (let part = 1; part <= parts && !server.crashed; part++) {
      await run.part(Math.round((lines * part) / parts), started + ((end - started) * part) / parts)
      memory.push(await run.memory())
      const { heap, rss } = memory.at(-1) ?? { heap: 0, rss: 0 }
      tell(`${run.lines} lines, ${run.sessions} sessions, heap ${mega(heap)} MB, resident ${mega(rss)} MB`)
    }
    await run.end()
    const after = server.crashed ? 0 : await run.closedSockets(before)
    if (!server.crashed) run.checkMemory(memory)
    const code = await server.stop()
    if (code !== 0 && !server.crashed) run.problems.push(`The server ended with ${code}`)
    return {
      lines: run.lines,
      sessions: run.sessions,
      seconds: (performance.now() - started) / 1000,
      received: run.received,
      problems: [...new Set([...run.problems, ...server.defects])],
      memory,
      sockets: { before, after },
    }
  } finally {
    if (!server.crashed) await server.stop()
  }
}

const farewell = /quit|exit|offline|logout|deleteaccount/i
const subnegotiation = Buffer.from([255, 250])
/** Twice: behind an IAC that stands alone, the first one's IAC is a byte of the subnegotiation. */
const subnegotiationEnd = Buffer.from([255, 240, 255, 240])

class Run {
  readonly problems: string[] = []
  lines = 0
  sessions = 0
  received = 0
  readonly #server: FuzzedServer
  readonly #random: Random
  readonly #tell: (text: string) => void
  readonly #watchers = new Map<string, Peer>()

  constructor(server: FuzzedServer, random: Random, tell: (text: string) => void) {
    this.#server = server
    this.#random = random
    this.#tell = tell
  }

  /** Makes what is there for good, as the password threads; answers how many sockets are open with nobody there. */
  async warmUp(): Promise<number> {
    const peers = accounts.map(() => new Peer(this.#server.port, 'mixed'))
    for (const [index, peer] of peers.entries())
      peer.send(
        `/signup ${accounts[index]}\n${password}\n${password}\n/join ${channels[index % channels.length]}\n`,
      )
    await Promise.all(peers.map((peer) => peer.settled(batchMs)))
    await Promise.all(peers.map((peer) => peer.end()))
    await this.#server.memory()
    return this.#server.descriptors().sockets
  }

  /** Goes on until so many lines are sent, or it is that late. */
  async part(lines: number, until: number): Promise<void> {
    await this.#watch()
    const goesOn = () => this.lines < lines && performance.now() < until && !this.#server.crashed
    const slot = async (random: Random) => {
      while (goesOn()) await this.#session(random, goesOn)
    }
    await Promise.all(Array.from({ length: slots }, () => slot(this.#random.split())))
    for (const [name, watcher] of this.#watchers) {
      if (!(await watcher.settled(batchMs))) this.problems.push(`${name} gets no answer any more`)
      this.#note(watcher, name)
    }
  }

  memory(): Promise<Memory> {
    return this.#server.crashed ? Promise.resolve({ heap: 0, rss: 0 }) : this.#server.memory()
  }

  async end(): Promise<void> {
    for (const watcher of this.#watchers.values()) await watcher.end()
  }

  /** How many sockets are open when those that linger have been given their time. */
  async closedSockets(before: number): Promise<number> {
    const until = performance.now() + 60_000
    for (;;) {
      const { sockets } = this.#server.descriptors()
      if (sockets <= before) return sockets
      if (performance.now() > until) {
        this.problems.push(`${sockets} sockets are open, and ${before} were before`)
        return sockets
      }
      await this.#server.memory()
    }
  }

  checkMemory(memory: readonly Memory[]): void {
    const least = (some: readonly Memory[]) => Math.min(...some.map(({ heap }) => heap))
    const half = memory.slice(memory.length / 2)
    const [first, last] = [least(half.slice(0, half.length / 2)), least(half.slice(half.length / 2))]
    this.#tell(`heap of the third quarter ${mega(first)} MB, of the last ${mega(last)} MB`)
    if (last - first > growth) this.problems.push(`The heap grew from ${first} to ${last} bytes`)
  }

  /** Those who read along are there, in the channels, whatever was done to them. */
  async #watch(): Promise<void> {
    for (const name of watchers) {
      let peer = this.#watchers.get(name)
      if (!peer || peer.closed) {
        peer = new Peer(this.#server.port, name === 'jay' || name === 'carl' ? 'mixed' : 'text')
        this.#watchers.set(name, peer)
        if (name === 'tess') peer.send(Buffer.from([255, 251, 24]))
        // Whichever of them is possible.
        peer.send(
          `/login ${name} ${password}\n/cancel\n/signup ${name}\n${password}\n${password}\n/nick w${name}\n`,
        )
        if (name === 'carl') peer.send('/color on\n')
        if (name === 'jay') peer.send('/format json\n')
        await peer.settled(batchMs)
        if (name === 'carl') peer.kind = 'color'
        if (name === 'jay') peer.kind = 'json'
      }
      peer.send(channels.map((channel) => `/join ${channel}\n`).join(''))
      await peer.settled(batchMs)
    }
  }

  /** One connection's life. */
  async #session(random: Random, goesOn: () => boolean): Promise<void> {
    this.sessions++
    if (random.chance(0.05)) return this.#transfer(random)
    const peer = new Peer(this.#server.port, 'mixed')
    const operator = random.chance(0.05)
    const name = operator ? 'root' : random.pick(accounts)
    if (random.chance(0.3)) peer.send(Buffer.from([255, 251, 24, 255, 251, 31]))
    if (random.chance(0.8) || operator) {
      // The name may be gone, or have another password, or have to wait.
      peer.send(
        `/login ${name} ${password}\n/signup ${name}\n${password}\n${password}\n/nick g${random.below(4)}y\n`,
      )
      peer.send(`/join ${random.pick(channels)}\n`)
    }
    if (operator) peer.send(accounts.map((account) => `/logins clear ${account}\n`).join(''))
    if (random.chance(0.25)) peer.send('/format json\n')
    if (random.chance(0.15)) peer.send('/color on\n')
    for (let batches = random.between(1, 12); batches > 0 && !peer.closed && goesOn(); batches--) {
      const all: Buffer[] = random.chance(0.3) ? [Buffer.from(`/login ${name} ${password}\n`)] : []
      for (let count = random.between(1, 60); count > 0; count--) {
        const one = anything(random)
        const text = one.toString('latin1')
        // Nobody could come any more.
        if (/banaddress/i.test(text)) continue
        // What comes behind it is thrown away, or said by nobody.
        if (farewell.test(text) && random.chance(0.95)) continue
        all.push(one)
      }
      this.lines += all.length
      if (random.chance(0.05)) {
        const { begin, piece } = bytesOf(random.pick(Object.values(floods)), random.below(4), 2_000)
        all.push(begin, piece)
      }
      const bytes = Buffer.concat(all)
      sendCut(peer, bytes, random)
      // What telnet has begun would take in all that follows.
      if (bytes.includes(subnegotiation)) peer.send(subnegotiationEnd)
      if (!(await peer.settled(batchMs))) {
        this.problems.push(`No answer came to ${JSON.stringify(bytes.toString('latin1'))}`)
        break
      }
    }
    this.#note(peer, 'somebody')
    if (random.chance(0.3)) peer.socket.resetAndDestroy()
    else await peer.end()
    this.received += peer.received
  }

  async #transfer(random: Random): Promise<void> {
    const peer = new Peer(this.#server.port, 'raw')
    this.lines++
    sendCut(peer, transferStart(random), random)
    if (random.chance(0.3)) {
      await peer.connected().catch(() => undefined)
      peer.socket.resetAndDestroy()
    } else await peer.end()
  }

  #note(peer: Peer, who: string): void {
    for (const line of peer.broken.splice(0)) this.problems.push(`${who} (${peer.kind}) read ${line}`)
    if (this.problems.length > 50) this.problems.length = 50
  }
}

/** In several pieces, cut anywhere. */
function sendCut(peer: Peer, bytes: Buffer, random: Random): void {
  let at = 0
  while (at < bytes.length) {
    const end = random.chance(0.7) ? bytes.length : at + random.between(1, bytes.length)
    peer.send(bytes.subarray(at, end))
    at = end
  }
}

function mega(bytes: number): string {
  return (bytes / 1e6).toFixed(1)
}
