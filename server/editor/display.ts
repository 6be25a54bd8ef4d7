import { layOut, type Row, type RowContent } from './row.ts'
import { clearRow, Screen } from './screen.ts'

/** The width where the terminal does not tell its own, in columns. */
const usualWidth = 80
const bell = '\u0007'
const clearRowBytes = Buffer.from(clearRow)

/** A row as it was drawn into an empty one: most rows are drawn again below a message, and nothing was typed meanwhile. */
interface Drawn {
  readonly content: RowContent
  readonly width: number
  readonly row: Row
  readonly bytes: Buffer
}

/** Writes the row to the terminal, and what appears above it. */
export class Display {
  readonly #screen = new Screen()
  readonly #write: (bytes: Buffer) => void
  #width: number
  /** The terminal does not tell its width by itself, and is asked. */
  #mustAsk: boolean
  #isAsked = false
  /** From where on the line is shown. */
  #start = 0
  #rings = false
  #drawn: Drawn | undefined

  /** `width` in columns; 0 if the terminal does not tell it. */
  constructor(write: (bytes: Buffer) => void, width: number) {
    this.#write = write
    this.#width = width || usualWidth
    this.#mustAsk = width === 0
  }

  begin(): void {
    this.#put(this.#screen.begin())
    this.#ask()
  }

  /** The terminal says in which column its cursor is. Answers whether that is its width. */
  takePosition(column: number): boolean {
    const isWidth = this.#isAsked && column > 0
    this.#isAsked = false
    if (isWidth) this.#change(column)
    return isWidth
  }

  end(): void {
    this.#put(this.#screen.end())
  }

  /** Another width, as above. Answers whether it is another one. */
  resize(width: number): boolean {
    this.#mustAsk = width === 0
    return this.#change(width || usualWidth)
  }

  /** Takes the row away and writes rows that end in CR LF. */
  printAbove(bytes: Buffer): void {
    this.#put(this.#screen.erase())
    this.#write(bytes)
  }

  /** Leaves a text of any length in place of the row, and goes on below it. */
  leave(text: string): void {
    this.#start = 0
    this.#put(this.#screen.leave(text))
  }

  /** Empties the screen, and asks for its width where only that tells it. */
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
    const isFresh = this.#screen.isFresh
    const drawn = this.#drawn
    if (isFresh && !this.#rings && drawn?.width === this.#width && isSame(drawn.content, content)) {
      this.#screen.drawAgain(drawn.row)
      this.#write(drawn.bytes)
      return
    }
    const { row, start } = layOut(content, this.#width, this.#start)
    this.#start = start
    const text = this.#screen.draw(row)
    this.#drawn = isFresh && text !== '' ? { content, width: this.#width, row, bytes: kept(text) } : undefined
    this.#put(text + (this.#rings ? bell : ''))
    this.#rings = false
  }

  #ask(): void {
    if (!this.#mustAsk) return
    this.#isAsked = true
    this.#put(this.#screen.askForWidth())
  }

  #change(width: number): boolean {
    if (width === this.#width) return false
    this.#width = width
    this.#put(this.#screen.erase())
    return true
  }

  #put(text: string): void {
    if (text === clearRow) this.#write(clearRowBytes)
    else if (text !== '') this.#write(Buffer.from(text))
  }
}

function isSame(one: RowContent, other: RowContent): boolean {
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
