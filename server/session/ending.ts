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

/** The parts of the connection that an ending ends. */
interface Ended {
  readonly allowance: Pick<Allowance, 'close'>
  readonly connection: Pick<Connection, 'destroy' | 'editor' | 'end'>
  readonly deadline: Pick<LoginDeadline, 'stop'>
  readonly identity: Pick<Identity, 'depart' | 'endTasks'>
  readonly input: Input
  readonly output: Output
}

/** For how long the lines that had come are still done after the peer is gone, in ms. */
const lastLinesMs = 10_000

/**
 * How one connection ends: its person leaves by a command, the server closes it, or the peer is gone. Lines that a vanished
 * peer had sent are still done; then the session is closed.
 */
export class Ending {
  readonly #parts: EndingParts
  readonly #ended: Ended
  #why: string | undefined
  /** The person goes when the present line is done. */
  #planned: { readonly note: string | undefined; readonly how: Going } | undefined
  /** The peer is gone; the lines that had come are still done, and then `over` is called. */
  #gone: { readonly note: string | undefined; readonly over: () => void; cancel: () => void } | undefined
  #closed = false

  constructor(parts: EndingParts, ended: Ended) {
    this.#parts = parts
    this.#ended = ended
  }

  /** Why the connection ended, for the log; undefined if the server had no reason. */
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

  /** The peer is gone, and none of their lines waits any more. */
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
      identity.endTasks()
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

  /** The reader is too slow: too much output waits. */
  overflowed(): void {
    this.#why ??= 'reader too slow'
    this.#ended.connection.destroy()
  }

  /**
   * The peer is gone; `clean` if they could read everything. The lines that had come are still done, and `more` may follow
   * up to the end of input. Resolves when all of them are done.
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
      if (this.isDeserted) identity.endTasks()
      if (this.#planned) void this.#close()
    })
  }

  /** No line waits: ends the session if no more lines will come; undefined if it goes on. Never rejects. */
  linesDone(): Promise<void> | undefined {
    if (this.#ended.input.ended && !this.#planned) {
      this.#why ??= 'end of input'
      this.#plan(this.#gone?.note, 'lost')
    }
    return this.#planned && !this.#closed ? this.#depart(this.#planned) : undefined
  }

  async #depart({ note, how }: { note: string | undefined; how: Going }): Promise<void> {
    try {
      const { identity, output } = this.#ended
      output.release()
      if (this.#gone) {
        await this.#close()
      } else {
        await identity.depart(note, how)
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
    this.#ended.connection.editor?.end(true)
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
    identity.endTasks()
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
