import type { Aim } from './aim.ts'
import type { Connection } from './connection.ts'
import type { Input } from './input.ts'
import type { Output } from './output.ts'

/** From so many lines on the person is told: it may have been pasted by mistake. */
const worthTelling = 10

/** A line that waits for its turn. */
interface Waiting {
  /** It is one of those that a command reads, which is left with them. */
  readonly inPayload: boolean
  dropped: boolean
}

/** What it works with: the other parts of its connection. */
interface Around {
  readonly input: Input
  readonly connection: Pick<Connection, 'dropWaiting'>
  /** Told of each line that had come and will have no turn. */
  readonly aim: Pick<Aim, 'nextLine'>
  /** Who is gone reads nothing. */
  readonly ending: { readonly isGone: boolean }
  readonly output: Pick<Output, 'dialect' | 'note'>
}

/** What a person has sent faster than it may be done, and how they are rid of it. */
export class Backlog {
  readonly #around: Around
  #waiting: Waiting | undefined
  #told = false

  constructor(around: Around) {
    this.#around = around
  }

  /**
   * Waits for the turn of a line; answers true if it is not to be done any more. Talk is dropped also by a /cancel that is
   * found behind it, if all in between is talk: behind a command it may be for that.
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

  /** Somebody types /cancel: forgets all that waits, if anything does. */
  drop(): boolean {
    const waiting = this.#waiting
    if (!waiting || waiting.dropped || !this.#isForPeople) return false
    // The connection first: it hands over more as soon as there is room.
    const behind = this.#around.connection.dropWaiting()
    this.#drop(waiting, behind + this.#around.input.clear())
    return true
  }

  /** A program reads its lines in their order, whatever they are. */
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
