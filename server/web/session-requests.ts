import type { BrowserSessions } from '../chat/accounts/browser-sessions.ts'
import { Failure } from '../chat/model/failures.ts'
import { StoreUnavailable } from '../chat/ports/store-errors.ts'
import { failureText } from '../dialects/failure-text.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../log/log.ts'
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
    const length = Number(request.headers['content-length'] ?? Number.NaN)
    const isJson = /^application\/json\s*(?:;|$)/i.test(request.headers['content-type'] ?? '')
    if (!isJson || !(length >= 0 && length <= mostBody)) {
      gate.admit(0)
      return answerText(exchange, isJson ? 413 : 415, 'The body is {"ticket": "..."}, as application/json.')
    }
    gate.admit(length)
    if (expects) response.writeContinue()
    const ticket = await this.#ticketIn(exchange)
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

  async #ticketIn({ gate, request }: Exchange): Promise<string | undefined> {
    const cancel = this.#clock.after(bodyMs, () => gate.destroy())
    const pieces: Buffer[] = []
    try {
      for await (const piece of request) pieces.push(Buffer.from(piece))
      const body: unknown = JSON.parse(Buffer.concat(pieces).toString())
      const ticket = typeof body === 'object' && body !== null && 'ticket' in body ? body.ticket : undefined
      return typeof ticket === 'string' ? ticket : undefined
    } catch {
      return undefined
    } finally {
      cancel()
    }
  }
}
