import type { Place } from '../dialects/paste.ts'
import type { Line } from '../lib/line.ts'
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

/** What a connection tells of its peer, and who has to know. Nothing of it throws or rejects but for a defect. */
export interface ConnectionHandler {
  /** Says what this is and what to do, to somebody who did not speak first. */
  greet(): void
  /** A line came; `isNew` if it did just now, and had not to wait before it was looked at. */
  receive(line: Line, isNew?: boolean): void
  /** The peer has shown that they are there. */
  showsLife(): void
  /** Somebody types /cancel while lines of theirs wait for their turn; answers whether any did. */
  dropWaiting(): boolean
  /** Ctrl-C. */
  interrupt(): void
  /** Prints telnet bytes, in order with what is printed. */
  send(bytes: Buffer): void
  areYouThere(): void
  /**
   * What the connection did beside lines costs too. Answers a promise that resolves when it may go on, or undefined if it
   * may at once.
   */
  charge(cost: number): Promise<void> | undefined
  /** The client turned out to speak telnet. */
  telnetFound(): void
  /** The name of the terminal behind telnet. */
  terminalFound(name: string): void
  /** The columns of the window behind telnet; undefined where the client does not know. */
  windowFound(columns: number | undefined): void
  /** The peer sends nothing more; what it sent is still answered. */
  endOfInput(): void
  /**
   * The connection is gone; `clean` if the peer had the chance to read everything. What had come is done: `more` lines may
   * follow, up to `endOfInput`. Resolves when that is over.
   */
  closed(clean: boolean, more?: boolean): Promise<void>
  /** Tells why, and ends the connection. */
  close(reason: string): void
  /** The configuration is another one: what was made of it is made anew. */
  reconfigured(): void
  /** It speaks for somebody who has logged in. */
  readonly isMember: boolean
  /** What is spoken there. */
  readonly dialect: string
  /** In bytes. */
  readonly longestLine: number
  /** Who has gone, and why, for the log. */
  readonly farewell: { readonly user: string | undefined; readonly why: string }
}
