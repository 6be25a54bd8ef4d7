import xterm, { type IUnicodeVersionProvider } from '@xterm/headless'
import { eastAsianWidth } from 'get-east-asian-width'

/**
 * How wide a terminal takes its characters: as xterm.js by itself does, which knows Unicode 6 and counts code points; with
 * today's widths, but still by code points, as most do; or by what people see as one character.
 */
export const widthRules = ['unicode 6', 'code points', 'characters'] as const
export type WidthRule = (typeof widthRules)[number]

/** The properties of a character as xterm.js packs them: its state, its width, whether it joins the one before. */
function packed(state: number, width: number, joins: boolean): number {
  return ((state & 0xffffff) << 3) | ((width & 3) << 1) | (joins ? 1 : 0)
}

function widthOfPoint(code: number): 0 | 1 | 2 {
  const point = String.fromCodePoint(code)
  if (code !== 0xad && /[\p{Mn}\p{Me}\p{Cf}\p{Default_Ignorable_Code_Point}\u1160-\u11ff]/u.test(point))
    return 0
  return eastAsianWidth(code)
}

const byCodePoints: IUnicodeVersionProvider = {
  version: 'code points',
  wcwidth: widthOfPoint,
  charProperties(code, before) {
    const width = widthOfPoint(code)
    const widthBefore = (before >> 1) & 3
    const joins = width === 0 && widthBefore > 0
    return packed(0, joins ? Math.max(width, widthBefore) : width, joins)
  },
}

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' })

function byCharacters(): IUnicodeVersionProvider {
  /** The characters that have begun; a state is a place here. */
  const begun = ['']
  return {
    version: 'characters',
    wcwidth: widthOfPoint,
    charProperties(code, before) {
      const start = begun[before >> 3] ?? ''
      const point = String.fromCodePoint(code)
      const isOne = start !== '' && [...segmenter.segment(start + point)].length === 1
      const character = isOne ? start + point : point
      const widest = Math.max(...[...character].map((one) => widthOfPoint(one.codePointAt(0) ?? 0)))
      const isEmoji = /\ufe0f|\p{Regional_Indicator}{2}/u.test(character)
      begun.push(character)
      const joins = isOne && ((before >> 1) & 3) > 0
      return packed(begun.length - 1, isEmoji && widest > 0 ? 2 : widest, joins)
    },
  }
}

/** A terminal emulator. */
export class Emulator {
  readonly #terminal: xterm.Terminal
  #bells = 0
  /** Takes what the terminal answers by itself. */
  onAnswer: (answer: string) => void = () => {}

  constructor(columns: number, rows: number, rule: WidthRule) {
    this.#terminal = new xterm.Terminal({
      // It has two columns at least.
      cols: Math.max(2, columns),
      rows,
      scrollback: 10_000,
      allowProposedApi: true,
      logLevel: 'off',
    })
    this.#terminal.onBell(() => this.#bells++)
    this.#terminal.onData((data) => this.onAnswer(data))
    if (rule === 'unicode 6') return
    this.#terminal.unicode.register(rule === 'code points' ? byCodePoints : byCharacters())
    this.#terminal.unicode.activeVersion = rule
  }

  write(bytes: Buffer | string): Promise<void> {
    return new Promise((resolve) => this.#terminal.write(bytes, resolve))
  }

  resize(columns: number, rows: number): void {
    this.#terminal.resize(Math.max(2, columns), rows)
  }

  get bells(): number {
    return this.#bells
  }

  get modes(): { readonly bracketedPaste: boolean } {
    return { bracketedPaste: this.#terminal.modes.bracketedPasteMode }
  }

  /** The row with the cursor, and the column of the cursor from 0. */
  get lastRow(): { readonly text: string; readonly column: number } {
    const { baseY, cursorX, cursorY } = this.#terminal.buffer.active
    return { text: this.#row(baseY + cursorY), column: cursorX }
  }

  /** What stands above that row: lines, each put together of the rows that it was wrapped into. */
  get above(): string[] {
    const { active } = this.#terminal.buffer
    const lines: string[] = []
    for (let at = 0; at < active.baseY + active.cursorY; at++) {
      const text = this.#row(at)
      if (active.getLine(at)?.isWrapped) lines[lines.length - 1] += text
      else lines.push(text)
    }
    return lines
  }

  /** What stands below it. */
  get below(): string {
    const { active } = this.#terminal.buffer
    let text = ''
    for (let at = active.baseY + active.cursorY + 1; at < active.length; at++) text += this.#row(at)
    return text
  }

  /** How many rows are written, with those that the terminal has begun by itself. */
  get height(): number {
    const { baseY, cursorY } = this.#terminal.buffer.active
    return baseY + cursorY + 1
  }

  /** Of each row where it has the first of these words, in columns from 0: where each of them begins. */
  columnsOf(words: readonly string[]): number[][] {
    const found: number[][] = []
    for (let at = 0; at < this.height; at++) {
      const line = this.#terminal.buffer.active.getLine(at)
      const cells = Array.from({ length: line?.length ?? 0 }, (_, x) => line?.getCell(x)?.getChars() || ' ')
      const begins = words.map((word) =>
        cells.findIndex((_, x) => cells.slice(x, x + word.length).join('') === word),
      )
      if (begins[0] !== -1) found.push(begins)
    }
    return found
  }

  dispose(): void {
    this.#terminal.dispose()
  }

  #row(at: number): string {
    return (this.#terminal.buffer.active.getLine(at)?.translateToString(true) ?? '').trimEnd()
  }
}

/** What a terminal was sent, without the questions how wide it is. */
export function withoutQuestions(stream: string): string {
  return stream.replaceAll('\u001b7\u001b[999C\u001b[6n\u001b8', '')
}
