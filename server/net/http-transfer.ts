import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Upload } from '../chat/files/upload.ts'
import { fail } from '../chat/model/failures.ts'
import { failureText } from '../dialects/failure-text.ts'
import { savedName } from '../dialects/paste.ts'
import { storedLine } from '../dialects/text/files.ts'
import { answer, bodyBytes, type HttpExchange, type HttpPeer, statusOf } from './http-answers.ts'
import { HttpGate, mostHead } from './http-gate.ts'
import { HttpPosts, type PostParts } from './http-posts.ts'
import { isPost } from './post-request.ts'
import { problemOf, type TransferParts } from './raw-transfer.ts'
import { receive } from './receive.ts'

const nothingHere =
  'This is a chat server. Connect with nc or telnet. By HTTP there are files, PUT /put/TOKEN and GET /get/TOKEN, and POST /say/CHANNEL says the body.'

/**
 * Serves connections whose first line is HTTP: the same files by the same tokens. Node's HTTP server parses; it listens
 * nowhere, connections are handed to it. Each connection has one request, and nothing of it is ever chat.
 */
export class HttpTransfers {
  readonly #parts: TransferParts
  readonly #posts: HttpPosts
  readonly #server: Server
  readonly #peers = new WeakMap<HttpGate, HttpPeer>()

  constructor(parts: TransferParts & PostParts) {
    this.#parts = parts
    this.#posts = new HttpPosts(parts)
    this.#server = createServer({ maxHeaderSize: mostHead, keepAlive: false, requestTimeout: 0 })
    this.#server
      .on('request', (request, response) => this.#begin(request, response, false))
      .on('checkContinue', (request, response) => this.#begin(request, response, true))
      .on('checkExpectation', (request, response) => this.#begin(request, response, false))
      .on('clientError', (_error: Error, stream: Duplex) => refuseHttp(stream))
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
      refuse: () => refuseHttp(gate),
    })
    this.#peers.set(gate, peer)
    this.#server.emit('connection', gate)
  }

  /** Refuses what is no file. A second request of a connection gets no answer in the middle of the first one's. */
  #refuse(stream: Duplex): void {
    if (stream instanceof HttpGate && stream.taken) stream.shut()
    else refuseHttp(stream)
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
    const { gate, request, response } = exchange
    const { address } = gate
    request.on('error', () => undefined)
    response.on('error', () => undefined)
    response.setHeader('Connection', 'close')
    response.setHeader('X-Content-Type-Options', 'nosniff')
    if (isPost(request)) {
      response.setHeader('Cache-Control', 'no-store')
      await this.#posts.handle(exchange, expects).catch((error: unknown) => this.#failed(exchange, error))
      return
    }
    const [, verb, token = ''] = /^\/(put|get)\/(\w{1,100})$/.exec(request.url ?? '') ?? []
    const puts = verb === 'put' && request.method === 'PUT'
    gate.admit(puts ? bodyBytes(request) : 0)
    try {
      if (puts) await this.#put(exchange, token, expects)
      else if (verb === 'get' && (request.method === 'GET' || request.method === 'HEAD'))
        await this.#get(exchange, token)
      else answer(exchange, verb === undefined ? 400 : 405, nothingHere)
    } catch (error) {
      const { counts, log } = this.#parts
      const begun = response.headersSent || response.destroyed
      if (verb === 'get' && request.method === 'GET')
        counts.transfers.add(begun ? 'download broken' : 'download refused')
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

  async #put(exchange: HttpExchange, token: string, expects: boolean): Promise<void> {
    const { counts, log, uploads } = this.#parts
    const { gate, request, response } = exchange
    const upload = await uploads.begin(token, announcedBy(request)).catch((error: unknown) => {
      counts.transfers.add('upload refused')
      throw error
    })
    try {
      if (expects) response.writeContinue()
      await receive(request, upload, this.#parts)
      checkSomethingCame(upload)
      const file = await upload.finish()
      log.info({ address: gate.address, file: file.id, bytes: file.size }, 'upload')
      answer(exchange, 201, storedLine(file))
    } catch (error) {
      await upload.breakOff()
      throw error
    }
  }

  async #get(exchange: HttpExchange, token: string): Promise<void> {
    const { counts, fileTokens, log, lostFiles, rules, vault } = this.#parts
    const { gate, request, response } = exchange
    const file = fileTokens.download(token)
    await lostFiles.require(file)
    const { blob, id, name, sha256, size = 0 } = file
    const tag = `"${sha256}"`
    const range = rangeOf(request, size, tag)
    response.setHeader('Accept-Ranges', 'bytes')
    response.setHeader('Cache-Control', 'no-store')
    response.setHeader('ETag', tag)
    if (range === 'unsatisfiable') {
      response.setHeader('Content-Range', `bytes */${size}`)
      answer(exchange, 416, failureText({ code: 'wrong-offset', offset: size }))
      return
    }
    const { end, start } = range ?? { start: 0, end: size }
    if (range) response.setHeader('Content-Range', `bytes ${start}-${end - 1}/${size}`)
    response.setHeader('Content-Type', 'application/octet-stream')
    response.setHeader('Content-Disposition', dispositionOf(savedName(name)))
    response.setHeader('Content-Length', end - start)
    response.writeHead(range ? 206 : 200)
    if (request.method === 'HEAD') {
      response.end()
      return
    }
    const { socket } = gate
    socket.setTimeout(rules.stallSeconds * 1000, () => socket.destroy())
    await pipeline(vault.read(blob, start, end), response)
    counts.transfers.add('download done')
    log.info({ address: gate.address, file: id, bytes: end - start }, 'download')
  }
}

/** The body of a PUT: with a length, in chunks without one, or with Content-Range as a part of the file. */
function announcedBy({ headers }: IncomingMessage): { size: number | undefined; offset: number } {
  const length = headers['content-length']
  const range = headers['content-range']
  if (range === undefined) return { size: length === undefined ? undefined : Number(length), offset: 0 }
  const [, first, last, size] = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15})$/.exec(range) ?? []
  if (size === undefined || Number(last) + 1 !== Number(size))
    throw fail({ code: 'bad-arguments', detail: 'Content-Range must go on to the end of the file.' })
  return { size: Number(size), offset: Number(first) }
}

/** An empty file has a length of 0. Without any length, nothing comes of a folder, a device, or a program that failed. */
function checkSomethingCame({ file: { received, size } }: Upload): void {
  if (size === undefined && received === 0)
    throw fail({
      code: 'bad-arguments',
      detail: 'Nothing came, so nothing was sent. Is that a file? /help filesend tells how to send a folder.',
    })
}

/**
 * The range that a GET asks for, `end` exclusive; undefined for the whole file. Also undefined for several ranges, or a range
 * of another version of the file: RFC 9110 (14.2) lets a server ignore them.
 */
function rangeOf(
  { headers }: IncomingMessage,
  size: number,
  tag: string,
): { start: number; end: number } | 'unsatisfiable' | undefined {
  const [, first = '', last = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(headers.range ?? '') ?? []
  const condition = headers['if-range']
  if ((first === '' && last === '') || (condition !== undefined && condition !== tag)) return undefined
  // RFC 9110, 14.1.2: the last bytes of an empty file are no valid range.
  if (first === '')
    return last === '0' || size === 0
      ? 'unsatisfiable'
      : { start: Math.max(0, size - Number(last)), end: size }
  if (Number(first) >= size) return 'unsatisfiable'
  if (last !== '' && Number(last) < Number(first)) return undefined
  return { start: Number(first), end: last === '' ? size : Math.min(size, Number(last) + 1) }
}

/** Content-Disposition (RFC 6266); the plain name is raw UTF-8, as curl -J and browsers read it. */
function dispositionOf(name: string): string {
  const raw = Buffer.from(name.replace(/["\\]/g, '\\$&')).toString('latin1')
  const encoded = encodeURIComponent(name).replace(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `attachment; filename="${raw}"; filename*=UTF-8''${encoded}`
}

/** Answers that this is no valid request, or not the place for one, and ends the connection. */
export function refuseHttp(stream: Duplex): void {
  if (stream.writable)
    stream.end(
      `HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n${nothingHere}\n`,
    )
  else stream.destroy()
}
