import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import type { Test } from 'tap'
import type { TestServer } from '../support/server.ts'

/** A wire between the browser and the server that breaks where the test wants it to. */
export class Wire {
  readonly port: number
  /** How many bytes a connection brings down, or takes up, until it breaks; none left: it holds. */
  readonly cutsDown: number[] = []
  readonly cutsUp: number[] = []
  cuts = 0
  readonly #open = new Set<Socket>()

  private constructor(port: number) {
    this.port = port
  }

  static async before(t: Test, server: TestServer): Promise<Wire> {
    const listener = createServer()
    listener.listen(0, '127.0.0.1')
    await once(listener, 'listening')
    const wire = new Wire((listener.address() as AddressInfo).port)
    listener.on('connection', (near) => wire.#join(near, connect(server.webPort, '127.0.0.1')))
    t.teardown(() => {
      listener.close()
      for (const socket of wire.#open) socket.destroy()
    })
    return wire
  }

  /** What is open now breaks. */
  cut(): void {
    this.cuts++
    for (const socket of this.#open) socket.destroy()
  }

  #join(near: Socket, far: Socket): void {
    const end = () => {
      near.destroy()
      far.destroy()
    }
    this.#open.add(near)
    near.on('close', () => this.#open.delete(near))
    const down = this.cutsDown.shift() ?? Number.POSITIVE_INFINITY
    const up = this.cutsUp.shift() ?? Number.POSITIVE_INFINITY
    this.#pass(far, near, down, end)
    this.#pass(near, far, up, end)
  }

  #pass(from: Socket, to: Socket, bytes: number, end: () => void): void {
    let left = bytes
    from.on('error', end)
    from.on('end', () => to.end())
    from.on('data', (chunk: Buffer) => {
      to.write(chunk.subarray(0, Math.max(0, left)))
      left -= chunk.length
      if (left > 0) return
      this.cuts++
      end()
    })
  }
}
