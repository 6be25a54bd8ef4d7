import type { Complete } from '../../server/editor/completion.ts'
import { Editor } from '../../server/editor/editor.ts'
import type { EditorOwner } from '../../server/editor/owner.ts'
import { SharedRows } from '../../server/editor/shared-rows.ts'
import type { Line } from '../../server/lib/line.ts'
import { ManualClock } from '../support/clock.ts'

/** What an editor told its owner: a line as its text, anything else as a word in brackets. */
export type Told = string

/** An editor, and all that it writes and tells. */
export class Desk implements EditorOwner {
  readonly clock = new ManualClock()
  readonly rows = new SharedRows()
  readonly limits = { lineBytes: 4000, pasteRows: 200, pasteBytes: 65536 }
  readonly told: Told[] = []
  readonly lines: Line[] = []
  readonly editor: Editor
  complete: Complete = (_line, cursor) => ({ start: cursor, candidates: [] })
  isSecret = (line: string): boolean => line.startsWith('/login')
  #written: Buffer[] = []
  #changes = 0

  constructor(width = 80, prompt = '> ') {
    this.editor = new Editor(this, width)
    this.editor.begin()
    this.editor.prompt = prompt
  }

  write(bytes: Buffer): void {
    this.#written.push(bytes)
  }

  changed(): void {
    this.#changes++
  }

  takeLine(line: Line): void {
    this.lines.push(line)
    this.told.push(line.text ?? `[${line.error}]`)
  }

  interrupt(): void {
    this.told.push('[interrupt]')
  }

  leave(): void {
    this.told.push('[leave]')
  }

  widthFound(columns: number): void {
    this.told.push(`[width: ${columns}]`)
  }

  lineFull(): void {
    this.told.push('[full]')
  }

  refusePaste(why: string): void {
    this.told.push(`[paste: ${why}]`)
  }

  /** Whether the editor asked for an `update` since the last time. */
  get wantsUpdate(): boolean {
    return this.#changes > 0
  }

  /** A message above the row, in the way in which a connection writes it. */
  print(text: string): void {
    const bytes = Buffer.from(text)
    const framed = this.#written.length === 0 ? this.editor.framed(bytes) : undefined
    if (framed) this.#written.push(framed)
    else this.editor.printAbove(bytes)
  }

  /** Everything that is typed, in one piece. */
  type(keys: string | Buffer): this {
    const bytes = Buffer.from(keys)
    for (let at = 0; at < bytes.length; ) at += this.editor.push(bytes, at)
    return this
  }

  /** What is written by the end of the turn. */
  written(): Buffer {
    this.editor.update()
    this.#changes = 0
    const bytes = Buffer.concat(this.#written)
    this.#written = []
    return bytes
  }
}
