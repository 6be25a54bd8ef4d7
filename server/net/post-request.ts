import type { IncomingMessage } from 'node:http'
import { TextDecoder } from 'node:util'
import type { Problem } from '../chat/model/failures.ts'
import { mostBytes } from '../chat/model/rows.ts'
import type { Pass } from '../commands/terminal.ts'
import { failureText } from '../dialects/failure-text.ts'
import { withUsualSign } from '../lib/blanks.ts'
import type { Clock } from '../lib/clock.ts'
import { type HttpExchange, pathOf, statusOf } from './http-answers.ts'
import type { PostError } from './post-connection.ts'
import { bodyOf, brokenText, hasNoBody, unfitBody } from './request-body.ts'

/** Why a request is refused. */
export interface PostRefusal {
  readonly status: number
  readonly error: PostError
  readonly headers?: Readonly<Record<string, string>>
}

/** What a request asks for, as far as its head tells. */
export interface PostRequest {
  /** A channel or a person. */
  readonly to: string
  readonly pass: Pass
  readonly once: string | undefined
  readonly decoder: TextDecoder
}

/** The most bytes of a body: UTF-16 has two where UTF-8 has one. */
const mostBody = 2 * mostBytes
/** The whole body has to come within this time, in ms. */
const bodyMs = 20_000

/** Whether a request is for this. */
export function isPost(request: IncomingMessage): boolean {
  return /^\/say(?:\/|$)/.test(pathOf(request))
}

/** Reads the head of a request; or says why it is refused. */
export function readPost(request: IncomingMessage): PostRequest | PostRefusal {
  const { headers, method } = request
  if (method !== 'POST')
    return { ...refusal(405, 'Only POST: the body is what is said.'), headers: { Allow: 'POST' } }
  // A page of any site could send a form here, and a browser adds what it knows.
  if (headers.origin !== undefined || headers['sec-fetch-site'] !== undefined)
    return refusal(403, 'That is for programs, and not for pages in a browser.')
  const [, place = '', token] = /^\/say\/([^/]+)(?:\/([^/]+))?\/?$/.exec(pathOf(request)) ?? []
  const to = targetIn(place)
  if (to === undefined)
    return refusal(
      404,
      'The path is /say/CHANNEL, with the name of the channel without its #; /say/@NAME is for a person.',
    )
  if (/^#\d+$/.test(to)) return refusalFor({ code: 'no-such-channel', channel: to, mayCreate: false })
  const pass = token === undefined ? passIn(headers.authorization) : passOf(token)
  if (!pass) return noToken
  const decoder = decoderFor(headers['content-type'] ?? '')
  if (!decoder) return refusal(415, notText)
  const unfit = unfitBody(request)
  if (unfit) return refusal(unfit.status, unfit.text)
  if (hasNoBody(request)) return refusal(411, 'There is no body: it is what is said. curl -d TEXT sends one.')
  if (Number(headers['content-length'] ?? 0) > mostBody) return tooLong
  return { to, pass, once: keyIn(request), decoder }
}

/** A refusal by the rules of HTTP; the dialect has no word of its own for it. */
export function refusal(status: number, message: string): PostRefusal {
  return { status, error: { code: 'bad-arguments', message } }
}

function refusalFor(problem: Problem): PostRefusal {
  return {
    status: statusOf(problem.code),
    error: { code: problem.code, message: failureText(problem) },
  }
}

const tooLong = refusalFor({ code: 'text-too-long', what: 'bytes', limit: mostBytes })
const notText =
  'The body is said as text: send it as text/plain, in UTF-8 or in the charset that its Content-Type names. curl --data-binary @FILE sends a file.'
const noToken: PostRefusal = {
  status: 401,
  error: {
    code: 'not-logged-in',
    message:
      'Who are you? curl -u NAME:TOKEN tells it, and /say/CHANNEL/TOKEN in an address. /token NAME write #CHANNEL makes a token.',
  },
}

/** Where it goes: `ci` and `%23ci` are #ci, `@bob` is bob. */
function targetIn(place: string): string | undefined {
  const name = withUsualSign(decoded(place) ?? '')
  if (name.startsWith('@')) return name.slice(1) || undefined
  if (name.startsWith('~') || name.startsWith('#')) return name.length > 1 ? name : undefined
  return name === '' ? undefined : `#${name}`
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

/** Basic authentication (RFC 7617); the name may be left out. */
function passIn(header = ''): Pass | undefined {
  const [, coded] = /^Basic +([\w+/-]+=*) *$/i.exec(header) ?? []
  const [, name = '', token] = /^([^:]*):(.+)$/s.exec(Buffer.from(coded ?? '', 'base64').toString()) ?? []
  return token === undefined ? undefined : { name: name === '' ? undefined : name, token }
}

function passOf(token: string): Pass {
  return { name: undefined, token: decoded(token) ?? '' }
}

/** `Idempotency-Key`; as a structured field it stands in quotes. */
function keyIn({ headers }: IncomingMessage): string | undefined {
  const { 'idempotency-key': key } = headers
  return typeof key === 'string' ? key.replace(/^"(.*)"$/, '$1') : undefined
}

/** How the body is read; undefined if it cannot be text. Forms are, since `curl -d` calls everything a form. */
function decoderFor(type: string): TextDecoder | undefined {
  if (/^\s*multipart\//i.test(type)) return undefined
  const [, charset = 'utf-8'] = /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(type) ?? []
  try {
    return new TextDecoder(charset, { fatal: true })
  } catch {
    return undefined
  }
}

/** The text of a body, or why there is none. */
export async function textOf(
  exchange: HttpExchange,
  { decoder }: PostRequest,
  clock: Clock,
): Promise<string | PostRefusal> {
  const bytes = await bodyOf(exchange, { clock, most: mostBody, ms: bodyMs })
  if (bytes === 'too long') return tooLong
  if (!Buffer.isBuffer(bytes)) {
    const { status, text } = brokenText(bytes, 'nothing was said')
    return refusal(status, text)
  }
  try {
    return withoutEnd(decoder.decode(bytes))
  } catch {
    return {
      status: statusOf('bad-encoding'),
      error: {
        code: 'bad-encoding',
        message: `The body is not valid ${decoder.encoding.toUpperCase()}, so nothing was said. A header names another charset: Content-Type: text/plain; charset=windows-1252. iconv -c -t UTF-8 leaves out what is none.`,
      },
    }
  }
}

/** Leaves out the ends of lines behind a text: most programs send one. */
function withoutEnd(text: string): string {
  let end = text.length
  while (end > 0 && /[\r\n]/.test(text[end - 1] ?? '')) end--
  return text.slice(0, end)
}
