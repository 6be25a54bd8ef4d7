import type { ChatEvent } from '../model/events.ts'
import type { FailureCode } from '../model/failures.ts'

/** The places where an unexpected exception can be thrown. */
export const faultPlaces = ['connection', 'delivery', 'rendering', 'session', 'timer', 'turn'] as const
export type FaultPlace = (typeof faultPlaces)[number]

/** Numbers by a word from a short list, never by a word that people chose, such as a name. */
export class Tally<Key extends string = string> {
  readonly #counts = new Map<Key, number>()

  add(key: Key, count = 1): void {
    this.#counts.set(key, this.of(key) + count)
  }

  of(key: Key): number {
    return this.#counts.get(key) ?? 0
  }

  get total(): number {
    let sum = 0
    for (const count of this.#counts.values()) sum += count
    return sum
  }

  entries(): IterableIterator<[Key, number]> {
    return this.#counts.entries()
  }
}

/** Receives measured values. */
export interface Observer {
  observe(value: number): void
}

/** Measurements, made once for many messages and never for each delivery; times in seconds. */
export interface Measures {
  readonly commitSeconds: Observer
  /** The number of changes in a commit. */
  readonly commitChanges: Observer
  /** The time to write the output of one turn of the event loop to all connections. */
  readonly fanoutSeconds: Observer
  /** The time to hash or compare a password, including the wait for a thread. */
  readonly passwordSeconds: Observer
}

export type TransferOutcome = `${'upload' | 'download'} ${'done' | 'broken' | 'refused'}`

const nobody: Observer = { observe: () => undefined }
const unmeasured: Measures = {
  commitSeconds: nobody,
  commitChanges: nobody,
  fanoutSeconds: nobody,
  passwordSeconds: nobody,
}

/**
 * What has happened since the start: plain numbers, added up where things happen and read when somebody looks, so that
 * counting costs next to nothing.
 */
export class Counts {
  readonly measures: Measures
  accepted = 0
  /** The largest number of simultaneous connections. */
  mostConnections = 0
  readonly refused = new Tally<'banned' | 'full' | 'address' | 'proxy'>()
  readonly handshakes = new Tally<'done' | 'failed'>()
  /** Connections that were closed because they did not read. */
  slowReaders = 0
  /** How people came in. */
  readonly arrivals = new Tally<'login' | 'signup' | 'guest'>()
  /** A wrong secret, or none looked at: somebody has to wait, or too many wait already. */
  readonly loginFailures = new Tally<'secret' | 'wait' | 'busy'>()
  /** Passwords that are hashed or compared now, or wait for it. */
  passwordsPending = 0
  readonly messages = new Tally<'channel' | 'direct' | 'notice'>()
  /** Events handed to connections, once for each connection. */
  readonly deliveries = new Tally<ChatEvent['type']>()
  /** By their own names; `say` is a line of text, `unknown` whatever is none. */
  readonly commands = new Tally()
  readonly failures = new Tally<FailureCode>()
  /** Unexpected exceptions: see Faults. */
  readonly faults = new Tally<FaultPlace>()
  /** Writes to connections, and their bytes. */
  writes = 0
  sentBytes = 0
  readonly commits = new Tally<'done' | 'failed'>()
  /** The last commit that failed, by `performance.now()`, and what the database said of it. */
  failedCommit: { readonly at: number; readonly error: unknown } | undefined
  readonly transfers = new Tally<TransferOutcome>()
  /** Bytes of files. */
  fileBytesReceived = 0
  fileBytesSent = 0

  constructor(measures = unmeasured) {
    this.measures = measures
  }
}
