import {
  boundaryAfter,
  boundaryBefore,
  boundaryFrom,
  charactersBefore,
  charactersOf,
} from '../lib/graphemes.ts'

/** A part of a line, from `start` to before `end`. */
export interface Span {
  readonly start: number
  readonly end: number
}

type IsIn = (character: string) => boolean

/** A letter, digit or mark: Alt-B and Alt-F go over these. */
function isInWord(character: string): boolean {
  return /^[\p{L}\p{N}\p{M}_]/u.test(character)
}

function isNoBlank(character: string): boolean {
  return !/^\s/u.test(character)
}

/** A line of text and a cursor, which stands between two characters (grapheme clusters). Places are counted in UTF-16 units. */
export class EditedLine {
  #text = ''
  /**
   * Where the next text goes. It may be in the middle of a character: half a flag that is typed before another flag joins
   * it until the other half comes.
   */
  #place = 0

  get text(): string {
    return this.#text
  }

  get cursor(): number {
    return boundaryFrom(this.#text, this.#place)
  }

  /** Puts another text in place of the whole line. */
  set(text: string, cursor = text.length): void {
    this.#text = text
    this.#place = cursor
  }

  moveTo(place: number): void {
    this.#place = place
  }

  /** The place one character before or behind the cursor. */
  get before(): number {
    return boundaryBefore(this.#text, this.cursor)
  }

  get behind(): number {
    return boundaryAfter(this.#text, this.cursor)
  }

  /** Where the word begins that ends before the cursor. */
  get wordBefore(): number {
    return this.#backOver(isInWord)
  }

  /** The same with words between blanks. */
  get blankBefore(): number {
    return this.#backOver(isNoBlank)
  }

  /** Where the word ends that begins behind the cursor. */
  get wordBehind(): number {
    return this.cursor + lengthOver(isInWord, charactersOf(this.#text, this.cursor))
  }

  /** Puts a text in at the cursor, which then stands behind it. */
  insert(text: string): void {
    this.replace({ start: this.#place, end: this.#place }, text)
  }

  /** Puts a text in place of a part; the cursor then stands behind it. */
  replace({ start, end }: Span, text: string): void {
    this.set(this.#text.slice(0, start) + text + this.#text.slice(end), start + text.length)
  }

  /** Takes a part out; answers it. The cursor then stands where it was. */
  cut({ start, end }: Span): string {
    const removed = this.#text.slice(start, end)
    if (removed !== '') this.replace({ start, end }, '')
    return removed
  }

  /** Exchanges the characters around the cursor, at the end of the line those before it. Answers whether there were two. */
  transpose(): boolean {
    const text = this.#text
    const middle = this.cursor === text.length ? this.before : this.cursor
    const start = boundaryBefore(text, middle)
    const end = boundaryAfter(text, middle)
    if (start === middle || end === middle) return false
    this.replace({ start, end }, text.slice(middle, end) + text.slice(start, middle))
    return true
  }

  #backOver(isIn: IsIn): number {
    return this.cursor - lengthOver(isIn, charactersBefore(this.#text, this.cursor))
  }
}

/** How long the characters are up to the end of the first word among them. */
function lengthOver(isIn: IsIn, characters: Iterable<string>): number {
  let length = 0
  let hasBegun = false
  for (const character of characters) {
    if (isIn(character)) hasBegun = true
    else if (hasBegun) break
    length += character.length
  }
  return length
}
