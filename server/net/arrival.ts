import type { Socket } from 'node:net'
import type { Admitted, Arrival } from '../admission/admission.ts'
import { type Refusal, refusalText } from '../admission/refusal.ts'
import type { Clock } from '../lib/clock.ts'

/** How long a refused peer may take to read why, in ms. */
const readingMs = 1_000

/** A socket that asks for admission. */
export class SocketArrival implements Arrival {
  readonly socket: Socket
  /** Its place in the list of connections, once it has one. */
  admitted: Admitted | undefined
  readonly #clock: Clock

  constructor(socket: Socket, clock: Clock) {
    this.socket = socket
    this.#clock = clock
  }

  refuse(refusal: Refusal): void {
    this.say(refusalText(refusal))
  }

  /** Tells the peer why and closes; nothing is kept of the connection. */
  say(why: string): void {
    this.answer(`! ${why}\n`)
  }

  cut(): void {
    this.socket.destroy()
  }

  /** Writes this and closes. */
  protected answer(text: string): void {
    const { socket } = this
    socket.end(text)
    socket.resume()
    // The peer may go on sending: its bytes are dropped.
    const cancel = this.#clock.after(readingMs, () => socket.destroy())
    socket.once('close', cancel)
  }
}
