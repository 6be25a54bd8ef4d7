import { talkReplies } from '../dialects/text/talk.ts'
import { cleanRows, isBlank } from '../lib/clean.ts'
import type { Clock } from '../lib/clock.ts'
import type { Connection, ConnectionHandler } from '../session/connection.ts'
import { answer, bodyBytes, type HttpExchange, statusOf } from './http-answers.ts'
import { type Post, PostConnection, type PostError, type PostResult } from './post-connection.ts'
import { type PostRequest, readPost, refusal, textOf } from './post-request.ts'

export interface PostParts {
  readonly clock: Clock
  readonly session: (connection: Connection) => ConnectionHandler
  /** Aborted when the server stops. */
  readonly stopping: AbortSignal
}

/** So long a text waits for its turn, in ms: whoever sends it waits as long, and many give up after 10 seconds. */
const patienceMs = 8_000
const nothingToSay = refusal(422, 'The body is empty: it is what is said. curl -d TEXT sends one.')

/**
 * `POST /say/CHANNEL`: the body is said there as one message. It is text, whatever it begins with. Only a token counts, by Basic
 * authentication or behind the channel in the path: no cookie, and no page in a browser.
 */
export class HttpPosts {
  readonly #parts: PostParts

  constructor(parts: PostParts) {
    this.#parts = parts
  }

  /** Answers a request; `expects`: it waits to be told to send its body. Rejects only because of a defect. */
  async handle(exchange: HttpExchange, expects: boolean): Promise<void> {
    const { gate, request, response } = exchange
    const asked = readPost(request)
    if ('error' in asked) {
      gate.admit(0)
      refuse(exchange, asked.error, asked)
      return
    }
    gate.admit(bodyBytes(request))
    if (expects) response.writeContinue()
    const text = await textOf(exchange, asked, this.#parts.clock)
    gate.shut()
    if (gate.destroyed) return
    if (typeof text !== 'string') refuse(exchange, text.error, text)
    else if (isBlank(cleanRows(text))) refuse(exchange, nothingToSay.error, nothingToSay)
    else this.#tell(exchange, asked, await this.#say(exchange, asked, text))
  }

  async #say(
    { gate, peer }: HttpExchange,
    { once, pass, to }: PostRequest,
    text: string,
  ): Promise<PostResult> {
    const { clock, session, stopping } = this.#parts
    const patience = new AbortController()
    const giveUp = () => patience.abort()
    const cancel = clock.after(patienceMs, giveUp)
    stopping.addEventListener('abort', giveUp)
    try {
      const whose = { ...peer, address: gate.address, pass, patience: patience.signal }
      const post: Post = { to, text, once }
      return await new PostConnection(whose, session).say(post)
    } finally {
      cancel()
      stopping.removeEventListener('abort', giveUp)
    }
  }

  #tell(exchange: HttpExchange, { to }: PostRequest, result: PostResult): void {
    if (!result.ok) {
      refuse(exchange, result.error, { status: statusOf(result.error.code) })
      return
    }
    const { data } = result
    if (wantsJson(exchange)) {
      answerJson(exchange, 200, { ok: true, data })
      return
    }
    const { absent, away, id, lines, waits } = data
    const notes = talkReplies.said({
      ...{ code: 'said', id, at: 0, waits },
      ...(away === undefined ? {} : { away }),
      ...(lines === undefined ? {} : { lines }),
      ...(absent === undefined ? {} : { absent: { channel: to, names: absent } }),
    })
    const where = to.startsWith('#') ? `in ${to}` : `to ${to}`
    answer(exchange, 200, [`* Message ${id} is said ${where}.`, ...notes].join('\n'))
  }
}

function refuse(
  exchange: HttpExchange,
  error: PostError,
  { headers = {}, status }: { readonly status: number; readonly headers?: Readonly<Record<string, string>> },
): void {
  const { response } = exchange
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
  if (status === 401) response.setHeader('WWW-Authenticate', 'Basic realm="Partyline", charset="UTF-8"')
  if (status === 429 || status === 503) response.setHeader('Retry-After', error.seconds ?? 10)
  if (wantsJson(exchange)) answerJson(exchange, status, { ok: false, error })
  else answer(exchange, status, `! ${error.message}`)
}

function wantsJson({ request }: HttpExchange): boolean {
  return /\bapplication\/(?:[\w.+-]+\+)?json\b/i.test(request.headers.accept ?? '')
}

function answerJson({ request, response }: HttpExchange, status: number, value: object): void {
  const body = Buffer.from(`${JSON.stringify(value)}\n`)
  response.setHeader('Content-Type', 'application/json')
  response.setHeader('Content-Length', body.length)
  response.writeHead(status)
  response.end(request.method === 'HEAD' ? undefined : body)
}
