import { isCommandLine } from '../lib/blanks.ts'
import type { LineError } from '../lib/line.ts'
import { Asking } from './asking.ts'
import { shownOf } from './cells.ts'
import { Cycle } from './completion.ts'
import type { Display } from './display.ts'
import { EditedLine } from './edited-line.ts'
import { Editing } from './editing.ts'
import type { Key } from './keys.ts'
import type { TypingOwner } from './owner.ts'
import { linesOf, Paste } from './paste.ts'
import { Recall } from './recall.ts'
import type { RowContent } from './row.ts'
import type { Search } from './search.ts'
import { hasUnreadable, typedBytes } from './utf8.ts'
import { words } from './words.ts'

/** This much of the beginning is told of a line that cannot be read, in bytes. */
const startBytes = 100

/** Makes lines of keys. */
export class Typing {
  readonly asking = new Asking()
  readonly #owner: TypingOwner
  readonly #display: Pick<Display, 'clear' | 'leave' | 'ring'>
  readonly #line = new EditedLine()
  readonly #editing: Editing
  readonly #recall = new Recall()
  /** While Ctrl-R looks for a line. */
  #search: Search | undefined
  /** While Tab goes round. */
  #cycle: Cycle | undefined
  /** While something is pasted. */
  #paste: Paste | undefined
  /** The lines that a paste of several rows makes, while the person is asked whether to send them. */
  #rows: { readonly lines: readonly string[]; readonly question: string } | undefined

  /** The person has been told that the line has no room any more. */
  #isFull = false

  constructor(owner: TypingOwner, display: Pick<Display, 'clear' | 'leave' | 'ring'>) {
    this.#owner = owner
    this.#display = display
    this.#editing = new Editing(this.#line, owner.limits)
  }

  /** How long the line is, in UTF-16 units. */
  get length(): number {
    return this.#line.text.length
  }

  /** What is to stand in the row. */
  get content(): RowContent {
    const hint = this.#cycle?.hint ?? ''
    const { text: line, cursor } = this.#line
    if (this.#rows) {
      const [first = ''] = this.#rows.lines
      return { prompt: this.#rows.question, line: first, cursor: 0, hint }
    }
    if (this.#search) {
      const { found, isThere, query } = this.#search
      const prompt = words.search(query, isThere)
      return { prompt, line: found?.line ?? '', cursor: found?.cursor ?? 0, hint }
    }
    const { isHidden, prompt } = this.asking
    return isHidden ? { prompt, line: '', cursor: 0, hint } : { prompt, line, cursor, hint }
  }

  /** Another line stands in the editor, as a question begins or ends: `change` makes it of the one that stands there. */
  exchange(change: (line: string) => string): void {
    this.#search = undefined
    this.#cycle = undefined
    this.#paste = undefined
    this.#rows = undefined
    this.#editing.rest()
    this.#line.set(change(this.#line.text))
  }

  /** Leaves what was begun on the screen, unless nobody may read it. It stays no line of anybody. */
  leaveBegun(): void {
    const { text } = this.#line
    const { isHidden, prompt } = this.asking
    if (text === '' || isHidden || this.#owner.isSecret(text)) return
    this.#display.leave(shownOf(prompt) + shownOf(text))
    this.exchange(() => '')
  }

  /** Another person types here now, who must not read what was typed before. */
  forget(): void {
    this.exchange((line) => line)
    this.#recall.forget()
    this.#editing.forget()
  }

  /** Does what a key does. Answers whether the owner was told of something. */
  press(key: Key): boolean {
    if (key.name === 'pasted') this.#paste?.add(key.text)
    else if (key.name === 'paste-end') return this.#endPaste()
    else if (this.#paste && key.name === 'ctrl-c') this.#paste = undefined
    else if (this.#rows && key.name === 'text') return this.#answerByText(key.text, this.#rows.lines)
    else if (this.#rows) return this.#answerPaste(key.name, this.#rows.lines)
    else if (this.#search) return this.#pressInSearch(key, this.#search)
    else return this.#pressInLine(key)
    return false
  }

  #pressInLine(key: Key): boolean {
    const { name } = key
    if (name !== 'tab' && name !== 'back-tab') this.#cycle = undefined
    if (name === 'text' || name === 'pasted') {
      this.#type(key.text)
      return false
    }
    // Rows that are pasted keep their tabs, also where the terminal does not mark what is pasted.
    if (name === 'tab' && this.asking.isRepeated) {
      this.#type('\t')
      return false
    }
    this.#line.moveTo(this.#line.cursor)
    switch (name) {
      case 'enter':
        this.#enter()
        return true
      case 'ctrl-c':
        this.#empty()
        this.#owner.interrupt()
        return true
      case 'ctrl-l':
        this.#display.clear()
        return false
      case 'paste-begin':
        this.#paste = new Paste(this.#owner.limits)
        return false
    }
    if (name === 'ctrl-d' && this.#line.text === '') {
      this.#owner.leave()
      return true
    }
    if (this.#recallBy(key)) return false
    if (this.#editing.press(name, this.asking.isHidden) === 'refused') this.#display.ring()
    return false
  }

  /** The keys that bring something from elsewhere into the line, which an answer to a question has not. */
  #recallBy({ name }: Key): boolean {
    switch (name) {
      case 'tab':
      case 'back-tab':
        this.#ringUnless(!this.asking.isQuestion && this.#complete(name === 'tab' ? 1 : -1))
        break
      case 'up':
      case 'ctrl-p':
        this.#ringUnless(!this.asking.isQuestion && this.#recall.go('back', this.#line))
        break
      case 'down':
      case 'ctrl-n':
        this.#ringUnless(!this.asking.isQuestion && this.#recall.go('forth', this.#line))
        break
      case 'ctrl-r':
        if (!this.asking.isQuestion) this.#search = this.#recall.search()
        this.#ringUnless(this.#search !== undefined)
        break
      default:
        return false
    }
    this.#editing.rest()
    return true
  }

  #type(text: string): void {
    if (this.#editing.type(text) === 'done') return
    this.#display.ring()
    if (!this.#isFull) this.#owner.lineFull()
    this.#isFull = true
  }

  #ringUnless(isDone: boolean): void {
    if (!isDone) this.#display.ring()
  }

  #empty(): void {
    this.#line.set('')
    this.#isFull = false
    this.#editing.rest()
    // The line that was begun before a question still waits for its end.
    if (!this.asking.isQuestion) this.#recall.rest()
  }

  /** Hands the line over, and leaves it on the screen. */
  #enter(): void {
    const { text } = this.#line
    const { isHidden, isQuestion, prompt } = this.asking
    this.#display.leave(shownOf(prompt) + (isHidden ? '' : shownOf(text)))
    this.#empty()
    this.asking.entered()
    const error = this.#errorOf(text)
    if (error !== undefined) {
      this.#owner.takeLine({ error, start: typedBytes(text).slice(0, startBytes) })
      return
    }
    if (!isQuestion && text.trim() !== '' && !this.#owner.isSecret(text)) this.#recall.add(text)
    this.#owner.takeLine({ text })
  }

  #errorOf(line: string): LineError | undefined {
    if (hasUnreadable(line)) return 'bad-encoding'
    // The limit may be lower than when the line was typed; or the line was typed in two parts, around a question.
    return Buffer.byteLength(line) > this.#owner.limits.lineBytes ? 'line-too-long' : undefined
  }

  #complete(by: 1 | -1): boolean {
    this.#cycle ??= Cycle.begin(this.#line, (line, cursor) => this.#owner.complete(line, cursor))
    const { mayPut } = this.#editing
    const isDone = this.#cycle?.turn(by, this.#line, mayPut) ?? false
    // With the only candidate in the line, the next Tab is another question.
    if (this.#cycle?.isDecided && this.#cycle.hint === '') this.#cycle = undefined
    return isDone
  }

  // Ctrl-R

  #pressInSearch(key: Key, search: Search): boolean {
    switch (key.name) {
      case 'text':
        this.#ringUnless(search.type(key.text))
        return false
      case 'backspace':
        this.#ringUnless(search.erase())
        return false
      case 'ctrl-r':
        this.#ringUnless(search.older())
        return false
    }
    this.#search = undefined
    if (['ctrl-c', 'ctrl-g', 'escape'].includes(key.name)) return false
    const { found } = search
    if (found) this.#recall.goTo(found.ago, this.#line, found.cursor)
    return this.#pressInLine(key)
  }

  // What is pasted

  #endPaste(): boolean {
    const rows = this.#paste?.end() ?? []
    // Where each line is an answer, a paste is answers: nobody has to agree, and the next key may be the one that ends them.
    const isAnswers = this.asking.isRepeated && this.#paste?.hasRowEnd === true
    this.#paste = undefined
    if (typeof rows === 'string') this.#refusePaste(rows)
    else if (rows.length > 1 || isAnswers) return this.#takeRows(linesOf(rows, this.#line), isAnswers)
    else if (this.#isTooLong(linesOf(rows, this.#line))) this.#refusePaste('line')
    else if (rows[0]) this.#type(rows[0])
    return false
  }

  #isTooLong(lines: readonly string[]): boolean {
    return lines.some((line) => Buffer.byteLength(line) > this.#owner.limits.lineBytes)
  }

  /** Several rows become lines: at once, or if the person agrees. Answers whether the owner was told of something. */
  #takeRows(lines: readonly string[], atOnce: boolean): boolean {
    if (this.asking.isHidden) this.#refusePaste('answer')
    else if (this.#isTooLong(lines)) this.#refusePaste('line')
    else if (atOnce) this.#enterAll(lines)
    else this.#rows = { lines, question: words.sendLines(lines.length, lines.filter(isCommandLine).length) }
    return atOnce
  }

  #enterAll(lines: readonly string[]): void {
    for (const line of lines) {
      this.#line.set(line)
      this.#enter()
    }
  }

  #refusePaste(why: Parameters<TypingOwner['refusePaste']>[0]): void {
    this.#display.ring()
    this.#owner.refusePaste(why)
  }

  #answerByText(text: string, rows: readonly string[]): boolean {
    const [answer = ''] = text
    const key = { y: 'enter', n: 'escape' }[answer.toLowerCase()] as 'enter' | 'escape' | undefined
    const isTold = this.#answerPaste(key, rows)
    const rest = text.slice(answer.length)
    // What came in the same packet is typed after the answer.
    return (rest !== '' && this.press({ name: 'text', text: rest })) || isTold
  }

  #answerPaste(name: Key['name'] | undefined, rows: readonly string[]): boolean {
    switch (name) {
      case 'enter':
        this.#rows = undefined
        this.#enterAll(rows)
        return true
      case 'ctrl-c':
      case 'ctrl-d':
      case 'ctrl-g':
      case 'escape':
        this.#rows = undefined
        return false
      default:
        this.#display.ring()
        return false
    }
  }
}
