import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FailureCode } from '../chat/model/failures.ts'
import type { Place } from '../dialects/paste.ts'
import type { HttpGate } from './http-gate.ts'

/** The status of each failure (RFC 9110); others have 400. */
const statuses: Partial<Readonly<Record<FailureCode, number>>> = {
  'bad-login': 401,
  'bad-ticket': 404,
  'no-such-channel': 404,
  'no-such-user': 404,
  'file-gone': 410,
  'ticket-in-use': 409,
  'wrong-offset': 409,
  'wrong-size': 409,
  'file-too-large': 413,
  'line-too-long': 413,
  'text-too-long': 413,
  'bad-encoding': 422,
  'upload-broken': 408,
  'try-later': 429,
  'tls-required': 403,
  'token-limited': 403,
  'not-allowed': 403,
  'not-a-member': 403,
  banned: 403,
  blocked: 403,
  muted: 403,
  'quota-exceeded': 507,
  'disk-full': 507,
  'server-full': 503,
  unavailable: 503,
  internal: 500,
}

/** The status for the code of a failure. */
export function statusOf(code: string): number {
  return (statuses as Readonly<Record<string, number>>)[code] ?? 400
}

/** Who sent a request, and how it came. */
export interface HttpPeer {
  /** Of the connection, for the log. */
  readonly number: number
  /** Nobody on the way can read it. */
  readonly secure: boolean
  /** Where it has found the server. */
  readonly place: Place
}

/** One request, its answer, and their connection. */
export interface HttpExchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly gate: HttpGate
  readonly peer: HttpPeer
}

/** Answers with one line of text. */
export function answer({ request, response }: HttpExchange, status: number, text: string): void {
  const body = Buffer.from(`${text}\n`)
  response.setHeader('Content-Type', 'text/plain; charset=utf-8')
  response.setHeader('Content-Length', body.length)
  response.writeHead(status)
  response.end(request.method === 'HEAD' ? undefined : body)
}

/** How many bytes the body of a request has; Infinity for a chunked one. */
export function bodyBytes({ headers }: IncomingMessage): number {
  return headers['transfer-encoding'] === undefined
    ? Number(headers['content-length'] ?? 0)
    : Number.POSITIVE_INFINITY
}

/** Why a body cannot be read as its sender has coded it, if so. */
export function wrongCoding({
  headers,
  httpVersion,
}: IncomingMessage): { readonly status: number; readonly text: string } | undefined {
  const coding = headers['transfer-encoding']
  if (coding === undefined) return undefined
  // RFC 9112, 6.1: somebody between may have seen another end than this server would.
  if (httpVersion === '1.0') return { status: 400, text: 'HTTP/1.0 has no chunks: send a Content-Length.' }
  return isOnly(coding, 'chunked')
    ? undefined
    : { status: 501, text: 'A Transfer-Encoding is chunked here, and nothing else.' }
}

/** Whether a header has this value, and nothing besides. */
export function isOnly(header: string, value: string): boolean {
  return header.trim().toLowerCase() === value
}

/** What Node's parser calls a request whose end is not where somebody else might see it (RFC 9112, 6.3). */
const unclearLength: readonly unknown[] = [
  'HPE_INVALID_CHUNK_SIZE',
  'HPE_INVALID_CONTENT_LENGTH',
  'HPE_INVALID_TRANSFER_ENCODING',
  'HPE_UNEXPECTED_CONTENT_LENGTH',
]

/** What to answer to a request that the parser refuses; `text` where it tells nothing that helps. */
export function faultOf(
  { code }: NodeJS.ErrnoException,
  text: string,
): { readonly status: number; readonly text: string } {
  if (code === 'HPE_HEADER_OVERFLOW') return { status: 431, text: 'The head of that request is too long.' }
  if (unclearLength.includes(code))
    return {
      status: 400,
      text: 'It is not clear where that request ends: it needs one Content-Length in digits, or chunks, and not both.',
    }
  return { status: 400, text }
}

/** How a request may name the server in front of its path (RFC 9112, 3.2.2). */
const absolute = /^https?:\/\/([^/?#]*)/i

/** The server that a request names so; undefined if it names none. */
export function namedHost({ url = '' }: IncomingMessage): string | undefined {
  return absolute.exec(url)?.[1]
}

/** The path of a request without its query, and without the server. */
export function pathOf({ url = '' }: IncomingMessage): string {
  const [path = ''] = url.replace(absolute, '').split(/[?#]/, 1)
  return path === '' ? '/' : path
}
