import { Counts } from '../chat/counts.ts'

/** Where a connection's bytes go: a socket, or what a test takes for one. */
export interface Wire {
  /** Hands bytes over to be sent; they must not be changed afterwards. */
  write(bytes: Buffer): void
  /** Bytes handed over that the peer has not taken yet. */
  readonly queuedBytes: number
}

/**
 * What connections have to send in this turn of the event loop, as a tree: each node is the batch of its
 * parent and one chunk more. Connections that were sent the same chunks stand on the same node, so the
 * bytes of their batch are put together once, and shared.
 */
class Batch {
  readonly #parent: Batch | undefined
  readonly #chunk: Buffer
  readonly size: number
  #bytes: Buffer | undefined
  /** Most batches have one continuation, so the last one is tried before the map. */
  #lastChunk: Buffer | undefined
  #last: Batch | undefined
  #others: Map<Buffer, Batch> | undefined

  constructor(parent: Batch | undefined, chunk: Buffer) {
    this.#parent = parent
    this.#chunk = chunk
    this.size = (parent?.size ?? 0) + chunk.length
  }

  /** This batch and one chunk more. Chunks are the same only if they are one Buffer. */
  with(chunk: Buffer): Batch {
    if (this.#last !== undefined && this.#lastChunk === chunk) return this.#last
    let next = this.#others?.get(chunk)
    if (next === undefined) {
      next = new Batch(this, chunk)
      if (this.#last !== undefined && this.#lastChunk !== undefined) {
        this.#others ??= new Map()
        this.#others.set(this.#lastChunk, this.#last)
      }
    }
    this.#lastChunk = chunk
    this.#last = next
    return next
  }

  bytes(): Buffer {
    if (this.#bytes === undefined) {
      const chunks: Buffer[] = []
      for (let batch: Batch | undefined = this; batch !== undefined; batch = batch.#parent) {
        if (batch.#chunk.length > 0) chunks.push(batch.#chunk)
      }
      this.#bytes = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks.reverse(), this.size)
    }
    return this.#bytes
  }
}

/** Writes out, once at the end of a turn of the event loop, what the turn brought for each connection. */
export class Flusher {
  readonly counts: Counts
  readonly #atEndOfTurn: (task: () => void) => void
  #root = new Batch(undefined, Buffer.alloc(0))
  #dirty: Outbox[] = []

  constructor(atEndOfTurn: (task: () => void) => void = setImmediate, counts = new Counts()) {
    this.counts = counts
    this.#atEndOfTurn = atEndOfTurn
  }

  get root(): Batch {
    return this.#root
  }

  add(outbox: Outbox): void {
    if (this.#dirty.length === 0) this.#atEndOfTurn(() => this.flush())
    this.#dirty.push(outbox)
  }

  flush(): void {
    const dirty = this.#dirty
    this.#dirty = []
    // A new tree: batches of this turn are garbage once their bytes are sent.
    this.#root = new Batch(undefined, Buffer.alloc(0))
    const begun = performance.now()
    for (const outbox of dirty) outbox.flush()
    this.counts.measures.fanoutSeconds.observe((performance.now() - begun) / 1000)
  }
}

/**
 * The way out of one connection. Rules of its queue:
 * what one turn brings is written with one call; bytes keep their order; a reader that lets more than
 * `sendQueueBytes` wait is given up (`onOverflow`), once, and gets nothing more. An answer that was asked for
 * does not count until it is sent: it may be long, and its reader healthy.
 */
export class Outbox {
  readonly #flusher: Flusher
  readonly #wire: Wire
  readonly #limits: { readonly sendQueueBytes: number }
  readonly #onOverflow: () => void
  #batch: Batch | undefined
  /** Bytes of answers that may still wait. */
  #answers = 0
  #closed = false

  constructor(options: {
    flusher: Flusher
    wire: Wire
    limits: { readonly sendQueueBytes: number }
    onOverflow: () => void
  }) {
    this.#flusher = options.flusher
    this.#wire = options.wire
    this.#limits = options.limits
    this.#onOverflow = options.onOverflow
  }

  /** Sends what the reader has asked for, however long it is. */
  answer(chunk: Buffer): void {
    if (this.#batch === undefined && this.#wire.queuedBytes === 0) this.#answers = 0
    this.#answers += chunk.length
    this.add(chunk)
  }

  /** Sends bytes at the end of this turn. The same Buffer sent to many costs its bytes once. */
  add(chunk: Buffer): void {
    if (this.#closed || chunk.length === 0) return
    if (this.#batch === undefined) {
      this.#batch = this.#flusher.root
      this.#flusher.add(this)
    }
    this.#batch = this.#batch.with(chunk)
    const waiting = this.#batch.size + this.#wire.queuedBytes
    if (waiting <= this.#limits.sendQueueBytes + this.#answers) return
    this.close()
    this.#onOverflow()
  }

  /** Writes what is there now, for what cannot wait for the end of the turn. */
  flush(): void {
    const batch = this.#batch
    if (batch === undefined) return
    this.#batch = undefined
    const { counts } = this.#flusher
    counts.writes++
    counts.sentBytes += batch.size
    this.#wire.write(batch.bytes())
  }

  /** Drops what is there, and all that may come. */
  close(): void {
    this.#closed = true
    this.#batch = undefined
  }
}
