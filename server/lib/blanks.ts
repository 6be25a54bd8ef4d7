/**
 * What shows nothing and parts words: white space, the empty pattern of Braille, the blanks of hieroglyphs, and in a line that
 * is still to be cleaned all that is invisible.
 */
const blank = String.raw`\s\u2800\u{13441}\u{13442}\p{DI}`
const front = new RegExp(`^[${blank}]+`, 'u')
const commandFront = new RegExp(`^[${blank}]*[/／](?![${blank}]*[/／])`, 'u')
/** Telnet's Enter may be CR NUL. */
const cancel = new RegExp(`^[${blank}]*[/／]cancel[\\0${blank}]*$`, 'iu')
/** Longer lines are no /cancel, whatever else is in them. */
export const longestCancel = 64

/**
 * Stands in the line of a command for what is invisible and goes: it parts arguments, as a blank does, and is never a part of
 * one.
 */
export const gap = '\u200B'
/** A class for regular expressions without the flag u: what parts the arguments of a command. */
export const parting = String.raw`[\s\u2800\u200B]`
const gaps = new RegExp(`${parting}+`)

/** The text from the first character on that is seen. */
export function withoutFront(text: string): string {
  return text.replace(front, '')
}

/** The words of a text. */
export function wordsOf(text: string): string[] {
  return text.split(gaps).filter((word) => word !== '')
}

/** Whether a line is that of a command, and not talk; it need not be clean. */
export function isCommandLine(line: string): boolean {
  return commandFront.test(line)
}

/** Whether somebody wants to leave what they are asked, or what waits. */
export function isCancel(line: string): boolean {
  return line.length <= longestCancel && cancel.test(line)
}

/** With the signs of names as everybody's keyboard has them: those of full width are what one types who writes Chinese or Japanese. */
export function withUsualSign(name: string): string {
  return name.replace(/^[＃＠]/, (sign) => (sign === '＃' ? '#' : '@'))
}
