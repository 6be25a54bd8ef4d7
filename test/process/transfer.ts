import { createHash } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import type { Test } from 'tap'
import { connectMember, type Person } from './person.ts'
import type { Teardown } from './program.ts'
import { quickSettings, type Server, type ServerOptions, startServer } from './server.ts'

/** Settings with which files are sent as fast as tests like it. */
export const fileSettings = { ...quickSettings, FILES_FREE_SPACE_BYTES: '0' }

export const password = 'good-enough'

/** A server with two members, of whom the first sends files. */
export async function startFileServer(
  t: Test,
  { settings = {}, ...options }: ServerOptions = {},
): Promise<{ server: Server; anna: Person; bob: Person }> {
  const server = await startServer(t, { ...options, settings: { ...fileSettings, ...settings } })
  const anna = await connectMember(t, server.port, 'anna', password)
  const bob = await connectMember(t, server.port, 'bob', password)
  return { server, anna, bob }
}

/** Asks for a ticket; answers its token. */
export async function ticketFor(person: Person, line: string): Promise<string> {
  person.type(`/filesend ${line}`)
  const [, token = ''] = await person.expect(/\(echo \/put (\w+) [^\n]*\n/)
  return token
}

/** Waits for the news of a file; answers the token to get it by. */
export async function announcedToken(person: Person, name: string): Promise<string> {
  const shown = name.replaceAll('"', '\\\\"')
  const [, token = ''] = await person.expect(
    new RegExp(`\\n\\* \\S+ sent "${shown}" to [^\\n]*\\n\\* {3}sh -c 'set -C; echo /get (\\w+)[^\\n]*\\n`),
  )
  return token
}

export function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** Bytes of every value in an order of their own. */
export function someBytes(length: number, seed = 1): Buffer {
  const bytes = Buffer.alloc(length)
  let state = seed
  for (let at = 0; at < length; at++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    bytes[at] = state >>> 24
  }
  return bytes
}

/** One raw connection of a transfer. */
export class Wire {
  readonly socket: Socket
  #chunks: Buffer[] = []
  /** Resolves with all that came when the server has ended the connection. */
  readonly all: Promise<Buffer>

  constructor(t: Teardown, port: number) {
    this.socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    this.socket.on('data', (chunk: Buffer) => this.#chunks.push(chunk))
    this.socket.on('error', () => undefined)
    this.all = new Promise((resolve) => {
      const done = () => {
        resolve(Buffer.concat(this.#chunks))
        this.socket.end()
      }
      this.socket.once('end', done).once('close', done)
    })
    t.teardown(() => this.socket.destroy())
  }

  /** Sends bytes; resolves when the kernel has them. */
  send(bytes: string | Buffer): Promise<void> {
    return new Promise((resolve) => this.socket.write(bytes, () => resolve()))
  }

  /** Waits until so many bytes have come, and takes none away. */
  async received(count: number): Promise<Buffer> {
    for (;;) {
      const bytes = Buffer.concat(this.#chunks)
      if (bytes.length >= count || this.socket.destroyed) return bytes
      await new Promise<void>((resolve) => this.socket.once('data', () => resolve()))
    }
  }

  get text(): Promise<string> {
    return this.all.then((bytes) => bytes.toString())
  }
}

/** What a whole raw upload is answered. */
export async function put(
  t: Teardown,
  port: number,
  line: string,
  bytes: Buffer = Buffer.alloc(0),
): Promise<string> {
  const wire = new Wire(t, port)
  await wire.send(`/put ${line}\n`)
  await wire.send(bytes)
  return wire.text
}

/** What a raw download brings. */
export async function get(t: Teardown, port: number, line: string): Promise<Buffer> {
  const wire = new Wire(t, port)
  await wire.send(`/get ${line}\n`)
  return wire.all
}
