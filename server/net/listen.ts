import { createServer, type Server, type Socket } from 'node:net'
import type { Admission, Admitted } from '../admission/admission.ts'
import type { Counts } from '../chat/machine/counts.ts'
import type { Faults } from '../chat/machine/faults.ts'
import { failureText } from '../dialects/failure-text.ts'
import type { Place } from '../dialects/paste.ts'
import { addressKey, plainAddress } from '../lib/addresses.ts'
import type { CertificateEnd } from '../lib/certificate-end.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../log/log.ts'
import type { Connection, ConnectionHandler } from '../session/connection.ts'
import { AcceptedPeer } from './accepted-peer.ts'
import { SocketArrival } from './arrival.ts'
import { bind } from './bind.ts'
import type { TlsFiles } from './certificate.ts'
import { Places, type Reached } from './places.ts'
import { takeProxyHeader } from './proxy-header.ts'
import { sharingMemory } from './shared-reading.ts'
import { SocketConnection, type SocketParts } from './socket-connection.ts'
import type { SocketWriter } from './socket-output.ts'
import { handshakeByte, Tls } from './tls.ts'
import type { Transfers } from './transfers.ts'

export interface ListenerAddress {
  readonly host: string
  readonly port: number
  readonly telnet: boolean
  /** Whether only a proxy connects, and whether it speaks TLS with people. */
  readonly proxy: 'none' | 'tcp' | 'tls'
  /** The files for TLS; empty names mean no TLS. */
  readonly tls: TlsFiles
  /** Serves what comes here in place of the chat. */
  readonly reception?: Reception
}

/** Serves the connections of a listener that speak something else than lines from their first byte on. */
export interface Reception {
  /** A socket that asks to come in, and is refused in what is spoken there. */
  arrival(socket: Socket): SocketArrival
  /** Whether a proxy at this address is believed when it tells the address of a client. */
  believes(address: string): boolean
  /** `stream` carries the plain text of what was accepted. Throws nothing but for a defect. */
  serve(stream: Socket, visit: Visit): void
}

/** What is known of a connection when a Reception gets it. */
export interface Visit {
  readonly arrival: SocketArrival
  readonly admitted: Admitted
  /** Of who is at the other end; of the proxy where `isRelay`. */
  readonly address: string
  /** A believed proxy has not told the client's address yet: it stands in the request. `admitted` only keeps a place. */
  readonly isRelay: boolean
  /** A proxy is between. */
  readonly relayed: boolean
  /** It came over TLS, or from this machine. */
  readonly secure: boolean
  /** Where others find the chat who come the same way. */
  readonly place: () => Place
}

export interface ListenOptions {
  /** Decides who may come in. */
  readonly admission: Admission
  readonly clock: Clock
  readonly counts: Counts
  readonly faults: Faults
  readonly log: Log
  /** Settings are read when they are needed, and may change. */
  readonly config: {
    readonly greetingDelayMs: number
    /** The public address and port, if they differ from those of the listener. */
    readonly server: { readonly publicHost: string; readonly publicPort: number }
  }
  readonly session: (connection: Connection) => ConnectionHandler
  readonly transfers: Transfers
  readonly writer: SocketWriter
}

/** What says where the page is, in an error of a listener. */
const pageSetting = { port: 'web.listen', host: 'web.listen' } as const

/** Whoever serves the connection hears of its end. One function for all of them. */
const ignore = (): void => undefined

/** How a socket has come in. */
interface Way {
  readonly arrival: SocketArrival
  readonly listener: ListenerAddress
  readonly tls: Tls | undefined
  /** The address of the peer. */
  readonly address: string
  /** The address and port that the peer has reached, as far as they are known. Without a proxy the socket knows them. */
  readonly reached?: Reached
  /** Whether it comes through a proxy. */
  readonly relayed: boolean
  /** Whether the proxy speaks TLS with the peer. */
  readonly secure: boolean
  /** See Visit. */
  readonly isRelay: boolean
}

/** Accepts sockets on all listeners, and gives each admitted one a session. */
export class Listeners {
  readonly #options: ListenOptions
  readonly #servers: Server[] = []
  /** By the names of their files. */
  readonly #tls = new Map<string, Tls>()
  readonly #parts: SocketParts
  readonly #places: Places
  /** How many are open, and who waits until none is. */
  #sockets = 0
  readonly #waiting: (() => void)[] = []

  constructor(options: ListenOptions) {
    this.#options = options
    this.#places = new Places(options.config.server)
    const { clock, faults, session, transfers, writer } = options
    this.#parts = { clock, faults, session, transfers, writer }
  }

  /** Opens a listener. Returns its port, which the system chose if `port` is 0. */
  async open(listener: ListenerAddress): Promise<number> {
    const tls = this.#tlsOf(listener.tls)
    // TLS and proxies read in their own way first.
    const mayShare = !tls && listener.proxy === 'none' && !listener.reception
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (accepted) => {
      const socket = mayShare ? sharingMemory(accepted) : accepted
      this.#sockets++
      socket.on('close', this.#onClose)
      this.#accept(socket, listener, tls)
    })
    const change = listener.reception ? pageSetting : { port: '--port', host: '--host' }
    const port = await bind(server, { ...listener, change })
    // Without a listener for errors, one socket that cannot be accepted would end the process.
    server.on('error', (error) => this.#options.log.error({ err: error, port }, 'listener failed'))
    this.#servers.push(server)
    this.#places.opened(listener, port)
    return port
  }

  /**
   * Reads the certificates again, for new connections.
   * @throws ListenError if one cannot be used; the old ones stay
   */
  reload(): void {
    // Either all of them are used, or none.
    const all = [...this.#tls.values()]
    for (const take of all.map((tls) => tls.read())) take()
    for (const tls of all) this.#warn(tls)
  }

  /** The certificates, and when each expires. */
  get certificates(): CertificateEnd[] {
    const ends = [...this.#tls.values()].map(({ end }) => [end.file, end] as const)
    return [...new Map(ends).values()]
  }

  /** Listeners with the same certificate share it, so that one that expires is warned of once; none if no file is named. */
  #tlsOf(files: TlsFiles): Tls | undefined {
    if (files.cert === '' && files.key === '') return undefined
    const name = `${files.cert}\n${files.key}`
    const known = this.#tls.get(name)
    if (known) return known
    const tls = new Tls(files, this.#options.clock)
    this.#tls.set(name, tls)
    this.#warn(tls)
    return tls
  }

  #warn(tls: Tls): void {
    for (const problem of tls.warnings) this.#options.log.warn({ problem }, 'look after a certificate')
  }

  /** Accepts no new connections; the present ones stay. */
  stopAccepting(): void {
    for (const server of this.#servers) if (server.listening) server.close()
  }

  /** Resolves when every socket is closed, including refused ones. */
  async closed(): Promise<void> {
    this.stopAccepting()
    if (this.#sockets > 0) await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }

  readonly #onClose = (): void => {
    this.#sockets--
    if (this.#sockets === 0) for (const resolve of this.#waiting.splice(0)) resolve()
  }

  /** Accepts a socket; an error of one connection does not affect the others. */
  #accept(socket: Socket, listener: ListenerAddress, tls: Tls | undefined): void {
    const arrival = listener.reception?.arrival(socket) ?? new SocketArrival(socket, this.#options.clock)
    this.#begin(arrival, listener, tls).catch((error: unknown) => {
      this.#options.faults.note(error, 'connection')
      arrival.admitted?.leave()
      arrival.say(failureText({ code: 'internal' }))
    })
  }

  async #begin(arrival: SocketArrival, listener: ListenerAddress, tls: Tls | undefined): Promise<void> {
    const { socket } = arrival
    socket.on('error', ignore)
    const address = plainAddress(socket.remoteAddress ?? '')
    const way = { arrival, listener, tls, address, relayed: false, secure: false, isRelay: false }
    if (listener.reception?.believes(address)) await this.#acceptFromBelieved(way)
    else if (listener.proxy === 'none') await this.#admit(way)
    else await this.#acceptFromProxy(way)
  }

  /** A proxy that is believed may begin with a header of PROXY; where it does not, the request tells the client. */
  async #acceptFromBelieved(way: Way): Promise<void> {
    const { arrival, address } = way
    const { admission, clock } = this.#options
    const expected = admission.expect(arrival, address)
    if (!expected) return
    arrival.admitted = expected
    const route = await takeProxyHeader(arrival.socket, clock)
    if (arrival.socket.destroyed) {
      expected.leave()
      return
    }
    if (route !== 'none' && route !== undefined) {
      expected.leave()
      await this.#admit({
        ...way,
        address: plainAddress(route.from.address),
        reached: route.to,
        relayed: true,
      })
      return
    }
    arrival.socket.once('close', () => {
      if (!expected.served) expected.leave()
    })
    await this.#beginOn({ ...way, relayed: true, isRelay: true }, expected)
  }

  /** Waits for the header of the proxy, which tells the peer's address. */
  async #acceptFromProxy(way: Way): Promise<void> {
    const { address, arrival, listener } = way
    const { admission, clock, log } = this.#options
    const expected = admission.expect(arrival, address)
    if (!expected) return
    arrival.admitted = expected
    const route = await takeProxyHeader(arrival.socket, clock)
    expected.leave()
    if (arrival.socket.destroyed) return
    if (route === 'none') {
      log.warn({ address }, 'no proxy header')
      admission.refuse(arrival, { why: 'proxy' })
      return
    }
    const secure = listener.proxy === 'tls'
    const real = route && { address: plainAddress(route.from.address), reached: route.to, secure }
    await this.#admit({ ...way, ...real, relayed: true })
  }

  async #admit(way: Way): Promise<void> {
    const { address, arrival } = way
    const { admission } = this.#options
    // It counts as a connection from here on, even during the TLS handshake.
    const admitted = admission.admit(arrival, address)
    if (!admitted) return
    arrival.admitted = admitted
    // Whoever is served at once needs no listener for it, which would be kept as long as the connection.
    if (way.tls || way.listener.reception)
      arrival.socket.on('close', () => {
        // A connection keeps its place until its session is done.
        if (!admitted.served) admitted.leave()
      })
    await this.#beginOn(way, admitted)
  }

  async #beginOn(way: Way, admitted: Admitted): Promise<void> {
    const { arrival, tls } = way
    if (tls) await this.#beginTls(way, admitted, tls)
    else this.#serve(way, admitted, arrival.socket, this.#options.config.greetingDelayMs)
  }

  /** Waits for the first byte, which tells TLS from plain text; if none comes for a while, it is plain text. */
  async #beginTls(way: Way, admitted: Admitted, tls: Tls): Promise<void> {
    const { address, arrival } = way
    const { clock, config, counts, log } = this.#options
    const { greetingDelayMs } = config
    const { socket } = arrival
    // Who opens a page says something first: a browser may keep a connection for later.
    const first = await firstByte(socket, clock, way.listener.reception ? firstByteMs : greetingDelayMs)
    if (socket.destroyed) return
    if (first !== handshakeByte) {
      // A silent peer has already waited for the greeting.
      this.#serve(way, admitted, socket, first === undefined ? 0 : greetingDelayMs)
      return
    }
    const secured = await tls.secure(socket)
    counts.handshakes.add(secured ? 'done' : 'failed')
    if (secured && !socket.destroyed) this.#serve(way, admitted, secured, greetingDelayMs)
    else log.info({ address }, 'no TLS came of it')
  }

  /** Makes the connection; `stream` carries its plain text. */
  #serve(way: Way, admitted: Admitted, stream: Socket, greetingDelayMs: number): void {
    const { address, arrival, isRelay, listener, relayed } = way
    // What comes from this machine has been on no wire.
    const secure = way.secure || stream !== arrival.socket || (!relayed && addressKey(address) === undefined)
    if (listener.reception) {
      const place = () => this.#places.of(listener, stream, way.reached)
      listener.reception.serve(stream, { arrival, admitted, address, isRelay, relayed, secure, place })
      return
    }
    const coming = {
      ...{ admitted, address, relayed, greetingDelayMs, listener, reached: way.reached },
      // A connection from this machine did not cross a network.
      secure: secure || stream !== arrival.socket || addressKey(address) === undefined,
    }
    const peer = new AcceptedPeer(stream, coming, this.#places)
    admitted.serve(new SocketConnection(stream, peer, this.#parts))
  }
}

/** So long a browser may say nothing on a connection that it keeps for later, in ms. */
const firstByteMs = 20_000

/** The first byte, which stays unread; undefined if none comes within `ms`, or ever. */
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
