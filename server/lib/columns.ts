import { eastAsianWidth } from 'get-east-asian-width'
import { charactersOf, isAscii } from './graphemes.ts'

/** Marks, and what shows nothing: joiners, selectors, tags; vowels and finals that are written into a syllable of Hangul. */
const noWidth = /^[\p{Mn}\p{Me}\p{Default_Ignorable_Code_Point}\ufff9-\ufffb\u1160-\u11ff\ud7b0-\ud7ff]$/u
const softHyphen = 0xad
/** Terminals differ about them: some show all of them two columns wide, others those that Unicode says. */
const pictures = /^[\u{1f000}-\u{1faff}]$/u
/** It turns a character of one column into an emoji of two. */
const emojiSelector = 0xfe0f
/** Without them a text has no emoji that is made of several code points. */
const joining = /[\u200d\ufe0f\u{1f1e6}-\u{1f1ff}\u{1f3fb}-\u{1f3ff}]/u
/** A character that is one emoji, though it has several code points: a flag, a keycap, a tone of skin, a family. */
const joinedEmoji =
  /^(?:\p{Regional_Indicator}|\p{Emoji}\ufe0f|\p{Extended_Pictographic}.*(?:\p{Emoji_Modifier}|\u200d\p{Extended_Pictographic}))/su

/** Characters that show as blank: spaces of any width, and the empty pattern of Braille. */
const blank = /^[\s\u2800]$/u
/** What stands on the character before it, though that is a blank. */
const mark = /^[\p{M}\p{Emoji_Modifier}\u200c\u200d]$/u

const columnsMask = 3
const mostShift = 2
const blankBit = 16
const markBit = 32
const knownBit = 64
/** The properties of code points, cached: regular expressions are too slow for each character of a long text. */
const traits = new Uint8Array(0x110000)

function traitsOf(code: number): number {
  const known = traits[code]
  if (known) return known
  const point = String.fromCodePoint(code)
  const columns = code !== softHyphen && noWidth.test(point) ? 0 : eastAsianWidth(code)
  const most = pictures.test(point) ? 2 : columns
  const found =
    knownBit |
    columns |
    (most << mostShift) |
    (blank.test(point) ? blankBit : 0) |
    (mark.test(point) ? markBit : 0)
  traits[code] = found
  return found
}

/** Whether there is a blank at `index` of a text, one that no mark stands on. */
export function isBlankAt(text: string, index: number): boolean {
  // No blank has a surrogate.
  const unit = text.charCodeAt(index)
  if ((unit > 0x20 && unit <= 0x7e) || (traitsOf(unit) & blankBit) === 0) return false
  const next = text.charCodeAt(index + 1)
  if (!(next > 0x7e)) return true
  return (traitsOf(text.codePointAt(index + 1) ?? 0) & markBit) === 0
}

/**
 * How many columns a text takes in a terminal: marks none, wide East Asian characters and emoji two, also an emoji of several
 * code points. Everything that is to stand below each other counts so.
 */
export function columnsOf(text: string): number {
  if (isAscii(text)) return text.length
  if (!joining.test(text)) return sumOfPoints(text)
  let columns = 0
  for (const character of charactersOf(text))
    columns += joinedEmoji.test(character) ? 2 : sumOfPoints(character)
  return columns
}

function sumOfPoints(text: string): number {
  let columns = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.codePointAt(at) ?? 0
    if (code > 0xffff) at++
    columns += code <= 0x7e ? 1 : traitsOf(code) & columnsMask
  }
  return columns
}

/**
 * The most columns that any terminal takes for a text: one that does not know grapheme clusters shows the parts of an emoji one
 * beside the other. What must fit a row counts so. Two texts take together as many as both alone.
 */
export function mostColumnsOf(text: string): number {
  return isAscii(text) ? text.length : mostColumnsBetween(text, 0, text.length)
}

/** The same for the part of a text from `from` to before `to`. */
export function mostColumnsBetween(text: string, from: number, to: number): number {
  let columns = 0
  let last = 0
  for (let at = from; at < to; at++) {
    const unit = text.charCodeAt(at)
    if (unit <= 0x7e) last = 1
    else if (unit === emojiSelector) last = last === 1 ? 1 : 0
    else {
      const code = unit < 0xd800 || unit > 0xdbff ? unit : (text.codePointAt(at) ?? unit)
      if (code > 0xffff) at++
      last = (traitsOf(code) >> mostShift) & columnsMask
    }
    columns += last
  }
  return columns
}
