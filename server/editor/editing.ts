import type { EditedLine, Span } from './edited-line.ts'
import { Kills } from './kills.ts'
import type { KeyName } from './sequences.ts'

/** What became of a key: it is none that edits, it was done, or it cannot be done here. */
export type Outcome = 'unknown' | 'done' | 'refused'

type Place = (line: EditedLine) => number

/** A key that deletes a part of the line; `joins`: how it belongs to what was deleted right before, if it is kept. */
interface Deletion {
  readonly span: (line: EditedLine) => Span
  readonly joins?: 'ahead' | 'behind'
}

const left: Place = (line) => line.before
const right: Place = (line) => line.behind
const home: Place = () => 0
const end: Place = (line) => line.text.length
const wordLeft: Place = (line) => line.wordBefore
const wordRight: Place = (line) => line.wordBehind

const moves: Partial<Readonly<Record<KeyName, Place>>> = {
  left,
  right,
  home,
  end,
  'ctrl-a': home,
  'ctrl-b': left,
  'ctrl-e': end,
  'ctrl-f': right,
  'alt-b': wordLeft,
  'alt-f': wordRight,
  'word-left': wordLeft,
  'word-right': wordRight,
}

const deletes: Deletion = { span: (line) => ({ start: line.cursor, end: line.behind }) }
const wordBehind: Deletion = {
  span: (line) => ({ start: line.cursor, end: line.wordBehind }),
  joins: 'behind',
}

const deletions: Partial<Readonly<Record<KeyName, Deletion>>> = {
  backspace: { span: (line) => ({ start: line.before, end: line.cursor }) },
  delete: deletes,
  'ctrl-d': deletes,
  'ctrl-k': { span: (line) => ({ start: line.cursor, end: line.text.length }), joins: 'behind' },
  'ctrl-u': { span: (line) => ({ start: 0, end: line.cursor }), joins: 'ahead' },
  'ctrl-w': { span: (line) => ({ start: line.blankBefore, end: line.cursor }), joins: 'ahead' },
  'alt-backspace': { span: (line) => ({ start: line.wordBefore, end: line.cursor }), joins: 'ahead' },
  'alt-d': wordBehind,
  'word-delete': wordBehind,
}

/** The keys that change the line, or move the cursor in it. */
export class Editing {
  readonly #line: EditedLine
  readonly #limits: { readonly lineBytes: number }
  #kills: Kills | undefined
  /** What the last key did: kept what it deleted, or brought such a text back, which stands in this part. */
  #after: 'kill' | Span | undefined

  /** The limit, in bytes of UTF-8, may change. */
  constructor(line: EditedLine, limits: { readonly lineBytes: number }) {
    this.#line = line
    this.#limits = limits
  }

  /** Does what a key does. `isSecret`: nothing of the line may be kept. */
  press(name: KeyName, isSecret: boolean): Outcome {
    const after = this.#after
    this.#after = undefined
    const place = moves[name]
    if (place) return this.#move(place)
    const deletion = deletions[name]
    if (deletion) return this.#delete(deletion, isSecret, after === 'kill')
    if (name === 'ctrl-t') return this.#line.transpose() ? 'done' : 'refused'
    if (name === 'ctrl-y')
      return this.#bring(this.#kills?.take(), { start: this.#line.cursor, end: this.#line.cursor })
    if (name === 'alt-y')
      return typeof after === 'object' ? this.#bring(this.#kills?.turn(), after) : 'refused'
    return 'unknown'
  }

  /** Types a text at the cursor: as much of it as the limit allows, which is not always all of it. */
  type(text: string): Outcome {
    this.#after = undefined
    const room = this.#limits.lineBytes - Buffer.byteLength(this.#line.text)
    const part = Buffer.byteLength(text) <= room ? text : withinBytes(text, room)
    if (part !== '') this.#line.insert(part)
    return part === text ? 'done' : 'refused'
  }

  /** Whether a part of the line may be replaced by this text: the line would not be too long. */
  readonly mayPut = ({ start, end }: Span, text: string): boolean => {
    const line = this.#line.text
    const bytes =
      Buffer.byteLength(line) - Buffer.byteLength(line.slice(start, end)) + Buffer.byteLength(text)
    return bytes <= this.#limits.lineBytes
  }

  /** The next key does not belong to the last one any more. */
  rest(): void {
    this.#after = undefined
  }

  /** Keeps nothing of what was deleted. */
  forget(): void {
    this.#kills = undefined
  }

  #move(place: Place): Outcome {
    this.#line.moveTo(place(this.#line))
    return 'done'
  }

  #delete({ span, joins }: Deletion, isSecret: boolean, isNext: boolean): Outcome {
    const removed = this.#line.cut(span(this.#line))
    if (removed === '' || joins === undefined || isSecret) return 'done'
    this.#kills ??= new Kills()
    this.#kills.add(removed, isNext ? joins : undefined)
    this.#after = 'kill'
    return 'done'
  }

  #bring(text: string | undefined, span: Span): Outcome {
    if (text === undefined || !this.mayPut(span, text)) return 'refused'
    this.#line.replace(span, text)
    this.#after = { start: span.start, end: span.start + text.length }
    return 'done'
  }
}

/** The code points of a text that find room one after the other, however the text was cut on its way. */
function withinBytes(text: string, bytes: number): string {
  let kept = ''
  let left = bytes
  for (const point of text) {
    const size = Buffer.byteLength(point)
    if (size > left) continue
    kept += point
    left -= size
  }
  return kept
}
