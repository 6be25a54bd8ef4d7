import { withoutActing } from '../lib/clean.ts'
import { altKey, controlKey, csiKey, type KeyName, ss3Key } from './sequences.ts'
import { Utf8 } from './utf8.ts'

/** What was pressed: a key, a run of text, or a part of what is pasted, whose lines end in LF. */
export type Key =
  | { readonly name: KeyName; readonly text?: undefined }
  | { readonly name: 'text' | 'pasted'; readonly text: string }

/** The terminal has answered where its cursor is. */
export interface Position {
  readonly name: 'position'
  /** From 1. */
  readonly column: number
}

type State = 'ground' | 'escape' | 'csi' | 'console-key' | 'ss3' | 'string' | 'string-escape' | 'mouse'

const nul = 0x00
const ctrlC = 0x03
const bell = 0x07
const tab = 0x09
const lf = 0x0a
const cr = 0x0d
const esc = 0x1b
const del = 0x7f
/** Of a sequence so much is kept; a longer one is no key. */
const longestKept = 24
/** `ESC [ M` and three bytes: where the mouse was, where a program has left a terminal in that mode. */
const mouseBytes = 3

/**
 * Cuts bytes into keys, wherever packets are cut. What a terminal sends that is no key here is swallowed as a whole: function
 * keys, the mouse, answers to questions. Sequences as in ECMA-48 5.4, xterm's ctlseqs, terminfo of linux, putty, vt100, rxvt.
 */
export class KeyReader {
  readonly #utf8 = new Utf8()
  #state: State = 'ground'
  #parameters = ''
  #afterCr = false
  #pasting = false
  #mouseLeft = 0
  /** ESC came twice: the key is pressed with Alt. */
  #alt = false
  /** An arrow came as CSI: then SS3 is Ctrl and an arrow, as in PuTTY, and not an arrow in the mode of applications. */
  #csiArrows = false

  /** Whether a sequence has begun. If nothing follows for a while, it was Escape alone: `settle`. */
  get isUnfinished(): boolean {
    return this.#state !== 'ground'
  }

  /** The sequence that has begun does not go on. Answers Escape if that is what it was. */
  settle(): Key | undefined {
    const wasEscape = this.#state === 'escape'
    this.#state = 'ground'
    return wasEscape && !this.#pasting ? { name: 'escape' } : undefined
  }

  /** Reads one key from `chunk`, from `at` on. Answers where the next one begins, and the key if it is complete. */
  read(chunk: Buffer, at: number): { readonly key?: Key | Position | undefined; readonly end: number } {
    const byte = chunk[at] ?? nul
    if (this.#state !== 'ground') return this.#readSequence(byte, at)
    const isAfterCr = this.#afterCr
    this.#afterCr = false
    if (isAfterCr && (byte === lf || byte === nul)) return { end: at + 1 }
    if (this.#pasting) return this.#readText(chunk, at, 'pasted')
    if (isText(byte)) return this.#readText(chunk, at, 'text')
    // A character that breaks off is told before the key that breaks it off.
    const text = this.#utf8.giveUp()
    if (text !== '') return { key: { name: 'text', text }, end: at }
    this.#afterCr = byte === cr
    if (byte === esc) this.#begin('escape')
    return { key: keyNamed(controlKey(byte)), end: at + 1 }
  }

  /** Reads a run of text: up to the next key, or in a paste up to the next sequence. */
  #readText(chunk: Buffer, from: number, name: 'text' | 'pasted'): { key?: Key; end: number } {
    let text = ''
    let at = from
    for (; at < chunk.length; at++) {
      const byte = chunk[at] ?? nul
      const isAfterCr = this.#afterCr
      this.#afterCr = false
      if (byte >= 0x80) {
        const more = this.#utf8.take(byte)
        if (more === '\u009b' || more === '\u008f') {
          // The same sequences with a control character of eight bits in front.
          this.#begin(more === '\u009b' ? 'csi' : 'ss3')
          at++
          break
        }
        text += withoutActing(more)
        continue
      }
      if (this.#utf8.isUnfinished) text += this.#utf8.giveUp()
      if (isText(byte)) text += String.fromCharCode(byte)
      else if (name === 'text') break
      else if (byte === esc) {
        this.#begin('escape')
        at++
        break
      } else if (byte === ctrlC && chunk.length === 1) {
        // It comes alone, so it was pressed: the way out if the end of a paste is lost.
        this.#pasting = false
        return { key: { name: 'ctrl-c' }, end: 1 }
      } else text += this.#pastedControl(byte, isAfterCr)
    }
    return text === '' ? { end: at } : { key: { name, text }, end: at }
  }

  /** What a control character in a paste stands for. */
  #pastedControl(byte: number, isAfterCr: boolean): string {
    this.#afterCr = byte === cr
    if (byte === tab) return '\t'
    return byte === cr || (byte === lf && !isAfterCr) ? '\n' : ''
  }

  #begin(state: State): void {
    this.#state = state
    this.#parameters = ''
    this.#alt = false
  }

  #readSequence(byte: number, at: number): { key?: Key | Position | undefined; end: number } {
    // A control character ends what is not complete, and is a key of its own.
    if (byte < 0x20 && this.#state !== 'escape' && this.#state !== 'mouse' && !this.#endsString(byte)) {
      this.#state = 'ground'
      return { end: at }
    }
    const name = this.#step(byte)
    if (name === 'again') return { end: at }
    return { key: this.#state === 'ground' ? this.#finish(name) : undefined, end: at + 1 }
  }

  #endsString(byte: number): boolean {
    return this.#state === 'string' && (byte === bell || byte === esc)
  }

  /** Takes the next byte of a sequence; the key if it is complete, `again` if the byte does not belong to it. */
  #step(byte: number): KeyName | Position | 'again' | undefined {
    switch (this.#state) {
      case 'escape':
        return this.#afterEscape(byte)
      case 'csi':
        return this.#inCsi(byte)
      case 'ss3':
        return this.#inSs3(byte)
      case 'string':
        if (byte === bell || byte === 0x9c) this.#state = 'ground'
        else if (byte === esc) this.#state = 'string-escape'
        return undefined
      case 'string-escape':
        // `ESC \` ends it; anything else is a new sequence.
        this.#state = 'ground'
        if (byte === 0x5c) return undefined
        this.#begin('escape')
        return 'again'
      case 'mouse':
        this.#mouseLeft--
        if (this.#mouseLeft === 0) this.#state = 'ground'
        return undefined
      default:
        // A function key of the Linux console: `ESC [ [ A`.
        this.#state = 'ground'
        return undefined
    }
  }

  #afterEscape(byte: number): KeyName | 'again' | undefined {
    if (byte === esc) {
      this.#alt = true
      return undefined
    }
    const alt = this.#alt
    const next = nextStates[String.fromCharCode(byte)]
    this.#begin(next ?? 'ground')
    this.#alt = alt
    if (next !== undefined) return undefined
    // Alt and a letter beyond ASCII: the letter is text.
    if (byte >= 0x80) return 'again'
    if (byte < 0x20 && altKey(byte) === undefined) return 'again'
    this.#afterCr = byte === cr
    return altKey(byte)
  }

  #inCsi(byte: number): KeyName | Position | 'again' | undefined {
    const character = String.fromCharCode(byte)
    if (byte >= 0x80 || byte === del) {
      this.#state = 'ground'
      return 'again'
    }
    if (character === '[' && this.#parameters === '') {
      this.#state = 'console-key'
      return undefined
    }
    // rxvt ends Shift and a key in `$`, which elsewhere is in the middle.
    const isLast = byte >= 0x40 || (character === '$' && /^\d+$/.test(this.#parameters))
    if (!isLast) {
      if (this.#parameters.length < longestKept) this.#parameters += character
      return undefined
    }
    this.#state = 'ground'
    if (character === 'M' && this.#parameters === '') {
      this.#state = 'mouse'
      this.#mouseLeft = mouseBytes
      return undefined
    }
    const [, column] = (character === 'R' && /^\d+;(\d+)$/.exec(this.#parameters)) || []
    if (column !== undefined) return { name: 'position', column: Number(column) }
    if (/^[A-D]$/.test(character) && this.#parameters === '') this.#csiArrows = true
    return csiKey(this.#parameters, character)
  }

  #inSs3(byte: number): KeyName | 'again' | undefined {
    const character = String.fromCharCode(byte)
    if (/^[\d;]$/.test(character)) {
      if (this.#parameters.length < longestKept) this.#parameters += character
      return undefined
    }
    this.#state = 'ground'
    if (!/^[A-Za-z]$/.test(character)) return 'again'
    const isCtrl = this.#csiArrows && this.#parameters === ''
    return ss3Key(isCtrl && /^[CD]$/.test(character) ? '5' : this.#parameters, character)
  }

  /** The key that a sequence was; in a paste only its end counts. */
  #finish(name: KeyName | Position | undefined): Key | Position | undefined {
    if (typeof name === 'object') return name
    if (this.#pasting && name !== 'paste-end') return undefined
    if (!this.#pasting && name === 'paste-end') return undefined
    this.#pasting = name === 'paste-begin' || (this.#pasting && name !== 'paste-end')
    if (!this.#alt) return keyNamed(name)
    return keyNamed(name === 'left' ? 'word-left' : name === 'right' ? 'word-right' : name)
  }
}

/** What follows ESC where a longer sequence begins. */
const nextStates: Readonly<Record<string, State>> = {
  '[': 'csi',
  O: 'ss3',
  ']': 'string',
  P: 'string',
  X: 'string',
  '^': 'string',
  _: 'string',
}

function isText(byte: number): boolean {
  return byte >= 0x20 && byte !== del
}

function keyNamed(name: KeyName | undefined): Key | undefined {
  return name === undefined ? undefined : { name }
}
