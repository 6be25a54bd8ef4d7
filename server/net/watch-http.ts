import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Log } from '../log/log.ts'
import { bind } from './bind.ts'

/** What is served over HTTP. */
export interface Watched {
  /** Why the server cannot do its work; undefined if it can. */
  problem(): Promise<string | undefined>
  /** All metrics, and the content type of their text. */
  metrics(): Promise<{ readonly type: string; readonly text: string }>
}

interface Answer {
  readonly status: number
  readonly text: string
  readonly type?: string
}

const whatThereIs = 'There are /healthz, /readyz and /metrics here.'

/** Limits for requests: they are short and come at once. */
const bounds = {
  maxHeaderSize: 8 * 1024,
  headersTimeout: 10_000,
  requestTimeout: 10_000,
  keepAliveTimeout: 20_000,
  connectionsCheckingInterval: 5_000,
}
const mostConnections = 64

/** Answers supervisors and Prometheus; it has nothing to do with the chat. */
export class WatchHttp {
  readonly #watched: Watched
  readonly #log: Log
  readonly #servers: Server[] = []

  constructor(watched: Watched, log: Log) {
    this.#watched = watched
    this.#log = log
  }

  /**
   * Opens a listener. Returns its port, which the system chose if `port` is 0.
   * @throws {ListenError}
   */
  async open({ host, port }: { readonly host: string; readonly port: number }): Promise<number> {
    const server = createServer(bounds, (request, response) => void this.#handle(request, response))
    server.maxConnections = mostConnections
    const change = { port: 'http.listen', host: 'http.listen' }
    const opened = await bind(server, { host, port, change })
    server.on('error', (error) => this.#log.error({ err: error, port: opened }, 'listener failed'))
    this.#servers.push(server)
    return opened
  }

  /** Also ends all connections. */
  close(): void {
    for (const server of this.#servers) {
      server.close()
      server.closeAllConnections()
    }
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // A request has no body; the connection may be used again.
    request.on('error', () => undefined).resume()
    response.on('error', () => undefined)
    const { status, text, type } = await this.#answer(request).catch((error: unknown) => {
      this.#log.error({ err: error }, 'no metrics')
      return { status: 500, text: 'That went wrong: the log tells why.\n', type: undefined }
    })
    const body = Buffer.from(text)
    if (status === 405) response.setHeader('Allow', 'GET, HEAD')
    response.writeHead(status, {
      'Content-Type': type ?? 'text/plain; charset=utf-8',
      'Content-Length': body.length,
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
    })
    response.end(request.method === 'HEAD' ? undefined : body)
  }

  async #answer({ method, url = '' }: IncomingMessage): Promise<Answer> {
    const [path = ''] = url.split('?')
    if (!['/healthz', '/readyz', '/metrics'].includes(path)) return { status: 404, text: `${whatThereIs}\n` }
    if (method !== 'GET' && method !== 'HEAD') return { status: 405, text: 'Only GET and HEAD.\n' }
    switch (path) {
      case '/metrics':
        return { status: 200, ...(await this.#watched.metrics()) }
      case '/readyz': {
        const problem = await this.#watched.problem()
        return problem === undefined
          ? { status: 200, text: 'ready\n' }
          : { status: 503, text: `not ready: ${problem}\n` }
      }
      default:
        return { status: 200, text: 'alive\n' }
    }
  }
}
