import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { failureText } from '../dialects/failure-text.ts'
import { answer, faultOf, type HttpExchange, type HttpPeer, pathOf, statusOf } from './http-answers.ts'
import { HttpFiles, sendLine, type Wanted } from './http-files.ts'
import { HttpGate } from './http-gate.ts'
import { HttpPosts, type PostParts } from './http-posts.ts'
import { requestServer } from './http-server.ts'
import { plainAnswer } from './plain-answer.ts'
import { isPost } from './post-request.ts'
import { problemOf, type TransferParts } from './raw-transfer.ts'

/** Somebody who may look for the page in the browser at this port. */
export interface Seeker {
  /** The address that they come from. */
  readonly address: string
  /** How their request calls the server, if it is known: a Host header. */
  readonly host: string | undefined
  /** Where they have found the server. */
  readonly reached: string
}

/** Says where the page is, or that there is none. */
export type PageSentence = (seeker: Seeker) => string

/** Somebody whose request is refused. */
interface Helped {
  readonly address: string
  readonly host?: string | undefined
  readonly place: { readonly host: string }
}

function nothingHere(page: string): string {
  return `This is a chat server. Connect with nc or telnet. ${page} By HTTP there are files, PUT /put/TOKEN and GET /get/TOKEN, and POST /say/CHANNEL says the body.`
}

type Method = (exchange: HttpExchange, wanted: Wanted) => void | Promise<void>

/** What there is at a path: a token in its first group, and a name in its second. */
interface Route {
  readonly path: RegExp
  readonly methods: Readonly<Record<string, Method>>
  /** The line that does what somebody may have wanted who comes by another method. */
  readonly instead?: (exchange: HttpExchange, token: string) => string
}

/**
 * Serves connections whose first line is HTTP: the same files by the same tokens. Node's HTTP server parses; it listens
 * nowhere, connections are handed to it. Each connection has one request, and nothing of it is ever chat.
 */
export class HttpTransfers {
  readonly #parts: TransferParts & { readonly page: PageSentence }
  readonly #posts: HttpPosts
  readonly #peers = new WeakMap<HttpGate, HttpPeer>()
  readonly #server = requestServer()
  readonly #routes: readonly Route[]

  constructor(parts: TransferParts & PostParts & { readonly page: PageSentence }) {
    this.#parts = parts
    this.#posts = new HttpPosts(parts)
    const files = new HttpFiles(parts)
    const get: Method = (exchange, wanted) => files.get(exchange, wanted)
    this.#routes = [
      {
        path: /^\/put\/(\w{1,100})(?:\/(.*))?$/,
        methods: {
          PUT: (exchange, wanted) => files.put(exchange, wanted),
          HEAD: (exchange, wanted) => files.standing(exchange, wanted),
        },
        instead: sendLine,
      },
      { path: /^\/get\/(\w{1,100})(?:\/(.*))?$/, methods: { GET: get, HEAD: get } },
    ]
    this.#server
      .on('request', (request, response) => this.#begin(request, response, false))
      .on('checkContinue', (request, response) => this.#begin(request, response, true))
      .on('checkExpectation', (request, response) => this.#begin(request, response, false))
      .on('clientError', (error: NodeJS.ErrnoException, stream: Duplex) => this.#notParsed(error, stream))
      .on('connect', (_request, stream: Duplex) => this.#refuse(stream))
      .on('upgrade', (_request, stream: Duplex) => this.#refuse(stream))
  }

  /** Takes over a connection from this address. The caller must give read bytes back to the socket before. */
  take(socket: Socket, address: string, peer: HttpPeer): void {
    const { clock, rules } = this.#parts
    const gate: HttpGate = new HttpGate(socket, {
      address,
      clock,
      stallMs: rules.stallSeconds * 1000,
      refuse: () => refuseHttp(gate, { status: 400, text: this.#help(gate) }),
    })
    this.#peers.set(gate, peer)
    this.#server.emit('connection', gate)
  }

  #notParsed(error: NodeJS.ErrnoException, stream: Duplex): void {
    if (stream instanceof HttpGate && stream.breakOff(error)) return
    refuseHttp(stream, faultOf(error, this.#help(stream)))
  }

  /** Refuses what is no file. A second request of a connection gets no answer in the middle of the first one's. */
  #refuse(stream: Duplex): void {
    if (stream instanceof HttpGate && stream.taken) stream.shut()
    else refuseHttp(stream, { status: 400, text: this.#help(stream) })
  }

  /** What they read whose request cannot be looked at. */
  #help(stream: Duplex): string {
    const peer = stream instanceof HttpGate ? this.#peers.get(stream) : undefined
    return stream instanceof HttpGate && peer
      ? this.help({ address: stream.address, ...peer })
      : nothingHere('')
  }

  /** What they read who ask for nothing that is here; `host`: a Host header. */
  help({ address, host, place }: Helped): string {
    return nothingHere(this.#parts.page({ address, host, reached: place.host }))
  }

  #begin(request: IncomingMessage, response: ServerResponse, expects: boolean): void {
    const gate: unknown = request.socket
    const peer = gate instanceof HttpGate ? this.#peers.get(gate) : undefined
    if (!(gate instanceof HttpGate) || !peer) return
    if (gate.taken) gate.shut()
    else void this.handle({ request, response, gate, peer }, expects)
  }

  /** Answers a request for a file, or one that says something; `expects`: it waits to be told to send its body. Never rejects. */
  async handle(exchange: HttpExchange, expects: boolean): Promise<void> {
    const { gate, peer, request, response } = exchange
    const { address } = gate
    const { method = '' } = request
    request.on('error', () => undefined)
    response.on('error', () => undefined)
    response.setHeader('Connection', 'close')
    response.setHeader('X-Content-Type-Options', 'nosniff')
    if (isPost(request)) {
      response.setHeader('Cache-Control', 'no-store')
      await this.#posts.handle(exchange, expects).catch((error: unknown) => this.#failed(exchange, error))
      return
    }
    const path = pathOf(request)
    const route = this.#routes.find((one) => one.path.test(path))
    const [, token = '', name = ''] = route?.path.exec(path) ?? []
    const run = route && Object.hasOwn(route.methods, method) ? route.methods[method] : undefined
    // Who takes a body says so itself.
    if (!run || method !== 'PUT') gate.admit(0)
    if (!route)
      return answer(exchange, 400, this.help({ address, host: request.headers.host, place: peer.place }))
    if (!run) {
      const allowed = Object.keys(route.methods).join(', ')
      response.setHeader('Allow', allowed)
      const line = route.instead?.(exchange, token)
      const help = line === undefined ? '' : ` This sends a file: ${line}`
      return answer(exchange, 405, `Here is only ${allowed}.${help}`)
    }
    try {
      await run(exchange, { token, name, expects })
    } catch (error) {
      const { counts, log } = this.#parts
      const begun = response.headersSent || response.destroyed
      if (method === 'GET') counts.transfers.add(begun ? 'download broken' : 'download refused')
      if (begun) {
        log.info({ address }, 'transfer broken off')
        gate.destroy()
        return
      }
      log.warn({ address }, 'transfer refused')
      const problem = problemOf(error, log)
      answer(exchange, statusOf(problem.code), failureText(problem))
    }
  }

  /** A defect ends this request, and nothing else. */
  #failed(exchange: HttpExchange, error: unknown): void {
    const problem = problemOf(error, this.#parts.log)
    if (exchange.response.headersSent || exchange.response.destroyed) exchange.gate.destroy()
    else answer(exchange, statusOf(problem.code), failureText(problem))
  }
}

/** Answers that this is no valid request, or not the place for one, and ends the connection. */
export function refuseHttp(
  stream: Duplex,
  { status, text }: { readonly status: number; readonly text: string },
): void {
  if (stream.writable) stream.end(plainAnswer(status, text))
  else stream.destroy()
}
