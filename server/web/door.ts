import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import type { Admission } from '../admission/admission.ts'
import { type Refusal, refusalText } from '../admission/refusal.ts'
import type { BrowserSessions, FoundBrowser } from '../chat/accounts/browser-sessions.ts'
import { StoreUnavailable } from '../chat/ports/store-errors.ts'
import { failureText } from '../dialects/failure-text.ts'
import { parseAddressBlock, readAddress } from '../lib/address-block.ts'
import { plainAddress } from '../lib/addresses.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../log/log.ts'
import { faultOf, type HttpPeer, pathOf } from '../net/http-answers.ts'
import { HttpGate } from '../net/http-gate.ts'
import { requestServer } from '../net/http-server.ts'
import type { Reception, Visit } from '../net/listen.ts'
import { plainAnswer } from '../net/plain-answer.ts'
import { isPost } from '../net/post-request.ts'
import type { Transfers } from '../net/transfers.ts'
import { answerFile, answerText, type Exchange } from './answers.ts'
import { BoundedSocket } from './bounded-socket.ts'
import { secretIn } from './cookies.ts'
import { forwardedFor } from './forwarded.ts'
import { FramedSocket } from './framed-socket.ts'
import { secureHeaders } from './headers.ts'
import { Heartbeat } from './heartbeat.ts'
import { Origins } from './origins.ts'
import { mostMessage, PageConnection, type PageParts } from './page-connection.ts'
import { PageFiles } from './page-files.ts'
import { answerPicture, type PictureParts } from './pictures.ts'
import { SessionRequests } from './session-requests.ts'
import { HttpVisit } from './visit.ts'
import { refusalStatus, WebArrival } from './web-arrival.ts'

/** What the page's port works with; settings are read when they are needed, and may change. */
export interface DoorParts extends PageParts, PictureParts {
  readonly admission: Admission
  readonly browserSessions: BrowserSessions
  readonly clock: Clock
  readonly log: Log
  readonly rules: {
    readonly listen: readonly { readonly host: string }[]
    readonly origins: readonly string[]
    readonly proxy: readonly string[]
  }
  readonly server: { readonly publicHost: string }
  readonly transfers: Transfers
  /** The page's files; those that were built, if missing. */
  readonly files?: PageFiles
}

/** The whole of a request for the page has to be there, and its answer taken, within this time, in ms. */
const requestMs = 60_000
/** So long a peer may take to answer that a WebSocket is closed, in ms. */
const closeMs = 10_000
const socketPath = '/socket'
/** Of a message in pieces. */
const mostPieces = 1024

/**
 * The port of the page in the browser: its files, the files of the chat, the cookie that keeps somebody logged in, and
 * WebSockets that speak the JSON dialect. One request a connection: what would be a second one is never looked at, and a
 * WebSocket is a connection of the chat like all others.
 */
export class WebDoor implements Reception {
  readonly #parts: DoorParts
  readonly #http: Server
  readonly #sockets: WebSocketServer
  readonly #origins: Origins
  readonly #files: PageFiles
  readonly #sessions: SessionRequests
  readonly #heartbeat: Heartbeat
  readonly #visits = new WeakMap<HttpGate, HttpVisit>()

  constructor(parts: DoorParts) {
    this.#parts = parts
    this.#origins = new Origins(parts.rules, parts.server)
    this.#files = parts.files ?? new PageFiles()
    this.#sessions = new SessionRequests(parts)
    this.#heartbeat = new Heartbeat(parts.clock)
    this.#http = requestServer()
    this.#http
      .on('request', (request, response) => this.#begin(request, response, false))
      .on('checkContinue', (request, response) => this.#begin(request, response, true))
      .on('checkExpectation', (request, response) => this.#begin(request, response, false))
      .on('clientError', (error: NodeJS.ErrnoException, stream: Duplex) => {
        const { status, text } = faultOf(error, 'That is no request.')
        if (!(stream instanceof HttpGate && stream.breakOff(error))) refuse(stream, status, text)
      })
      .on('connect', (_request, stream: Duplex) => {
        if (!this.#isSecond(stream)) refuse(stream, 405, 'This is no proxy.', ['Allow: GET, HEAD'])
      })
      .on('upgrade', (request: IncomingMessage, stream: Duplex) => this.#upgrade(request, stream))
    const options = {
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      // What is longer than somebody may send is cut off before.
      maxPayload: mostMessage,
      maxFragments: mostPieces,
      maxBufferedChunks: 4 * mostPieces,
      closeTimeout: closeMs,
      // The dialect has an answer to what is no UTF-8.
      skipUTF8Validation: true,
      WebSocket: FramedSocket,
    }
    this.#sockets = new WebSocketServer(options)
  }

  arrival(socket: Socket): WebArrival {
    return new WebArrival(socket, this.#parts.clock)
  }

  believes(address: string): boolean {
    const plain = readAddress(plainAddress(address))
    return this.#parts.rules.proxy.some((cidr) => parseAddressBlock(cidr)?.covers(plain))
  }

  serve(stream: Socket, how: Visit): void {
    stream.on('error', () => undefined)
    const gate: HttpGate = new HttpGate(stream, {
      address: how.address,
      clock: this.#parts.clock,
      stallMs: Number.POSITIVE_INFINITY,
      refuse: () => refuse(gate, 400, 'This port speaks HTTP: open it in a browser.'),
    })
    this.#visits.set(gate, new HttpVisit(gate, how))
    this.#http.emit('connection', gate)
  }

  /** Asks nobody any more whether they are there. */
  close(): void {
    this.#heartbeat.stop()
  }

  #begin(request: IncomingMessage, response: ServerResponse, expects: boolean): void {
    const gate: unknown = request.socket
    const visit = gate instanceof HttpGate ? this.#visits.get(gate) : undefined
    if (!visit) return
    if (this.#isSecond(visit.gate)) return
    request.on('error', () => undefined)
    response.on('error', () => undefined)
    const exchange = { request, response, gate: visit.gate }
    this.#answer(exchange, visit, expects).catch((error: unknown) => {
      this.#parts.faults.note(error, 'connection')
      if (response.headersSent) visit.gate.destroy()
      else answerText(exchange, 500, 'Something went wrong in the server.')
    })
  }

  /** Whether a connection has had its request: what comes behind that is none, and the answer to the first one stays alone. */
  #isSecond(stream: Duplex): boolean {
    if (!(stream instanceof HttpGate) || !stream.taken) return false
    stream.shut()
    return true
  }

  async #answer(exchange: Exchange, visit: HttpVisit, expects: boolean): Promise<void> {
    const { gate, request } = exchange
    const { method = '' } = request
    const asked = this.#origins.check(request)
    if (typeof asked === 'string') return this.#refuse(exchange, 403, asked)
    const refused = this.#admit(request, visit)
    if (refused) return this.#refuse(exchange, refusalStatus(refused), refusalText(refused))
    const path = pathOf(request)
    if (/^\/(put|get)\//.test(path)) {
      visit.transfers = true
      secureHeaders(exchange.response)
      return this.#parts.transfers.answer({ ...exchange, peer: this.#peerOf(visit, request) }, expects)
    }
    const [, token] = /^\/picture\/(\w{1,100})$/.exec(path) ?? []
    if (token !== undefined && (method === 'GET' || method === 'HEAD')) {
      gate.admit(0)
      return answerPicture(exchange, token, this.#parts)
    }
    const cancel = this.#parts.clock.after(requestMs, () => gate.destroy())
    gate.socket.once('close', cancel)
    if (isPost(request)) {
      secureHeaders(exchange.response)
      return this.#parts.transfers.answer({ ...exchange, peer: this.#peerOf(visit, request) }, expects)
    }
    if (path === '/session') {
      if (asked.origin === undefined) return this.#refuse(exchange, 403, noOrigin)
      const { address } = visit.gate
      return this.#sessions.answer(exchange, { ...asked, origin: asked.origin, address }, expects)
    }
    gate.admit(0)
    if (method !== 'GET' && method !== 'HEAD') {
      exchange.response.setHeader('Allow', 'GET, HEAD')
      return answerText(exchange, 405, 'Only GET and HEAD.')
    }
    if (path === socketPath) return answerText(exchange, 426, 'This is for WebSockets.')
    const file = this.#files.find(path)
    if (file) answerFile(exchange, file, asked.host)
    else answerText(exchange, 404, path === '/' ? notBuilt : 'There is nothing here.')
  }

  #peerOf({ admitted, how }: HttpVisit, { headers }: IncomingMessage): HttpPeer {
    return {
      number: admitted.number,
      // The proxy that is believed may have spoken TLS.
      secure: how.secure || (how.isRelay && headers['x-forwarded-proto'] === 'https'),
      place: how.place(),
    }
  }

  #refuse(exchange: Exchange, status: number, text: string): void {
    exchange.gate.admit(0)
    answerText(exchange, status, text)
  }

  /** Lets a client in whom a proxy tells of; everybody else is in already. Answers why not, if so. */
  #admit(request: IncomingMessage, visit: HttpVisit): Refusal | undefined {
    if (!visit.how.isRelay) return undefined
    const { admission, log } = this.#parts
    const address = forwardedFor(request.headersDistinct['x-forwarded-for']?.join(), (one) =>
      this.believes(one),
    )
    if (address === undefined) {
      log.warn({ address: visit.gate.address }, 'no proxy header')
      return { why: 'proxy' }
    }
    let refused: Refusal | undefined
    const admitted = admission.admit(
      {
        refuse: (refusal) => {
          refused = refusal
        },
        cut: () => visit.gate.destroy(),
      },
      address,
    )
    if (admitted) {
      visit.gate.address = address
      visit.moveTo(admitted)
    }
    return refused ?? (admitted ? undefined : { why: 'full' })
  }

  #upgrade(request: IncomingMessage, stream: Duplex): void {
    const visit = stream instanceof HttpGate ? this.#visits.get(stream) : undefined
    if (!visit) {
      stream.destroy()
      return
    }
    if (this.#isSecond(visit.gate)) return
    visit.gate.taken = true
    this.#open(request, visit).catch((error: unknown) => {
      this.#parts.faults.note(error, 'connection')
      visit.gate.destroy()
    })
  }

  async #open(request: IncomingMessage, visit: HttpVisit): Promise<void> {
    const { gate } = visit
    const asked = this.#origins.check(request)
    if (typeof asked === 'string') return refuse(gate, 403, asked)
    const { headers } = request
    if (pathOf(request) !== socketPath) return refuse(gate, 404, 'There is nothing here.')
    // What has a body besides could hide a request.
    if (headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined)
      return refuse(gate, 400, 'A WebSocket begins without a body.')
    const refused = this.#admit(request, visit)
    if (refused) return refuse(gate, refusalStatus(refused), refusalText(refused))
    const secret = asked.origin === undefined ? undefined : secretIn(headers.cookie, asked.origin)
    const visitor = secret === undefined ? undefined : await this.#find(secret)
    if (visitor === 'unavailable') return refuse(gate, 503, failureText({ code: 'unavailable' }))
    if (gate.destroyed || gate.socket.destroyed) return
    const { socket } = gate
    const bounded = new BoundedSocket(socket, gate.release())
    // A handshake that is no good is answered and ended, and has no other deadline.
    const cancel = this.#parts.clock.after(requestMs, () => socket.destroy())
    socket.once('close', cancel)
    this.#sockets.handleUpgrade(request, bounded, Buffer.alloc(0), (ws) => {
      cancel()
      if (ws instanceof FramedSocket) this.#serve(ws, bounded, visit, { visitor, origin: asked.origin })
    })
  }

  /** Whose browser it is. While that cannot be known, a page that is logged in is not told that it is not. */
  async #find(secret: string): Promise<FoundBrowser | undefined | 'unavailable'> {
    try {
      return await this.#parts.browserSessions.find(secret)
    } catch (error) {
      if (error instanceof StoreUnavailable) return 'unavailable'
      throw error
    }
  }

  #serve(
    ws: FramedSocket,
    bounded: BoundedSocket,
    visit: HttpVisit,
    { origin, visitor }: { origin: string | undefined; visitor: FoundBrowser | undefined },
  ): void {
    const { gate, how } = visit
    const admitted = visit.handOver()
    gate.socket.setKeepAlive(true, 60_000)
    const connection = new PageConnection(
      ws,
      bounded,
      {
        address: gate.address,
        number: admitted.number,
        relayed: how.relayed,
        // The proxy that is believed says for which page it passes this on, and it was shown over TLS.
        secure: how.secure || (how.relayed && origin?.startsWith('https:') === true),
        place: how.place,
        visitor,
        onOver: () => {
          this.#heartbeat.forget(connection)
          admitted.leave()
        },
      },
      this.#parts,
    )
    admitted.serve(connection)
    this.#heartbeat.add(connection)
  }
}

const noOrigin = 'That is for pages in a browser: there is no Origin.'
const notBuilt = 'The page is not built. Whoever runs this server: npm run build.'

function refuse(stream: Duplex, status: number, text: string, headers: readonly string[] = []): void {
  if (stream.writable) stream.end(plainAnswer(status, text, headers))
  else stream.destroy()
}
