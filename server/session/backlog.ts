import type { Connection } from './connection.ts'
import type { Input } from './input.ts'

/** From so many lines on the person is told: it may have been pasted by mistake. */
const worthTelling = 10

/** A line that waits for its turn. */
interface Waiting {
  /** It is one of those that a command reads, which is left with them. */
  readonly inPayload: boolean
  dropped: boolean
}

/** What a person has sent faster than it may be done, and how they are rid of it. */
export class Backlog {
  readonly #input: Input
  readonly #connection: Pick<Connection, 'waitingLines' | 'dropWaiting'>
  readonly #isForPeople: () => boolean
  readonly #tell: (note: string) => void
  readonly #onDropped: (lines: number) => void
  #waiting: Waiting | undefined
  #told = false

  constructor(parts: {
    input: Input
    connection: Pick<Connection, 'waitingLines' | 'dropWaiting'>
    /** A program reads its lines in their order, whatever they are. */
    isForPeople: () => boolean
    tell: (note: string) => void
    /** So many lines that had come will have no turn. */
    onDropped: (lines: number) => void
  }) {
    this.#input = parts.input
    this.#connection = parts.connection
    this.#isForPeople = parts.isForPeople
    this.#tell = parts.tell
    this.#onDropped = parts.onDropped
  }

  /**
   * Waits for the turn of a line; answers true if it is not to be done any more. Talk is dropped also by a /cancel that is
   * found behind it, if all in between is talk: behind a command it may be for that.
   */
  async wait(turn: Promise<void>, what: 'talk' | 'command' | 'payload'): Promise<boolean> {
    if (!this.#isForPeople()) {
      await turn
      return false
    }
    const waiting: Waiting = { inPayload: what === 'payload', dropped: false }
    this.#waiting = waiting
    const found = what === 'talk' ? this.#input.takeCancelled() : undefined
    if (found === undefined) this.#tellHowMany()
    else this.#drop(waiting, found)
    await turn
    this.#waiting = undefined
    return waiting.dropped
  }

  /** Somebody types /cancel: forgets all that waits, if anything does. */
  drop(): boolean {
    const waiting = this.#waiting
    if (!waiting || waiting.dropped || !this.#isForPeople()) return false
    // The connection first: it hands over more as soon as there is room.
    const behind = this.#connection.dropWaiting()
    this.#drop(waiting, behind + this.#input.clear())
    return true
  }

  #drop(waiting: Waiting, behind: number): void {
    waiting.dropped = true
    this.#onDropped(behind)
    this.#told = false
    const lines = behind + (waiting.inPayload ? 0 : 1)
    this.#tell(`${lines === 1 ? 'The line' : `The ${lines} lines`} that waited went nowhere.`)
    if (waiting.inPayload) this.#input.add({ text: '/cancel' })
  }

  #tellHowMany(): void {
    if (this.#input.length === 0) this.#told = false
    if (this.#told || this.#input.length + 1 < worthTelling) return
    this.#told = true
    const lines = 1 + this.#input.length + this.#connection.waitingLines
    this.#tell(`${lines} lines of yours wait for their turn. /cancel drops them.`)
  }
}
