/** A key that is no text, by what it does at most terminals. */
export type KeyName =
  | 'alt-b'
  | 'alt-backspace'
  | 'alt-d'
  | 'alt-f'
  | 'alt-y'
  | 'back-tab'
  | 'backspace'
  | 'ctrl-a'
  | 'ctrl-b'
  | 'ctrl-c'
  | 'ctrl-d'
  | 'ctrl-e'
  | 'ctrl-f'
  | 'ctrl-g'
  | 'ctrl-k'
  | 'ctrl-l'
  | 'ctrl-n'
  | 'ctrl-p'
  | 'ctrl-r'
  | 'ctrl-t'
  | 'ctrl-u'
  | 'ctrl-w'
  | 'ctrl-y'
  | 'delete'
  | 'down'
  | 'end'
  | 'enter'
  | 'escape'
  | 'home'
  | 'left'
  | 'paste-begin'
  | 'paste-end'
  | 'right'
  | 'tab'
  | 'up'
  | 'word-delete'
  | 'word-left'
  | 'word-right'

/** Keys that are one byte below 0x20, or 0x7F. */
const controls: Readonly<Record<number, KeyName>> = {
  1: 'ctrl-a',
  2: 'ctrl-b',
  3: 'ctrl-c',
  4: 'ctrl-d',
  5: 'ctrl-e',
  6: 'ctrl-f',
  7: 'ctrl-g',
  8: 'backspace',
  9: 'tab',
  10: 'enter',
  11: 'ctrl-k',
  12: 'ctrl-l',
  13: 'enter',
  14: 'ctrl-n',
  16: 'ctrl-p',
  18: 'ctrl-r',
  20: 'ctrl-t',
  21: 'ctrl-u',
  23: 'ctrl-w',
  25: 'ctrl-y',
  127: 'backspace',
}

/** The key of a byte below 0x20, or 0x7F; undefined if it does nothing. */
export function controlKey(byte: number): KeyName | undefined {
  return controls[byte]
}

/** A key behind ESC: Alt and a key, or the key pressed after Escape. Undefined if it does nothing. */
export function altKey(byte: number): KeyName | undefined {
  switch (String.fromCharCode(byte).toLowerCase()) {
    case 'b':
      return 'alt-b'
    case 'd':
      return 'alt-d'
    case 'f':
      return 'alt-f'
    case 'y':
      return 'alt-y'
    case '\b':
    case '\x7f':
      return 'alt-backspace'
    case '\r':
    case '\n':
      return 'enter'
    default:
      return undefined
  }
}

/** By the last letter of a CSI or SS3 sequence: xterm, VT100, linux, PuTTY, Windows. */
const letters: Readonly<Record<string, KeyName>> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  F: 'end',
  H: 'home',
}

/** By the number before `~`: VT220, linux, PuTTY; rxvt has 7 and 8. */
const numbered: Readonly<Record<number, KeyName>> = {
  1: 'home',
  3: 'delete',
  4: 'end',
  7: 'home',
  8: 'end',
  200: 'paste-begin',
  201: 'paste-end',
}

/** The keys that go by words, or delete them, while Ctrl or Alt is held. */
const byWords: Partial<Readonly<Record<KeyName, KeyName>>> = {
  left: 'word-left',
  right: 'word-right',
  delete: 'word-delete',
}

const alt = 2
const ctrl = 4

/**
 * The key of a CSI sequence (ECMA-48, 5.4): what stands between `ESC [` and its last byte, and that byte. `ESC [ 1 ; 5 C` is
 * Ctrl and Right in xterm, `ESC [ 5 C` in older ones. Undefined if it does nothing.
 */
export function csiKey(parameters: string, last: string): KeyName | undefined {
  if (!/^[\d;]*$/.test(parameters)) return undefined
  const numbers = parameters.split(';').map(Number)
  const [first = 0] = numbers
  if (last === 'Z') return 'back-tab'
  if (last === '~') return withModifier(numbered[first], numbers[1])
  // rxvt: Ctrl, Shift and both with one of the keys that have a number.
  if (last === '^' || last === '@') return withModifier(numbered[first], ctrl + 1)
  if (last === '$') return withModifier(numbered[first], undefined)
  return withModifier(letters[last], numbers.length > 1 ? numbers[1] : first)
}

/** The key of an SS3 sequence, `ESC O` and a letter, perhaps with a modifier before it. */
export function ss3Key(parameters: string, last: string): KeyName | undefined {
  // rxvt: Ctrl and an arrow.
  if (/^[abcd]$/.test(last)) return withModifier(letters[last.toUpperCase()], ctrl + 1)
  // Enter on the keypad.
  if (last === 'M') return 'enter'
  return csiKey(parameters, /^[A-H]$/.test(last) ? last : '?')
}

/** The modifier of xterm is one more than the sum of 1 for Shift, 2 for Alt, 4 for Ctrl. */
function withModifier(key: KeyName | undefined, modifier: number | undefined): KeyName | undefined {
  const held = (modifier ?? 0) > 1 ? (modifier ?? 1) - 1 : 0
  return key !== undefined && (held & (alt | ctrl)) !== 0 ? (byWords[key] ?? key) : key
}
