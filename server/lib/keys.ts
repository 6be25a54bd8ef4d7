/**
 * The sequences of keys that are no text, as a terminal sends them in the middle of a line: arrows, Home, Delete,
 * function keys, with Shift and the like, a letter with Alt, the marks around a paste, and answers of the terminal to
 * sequences that it was shown (ECMA-48, 5.4 and 8.3; xterm's ctlseqs; the Linux console has `ESC [ [ A`, and rxvt
 * ends in `$` or `^`). A sequence that breaks off is removed as far as it came; `ESC` in front of anything but a
 * letter is removed alone. The expression matches a run of `ESC` from its first one only, because otherwise many of
 * them would take quadratic time.
 */
const sequences = [
  // OSC, DCS, APC, PM and SOS, up to their end; without an end it is a letter with Alt.
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

/** Removes from a typed line the sequences of keys that are no text, each as a whole. */
export function withoutKeys(line: string): string {
  return begins.test(line) ? line.replace(anywhere, '') : line
}

/** The key sequence at the end of a text, or ''. */
export function keyAtEnd(text: string): string {
  return begins.test(text) ? (atEnd.exec(text)?.[0] ?? '') : ''
}
