import { setMaxListeners } from 'node:events'
import type { Socket } from 'node:net'
import type { FirstLine } from './first-line.ts'
import type { HttpExchange, HttpPeer } from './http-answers.ts'
import type { PostParts } from './http-posts.ts'
import { HttpTransfers, type PageSentence, refuseHttp } from './http-transfer.ts'
import { endGently } from './linger.ts'
import { giveDownload, type Peer, refuseTransfer, type TransferParts, takeUpload } from './raw-transfer.ts'

/** The connections that are file transfers, or bring one request by HTTP. */
export class Transfers {
  readonly #parts: TransferParts
  readonly #http: HttpTransfers
  readonly #stopping = new AbortController()

  constructor(parts: Omit<TransferParts & PostParts, 'stopping'> & { readonly page: PageSentence }) {
    const all = { ...parts, stopping: this.#stopping.signal }
    // All transfers listen to it: Node.js would take more than ten for a leak, and say so in the log.
    setMaxListeners(0, this.#stopping.signal)
    this.#parts = all
    this.#http = new HttpTransfers(all)
  }

  /** Takes over a connection; nothing may have been read from one with HTTP. */
  take(line: Exclude<FirstLine, { kind: 'unknown' | 'chat' | 'foreign' }>, peer: Peer & HttpPeer): void {
    const { address, socket } = peer
    // Reading or writing will show that the peer is gone.
    socket.on('error', () => undefined)
    switch (line.kind) {
      case 'put':
        this.#watch(takeUpload(this.#parts, peer, line), socket)
        break
      case 'get':
        this.#watch(giveDownload(this.#parts, peer, line), socket)
        break
      case 'http':
        this.#http.take(socket, address, peer)
        break
      case 'bad-transfer':
        refuseTransfer(this.#parts, peer, line)
        break
      default:
        line satisfies never
    }
  }

  /** Answers such a request that has come elsewhere; see HttpTransfers. */
  answer(exchange: HttpExchange, expects: boolean): Promise<void> {
    return this.#http.handle(exchange, expects)
  }

  /** Refuses a connection with HTTP where transfers are not allowed. */
  refuse(peer: Peer): void {
    const { socket } = peer
    socket.on('error', () => undefined)
    refuseHttp(socket, { status: 400, text: this.#http.help(peer) })
    endGently(socket, this.#parts.clock)
  }

  /** A defect ends this transfer, and nothing else. */
  #watch(transfer: Promise<void>, socket: Socket): void {
    transfer.catch((error: unknown) => {
      this.#parts.log.error({ err: error }, 'transfer failed')
      socket.destroy()
    })
  }

  /** The server stops: uploads break off, and are told where to continue. */
  stop(): void {
    this.#stopping.abort()
  }
}
