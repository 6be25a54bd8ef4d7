import { createServer, type Server, type Socket } from 'node:net'
import type { Counts } from '../chat/machine/counts.ts'
import type { Faults } from '../chat/machine/faults.ts'
import { failureText } from '../dialects/failure-text.ts'
import type { Place } from '../dialects/paste.ts'
import { addressKey, plainAddress } from '../lib/addresses.ts'
import type { CertificateEnd } from '../lib/certificate-end.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import type { Connection } from '../session/connection.ts'
import type { Session } from '../session/session.ts'
import { AddressCount, type AddressLimits } from './address-count.ts'
import { bind } from './bind.ts'
import type { TlsFiles } from './certificate.ts'
import { takeProxyHeader } from './proxy-header.ts'
import { SocketConnection, type SocketParts } from './socket-connection.ts'
import { handshakeByte, Tls } from './tls.ts'
import type { Transfers } from './transfers.ts'

export interface ListenerAddress {
  readonly host: string
  readonly port: number
  readonly telnet: boolean
  /** Whether only a proxy connects, and what people speak with that. */
  readonly proxy: 'none' | 'tcp' | 'tls'
  /** Empty names are no TLS. */
  readonly tls: TlsFiles
}

export interface ListenOptions {
  readonly clock: Clock
  readonly counts: Counts
  readonly faults: Faults
  readonly log: Log
  /** Settings are read when they are needed, and may change. */
  readonly config: {
    readonly greetingDelayMs: number
    readonly limits: {
      /** All connections together. */
      readonly connections: number
      readonly lineBytes: number
    } & AddressLimits
    /** How people outside name the server, where that is not the address and port that they reach. */
    readonly server: { readonly publicHost: string; readonly publicPort: number }
  }
  /** Whether somebody from this address has to stay out. */
  readonly isBanned: (address: string) => boolean
  readonly session: (connection: Connection) => Session
  readonly transfers: Transfers
}

/** A connection as it comes in. */
interface Arrival {
  readonly socket: Socket
  readonly listener: ListenerAddress
  readonly tls: Tls | undefined
  /** Of who is at the other end. */
  readonly address: string
  /** To be called once it is gone and what had come by it is done. */
  readonly onOver: () => void
  /** The number of the connection, for the log; 0 as long as it is not taken. */
  readonly number: number
  /** What they have reached, as far as is known. */
  readonly reached: { readonly address?: string | undefined; readonly port?: number | undefined }
  /** Whether a proxy is between. */
  readonly relayed: boolean
  /** Whether it has spoken TLS with them. */
  readonly secure: boolean
}

/** A connection that counts; it is not known yet what one without `connection` speaks. */
interface Accepted {
  /** Of who is at the other end; missing until a proxy has said it. */
  readonly address?: string
  readonly connection?: SocketConnection
}

/** Accepts connections on all listeners, within the limits, and gives each a session. */
export class Listeners {
  readonly #options: ListenOptions
  readonly #servers: Server[] = []
  /** What was accepted, each by the socket it came with. */
  readonly #connections = new Map<Socket, Accepted>()
  readonly #addresses: AddressCount
  /** How many were taken: the last one's number. */
  #taken = 0
  readonly #tls: Tls[] = []
  readonly #parts: SocketParts
  #plainPort: number | undefined

  constructor(options: ListenOptions) {
    this.#options = options
    const { clock, config, faults, session, transfers } = options
    this.#parts = { clock, faults, limits: config.limits, session, transfers }
    this.#addresses = new AddressCount(options.config.limits, (key) => this.#membersAt(key))
  }

  /** Opens a listener. Answers its port, which the system chose if `port` is 0. */
  async open(listener: ListenerAddress): Promise<number> {
    const { cert, key } = listener.tls
    const tls = cert === '' && key === '' ? undefined : new Tls(listener.tls, this.#options.clock)
    if (tls) this.#tls.push(tls)
    this.#warn(tls)
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) =>
      this.#accept(socket, listener, tls),
    )
    const port = await bind(server, { ...listener, change: { port: '--port', host: '--host' } })
    // Without it, one connection that cannot be taken would end the process.
    server.on('error', (error) => this.#options.log.error({ err: error, port }, 'listener failed'))
    this.#servers.push(server)
    if (!listener.telnet && listener.proxy === 'none') this.#plainPort ??= port
    return port
  }

  get connections(): SocketConnection[] {
    return [...this.#connections.values()].flatMap(({ connection }) => connection ?? [])
  }

  /** How many there are, also those of which it is not known yet what they speak. */
  get size(): number {
    return this.#connections.size
  }

  /** Ends every connection from a banned address, also one that has not shown yet what it speaks. */
  dropBanned(): void {
    for (const [socket, { address, connection }] of this.#connections) {
      if (address === undefined || !this.#options.isBanned(address)) continue
      if (connection) connection.drop('this address is banned')
      else socket.destroy()
    }
  }

  /**
   * Reads the certificates again, for connections to come.
   * @throws ListenError if one cannot be used; the old ones stay
   */
  reload(): void {
    // All or none.
    for (const take of this.#tls.map((tls) => tls.read())) take()
    for (const tls of this.#tls) this.#warn(tls)
  }

  /** The certificates that are shown. */
  get certificates(): CertificateEnd[] {
    return [...new Map(this.#tls.map(({ end }) => [end.file, end])).values()]
  }

  #warn(tls: Tls | undefined): void {
    for (const problem of tls?.trouble ?? []) this.#options.log.warn({ problem }, 'look after a certificate')
  }

  /** How many connections from there speak for somebody who has logged in. */
  #membersAt(key: string): number {
    let count = 0
    for (const { address, connection } of this.#connections.values())
      if (connection?.session.person?.kind === 'account' && addressKey(address) === key) count++
    return count
  }

  /** Accepts nobody any more; who is connected stays. */
  stopAccepting(): void {
    for (const server of this.#servers) server.close()
  }

  /** Resolves once every connection is gone; after `ms` milliseconds those that are left are cut. */
  async drain(ms: number): Promise<void> {
    // Nothing has been said yet to those of whom it is not known what they speak.
    for (const [socket, { connection }] of this.#connections) if (!connection) socket.destroy()
    const cancel = this.#options.clock.after(ms, () => {
      for (const socket of this.#connections.keys()) socket.destroy()
    })
    await Promise.all(
      this.#servers.map(
        (server) =>
          new Promise<void>((resolve) => {
            // `close` was called before; its event comes when the last connection ends.
            if (server.listening) server.close(() => resolve())
            else
              server.getConnections((_error, count) =>
                count > 0 ? server.once('close', resolve) : resolve(),
              )
          }),
      ),
    )
    cancel()
  }

  /**
   * What `nc` is given to come here. Telnet listeners take no files, and nc speaks no TLS with a proxy, so another
   * listener is named there.
   */
  #placeOf({ listener, reached }: Arrival): Place {
    const { publicHost, publicPort } = this.#options.config.server
    const plain = listener.telnet || listener.proxy === 'tls' ? this.#plainPort : undefined
    const host = publicHost || plainAddress(reached.address ?? 'localhost')
    return { host, port: publicPort || (plain ?? reached.port ?? listener.port) }
  }

  /** Whatever goes wrong with one connection, the others are served. */
  #accept(socket: Socket, listener: ListenerAddress, tls: Tls | undefined): void {
    this.#begin(socket, listener, tls).catch((error: unknown) => {
      this.#options.faults.note(error, 'connection')
      this.#connections.delete(socket)
      this.#say(socket, failureText({ code: 'internal' }))
    })
  }

  async #begin(socket: Socket, listener: ListenerAddress, tls: Tls | undefined): Promise<void> {
    socket.on('error', () => undefined)
    const address = plainAddress(socket.remoteAddress ?? '')
    const reached = { address: socket.localAddress, port: socket.localPort }
    const onOver = () => undefined
    const arrival = {
      ...{ socket, listener, tls, address, number: 0, reached, onOver },
      ...{ relayed: false, secure: false },
    }
    if (listener.proxy === 'none') await this.#admit(arrival)
    else await this.#acceptFromProxy(arrival)
  }

  /** Waits until the proxy has said whose connection it is. */
  async #acceptFromProxy(arrival: Arrival): Promise<void> {
    const { address, listener, socket } = arrival
    const { clock, config, log } = this.#options
    if (this.#connections.size >= config.limits.connections) {
      log.warn({ address }, 'server full')
      this.#refuse(socket, 'full')
      return
    }
    // It counts from here on.
    this.#connections.set(socket, {})
    const route = await takeProxyHeader(socket, clock)
    this.#connections.delete(socket)
    if (socket.destroyed) return
    if (route === 'none') {
      log.warn({ address }, 'no proxy header')
      this.#refuse(socket, 'proxy')
      return
    }
    const secure = listener.proxy === 'tls'
    const real = route && { address: plainAddress(route.from.address), reached: route.to, secure }
    await this.#admit({ ...arrival, ...real, relayed: true })
  }

  async #admit(arrival: Arrival): Promise<void> {
    const { address, socket, tls } = arrival
    const { config, counts, isBanned, log } = this.#options
    if (isBanned(address)) {
      log.warn({ address }, 'banned address')
      this.#refuse(socket, 'banned')
      return
    }
    const full = this.#connections.size >= config.limits.connections
    if (full || !this.#addresses.enter(address)) {
      log.warn({ address }, full ? 'server full' : 'too many connections from address')
      this.#refuse(socket, full ? 'full' : 'address', config.limits.connectionsPerAddress)
      return
    }
    const number = ++this.#taken
    log.info({ address, connection: number }, 'connected')
    // It counts from here on, also while it shakes hands.
    this.#connections.set(socket, { address })
    counts.accepted++
    counts.mostConnections = Math.max(counts.mostConnections, this.#connections.size)
    const onOver = () => {
      const session = this.#connections.get(socket)?.connection?.session
      this.#connections.delete(socket)
      this.#addresses.leave(address)
      // Behind the others who hear of the end: they know why.
      queueMicrotask(() => {
        const { user, why = 'it spoke no chat' } = session?.farewell ?? {}
        log.info({ address, connection: number, user, why }, 'disconnected')
      })
    }
    socket.once('close', () => {
      // One that had something to do tells itself when that is done, and has its place until then.
      if (!this.#connections.get(socket)?.connection) onOver()
    })
    const taken = { ...arrival, number, onOver }
    if (tls) await this.#beginTls(taken, tls)
    else this.#serve(taken, socket, config.greetingDelayMs)
  }

  /** Says why and closes, without keeping anything of it. */
  #refuse(socket: Socket, why: keyof typeof refusals, limit?: number): void {
    this.#options.counts.refused.add(why)
    this.#say(socket, failureOf(why, limit))
  }

  #say(socket: Socket, why: string): void {
    socket.end(`! ${why}\n`)
    socket.resume()
    // However much it goes on sending: nobody counts it.
    const cancel = this.#options.clock.after(1000, () => socket.destroy())
    socket.once('close', cancel)
  }

  /** Waits for the first byte, which tells TLS from plain text; who says nothing for a while chats in plain text. */
  async #beginTls(arrival: Arrival, tls: Tls): Promise<void> {
    const { address, socket } = arrival
    const { clock, config, counts, log } = this.#options
    const { greetingDelayMs } = config
    const first = await firstByte(socket, clock, greetingDelayMs)
    if (socket.destroyed) return
    if (first !== handshakeByte) {
      // Whoever was silent has waited long enough for the greeting.
      this.#serve(arrival, socket, first === undefined ? 0 : greetingDelayMs)
      return
    }
    const secured = await tls.secure(socket)
    counts.handshakes.add(secured ? 'done' : 'failed')
    if (secured && !socket.destroyed) this.#serve(arrival, secured, greetingDelayMs)
    else log.info({ address }, 'no TLS came of it')
  }

  /** `stream` carries the plain text of what was accepted. */
  #serve(arrival: Arrival, stream: Socket, greetingDelayMs: number): void {
    const { address, listener, number, onOver, relayed, secure, socket } = arrival
    const peer = {
      address,
      number,
      greetingDelayMs,
      place: () => this.#placeOf(arrival),
      relayed,
      // What comes from this machine has been on no wire.
      secure: secure || stream !== socket || addressKey(address) === undefined,
      telnet: listener.telnet,
      onOver,
    }
    const connection = new SocketConnection(stream, peer, this.#parts)
    this.#connections.set(socket, { address, connection })
  }
}

/** What is read by those who are sent away. */
const refusals = {
  banned: 'Nobody may connect from your address.',
  full: failureText({ code: 'server-full', why: 'server' }),
  address: (limit: number) => failureText({ code: 'server-full', why: 'address', limit }),
  proxy: 'Only the proxy in front of this server may connect here.',
} as const

function failureOf(why: keyof typeof refusals, limit = 0): string {
  const text = refusals[why]
  return typeof text === 'string' ? text : text(limit)
}

/** The first byte that comes, which stays unread; undefined if none does for so long, or ever. */
function firstByte(socket: Socket, clock: Clock, ms: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const settle = () => {
      cancel()
      socket.off('readable', settle).off('close', settle)
      const chunk: Buffer | null = socket.read()
      if (chunk !== null) socket.unshift(chunk)
      resolve(chunk?.[0])
    }
    const cancel = clock.after(ms, settle)
    socket.on('readable', settle).on('close', settle)
  })
}
