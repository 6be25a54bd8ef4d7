import type { Place } from '../dialects/paste.ts'
import type { Wire } from './outbox.ts'

/** What a session needs to know of, and may do to, the connection below it. */
export interface Connection extends Wire {
  /** The peer's address, for the log. */
  readonly address: string
  /** Which connection since the start it is, for the log. */
  readonly number: number
  /** Where the peer has found the server, as others will find it too. */
  readonly place: Place
  /** By TLS, or from this machine: nobody on the way can read it. */
  readonly secure: boolean
  /** A proxy is between, whose end of input says that the peer is gone, and not that they have read everything. */
  readonly relayed: boolean
  /** Whether the client speaks telnet, so that lines end in CR LF. */
  readonly telnet: boolean
  /** Whether it may be a telnet client of whom nothing is known yet: it ends its lines as those do. */
  readonly endsAsTelnet: boolean
  /** Asks the client not to show what is typed; `raw` if it is no telnet client. */
  hideInput(): Promise<'hidden' | 'refused' | 'raw'>
  showInput(): void
  /** Resolves when the peer has taken everything, or the connection is gone. */
  drained(): Promise<void>
  /** Lines that have come and were not handed over yet. */
  readonly waitingLines: number
  /** Forgets those, and one that has begun; answers how many there were. */
  dropWaiting(): number
  /** Stops reading, for a while. */
  pause(): void
  resume(): void
  /** Sends what is queued, then ends the connection. */
  end(): void
  /** Ends it at once. */
  destroy(): void
}
