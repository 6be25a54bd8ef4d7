import { Counts } from '../chat/machine/counts.ts'
import { Faults } from '../chat/machine/faults.ts'

/** Where a connection's bytes go: a socket, or a test's replacement of one. */
export interface Wire {
  /** Hands bytes over to be sent, in this order and with one call; they must not be changed afterwards. */
  write(chunks: readonly Buffer[]): void
  /** Bytes handed over that the peer has not taken yet. */
  readonly queuedBytes: number
}

/** The owner of an outbox; told once that nothing more is sent, because the reader is too slow or cannot be reached. */
export interface Owner {
  overflowed(): void
  unwritable(): void
}

/** The chunks of all outboxes that have nothing to send. */
const none: readonly Buffer[] = []

/**
 * Writes, once at the end of a turn of the event loop, the bytes that the turn brought for each connection. An error of one
 * task or one connection does not keep the others from being written.
 */
export class Flusher {
  readonly counts: Counts
  readonly #atEndOfTurn: (task: () => void) => void
  readonly #faults: Faults
  #scheduled = false
  #tasks: (() => void)[] = []
  #dirty: Outbox[] = []

  constructor(
    atEndOfTurn: (task: () => void) => void = setImmediate,
    counts = new Counts(),
    faults = new Faults(counts),
  ) {
    this.counts = counts
    this.#faults = faults
    this.#atEndOfTurn = atEndOfTurn
  }

  /** Does something at the end of this turn that may bring connections more to write. */
  beforeFlush(task: () => void): void {
    this.#tasks.push(task)
    this.#schedule()
  }

  add(outbox: Outbox): void {
    this.#dirty.push(outbox)
    this.#schedule()
  }

  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    this.#atEndOfTurn(() => this.#flush())
  }

  #flush(): void {
    const begun = performance.now()
    while (this.#tasks.length > 0) for (const task of this.#tasks.splice(0)) this.#do(task)
    const dirty = this.#dirty
    this.#dirty = []
    this.#scheduled = false
    for (const outbox of dirty) {
      try {
        outbox.flush()
      } catch (error) {
        this.#faults.note(error, 'turn')
        outbox.giveUp()
      }
    }
    this.counts.measures.fanoutSeconds.observe((performance.now() - begun) / 1000)
  }

  #do(task: () => void): void {
    try {
      task()
    } catch (error) {
      this.#faults.note(error, 'turn')
    }
  }
}

/**
 * The output of one connection. The rules of its queue:
 * - The bytes of one turn are written with one call, in their order.
 * - If more than `sendQueueBytes` wait for the reader, the connection is given up (`overflowed`), once, and gets nothing more.
 * - A healthy reader may get much in one turn while nothing waits, or ask for a long answer: neither counts until it is sent.
 *   So the session must not take more questions while much is `waiting`.
 */
export class Outbox {
  readonly #flusher: Flusher
  readonly #wire: Wire
  readonly #limits: { readonly sendQueueBytes: number }
  readonly #owner: Owner
  /** What this turn brought: a list of others, who may share it, or one of its own. */
  #chunks = none
  #own: Buffer[] | undefined
  #bytes = 0
  /** The wire has something of its own to write at the end of this turn. */
  #isTouched = false
  /** Bytes of answers that may still wait. */
  #answers = 0
  #closed = false

  constructor(options: {
    flusher: Flusher
    wire: Wire
    limits: { readonly sendQueueBytes: number }
    owner: Owner
  }) {
    this.#flusher = options.flusher
    this.#wire = options.wire
    this.#limits = options.limits
    this.#owner = options.owner
  }

  /** Bytes that the reader has not taken yet, and those that this turn has brought. */
  get waiting(): number {
    return this.#bytes + this.#wire.queuedBytes
  }

  /** Sends what the reader has asked for, however long it is. */
  answer(chunk: Buffer): void {
    // Answers that were read no longer count: many in a row must not add up.
    this.#answers = Math.min(this.#answers, this.waiting) + chunk.length
    this.add(chunk)
  }

  /** Sends bytes at the end of this turn; they must not be changed afterwards. */
  add(chunk: Buffer): void {
    this.addAll([chunk])
  }

  /** The same of several; the list must not be changed either. */
  addAll(chunks: readonly Buffer[]): void {
    let size = 0
    for (const { length } of chunks) size += length
    if (this.#closed || size === 0) return
    if (this.#bytes === 0) {
      this.#chunks = chunks
      if (!this.#isTouched) this.#flusher.add(this)
    } else {
      // A list of its own only where it gets more than one: mostly a turn brings one.
      this.#own ??= [...this.#chunks]
      // Not as arguments of one call: somebody may have held a million lines.
      for (const chunk of chunks) this.#own.push(chunk)
      this.#chunks = this.#own
    }
    this.#bytes += size
  }

  get #isTooMuch(): boolean {
    const waiting = this.#wire.queuedBytes
    return waiting > 0 && waiting + this.#bytes > this.#limits.sendQueueBytes + this.#answers
  }

  #overflow(): void {
    this.close()
    this.#owner.overflowed()
  }

  /** Calls `write` of the wire at the end of this turn, also if there are no bytes: it draws a row of its own. */
  touch(): void {
    if (this.#closed || this.#isTouched) return
    this.#isTouched = true
    if (this.#bytes === 0) this.#flusher.add(this)
  }

  /** Writes at once, when the bytes cannot wait for the end of the turn. */
  flush(): void {
    const chunks = this.#chunks
    if (this.#bytes === 0 && !this.#isTouched) return
    // Looked at once for all that the turn has brought, and for what the wire has written of its own.
    if (this.#isTooMuch) {
      this.#overflow()
      return
    }
    this.#isTouched = false
    const { counts } = this.#flusher
    counts.writes++
    counts.sentBytes += this.#bytes
    this.#clear()
    this.#wire.write(chunks)
  }

  /** Nothing can be written there. */
  giveUp(): void {
    this.close()
    this.#owner.unwritable()
  }

  /** Drops the bytes that wait, and all later ones. */
  close(): void {
    this.#closed = true
    this.#isTouched = false
    this.#clear()
  }

  #clear(): void {
    this.#chunks = none
    this.#own = undefined
    this.#bytes = 0
  }
}
