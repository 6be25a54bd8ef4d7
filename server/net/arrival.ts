import type { Socket } from 'node:net'
import type { Admitted, Arrival } from '../admission/admission.ts'
import { type Refusal, refusalText } from '../admission/refusal.ts'
import type { Clock } from '../lib/clock.ts'

/** So long somebody may take to read why they are sent away, in ms. */
const readingMs = 1_000

/** A socket that asks to come in. */
export class SocketArrival implements Arrival {
  readonly socket: Socket
  /** Its place, once it has one. */
  admitted: Admitted | undefined
  readonly #clock: Clock

  constructor(socket: Socket, clock: Clock) {
    this.socket = socket
    this.#clock = clock
  }

  refuse(refusal: Refusal): void {
    this.say(refusalText(refusal))
  }

  /** Says why and closes, without keeping anything of it. */
  say(why: string): void {
    const { socket } = this
    socket.end(`! ${why}\n`)
    socket.resume()
    // However much it goes on sending: nobody counts it.
    const cancel = this.#clock.after(readingMs, () => socket.destroy())
    socket.once('close', cancel)
  }

  cut(): void {
    this.socket.destroy()
  }
}
