import type { IncomingMessage } from 'node:http'
import type { BrowserSessions } from '../chat/accounts/browser-sessions.ts'
import { Failure } from '../chat/model/failures.ts'
import { StoreUnavailable } from '../chat/ports/store-errors.ts'
import { failureText } from '../dialects/failure-text.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../log/log.ts'
import { bodyBytes } from '../net/http-answers.ts'
import { bodyOf, brokenText, hasNoBody, type UnfitBody, unfitBody } from '../net/request-body.ts'
import { answerText, type Exchange } from './answers.ts'
import { cookieFor, secretIn } from './cookies.ts'
import { secureHeaders } from './headers.ts'

/** Who asks, as far as that is checked. */
interface Asked {
  readonly origin: string
  readonly address: string
}

const mostBody = 1_000
const bodyMs = 10_000

/** `POST /session` trades the ticket of a WebSocket for a cookie, `DELETE /session` takes the cookie away. */
export class SessionRequests {
  readonly #sessions: BrowserSessions
  readonly #clock: Clock
  readonly #log: Log

  constructor(parts: { browserSessions: BrowserSessions; clock: Clock; log: Log }) {
    this.#sessions = parts.browserSessions
    this.#clock = parts.clock
    this.#log = parts.log
  }

  async answer(exchange: Exchange, asked: Asked, expects: boolean): Promise<void> {
    const { gate, request, response } = exchange
    switch (request.method) {
      case 'POST':
        return this.#begin(exchange, asked, expects)
      case 'DELETE':
        gate.admit(0)
        return this.#end(exchange, asked)
      default:
        gate.admit(0)
        response.setHeader('Allow', 'POST, DELETE')
        return answerText(exchange, 405, 'Only POST and DELETE.')
    }
  }

  async #begin(exchange: Exchange, { address, origin }: Asked, expects: boolean): Promise<void> {
    const { gate, request, response } = exchange
    const unfit = unfitTicket(request)
    if (unfit) {
      gate.admit(0)
      return answerText(exchange, unfit.status, unfit.text)
    }
    gate.admit(bodyBytes(request))
    if (expects) response.writeContinue()
    const body = await bodyOf(exchange, { clock: this.#clock, most: mostBody, ms: bodyMs })
    gate.shut()
    if (gate.destroyed) return
    if (body === 'too long') return answerText(exchange, tooLong.status, tooLong.text)
    if (!Buffer.isBuffer(body)) {
      const { status, text } = brokenText(body, 'nobody is logged in by it')
      return answerText(exchange, status, text)
    }
    const ticket = ticketIn(body)
    if (ticket === undefined) return answerText(exchange, 400, 'The body is {"ticket": "..."}.')
    try {
      const agent = request.headers['user-agent'] ?? ''
      const before = secretIn(request.headers.cookie, origin)
      const secret = await this.#sessions.redeem(ticket, { agent, address, before })
      if (secret !== undefined) return this.#answerCookie(exchange, origin, secret)
      this.#log.warn({ address }, 'no such ticket')
      answerText(exchange, 403, 'That ticket is good for nothing any more. Ask for another one.')
    } catch (error) {
      if (error instanceof StoreUnavailable)
        return answerText(exchange, 503, failureText({ code: 'unavailable' }))
      if (error instanceof Failure) return answerText(exchange, 403, failureText(error.problem))
      throw error
    }
  }

  async #end(exchange: Exchange, { origin }: Asked): Promise<void> {
    const secret = secretIn(exchange.request.headers.cookie, origin)
    try {
      if (secret !== undefined) await this.#sessions.endBy(secret)
      this.#answerCookie(exchange, origin, undefined)
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error
      // The browser at least is logged out.
      exchange.response.setHeader('Set-Cookie', cookieFor(origin, undefined))
      answerText(exchange, 503, failureText({ code: 'unavailable' }))
    }
  }

  #answerCookie({ response }: Exchange, origin: string, secret: string | undefined): void {
    secureHeaders(response)
    response.setHeader('Set-Cookie', cookieFor(origin, secret))
    response.setHeader('Cache-Control', 'no-store')
    response.writeHead(204)
    response.end()
  }
}

const wanted = 'The body is {"ticket": "..."}, as application/json.'
const tooLong: UnfitBody = { status: 413, text: wanted }

/** Why a body cannot be a ticket; undefined if it can. */
function unfitTicket(request: IncomingMessage): UnfitBody | undefined {
  const { headers } = request
  if (!/^application\/json\s*(?:;|$)/i.test(headers['content-type'] ?? ''))
    return { status: 415, text: wanted }
  if (hasNoBody(request)) return { status: 411, text: wanted }
  return unfitBody(request) ?? (Number(headers['content-length'] ?? 0) > mostBody ? tooLong : undefined)
}

function ticketIn(bytes: Buffer): string | undefined {
  try {
    const body: unknown = JSON.parse(bytes.toString())
    const ticket = typeof body === 'object' && body !== null && 'ticket' in body ? body.ticket : undefined
    return typeof ticket === 'string' ? ticket : undefined
  } catch {
    return undefined
  }
}
