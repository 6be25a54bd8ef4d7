import type { Aim } from './aim.ts'
import type { Connection } from './connection.ts'
import type { Input } from './input.ts'
import type { Output } from './output.ts'

/** From this many waiting lines on, the person is told: they may have pasted them by mistake. */
const worthTelling = 10

/** A line that waits for its turn. */
interface Waiting {
  /** A command reads the line as a part of its payload; a /cancel ends that command, too. */
  readonly inPayload: boolean
  dropped: boolean
}

/** The other parts of its connection that it works with. */
interface Around {
  readonly input: Input
  readonly connection: Pick<Connection, 'dropWaiting'>
  /** Told of each dropped line. */
  readonly aim: Pick<Aim, 'nextLine'>
  /** Nobody is told anything once the peer is gone. */
  readonly ending: { readonly isGone: boolean }
  readonly output: Pick<Output, 'dialect' | 'note'>
}

/** The lines that a person has sent faster than the allowance permits, and how the person drops them. */
export class Backlog {
  readonly #around: Around
  #waiting: Waiting | undefined
  #told = false

  constructor(around: Around) {
    this.#around = around
  }

  /**
   * Waits for the turn of a line; returns true if the line was dropped meanwhile. Talk is dropped, too, if a /cancel has
   * already come after it with nothing but talk in between. After a command, a /cancel may be meant for that command.
   */
  async wait(turn: Promise<void>, what: 'talk' | 'command' | 'payload'): Promise<boolean> {
    if (!this.#isForPeople) {
      await turn
      return false
    }
    const waiting: Waiting = { inPayload: what === 'payload', dropped: false }
    this.#waiting = waiting
    const found = what === 'talk' ? this.#around.input.takeCancelled() : undefined
    if (found === undefined) this.#tellHowMany()
    else this.#drop(waiting, found)
    await turn
    this.#waiting = undefined
    return waiting.dropped
  }

  /** The person types /cancel: drops all waiting lines. Returns whether there were any. */
  drop(): boolean {
    const waiting = this.#waiting
    if (!waiting || waiting.dropped || !this.#isForPeople) return false
    // The connection first: it would hand over more lines as soon as there is room.
    const behind = this.#around.connection.dropWaiting()
    this.#drop(waiting, behind + this.#around.input.clear())
    return true
  }

  /** The lines of a program are done in their order, a /cancel among them. */
  get #isForPeople(): boolean {
    return this.#around.output.dialect.manner.forPeople && !this.#around.ending.isGone
  }

  #drop(waiting: Waiting, behind: number): void {
    waiting.dropped = true
    for (let line = 0; line < behind; line++) this.#around.aim.nextLine()
    this.#told = false
    const lines = behind + (waiting.inPayload ? 0 : 1)
    this.#around.output.note(`${lines === 1 ? 'The line' : `The ${lines} lines`} that waited went nowhere.`)
    if (waiting.inPayload) this.#around.input.add({ text: '/cancel' })
  }

  #tellHowMany(): void {
    if (this.#around.input.length === 0) this.#told = false
    if (this.#told || this.#around.input.length + 1 < worthTelling) return
    this.#told = true
    const lines = 1 + this.#around.input.waiting
    this.#around.output.note(`${lines} lines of yours wait for their turn. /cancel drops them.`)
  }
}
