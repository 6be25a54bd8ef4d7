import type { Admitted, Served } from '../admission/admission.ts'
import type { HttpGate } from '../net/http-gate.ts'
import type { Visit } from '../net/listen.ts'

/** A connection that brings one request, as long as it is no WebSocket. */
export class HttpVisit implements Served {
  readonly isMember = false
  readonly gate: HttpGate
  readonly how: Visit
  /** Its place: another one where a proxy's request tells whose it is. */
  admitted: Admitted
  /** A file comes or goes, and may do so to its end. */
  transfers = false
  #handedOver = false

  constructor(gate: HttpGate, how: Visit) {
    this.gate = gate
    this.how = how
    this.admitted = how.admitted
    this.admitted.serve(this)
    gate.socket.once('close', () => {
      if (!this.#handedOver) this.admitted.leave()
    })
  }

  get dialect(): string {
    return this.transfers ? 'file' : 'http'
  }

  get farewell(): Served['farewell'] {
    return { user: undefined, why: this.gate.taken ? 'its request was answered' : 'it asked for nothing' }
  }

  get encrypted(): boolean {
    return this.gate.socket !== this.how.arrival.socket
  }

  get queuedBytes(): number {
    return this.gate.socket.writableLength
  }

  reconfigured(): void {}

  close(): void {
    // What is asked for is answered all the same.
    if (!this.gate.taken) this.gate.destroy()
  }

  drop(): void {
    this.gate.destroy()
  }

  /** The place it had so far was a proxy's; `admitted` is its own. */
  moveTo(admitted: Admitted): void {
    this.admitted.leave()
    this.admitted = admitted
    admitted.serve(this)
  }

  /** Its place is another one's from now on. */
  handOver(): Admitted {
    this.#handedOver = true
    return this.admitted
  }
}
