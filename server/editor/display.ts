import { layOut, type Row, type RowContent } from './row.ts'
import { clearRow, Screen } from './screen.ts'
import type { SharedRows } from './shared-rows.ts'

/** The width where the terminal does not tell its own, in columns. */
const usualWidth = 80
/** In a wider window the row is no wider: a terminal may claim any width, and each column is looked at. */
const mostWidth = 1000
const bell = '\u0007'
const clearRowBytes = Buffer.from(clearRow)

/** A row as it was drawn into an empty one: most rows are drawn again below a message, and nothing was typed meanwhile. */
interface Drawn {
  readonly content: RowContent
  readonly width: number
  readonly row: Row
  readonly bytes: Buffer
  /** Nothing is typed in it: others have the same. */
  readonly isShared: boolean
}

/** Writes the row to the terminal, and what appears above it. */
export class Display {
  readonly #screen = new Screen()
  readonly #write: (bytes: Buffer) => void
  readonly #rows: SharedRows
  #width: number
  /**
   * How often the terminal has told its width by itself. Who has told it once may never tell another one (BusyBox), and is asked
   * when a line begins; nobody is asked with Enter, since the answer to that would reach the shell behind the end.
   */
  #timesTold: number
  #isAsked = false
  #hasBegun = false
  /** From where on the line is shown. */
  #start = 0
  #rings = false
  #drawn: Drawn | undefined

  /** `width` in columns; 0 if the terminal does not tell it. */
  constructor(write: (bytes: Buffer) => void, rows: SharedRows, width: number) {
    this.#write = write
    this.#rows = rows
    this.#width = Math.min(width || usualWidth, mostWidth)
    this.#timesTold = width === 0 ? 0 : 1
  }

  begin(): void {
    this.#put(this.#screen.begin())
    if (this.#timesTold === 0) this.#ask()
  }

  /** The terminal says in which column its cursor is. Answers its width, if that was asked. */
  takePosition(column: number): number | undefined {
    const isWidth = this.#isAsked && column > 0
    this.#isAsked = false
    if (!isWidth) return undefined
    this.#change(column)
    return this.#width
  }

  end(): void {
    this.#put(this.#screen.end())
  }

  /** Another width, as above. Answers whether it is another one. */
  resize(width: number): boolean {
    this.#timesTold = width === 0 ? 0 : this.#timesTold + 1
    return this.#change(width || usualWidth)
  }

  /** Takes the row away and writes rows that end in CR LF. */
  printAbove(bytes: Buffer): void {
    this.#put(this.#screen.erase())
    this.#write(bytes)
  }

  /** See Editor. */
  framed(bytes: Buffer, content: RowContent): Buffer | undefined {
    const drawn = this.#drawnAs(content)
    if (!drawn?.isShared || !this.#screen.shows(drawn.row)) return undefined
    return this.#rows.framed(clearRowBytes, bytes, drawn.bytes)
  }

  /** Leaves a text of any length in place of the row, and goes on below it. */
  leave(text: string): void {
    this.#start = 0
    this.#put(this.#screen.leave(text))
  }

  /** Empties the screen, and asks for its width where only that may tell it. */
  clear(): void {
    this.#put(this.#screen.clear())
    this.#ask()
  }

  /** Rings the bell with the next `update`, once. */
  ring(): void {
    this.#rings = true
  }

  /** Shows the row as it is now. */
  update(content: RowContent): void {
    const hasBegun = content.line !== ''
    if (hasBegun && !this.#hasBegun) this.#ask()
    this.#hasBegun = hasBegun
    const { isFresh } = this.#screen
    const drawn = this.#drawnAs(content)
    if (isFresh && drawn) {
      this.#screen.drawAgain(drawn.row)
      this.#write(drawn.bytes)
      return
    }
    const { row, start } = layOut(content, this.#width, this.#start)
    this.#start = start
    const text = this.#screen.draw(row)
    this.#drawn = isFresh && text !== '' ? this.#keep(content, row, text) : undefined
    this.#put(text + (this.#rings ? bell : ''))
    this.#rings = false
  }

  /** The row as it was drawn, if it is to be drawn as then. */
  #drawnAs(content: RowContent): Drawn | undefined {
    const drawn = this.#drawn
    const isSame = !this.#rings && drawn?.width === this.#width && areSame(drawn.content, content)
    return isSame ? drawn : undefined
  }

  #keep(content: RowContent, row: Row, text: string): Drawn {
    const isShared = content.line === ''
    return {
      content,
      width: this.#width,
      row,
      bytes: isShared ? this.#rows.bytesOf(text) : kept(text),
      isShared,
    }
  }

  #ask(): void {
    if (this.#timesTold > 1) return
    this.#isAsked = true
    this.#put(this.#screen.askForWidth())
  }

  #change(told: number): boolean {
    const width = Math.min(told, mostWidth)
    if (width === this.#width) return false
    this.#width = width
    // A wider row has room for more before the cursor.
    this.#start = 0
    this.#put(this.#screen.erase())
    return true
  }

  #put(text: string): void {
    if (text === clearRow) this.#write(clearRowBytes)
    else if (text !== '') this.#write(Buffer.from(text))
  }
}

function areSame(one: RowContent, other: RowContent): boolean {
  return (
    one.line === other.line &&
    one.cursor === other.cursor &&
    one.prompt === other.prompt &&
    one.hint === other.hint
  )
}

/** Bytes that last: not from Node's shared pool, of which a few would keep 8 KiB alive. */
function kept(text: string): Buffer {
  const bytes = Buffer.alloc(Buffer.byteLength(text))
  bytes.write(text)
  return bytes
}
