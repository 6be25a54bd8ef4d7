import type { Place } from '../dialects/paste.ts'

/** Who is at the other end of a connection, and how they came. */
export interface Peer {
  readonly address: string
  /** Of the connection, for the log. */
  readonly number: number
  /** Nobody on the way can read it. */
  readonly secure: boolean
  /** A proxy is between. */
  readonly relayed: boolean
  /** Where it has found the server, by the configuration of now. */
  readonly place: Place
  /** Everybody on this listener speaks telnet. */
  readonly telnet: boolean
  /** How long to wait for a client that speaks first, in ms, before it is greeted. */
  readonly greetingDelayMs: number
  /** Called once the connection is gone and what had come by it is done. */
  over(): void
}
