import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { TLSSocket } from 'node:tls'
import type { Upload } from '../chat/files/upload.ts'
import { fail } from '../chat/model/failures.ts'
import { failureText } from '../dialects/failure-text.ts'
import { savedName, shellUrl } from '../dialects/paste.ts'
import { storedLine } from '../dialects/text/files.ts'
import { digestField, statedSha256 } from './digests.ts'
import { hasAlready, wantsOther } from './entity-tags.ts'
import { announcedBy, checkPathName, checkSavedName, dispositionOf, rangeOf } from './file-headers.ts'
import { answer, bodyBytes, type HttpExchange, isOnly, namedHost, wrongCoding } from './http-answers.ts'
import { problemOf, type TransferParts } from './raw-transfer.ts'
import { receive } from './receive.ts'

/** What a request for a file is about: its token, and the name behind that, as it stands in the path; empty without one. */
export interface Wanted {
  readonly token: string
  readonly name: string
  /** The peer waits to be told to send its body. */
  readonly expects: boolean
}

/** Files by HTTP. Each of these answers a request, or throws; what is known at once is checked before anything is awaited. */
export class HttpFiles {
  readonly #parts: TransferParts

  constructor(parts: TransferParts) {
    this.#parts = parts
  }

  /** `PUT /put/TOKEN`: the body is the file, or by Content-Range the rest of it. */
  async put(exchange: HttpExchange, { expects, name, token }: Wanted): Promise<void> {
    const { gate, request, response } = exchange
    const unfit = unfitBody(exchange, token)
    if (unfit) {
      gate.admit(0)
      response.setHeader('Accept-Encoding', identity)
      return answer(exchange, unfit.status, unfit.text)
    }
    gate.admit(bodyBytes(request))
    const cut = new AbortController()
    gate.onBroken = () => {
      if (!request.complete) cut.abort()
    }
    const { counts, log, uploads } = this.#parts
    const upload = await this.#begin(request, { name, token }).catch((error: unknown) => {
      counts.transfers.add('upload refused')
      try {
        response.setHeader('Upload-Offset', uploads.standing(token).received)
      } catch {
        // There is no such upload, which the answer says.
      }
      throw error
    })
    try {
      if (expects) response.writeContinue()
      const { ofContent, ofFile } = statedIn(request.headers)
      // Whoever states only what means nothing here is told what would.
      if ((request.headers['repr-digest'] || request.headers['content-digest']) && !ofContent && !ofFile)
        response.setHeader('Want-Repr-Digest', 'sha-256=10')
      await this.#receive(request, upload, cut.signal)
      checkSomethingCame(upload)
      const file = await upload.finish()
      log.info({ address: gate.address, file: file.id, bytes: file.size }, 'upload')
      answer(exchange, 201, storedLine(file))
    } catch (error) {
      await upload.breakOff()
      response.setHeader('Upload-Offset', upload.file.received)
      if (!cut.signal.aborted) throw error
      log.info({ address: gate.address }, 'transfer broken off')
      answer(exchange, 400, failureText(problemOf(error, log)))
    }
  }

  async #begin(request: IncomingMessage, { name, token }: Pick<Wanted, 'name' | 'token'>): Promise<Upload> {
    if (name !== '') checkPathName(name)
    const announced = announcedBy(request)
    statedIn(request.headers)
    return this.#parts.uploads.begin(token, announced)
  }

  /** Takes the body. A checksum may stand before it, and behind it where it comes in chunks. */
  async #receive(request: IncomingMessage, upload: Upload, cut: AbortSignal): Promise<void> {
    // The rest of a file has a checksum of its own.
    const hash = upload.file.received > 0 ? createHash('sha256') : undefined
    await receive(request, upload, {
      ...this.#parts,
      cut,
      toEnd: true,
      onBytes: (chunk) => hash?.update(chunk),
    })
    const content = hash?.digest('hex')
    for (const { ofContent, ofFile } of [statedIn(request.headers), statedIn(request.trailers)]) {
      if (ofFile !== undefined) upload.expect(ofFile)
      if (ofContent === undefined) continue
      if (content === undefined) upload.expect(ofContent)
      else upload.compare(content, ofContent)
    }
  }

  /** `HEAD /put/TOKEN`: how much of the file has come, in the words of the draft on resumable uploads, which are those of tus. */
  standing(exchange: HttpExchange, { name, token }: Wanted): void {
    const { response } = exchange
    if (name !== '') checkPathName(name)
    const { received, size } = this.#parts.uploads.standing(token)
    response.setHeader('Upload-Offset', received)
    response.setHeader('Upload-Complete', '?0')
    if (size !== undefined) response.setHeader('Upload-Length', size)
    response.setHeader('Cache-Control', 'no-store')
    response.writeHead(204)
    response.end()
  }

  /** `GET` or `HEAD /get/TOKEN`: the bytes of a file, or a range of them. */
  async get(exchange: HttpExchange, { name: pathName, token }: Wanted): Promise<void> {
    const { counts, fileTokens, log, lostFiles, rules, vault } = this.#parts
    const { gate, request, response } = exchange
    if (pathName !== '') checkSavedName(pathName)
    const file = fileTokens.download(token)
    await lostFiles.require(file)
    const { blob, id, name, sha256 = '', size = 0 } = file
    const tag = `"${sha256}"`
    response.setHeader('Accept-Ranges', 'bytes')
    response.setHeader('Cache-Control', 'no-store')
    response.setHeader('ETag', tag)
    if (wantsOther(request, tag)) return answer(exchange, 412, 'The file has another ETag.')
    if (hasAlready(request, tag)) {
      response.writeHead(304)
      response.end()
      return
    }
    const range = rangeOf(request, size, tag)
    if (range === 'unsatisfiable') {
      response.setHeader('Content-Range', `bytes */${size}`)
      return answer(exchange, 416, failureText({ code: 'wrong-offset', offset: size }))
    }
    const { end, start } = range ?? { start: 0, end: size }
    if (range) response.setHeader('Content-Range', `bytes ${start}-${end - 1}/${size}`)
    response.setHeader('Content-Type', 'application/octet-stream')
    response.setHeader('Content-Disposition', dispositionOf(savedName(name)))
    response.setHeader('Content-Length', end - start)
    response.setHeader('Repr-Digest', digestField(sha256))
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

/** An empty file has a length of 0. Without any length, nothing comes of a folder, a device, or a program that failed. */
function checkSomethingCame({ file: { received, size } }: Upload): void {
  if (size === undefined && received === 0)
    throw fail({
      code: 'bad-arguments',
      detail: 'Nothing came, so nothing was sent. Is that a file? /help filesend tells how to send a folder.',
    })
}

/** The SHA-256 of the whole file, and that of the body, where they are stated; see statedSha256. */
function statedIn(fields: IncomingMessage['headers'] | IncomingMessage['trailers']): {
  readonly ofFile: string | undefined
  readonly ofContent: string | undefined
} {
  return {
    ofFile: statedSha256(fields['repr-digest']?.toString()),
    ofContent: statedSha256(fields['content-digest']?.toString()),
  }
}

/** Why a body cannot be the bytes of a file as they are; undefined if it can. */
function unfitBody(
  exchange: HttpExchange,
  token: string,
): { readonly status: number; readonly text: string } | undefined {
  const { headers } = exchange.request
  const wrong = wrongCoding(exchange.request)
  if (wrong) return wrong
  if (headers['transfer-encoding'] === undefined && headers['content-length'] === undefined)
    return {
      status: 411,
      text: `That request has no Content-Length, and no file. This sends one: ${sendLine(exchange, token)}`,
    }
  if (/^\s*multipart\//i.test(headers['content-type'] ?? ''))
    return {
      status: 415,
      text: `That is a form with a file in it. This sends the file alone: ${sendLine(exchange, token)}`,
    }
  if (!isOnly(headers['content-encoding'] ?? identity, identity))
    return { status: 415, text: 'A file is kept as it comes: send it without Content-Encoding.' }
  return undefined
}

const identity = 'identity'

/** The line that sends a file by curl, by the address that this request has come to. */
export function sendLine({ gate, request }: HttpExchange, token: string): string {
  const host = namedHost(request) ?? request.headers.host ?? ''
  const scheme = gate.socket instanceof TLSSocket ? 'https' : 'http'
  const known = /^[\w.:[\]-]+$/.test(host) ? host : 'HOST:PORT'
  return `curl -T FILE ${shellUrl(`${scheme}://${known}/put/${token}`)}`
}
