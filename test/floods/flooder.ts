import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { bytesOf, type Flood } from './kinds.ts'

/** In a thread of its own, so that whoever measures has theirs. Reads nothing, and sends no more than `most` bytes. */
const program = `
const { connect } = require('node:net')
const { parentPort, workerData } = require('node:worker_threads')
const { port, most, each } = workerData
let sent = 0
let over = false
let begun = 0
const sockets = each.map(({ begin, piece }) => {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  socket.pause()
  socket.on('error', () => undefined)
  const next = () => {
    if (over || socket.destroyed || sent > most) return
    sent += piece.length
    if (++begun === each.length) parentPort.postMessage('begun')
    socket.write(piece, () => setImmediate(next))
  }
  socket.write(begin, next)
  return socket
})
parentPort.on('message', (what) => {
  over = true
  if (what === 'sent') parentPort.postMessage(sent)
  else {
    for (const socket of sockets) socket.resetAndDestroy()
    parentPort.close()
  }
})
`

/** Connections that do their worst. */
export class Flooder {
  readonly #worker: Worker

  constructor(port: number, flood: Flood, { connections, most }: { connections: number; most: number }) {
    const each = Array.from({ length: connections }, (_, index) => bytesOf(flood, index))
    this.#worker = new Worker(program, { eval: true, workerData: { port, most, each } })
  }

  /** Resolves when as many pieces have been sent as there are connections. */
  async begun(): Promise<void> {
    await once(this.#worker, 'message')
  }

  /** Sends no more; the connections stay. Answers how many bytes were sent. */
  async pause(): Promise<number> {
    const answer = once(this.#worker, 'message') as Promise<[number]>
    this.#worker.postMessage('sent')
    const [sent] = await answer
    return sent
  }

  /** Ends the connections. */
  async end(): Promise<void> {
    const gone = once(this.#worker, 'exit')
    this.#worker.postMessage('end')
    await gone
  }
}
