import type { Faults } from '../chat/machine/faults.ts'
import { connectionLost } from '../chat/model/parting.ts'
import type { Clock } from '../lib/clock.ts'
import type { Allowance } from './allowances.ts'
import type { Connection } from './connection.ts'
import type { Going, Identity } from './identity.ts'
import { cancelled, type Input } from './input.ts'
import type { LoginDeadline } from './login-deadline.ts'
import type { Output } from './output.ts'

/** What the endings of all connections share. */
interface EndingParts {
  readonly services: { readonly clock: Pick<Clock, 'after'> }
  readonly faults: Pick<Faults, 'note'>
}

/** What an ending puts an end to. */
interface Ended {
  readonly allowance: Pick<Allowance, 'close'>
  readonly connection: Pick<Connection, 'destroy' | 'end'>
  readonly deadline: Pick<LoginDeadline, 'stop'>
  readonly identity: Pick<Identity, 'depart' | 'endPresence'>
  readonly input: Input
  readonly output: Output
}

/** So long what had come is done when its sender is gone. */
const lastLinesMs = 10_000

/**
 * How one connection ends: its person leaves by a command, the server closes it, or the peer is gone. What had come before
 * is done all the same; then it is closed.
 */
export class Ending {
  readonly #parts: EndingParts
  readonly #ended: Ended
  #why: string | undefined
  /** The person goes once the line that is done is done. */
  #planned: { readonly note: string | undefined; readonly how: Going } | undefined
  /** The peer is gone; what had come is done all the same, and then it is `over`. */
  #gone: { readonly note: string | undefined; readonly over: () => void; cancel: () => void } | undefined
  #closed = false

  constructor(parts: EndingParts, ended: Ended) {
    this.#parts = parts
    this.#ended = ended
  }

  /** Why it ended, for the log; undefined for no reason of ours. */
  get why(): string | undefined {
    return this.#why
  }

  /** No line is taken any more. */
  get isPlanned(): boolean {
    return this.#planned !== undefined
  }

  /** The peer is gone. */
  get isGone(): boolean {
    return this.#gone !== undefined
  }

  /** Nothing is done any more. */
  get isClosed(): boolean {
    return this.#closed
  }

  /** The peer is gone, and no line of theirs waits behind the one that is done now, if there is one. */
  get isDeserted(): boolean {
    const { input } = this.#ended
    return this.#closed || (this.#gone !== undefined && input.ended && input.length === 0)
  }

  /** The person leaves by a command; `note` is for those who stay. */
  leave(note: string | undefined): void {
    this.#why ??= this.#ended.input.ended ? 'end of input' : 'quit'
    this.#plan(note, 'left')
  }

  /** The server ends it, and tells why. Never throws. */
  close(reason: string): void {
    const { connection, identity, output } = this.#ended
    this.#why ??= reason
    try {
      identity.endPresence()
      output.endLine()
      output.hear({ type: 'closing', reason })
      this.#plan(undefined, 'ended')
      output.release()
      if (this.#gone) void this.#close()
      else this.#hangUp()
    } catch (error) {
      this.#parts.faults.note(error, 'session')
      connection.destroy()
    }
  }

  /** The reader lets too much wait. */
  overflowed(): void {
    this.#why ??= 'reader too slow'
    this.#ended.connection.destroy()
  }

  /**
   * The peer is gone; `clean` if they had the chance to read everything. What had come is done: `more` lines may follow, up
   * to the end of input. Resolves when that is over.
   */
  peerGone(clean: boolean, more: boolean): Promise<void> {
    const { identity, input, output } = this.#ended
    return new Promise((resolve) => {
      if (this.#gone) return resolve()
      if (!clean) this.#why ??= connectionLost
      const cancel = this.#parts.services.clock.after(lastLinesMs, () => void this.#close())
      this.#gone = { note: clean ? undefined : connectionLost, over: resolve, cancel }
      output.close()
      if (!more) input.end(cancelled)
      if (this.isDeserted) identity.endPresence()
      if (this.#planned) void this.#close()
    })
  }

  /** No line waits to be done: goes, if none will come any more. Never rejects. */
  async linesDone(): Promise<void> {
    try {
      const { identity, input, output } = this.#ended
      if (input.ended && !this.#planned) {
        this.#why ??= 'end of input'
        this.#plan(this.#gone?.note, 'lost')
      }
      if (!this.#planned || this.#closed) return
      output.release()
      if (this.#gone) {
        await this.#close()
      } else {
        await identity.depart(this.#planned.note, this.#planned.how)
        this.#hangUp()
      }
    } catch (error) {
      this.#parts.faults.note(error, 'session')
      this.#ended.connection.destroy()
    }
  }

  #plan(note: string | undefined, how: Going): void {
    this.#planned = { note, how }
    this.#ended.input.stop()
  }

  #hangUp(): void {
    this.#ended.output.flush()
    this.#ended.connection.end()
  }

  /** Never rejects. */
  async #close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    const { allowance, deadline, identity, input, output } = this.#ended
    this.#gone?.cancel()
    allowance.close()
    identity.endPresence()
    output.close()
    input.stop()
    input.end(cancelled)
    deadline.stop()
    try {
      const { note, how } = this.#planned ?? { note: this.#gone?.note, how: 'lost' as const }
      await identity.depart(note, how)
    } catch (error) {
      this.#parts.faults.note(error, 'session')
    }
    this.#gone?.over()
  }
}
