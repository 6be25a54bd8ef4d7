/**
 * What keys send that are no text, as a terminal passes it on in the middle of a line: arrows, Home, Delete, function keys,
 * with what is held down beside them, a letter with Alt, the marks around a paste, and what a terminal answers to what it
 * was shown (ECMA-48, 5.4 and 8.3; xterm's ctlseqs; the Linux console has `ESC [ [ A`, and rxvt ends in `$` or `^`).
 * A sequence that breaks off goes as far as it came; `ESC` in front of anything but a letter goes alone. A run of `ESC` is
 * looked at from its first on only, or many of them would take the square of their number.
 */
const sequences = [
  // OSC, DCS, APC, PM and SOS, up to their end; without one that is a letter with Alt.
  String.raw`(?<!\u001b)\u001b+[\]PX^_][^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)`,
  // CSI
  String.raw`(?:(?<!\u001b)\u001b+\[|\u009b)(?:\[[A-E]|\d+\$(?!y)|(?:[0-?]+[ -/]*)?[@-~]?)`,
  // SS3, and SS2.
  String.raw`(?:(?<!\u001b)\u001b+[ON]|[\u008e\u008f])(?:[\d;]*[A-Za-z])?`,
  String.raw`(?<!\u001b)\u001b+[A-Za-z]?`,
].join('|')

const anywhere = new RegExp(sequences, 'g')
const atEnd = new RegExp(`(?:${sequences})$`)
const begins = /[\u001b\u008e\u008f\u009b]/

/** Takes out of a line that was typed what keys have sent that are no text, each sequence whole. */
export function withoutKeys(line: string): string {
  return begins.test(line) ? line.replace(anywhere, '') : line
}

/** The sequence of a key that a text ends with, or ''. */
export function keyAtEnd(text: string): string {
  return begins.test(text) ? (atEnd.exec(text)?.[0] ?? '') : ''
}
