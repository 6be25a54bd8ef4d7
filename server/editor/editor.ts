import type { QuestionManner } from './asking.ts'
import { Display } from './display.ts'
import { KeyReader } from './keys.ts'
import type { EditorOwner } from './owner.ts'
import { Typing } from './typing.ts'

/** How long the sequence of a key may take to arrive, in ms; after that it was Escape alone. */
const sequenceMs = 500

/**
 * Edits the line at a terminal that sends each key and shows nothing by itself. What is typed stands in the last row behind a
 * prompt, everything else appears above it.
 *
 * Keys come by `push`, what others say by `printAbove`. What is to be written goes to the owner in its order; the row itself
 * is drawn by `update`, once a turn.
 */
export class Editor {
  readonly #owner: EditorOwner
  readonly #display: Display
  readonly #keys = new KeyReader()
  readonly #typing: Typing
  #cancelWait: (() => void) | undefined
  #hasEnded = false

  /** `width` in columns; 0 if the terminal does not tell it by itself: then it is asked. */
  constructor(owner: EditorOwner, width = 0) {
    this.#owner = owner
    this.#display = new Display((bytes) => owner.write(bytes), owner.rows, width)
    this.#typing = new Typing(owner, this.#display)
  }

  /** Takes the terminal over; the cursor stands at the beginning of an empty row. */
  begin(): void {
    this.#display.begin()
    this.#owner.changed()
  }

  /** Leaves a line that was begun on the screen, where the person can read it when the connection is over. */
  leaveBegun(): void {
    this.#typing.leaveBegun()
  }

  /** Another person types here now: keeps nothing of what was entered or deleted before. */
  forget(): void {
    this.#typing.forget()
    this.#owner.changed()
  }

  /** Hands the terminal back: as it was, with the cursor at the beginning of an empty row. Nothing more is drawn. */
  end(): void {
    this.#cancelWait?.()
    this.#hasEnded = true
    this.#display.end()
  }

  /** What stands before the line while no question is asked. */
  set prompt(prompt: string) {
    this.#typing.asking.usual = prompt
    this.#owner.changed()
  }

  /** The columns of the terminal; 0 if it does not tell them. */
  set width(columns: number) {
    if (!this.#hasEnded && this.#display.resize(columns)) this.#owner.changed()
  }

  /** How long the line is, in UTF-16 units: a key takes the longer. */
  get length(): number {
    return this.#typing.length
  }

  /** Writes bytes above the row: rows that end in CR LF. */
  printAbove(bytes: Buffer): void {
    this.#display.printAbove(bytes)
    this.#owner.changed()
  }

  /**
   * What `printAbove` and `update` would write together, where all terminals with this row get the same bytes; undefined
   * elsewhere. Nothing else may wait to be written.
   */
  framed(bytes: Buffer): Buffer | undefined {
    return this.#hasEnded ? undefined : this.#display.framed(bytes, this.#typing.content)
  }

  /** Asks a question in the row; the lines are its answers until `endQuestion`, or the next question. */
  ask(text: string, manner: QuestionManner = {}): void {
    this.#typing.exchange((line) => this.#typing.asking.ask(text, manner, line))
    this.#owner.changed()
  }

  /** The usual prompt comes back, and the line that was begun before the question. */
  endQuestion(): void {
    this.#typing.exchange((line) => this.#typing.asking.end(line))
    this.#owner.changed()
  }

  /** Draws what has changed in the row, and rings the bell if something could not be done. */
  update(): void {
    if (!this.#hasEnded) this.#display.update(this.#typing.content)
  }

  /**
   * Takes bytes of the terminal, from `from` on, at most up to the key that told the owner something, so that the owner can
   * stop there. Answers how many it took.
   */
  push(chunk: Buffer, from = 0): number {
    this.#cancelWait?.()
    this.#cancelWait = undefined
    let at = from
    for (let isTold = false; at < chunk.length && !isTold && !this.#hasEnded; ) {
      const { key, end } = this.#keys.read(chunk, at)
      at = end
      if (key?.name === 'position') this.#takePosition(key.column)
      else isTold = key !== undefined && this.#typing.press(key)
    }
    if (this.#keys.isUnfinished && !this.#hasEnded)
      this.#cancelWait = this.#owner.clock.after(sequenceMs, () => this.#settle())
    this.#owner.changed()
    return at - from
  }

  #takePosition(column: number): void {
    const width = this.#display.takePosition(column)
    if (width !== undefined) this.#owner.widthFound(width)
  }

  #settle(): void {
    this.#cancelWait = undefined
    const key = this.#keys.settle()
    if (key) this.#typing.press(key)
    this.#owner.changed()
  }
}
