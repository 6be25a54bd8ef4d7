import { shownOf } from '../../server/editor/cells.ts'
import type { Completion } from '../../server/editor/completion.ts'
import type { Key } from '../../server/editor/keys.ts'
import { isCommandLine } from '../../server/lib/blanks.ts'

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** The names that Tab completes in these tests: `@` and letters, at the end of what stands before the cursor. */
const names = ['@ann ', '@anna ', '@bo漢 ']

export function completeNames(line: string, cursor: number): Completion {
  const start = line.lastIndexOf('@', cursor - 1)
  const begun = start < 0 || cursor === 0 ? undefined : line.slice(start, cursor)
  return {
    start: Math.max(0, start),
    candidates: names
      .filter((name) => begun !== undefined && name.startsWith(begun))
      .map((text) => ({ text })),
  }
}

interface Manner {
  readonly hidden: boolean
  readonly repeated?: boolean
}

interface Found {
  query: string
  ago: number | undefined
  isThere: boolean
}

/**
 * What the editor is to do with keys, written again in the plainest way: the whole line is taken apart for each key, and
 * nothing is said of how it gets to the screen.
 */
export class Model {
  text = ''
  /** Where the next text goes, in UTF-16 units. */
  place = 0
  /** The lines that were left on the screen, with their prompts, and the messages that were printed. */
  readonly above: string[] = []
  /** The lines that were entered, and in brackets what else is told. */
  readonly told: string[] = []
  readonly #lineBytes: number
  #entered: string[] = []
  #kills: string[] = []
  #killAt = 0
  #after: 'kill' | { start: number; end: number } | undefined
  #ago: number | undefined
  #begun = ''
  #usual: string
  #question: { text: string; hidden: boolean; repeated: boolean; open: boolean } | undefined
  #beforeQuestion = ''
  #search: Found | undefined
  #cycle: { choices: string[]; at: number; start: number } | undefined
  #pasted: string | undefined
  #rows: string[] | undefined

  #isFull = false

  constructor(lineBytes: number, prompt: string) {
    this.#lineBytes = lineBytes
    this.#usual = prompt
  }

  // What is to be seen

  get row(): { readonly prompt: string; readonly line: string; readonly cursor: number } {
    if (this.#rows)
      return {
        prompt: questionAbout(this.#rows),
        line: this.#rows[0] ?? '',
        cursor: 0,
      }
    if (this.#search) {
      const { query, ago, isThere } = this.#search
      const line = ago === undefined ? '' : (this.#lineAgo(ago) ?? '')
      const cursor = this.#boundaryFrom(line, Math.max(0, line.indexOf(query)))
      return { prompt: `${isThere ? 'search' : 'not found'} "${query}": `, line, cursor }
    }
    if (this.#question?.hidden) return { prompt: this.#prompt, line: '', cursor: 0 }
    return { prompt: this.#prompt, line: this.text, cursor: this.cursor }
  }

  get #prompt(): string {
    return this.#question ? (this.#question.open ? this.#question.text : '') : this.#usual
  }

  get cursor(): number {
    return this.#boundaryFrom(this.text, this.place)
  }

  // What happens

  ask(text: string, { hidden, repeated = false }: Manner): void {
    const before = this.#question
    this.#question = { text, hidden, repeated, open: true }
    if (!before) {
      this.#beforeQuestion = this.text
      this.#exchange('')
    } else this.#exchange(before.open || (before.hidden && !hidden) ? '' : this.text)
  }

  endQuestion(): void {
    const question = this.#question
    this.#question = undefined
    this.#exchange(
      question?.open || question?.hidden ? this.#beforeQuestion : this.#beforeQuestion + this.text,
    )
    this.#beforeQuestion = ''
  }

  set prompt(prompt: string) {
    this.#usual = prompt
  }

  press(key: Key): void {
    if (key.text === '') return
    if (key.name === 'pasted') {
      if (this.#pasted !== undefined) this.#pasted += key.text
    } else if (key.name === 'paste-end') this.#endPaste()
    else if (key.name === 'text' && [...key.text].length > 1)
      for (const point of key.text) this.press({ name: 'text', text: point })
    else if (this.#rows) this.#answerPaste(key, this.#rows)
    else if (this.#search) this.#inSearch(key, this.#search)
    else this.#inLine(key)
  }

  #exchange(line: string): void {
    this.#search = undefined
    this.#cycle = undefined
    this.#rows = undefined
    this.#pasted = undefined
    this.#after = undefined
    this.#set(line)
  }

  #set(text: string, place = text.length): void {
    this.text = text
    this.place = place
  }

  #inLine(key: Key): void {
    const { name } = key
    if (name === 'tab' && this.#question?.repeated) {
      this.#inLine({ name: 'text', text: '\t' })
      return
    }
    if (name !== 'tab' && name !== 'back-tab') this.#cycle = undefined
    const after = this.#after
    this.#after = undefined
    const { cursor, text } = this
    if (key.text === undefined) this.place = cursor
    const chars = this.#characters(text)
    const here = chars.findIndex(({ index }) => index >= cursor)
    /** How many characters stand before the cursor. */
    const count = here < 0 ? chars.length : here
    const startOf = (at: number) => chars[at]?.index ?? text.length
    const kill = (start: number, end: number, side: 'ahead' | 'behind') => {
      this.#set(text.slice(0, start) + text.slice(end), start)
      if (start === end || this.#question?.hidden) return
      const removed = text.slice(start, end)
      const [last] = this.#kills
      if (after === 'kill' && last !== undefined)
        this.#kills[0] = side === 'ahead' ? removed + last : last + removed
      else this.#kills.unshift(removed)
      this.#kills = this.#kills
        .slice(0, 4)
        .filter((_, at, all) => at === 0 || all.slice(0, at + 1).join('').length <= 512)
      this.#killAt = 0
      this.#after = 'kill'
    }
    const isWord = (at: number) => /^[\p{L}\p{N}\p{M}_]/u.test(chars[at]?.segment ?? '')
    const isInk = (at: number) => /^\S/.test(chars[at]?.segment ?? ' ')
    const back = (is: (at: number) => boolean) => {
      let at = count
      while (at > 0 && !is(at - 1)) at--
      while (at > 0 && is(at - 1)) at--
      return startOf(at)
    }
    const forth = () => {
      let at = count
      while (at < chars.length && !isWord(at)) at++
      while (at < chars.length && isWord(at)) at++
      return startOf(at)
    }
    switch (name) {
      case 'text':
      case 'pasted':
        for (const point of key.text) {
          if (Buffer.byteLength(this.text + point) <= this.#lineBytes)
            this.#set(
              this.text.slice(0, this.place) + point + this.text.slice(this.place),
              this.place + point.length,
            )
          else if (!this.#isFull) {
            this.#isFull = true
            this.told.push('[full]')
          }
        }
        return
      case 'enter':
        this.#enter(text)
        return
      case 'ctrl-c':
        this.#empty()
        this.told.push('[interrupt]')
        return
      case 'left':
      case 'ctrl-b':
        this.place = startOf(Math.max(0, count - 1))
        return
      case 'right':
      case 'ctrl-f':
        this.place = startOf(count + 1)
        return
      case 'home':
      case 'ctrl-a':
        this.place = 0
        return
      case 'end':
      case 'ctrl-e':
        this.place = text.length
        return
      case 'alt-b':
      case 'word-left':
        this.place = back(isWord)
        return
      case 'alt-f':
      case 'word-right':
        this.place = forth()
        return
      case 'backspace':
        this.#set(
          text.slice(0, startOf(count - 1 < 0 ? 0 : count - 1)) + text.slice(cursor),
          startOf(Math.max(0, count - 1)),
        )
        return
      case 'ctrl-d':
        if (text === '') {
          this.told.push('[leave]')
          this.#after = after
          return
        }
        this.#set(text.slice(0, cursor) + text.slice(startOf(count + 1)), cursor)
        return
      case 'delete':
        this.#set(text.slice(0, cursor) + text.slice(startOf(count + 1)), cursor)
        return
      case 'ctrl-u':
        kill(0, cursor, 'ahead')
        return
      case 'ctrl-k':
        kill(cursor, text.length, 'behind')
        return
      case 'ctrl-w':
        kill(back(isInk), cursor, 'ahead')
        return
      case 'alt-backspace':
        kill(back(isWord), cursor, 'ahead')
        return
      case 'alt-d':
      case 'word-delete':
        kill(cursor, forth(), 'behind')
        return
      case 'ctrl-t': {
        const middle = count === chars.length ? count - 1 : count
        const [one, other] = [chars[middle - 1]?.segment, chars[middle]?.segment]
        if (one === undefined || other === undefined) return
        const end = startOf(middle + 1)
        this.#set(text.slice(0, startOf(middle - 1)) + other + one + text.slice(end), end)
        return
      }
      case 'ctrl-y':
        this.#killAt = 0
        this.#bring(this.#kills[0], cursor, cursor)
        return
      case 'alt-y':
        if (typeof after !== 'object') return
        this.#killAt = (this.#killAt + 1) % this.#kills.length
        this.#bring(this.#kills[this.#killAt], after.start, after.end)
        return
      case 'tab':
        this.#complete(1)
        return
      case 'back-tab':
        this.#complete(-1)
        return
      case 'up':
      case 'ctrl-p':
        if (!this.#question) this.#goTo((this.#ago ?? -1) + 1)
        return
      case 'down':
      case 'ctrl-n':
        if (this.#question || this.#ago === undefined) return
        if (this.#ago > 0) this.#goTo(this.#ago - 1)
        else {
          this.#set(this.#begun)
          this.#ago = undefined
          this.#begun = ''
        }
        return
      case 'ctrl-r':
        if (!this.#question && this.#entered.length > 0)
          this.#search = { query: '', ago: undefined, isThere: true }
        return
      case 'paste-begin':
        this.#pasted = ''
        this.#after = after
        return
      case 'ctrl-l':
        this.#after = after
    }
  }

  #bring(text: string | undefined, start: number, end: number): void {
    if (text === undefined) return
    const line = this.text.slice(0, start) + text + this.text.slice(end)
    if (Buffer.byteLength(line) > this.#lineBytes) return
    this.#set(line, start + text.length)
    this.#after = { start, end: start + text.length }
  }

  #enter(text: string): void {
    this.above.push(shownOf(this.#prompt) + (this.#question?.hidden ? '' : shownOf(text)))
    this.told.push(text)
    this.#empty()
    this.#after = undefined
    if (this.#question) this.#question.open = this.#question.repeated
    else if (
      /\S/.test(text) &&
      !text.startsWith('/login') &&
      text !== this.#entered.at(-1) &&
      bytesOf(text) <= 2048
    ) {
      this.#entered.push(text)
      while (this.#entered.length > 50 || this.#entered.reduce((sum, one) => sum + bytesOf(one), 0) > 2048)
        this.#entered.shift()
    }
  }

  #empty(): void {
    this.#set('')
    this.#isFull = false
    if (this.#question) return
    this.#ago = undefined
    this.#begun = ''
  }

  #lineAgo(ago: number): string | undefined {
    return this.#entered[this.#entered.length - 1 - ago]
  }

  #goTo(ago: number, place?: number): void {
    const line = this.#lineAgo(ago)
    if (line === undefined) return
    if (this.#ago === undefined) this.#begun = this.text
    this.#ago = ago
    this.#set(line, place)
  }

  #complete(by: number): void {
    if (this.#question) return
    if (!this.#cycle) {
      const { start, candidates } = completeNames(this.text, this.cursor)
      if (candidates.length === 0) return
      const choices = [this.text.slice(start, this.cursor), ...candidates.map(({ text }) => text)]
      this.#cycle = { choices, at: 0, start }
      this.place = this.cursor
    }
    const { at, choices, start } = this.#cycle
    const next = (at + by + choices.length) % choices.length
    const end = start + (choices[at] ?? '').length
    const line = this.text.slice(0, start) + choices[next] + this.text.slice(end)
    if (Buffer.byteLength(line) <= this.#lineBytes) {
      this.#set(line, start + (choices[next] ?? '').length)
      this.#cycle.at = next
    }
    if (choices.length === 2) this.#cycle = undefined
  }

  #inSearch(key: Key, search: Found): void {
    const look = (ago: number) => {
      search.isThere = true
      if (search.query === '') return
      for (let at = ago; at < this.#entered.length; at++)
        if (this.#lineAgo(at)?.includes(search.query)) {
          search.ago = at
          return
        }
      search.isThere = false
    }
    switch (key.name) {
      case 'text':
        if (search.query.length + key.text.length > 200) return
        search.query += key.text
        look(search.ago ?? 0)
        return
      case 'backspace':
        search.query = this.#characters(search.query)
          .slice(0, -1)
          .map(({ segment }) => segment)
          .join('')
        if (search.query === '') search.ago = undefined
        look(0)
        return
      case 'ctrl-r':
        look(search.ago === undefined ? 0 : search.ago + 1)
        return
    }
    this.#search = undefined
    if (['ctrl-c', 'ctrl-g', 'escape'].includes(key.name)) return
    if (search.ago !== undefined) {
      const line = this.#lineAgo(search.ago) ?? ''
      this.#goTo(search.ago, Math.max(0, line.indexOf(search.query)))
    }
    this.#inLine(key)
  }

  #endPaste(): void {
    if (this.#pasted === undefined) return
    const rows = this.#pasted.replace(/\n+$/, '').split('\n')
    const isEntered = this.#question?.repeated === true && this.#pasted.includes('\n')
    this.#pasted = undefined
    const [first = ''] = rows
    if (rows.length === 1 && !isEntered) {
      if (Buffer.byteLength(this.text + first) > this.#lineBytes) this.told.push('[paste: line]')
      else if (first !== '') this.#inLine({ name: 'text', text: first })
      return
    }
    const { cursor, text } = this
    const lines = rows.map(
      (row, at) =>
        (at === 0 ? text.slice(0, cursor) : '') + row + (at === rows.length - 1 ? text.slice(cursor) : ''),
    )
    if (this.#question?.hidden) this.told.push('[paste: answer]')
    else if (lines.some((line) => Buffer.byteLength(line) > this.#lineBytes)) this.told.push('[paste: line]')
    else if (isEntered) for (const line of lines) this.#enter(line)
    else this.#rows = lines
  }

  #answerPaste(key: Key, rows: readonly string[]): void {
    const answer = key.text?.toLowerCase()
    const isNo = answer === 'n' || ['ctrl-c', 'ctrl-d', 'ctrl-g', 'escape'].includes(key.name)
    const isYes = answer === 'y' || key.name === 'enter'
    if (!isNo && !isYes) return
    this.#rows = undefined
    if (isNo) return
    for (const row of rows) this.#enter(row)
  }

  #characters(text: string): { readonly index: number; readonly segment: string }[] {
    return [...segmenter.segment(text)]
  }

  #boundaryFrom(text: string, place: number): number {
    return this.#characters(text).find(({ index }) => index >= place)?.index ?? text.length
  }
}

function bytesOf(line: string): number {
  return Buffer.byteLength(line) + 1
}

function questionAbout(lines: readonly string[]): string {
  const commands = lines.filter(isCommandLine).length
  const some = commands === 1 ? ', 1 as a command' : commands > 1 ? `, ${commands} as commands` : ''
  return `Send ${lines.length} lines${some}? Enter: yes, Ctrl-C: no: `
}
