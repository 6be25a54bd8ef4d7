import type { Socket } from 'node:net'
import type { FirstLine } from './first-line.ts'
import { HttpTransfers, refuseHttp } from './http-transfer.ts'
import { endGently } from './linger.ts'
import { giveDownload, type Peer, refuseTransfer, type TransferParts, takeUpload } from './raw-transfer.ts'

/** Connections that turned out to be for a file. */
export class Transfers {
  readonly #parts: TransferParts
  readonly #http: HttpTransfers
  readonly #stopping = new AbortController()

  constructor(parts: Omit<TransferParts, 'stopping'>) {
    this.#parts = { ...parts, stopping: this.#stopping.signal }
    this.#http = new HttpTransfers(this.#parts)
  }

  /** Takes a connection over; of an HTTP one nothing may have been read. */
  take(line: Exclude<FirstLine, { kind: 'unknown' | 'chat' }>, peer: Peer): void {
    const { address, socket } = peer
    // That a peer is gone shows where it is written to or read from.
    socket.on('error', () => undefined)
    switch (line.kind) {
      case 'put':
        this.#watch(takeUpload(this.#parts, peer, line), socket)
        break
      case 'get':
        this.#watch(giveDownload(this.#parts, peer, line), socket)
        break
      case 'http':
        this.#http.take(socket, address)
        break
      case 'bad-transfer':
        refuseTransfer(this.#parts, peer, line)
        break
      default:
        line satisfies never
    }
  }

  /** Ends a connection that speaks HTTP where no files are taken. */
  refuse({ socket }: Peer): void {
    socket.on('error', () => undefined)
    refuseHttp(socket)
    endGently(socket, this.#parts.clock)
  }

  /** What nobody had reckoned with ends this transfer, and nothing else. */
  #watch(transfer: Promise<void>, socket: Socket): void {
    transfer.catch((error: unknown) => {
      this.#parts.log.error({ err: error }, 'transfer failed')
      socket.destroy()
    })
  }

  /** Uploads break off, and are told where they can go on. */
  stop(): void {
    this.#stopping.abort()
  }
}
