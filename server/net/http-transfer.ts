import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { pipeline } from 'node:stream/promises'
import { type FailureCode, fail } from '../chat/failures.ts'
import { failureText } from '../dialects/failure-text.ts'
import { storedLine } from '../dialects/text/files.ts'
import { plainAddress } from '../lib/addresses.ts'
import { problemOf, type TransferParts } from './raw-transfer.ts'
import { receive } from './receive.ts'

/** Statuses of RFC 9110; whatever is not here is 400. */
const statuses: Partial<Readonly<Record<FailureCode, number>>> = {
  'bad-ticket': 404,
  'ticket-in-use': 409,
  'wrong-offset': 409,
  'wrong-size': 409,
  'file-too-large': 413,
  'upload-broken': 408,
  'not-a-member': 403,
  muted: 403,
  'quota-exceeded': 507,
  'disk-full': 507,
  unavailable: 503,
  internal: 500,
}

const nothingHere =
  'This is a chat server. Connect with nc or telnet. By HTTP there are only files: PUT /put/TOKEN and GET /get/TOKEN.'

/** How long an uploader who was refused may go on sending, so that the answer is read. */
const lingerMs = 1_000
/** A request line and its headers. */
const headerBytes = 16 * 1024
const headerMs = 20_000

/**
 * Speaks HTTP with connections whose first line is HTTP: the same files by the same tokens. Node's server parses;
 * it listens nowhere, connections are handed to it. One request each, and none of it is ever chat.
 */
export class HttpTransfers {
  readonly #parts: TransferParts
  readonly #server: Server

  constructor(parts: TransferParts) {
    this.#parts = parts
    this.#server = createServer({ maxHeaderSize: headerBytes, keepAlive: false, requestTimeout: 0 })
    this.#server
      .on('request', (request, response) => void this.#handle(request, response, false))
      .on('checkContinue', (request, response) => void this.#handle(request, response, true))
      .on('clientError', (_error: Error, socket: Socket) => refuse(socket))
      .on('connect', (_request, socket: Socket) => refuse(socket))
      .on('upgrade', (_request, socket: Socket) => refuse(socket))
  }

  /** Takes a connection over. Bytes that were read from it have to be given back to it before. */
  take(socket: Socket): void {
    // Who sends headers slowly, or none.
    socket.setTimeout(Math.min(headerMs, this.#parts.rules.stallSeconds * 1000), () => socket.destroy())
    this.#server.emit('connection', socket)
    // It was paused, so that nothing was lost on the way.
    socket.resume()
  }

  async #handle(request: IncomingMessage, response: ServerResponse, expects: boolean): Promise<void> {
    const address = plainAddress(request.socket.remoteAddress ?? '')
    request.on('error', () => undefined)
    response.on('error', () => undefined)
    response.setHeader('Connection', 'close')
    response.setHeader('X-Content-Type-Options', 'nosniff')
    const [, verb, token = ''] = /^\/(put|get)\/(\w{1,100})$/.exec(request.url ?? '') ?? []
    try {
      if (verb === 'put' && request.method === 'PUT') await this.#put(request, response, token, expects)
      else if (verb === 'get' && (request.method === 'GET' || request.method === 'HEAD'))
        await this.#get(request, response, token)
      else await this.#answer(request, response, verb === undefined ? 400 : 405, nothingHere)
    } catch (error) {
      const { counts, log } = this.#parts
      const begun = response.headersSent || response.destroyed
      if (verb === 'get' && request.method === 'GET')
        counts.transfers.add(begun ? 'download broken' : 'download refused')
      if (begun) {
        log.info({ address }, 'transfer broken off')
        response.destroy()
        return
      }
      log.warn({ address }, 'transfer refused')
      const problem = problemOf(error, log)
      await this.#answer(request, response, statuses[problem.code] ?? 400, failureText(problem))
    }
  }

  async #put(
    request: IncomingMessage,
    response: ServerResponse,
    token: string,
    expects: boolean,
  ): Promise<void> {
    const { counts, log, rules, uploads } = this.#parts
    request.socket.setTimeout(0)
    const upload = await uploads.begin(token, announcedBy(request)).catch((error: unknown) => {
      counts.transfers.add('upload refused')
      throw error
    })
    try {
      if (expects) response.writeContinue()
      await receive(request, upload, this.#parts)
      const file = await upload.finish()
      const address = plainAddress(request.socket.remoteAddress ?? '')
      log.info({ address, file: file.id, bytes: file.size }, 'upload')
      request.socket.setTimeout(rules.stallSeconds * 1000, () => request.socket.destroy())
      await this.#answer(request, response, 201, storedLine(file))
    } catch (error) {
      await upload.breakOff()
      throw error
    }
  }

  async #get(request: IncomingMessage, response: ServerResponse, token: string): Promise<void> {
    const { counts, files, log, rules, vault } = this.#parts
    const { blob, id, name, sha256, size = 0 } = files.download(token)
    const tag = `"${sha256}"`
    const range = rangeOf(request, size, tag)
    response.setHeader('Accept-Ranges', 'bytes')
    response.setHeader('Cache-Control', 'no-store')
    response.setHeader('ETag', tag)
    if (range === 'unsatisfiable') {
      response.setHeader('Content-Range', `bytes */${size}`)
      await this.#answer(request, response, 416, failureText({ code: 'wrong-offset', offset: size }))
      return
    }
    const { end, start } = range ?? { start: 0, end: size }
    if (range) response.setHeader('Content-Range', `bytes ${start}-${end - 1}/${size}`)
    response.setHeader('Content-Type', 'application/octet-stream')
    response.setHeader('Content-Disposition', dispositionOf(name))
    response.setHeader('Content-Length', end - start)
    response.writeHead(range ? 206 : 200)
    if (request.method === 'HEAD') {
      response.end()
      return
    }
    request.socket.setTimeout(rules.stallSeconds * 1000, () => request.socket.destroy())
    await pipeline(vault.read(blob, start, end), response)
    const address = plainAddress(request.socket.remoteAddress ?? '')
    counts.transfers.add('download done')
    log.info({ address, file: id, bytes: end - start }, 'download')
  }

  /** One line of text; what the peer is still sending is read for a while, so that a reset cannot overtake it. */
  async #answer(
    request: IncomingMessage,
    response: ServerResponse,
    status: number,
    text: string,
  ): Promise<void> {
    const body = Buffer.from(`${text}\n`)
    response.setHeader('Content-Type', 'text/plain; charset=utf-8')
    response.setHeader('Content-Length', body.length)
    response.writeHead(status)
    if (request.method !== 'HEAD') response.write(body)
    if (!request.complete && request.method === 'PUT') {
      request.resume()
      await new Promise<void>((resolve) => {
        const cancel = this.#parts.clock.after(lingerMs, resolve)
        request.once('close', () => {
          cancel()
          resolve()
        })
      })
    }
    response.end()
  }
}

/** What a PUT says of its body: a length, chunks without one, or with Content-Range a part of the file. */
function announcedBy({ headers }: IncomingMessage): { size: number | undefined; offset: number } {
  const length = headers['content-length']
  const range = headers['content-range']
  if (range === undefined) return { size: length === undefined ? undefined : Number(length), offset: 0 }
  const [, first, last, size] = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15})$/.exec(range) ?? []
  if (size === undefined || Number(last) + 1 !== Number(size))
    throw fail({ code: 'bad-arguments', detail: 'Content-Range must go on to the end of the file.' })
  return { size: Number(size), offset: Number(first) }
}

/**
 * The one range a GET asks for, `end` exclusive; undefined for all of it: also where several are asked for, or
 * ranges of another file than this, which RFC 9110 (14.2) lets a server ignore.
 */
function rangeOf(
  { headers }: IncomingMessage,
  size: number,
  tag: string,
): { start: number; end: number } | 'unsatisfiable' | undefined {
  const [, first = '', last = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(headers.range ?? '') ?? []
  const condition = headers['if-range']
  if ((first === '' && last === '') || (condition !== undefined && condition !== tag)) return undefined
  // RFC 9110, 14.1.2: the last bytes of nothing are no range either.
  if (first === '')
    return last === '0' || size === 0
      ? 'unsatisfiable'
      : { start: Math.max(0, size - Number(last)), end: size }
  if (Number(first) >= size) return 'unsatisfiable'
  if (last !== '' && Number(last) < Number(first)) return undefined
  return { start: Number(first), end: last === '' ? size : Math.min(size, Number(last) + 1) }
}

/** RFC 6266; the plain name as raw UTF-8, which is what curl -J and browsers read. */
function dispositionOf(name: string): string {
  const raw = Buffer.from(name.replace(/["\\]/g, '\\$&')).toString('latin1')
  const encoded = encodeURIComponent(name).replace(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `attachment; filename="${raw}"; filename*=UTF-8''${encoded}`
}

function refuse(socket: Socket): void {
  if (socket.writable)
    socket.end(
      `HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n${nothingHere}\n`,
    )
  else socket.destroy()
}
