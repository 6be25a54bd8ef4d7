/**
 * Characters that show nothing and separate words: white space, the empty pattern of Braille, the blanks of
 * hieroglyphs, and, in a line that is not yet cleaned, all invisible characters.
 */
const blank = String.raw`\s\u2800\u{13441}\u{13442}\p{DI}`
const front = new RegExp(`^[${blank}]+`, 'u')
const commandFront = new RegExp(`^[${blank}]*[/／](?![${blank}]*[/／])`, 'u')
/** In telnet, Enter may send CR NUL. */
const cancel = new RegExp(`^[${blank}]*[/／]cancel[\\0${blank}]*$`, 'iu')
/** A longer line is never a /cancel, whatever it contains (characters). */
export const longestCancel = 64

/**
 * Replaces, in the line of a command, an invisible character that is removed: it separates arguments as a blank does,
 * and is never part of one.
 */
export const gap = '\u200B'
/** The characters that separate the arguments of a command, as a class for regular expressions without the flag u. */
export const parting = String.raw`[\s\u2800\u200B]`
/** All others. */
export const notParting = String.raw`[^\s\u2800\u200B]`
const gaps = new RegExp(`${parting}+`)

/** The text from its first visible character on. */
export function withoutFront(text: string): string {
  return text.replace(front, '')
}

/** The words of a text. */
export function wordsOf(text: string): string[] {
  return text.split(gaps).filter((word) => word !== '')
}

/** Whether a line is a command and not talk; the line need not be cleaned. */
export function isCommandLine(line: string): boolean {
  return commandFront.test(line)
}

/** Whether a line is /cancel: the person wants to leave a question, or drop the waiting lines. */
export function isCancel(line: string): boolean {
  return line.length <= longestCancel && cancel.test(line)
}

/**
 * Replaces the full-width signs `／`, `＃` and `＠`, which people type who write Chinese or Japanese, by the ASCII ones.
 */
export function withUsualSign(name: string): string {
  return name.replace(/^[＃＠]/, (sign) => (sign === '＃' ? '#' : '@'))
}
