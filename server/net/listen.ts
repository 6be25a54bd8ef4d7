import { createServer, type Server, type Socket } from 'node:net'
import type { Counts } from '../chat/counts.ts'
import { failureText } from '../dialects/failure-text.ts'
import type { Place } from '../dialects/paste.ts'
import { addressKey, plainAddress } from '../lib/addresses.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import type { Connection } from '../session/connection.ts'
import type { Session } from '../session/session.ts'
import { AddressCount } from './address-count.ts'
import { bind } from './bind.ts'
import { SocketConnection, type SocketParts } from './socket-connection.ts'
import { handshakeByte, Tls, type TlsFiles } from './tls.ts'
import type { Transfers } from './transfers.ts'

export interface ListenerAddress {
  readonly host: string
  readonly port: number
  readonly telnet: boolean
  /** Empty names are no TLS. */
  readonly tls: TlsFiles
}

export interface ListenOptions {
  readonly clock: Clock
  readonly counts: Counts
  readonly log: Log
  /** Settings are read when they are needed, and may change. */
  readonly config: {
    readonly greetingDelayMs: number
    readonly limits: {
      /** All connections together, and from one address. */
      readonly connections: number
      readonly connectionsPerAddress: number
      readonly lineBytes: number
    }
    /** How people outside name the server, where that is not the address and port that they reach. */
    readonly server: { readonly publicHost: string; readonly publicPort: number }
  }
  /** Whether somebody from this address has to stay out. */
  readonly isBanned: (address: string) => boolean
  readonly session: (connection: Connection) => Session
  readonly transfers: Transfers
}

/** Accepts connections on all listeners, within the limits, and gives each a session. */
export class Listeners {
  readonly #options: ListenOptions
  readonly #servers: Server[] = []
  /** undefined while it is not known whether TLS will be spoken. */
  readonly #connections = new Map<Socket, SocketConnection | undefined>()
  readonly #addresses: AddressCount
  readonly #tls: Tls[] = []
  readonly #places = new Map<string, Place>()
  readonly #parts: SocketParts
  #plainPort: number | undefined

  constructor(options: ListenOptions) {
    this.#options = options
    const { clock, config, session, transfers } = options
    this.#parts = { clock, limits: config.limits, session, transfers }
    this.#addresses = new AddressCount(options.config.limits)
  }

  /** Opens a listener. Answers its port, which the system chose if `port` is 0. */
  async open(listener: ListenerAddress): Promise<number> {
    const { cert, key } = listener.tls
    const tls = cert === '' && key === '' ? undefined : new Tls(listener.tls, this.#options.clock)
    if (tls) this.#tls.push(tls)
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) =>
      this.#accept(socket, listener, tls),
    )
    const port = await bind(server, { ...listener, change: { port: '--port', host: '--host' } })
    this.#servers.push(server)
    if (!listener.telnet) this.#plainPort ??= port
    return port
  }

  get connections(): SocketConnection[] {
    return [...this.#connections.values()].filter((one) => one !== undefined)
  }

  /** How many there are, also those of which it is not known yet what they speak. */
  get size(): number {
    return this.#connections.size
  }

  /**
   * Reads the certificates again, for connections to come.
   * @throws ListenError if one cannot be used; the old ones stay
   */
  reload(): void {
    for (const tls of this.#tls) tls.reload()
  }

  /** Accepts nobody any more; who is connected stays. */
  stopAccepting(): void {
    for (const server of this.#servers) server.close()
  }

  /** Resolves once every connection is gone; after `ms` milliseconds those that are left are cut. */
  async drain(ms: number): Promise<void> {
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

  /** What `nc` is given to come here; telnet listeners take no files, so another one is named there. */
  #placeOf(socket: Socket, listener: ListenerAddress): Place {
    const { publicHost, publicPort } = this.#options.config.server
    const plain = listener.telnet ? this.#plainPort : undefined
    const host = publicHost || plainAddress(socket.localAddress ?? 'localhost')
    const port = publicPort || (plain ?? socket.localPort ?? listener.port)
    // One object for all who came by the same way.
    const key = `${host} ${port}`
    const known = this.#places.get(key)
    if (known) return known
    const place = { host, port }
    this.#places.set(key, place)
    return place
  }

  #accept(socket: Socket, listener: ListenerAddress, tls: Tls | undefined): void {
    const address = plainAddress(socket.remoteAddress ?? '')
    const { clock, config, counts, isBanned, log } = this.#options
    if (isBanned(address)) {
      counts.refused.add('banned')
      log.warn({ address }, 'banned address')
      refuse(socket, '! Nobody may connect from your address.\n', clock)
      return
    }
    const full = this.#connections.size >= config.limits.connections
    if (full || !this.#addresses.enter(address)) {
      counts.refused.add(full ? 'full' : 'address')
      log.warn({ address }, full ? 'server full' : 'too many connections from address')
      refuse(socket, `! ${failureText({ code: 'server-full', why: full ? 'server' : 'address' })}\n`, clock)
      return
    }
    log.info({ address }, 'connected')
    // It counts from here on, also while it shakes hands.
    this.#connections.set(socket, undefined)
    counts.accepted++
    counts.mostConnections = Math.max(counts.mostConnections, this.#connections.size)
    socket.once('close', () => {
      this.#connections.delete(socket)
      this.#addresses.leave(address)
      log.info({ address }, 'disconnected')
    })
    if (tls) void this.#begin(socket, listener, tls)
    else this.#serve(socket, socket, listener, config.greetingDelayMs)
  }

  /** Waits for the first byte, which tells TLS from plain text; who says nothing for a while chats in plain text. */
  async #begin(socket: Socket, listener: ListenerAddress, tls: Tls): Promise<void> {
    const { clock, counts, log } = this.#options
    const { greetingDelayMs } = this.#options.config
    socket.on('error', () => undefined)
    const first = await firstByte(socket, clock, greetingDelayMs)
    if (socket.destroyed) return
    if (first !== handshakeByte) {
      // Whoever was silent has waited long enough for the greeting.
      this.#serve(socket, socket, listener, first === undefined ? 0 : greetingDelayMs)
      return
    }
    const secured = await tls.secure(socket)
    counts.handshakes.add(secured ? 'done' : 'failed')
    if (secured) this.#serve(socket, secured, listener, greetingDelayMs)
    else log.info({ address: plainAddress(socket.remoteAddress ?? '') }, 'no TLS came of it')
  }

  /** `socket` is what was accepted; `stream` carries the plain text. */
  #serve(socket: Socket, stream: Socket, listener: ListenerAddress, greetingDelayMs: number): void {
    const address = plainAddress(socket.remoteAddress ?? '')
    const peer = {
      address,
      greetingDelayMs,
      place: this.#placeOf(socket, listener),
      // What comes from this machine has been on no wire.
      secure: stream !== socket || addressKey(address) === undefined,
      telnet: listener.telnet,
    }
    const connection = new SocketConnection(stream, peer, this.#parts)
    this.#connections.set(socket, connection)
  }
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

/** Says why and closes, without keeping anything of it. */
function refuse(socket: Socket, text: string, clock: Clock): void {
  socket.on('error', () => undefined)
  socket.end(text)
  socket.resume()
  // However much it goes on sending: nobody counts it.
  const cancel = clock.after(1000, () => socket.destroy())
  socket.once('close', cancel)
}
