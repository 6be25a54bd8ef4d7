import type { Socket } from 'node:net'
import type { Admitted } from '../admission/admission.ts'
import type { Place } from '../dialects/paste.ts'
import type { Peer } from './peer.ts'
import type { Entrance, Places, Reached } from './places.ts'

/** How somebody came who was admitted. */
interface Coming {
  readonly admitted: Admitted
  readonly address: string
  readonly relayed: boolean
  readonly secure: boolean
  readonly greetingDelayMs: number
  readonly listener: Entrance
  /** What a proxy has told of the address that they have reached. */
  readonly reached: Reached | undefined
}

/** The peer of a socket that was accepted. It is the one object that a connection keeps of how it came: functions would take more. */
export class AcceptedPeer implements Peer {
  readonly address: string
  readonly relayed: boolean
  readonly secure: boolean
  readonly greetingDelayMs: number
  readonly #admitted: Admitted
  readonly #listener: Entrance
  readonly #reached: Reached | undefined
  readonly #stream: Socket
  readonly #places: Places

  /** `stream` carries the plain text of the connection. */
  constructor(stream: Socket, coming: Coming, places: Places) {
    this.address = coming.address
    this.relayed = coming.relayed
    this.secure = coming.secure
    this.greetingDelayMs = coming.greetingDelayMs
    this.#admitted = coming.admitted
    this.#listener = coming.listener
    this.#reached = coming.reached
    this.#stream = stream
    this.#places = places
  }

  get number(): number {
    return this.#admitted.number
  }

  get telnet(): boolean {
    return this.#listener.telnet
  }

  get place(): Place {
    return this.#places.of(this.#listener, this.#stream, this.#reached)
  }

  over(): void {
    this.#admitted.leave()
  }
}
