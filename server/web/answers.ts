import type { IncomingMessage, ServerResponse } from 'node:http'
import { hasAlready } from '../net/entity-tags.ts'
import type { HttpGate } from '../net/http-gate.ts'
import { pagePolicy, secureHeaders } from './headers.ts'
import type { PageFile } from './page-files.ts'

/** One request, its answer, and the connection that both are on. */
export interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly gate: HttpGate
}

const forEver = 'public, max-age=31536000, immutable'

/** One line of text, that nobody keeps. */
export function answerText({ request, response }: Exchange, status: number, text: string): void {
  const body = Buffer.from(`${text}\n`)
  secureHeaders(response)
  response.writeHead(status, {
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': body.length,
    'Cache-Control': 'no-store',
  })
  response.end(request.method === 'HEAD' ? undefined : body)
}

/** A file of the page, for who has asked for it by this host. */
export function answerFile({ request, response }: Exchange, file: PageFile, host: string): void {
  const { bytes, etag, gzipped, isHashed, type } = file
  secureHeaders(response, pagePolicy(host))
  response.setHeader('Cache-Control', isHashed ? forEver : 'no-cache')
  response.setHeader('ETag', etag)
  response.setHeader('Vary', 'Accept-Encoding')
  if (hasAlready(request, etag)) {
    response.writeHead(304)
    response.end()
    return
  }
  const zipped =
    gzipped !== undefined &&
    /(?:^|,)\s*gzip\s*(?:,|$|;(?!\s*q=0(?:\.0*)?\s*(?:,|$)))/i.test(request.headers['accept-encoding'] ?? '')
  const body = zipped ? gzipped : bytes
  if (zipped) response.setHeader('Content-Encoding', 'gzip')
  response.writeHead(200, { 'Content-Type': type, 'Content-Length': body.length })
  response.end(request.method === 'HEAD' ? undefined : body)
}
