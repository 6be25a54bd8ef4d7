import { once } from 'node:events'
import { connect as connectTcp, type Socket } from 'node:net'
import { WebSocket } from 'ws'
import type { TestServer } from '../support/server.ts'

/** What a result or an event of the JSON dialect has. */
export type Fields = Readonly<Record<string, unknown>>

/** The page as the server sees it: a WebSocket that speaks lines of JSON. */
export class WebClient {
  readonly ws: WebSocket
  readonly #server: TestServer
  #lines: string[] = []
  #tags = 0
  #code: number | undefined

  private constructor(ws: WebSocket, server: TestServer) {
    this.ws = ws
    this.#server = server
    ws.on('message', (data, isBinary) => {
      if (isBinary) throw new Error('The server sent a binary message')
      this.#lines.push(String(data))
      server.activity.note()
    })
    ws.on('close', (code) => {
      this.#code = code
      server.activity.note()
    })
    ws.on('error', () => undefined)
  }

  /** Connects as a page of this origin does; `origin: false` is no page. */
  static async connect(
    server: TestServer,
    {
      cookie,
      headers = {},
      origin = originOf(server),
    }: { cookie?: string | undefined; origin?: string | false; headers?: Record<string, string> } = {},
  ): Promise<WebClient> {
    const ws = new WebSocket(`ws://127.0.0.1:${server.webPort}/socket`, {
      headers: { ...headers, ...(cookie === undefined ? {} : { Cookie: cookie }) },
      ...(origin === false ? {} : { origin }),
      perMessageDeflate: false,
    })
    const client = new WebClient(ws, server)
    await once(ws, 'open')
    return client
  }

  get lines(): readonly string[] {
    return this.#lines
  }

  /** What the close frame said; undefined as long as it is open. */
  get code(): number | undefined {
    return this.#code
  }

  takeLines(): string[] {
    return this.#lines.splice(0)
  }

  send(text: string | Buffer): void {
    this.ws.send(text)
  }

  /** The first thing that the server says. */
  async hello(): Promise<Fields> {
    return this.#find(({ type }) => type === 'hello')
  }

  /** Sends a line and answers its result; `answers` go with it, to what it asks. */
  async ask(line: string, ...answers: string[]): Promise<Fields> {
    const tag = `t${++this.#tags}`
    this.send(JSON.stringify({ line, tag }))
    for (const answer of answers) this.send(JSON.stringify({ line: answer }))
    return this.#find((fields) => fields['tag'] === tag)
  }

  /** The `data` of the result; throws if there is none. */
  async data(line: string, ...answers: string[]): Promise<Fields> {
    const result = await this.ask(line, ...answers)
    if (result['ok'] !== true) throw new Error(JSON.stringify(result))
    return result['data'] as Fields
  }

  /** The code of the error that a line brings. */
  async refusal(line: string, ...answers: string[]): Promise<unknown> {
    const { error } = await this.ask(line, ...answers)
    return (error as Fields | undefined)?.['code']
  }

  /** Waits for the next event of a type. */
  event(type: string): Promise<Fields> {
    return this.#find((fields) => fields['type'] === type)
  }

  /** Everything that came until all sent so far was handled. */
  async settled(): Promise<Fields[]> {
    await this.data('/ping settled')
    return this.takeLines().map((line) => JSON.parse(line) as Fields)
  }

  /** Waits until it is closed, and answers by which code. */
  async closed(): Promise<number | undefined> {
    if (!(await this.#server.activity.until(() => this.#code !== undefined)))
      throw new Error('The WebSocket was not closed')
    return this.#code
  }

  async end(): Promise<void> {
    this.ws.close()
    await this.closed()
  }

  async #find(wanted: (fields: Fields) => boolean): Promise<Fields> {
    const found = () => this.#lines.find((line) => wanted(JSON.parse(line) as Fields))
    if (!(await this.#server.activity.until(() => found() !== undefined || this.#code !== undefined)))
      throw new Error(`It did not come, but ${JSON.stringify(this.#lines)}`)
    const line = found()
    if (line === undefined) throw new Error(`It was closed (${this.#code}): ${JSON.stringify(this.#lines)}`)
    this.#lines.splice(this.#lines.indexOf(line), 1)
    return JSON.parse(line) as Fields
  }
}

export function originOf(server: TestServer): string {
  return `http://127.0.0.1:${server.webPort}`
}

export interface WebAnswer {
  readonly status: number
  /** By their names in small letters. */
  readonly headers: ReadonlyMap<string, string>
  readonly body: string
  readonly raw: string
}

/** Sends bytes to the page's port, or to another, as they are, and answers all that comes until the server closes. */
export async function rawly(
  server: TestServer,
  bytes: string | Buffer,
  port = server.webPort,
): Promise<WebAnswer> {
  const socket = await open(server, port)
  socket.write(bytes)
  return answerOf(await everything(socket))
}

export async function open(server: TestServer, port = server.webPort): Promise<Socket> {
  const socket = connectTcp(port, '127.0.0.1')
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  return socket
}

export async function everything(socket: Socket): Promise<string> {
  const chunks: Buffer[] = []
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  await once(socket, 'close')
  return Buffer.concat(chunks).toString('latin1')
}

export function answerOf(raw: string): WebAnswer {
  const [head = '', ...rest] = raw.split('\r\n\r\n')
  const [first = '', ...lines] = head.split('\r\n')
  return {
    status: Number(/^HTTP\/1\.1 (\d+)/.exec(first)?.[1] ?? 0),
    headers: new Map(
      lines.map((line) => [
        line.slice(0, line.indexOf(':')).toLowerCase(),
        line.slice(line.indexOf(':') + 1).trim(),
      ]),
    ),
    body: rest.join('\r\n\r\n'),
    raw,
  }
}

/** A request with these headers besides Host, which `headers` may say otherwise. */
export function request(
  server: TestServer,
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body = '',
): Promise<WebAnswer> {
  const all = {
    Host: `127.0.0.1:${server.webPort}`,
    ...(body === '' ? {} : { 'Content-Length': String(Buffer.byteLength(body)) }),
    ...headers,
  }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`)
  return rawly(server, `${[`${method} ${path} HTTP/1.1`, ...lines].join('\r\n')}\r\n\r\n${body}`)
}

/** Trades a ticket for a cookie, and answers what a browser would send from then on. */
export async function cookieFor(server: TestServer, ticket: unknown): Promise<string | undefined> {
  const answer = await postSession(server, { ticket })
  const [cookie] = (answer.headers.get('set-cookie') ?? '').split(';')
  return answer.status === 204 ? cookie : undefined
}

export function postSession(
  server: TestServer,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<WebAnswer> {
  const usual = { Origin: originOf(server), 'Content-Type': 'application/json' }
  return request(server, 'POST', '/session', { ...usual, ...headers }, JSON.stringify(body))
}

/** Settings of a test with a page on a free port. */
export const withPage = { 'web.listen': [{ host: '127.0.0.1', port: 0 }] } as const
