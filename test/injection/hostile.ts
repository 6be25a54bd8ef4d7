/** A string that somebody sends to do harm with, and the string that it has to be taken for. */
export interface Hostile {
  readonly what: string
  readonly hostile: string | Buffer
  readonly harmless: string | Buffer
  /** Cannot be sent as it is: only in an escape of JSON, or by the operator's command line. */
  readonly escaped?: true
}

const codes = (first: number, last: number, except: readonly number[] = []) =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index)
    .filter((code) => !except.includes(code))
    .map((code) => String.fromCharCode(code))
    .join('')

/** What ends a line or a page parts words as a blank does. */
const parted = ' '

const plain: readonly (readonly [what: string, hostile: string, harmless: string])[] = [
  ['all of C0 but what ends a line or is a space', codes(0, 31, [9, 10, 11, 12, 13]), ''],
  ['DEL and all of C1 but the next line', codes(127, 159, [133]), ''],
  ['tab', 'a\tb', 'a b'],
  ['backspaces', 'good\b\b\b\bevil', 'goodevil'],
  ['bell and enquiry', '\x07\x05ring', 'ring'],
  ['vertical tab and form feed', 'a\x0bb\x0cc', `a${parted}b${parted}c`],
  ['other character set', '\x0eqqq', 'qqq'],
  ['line drawing', '\x1b(0qqq', '(0qqq'],
  ['colour', '\x1b[31mred', '[31mred'],
  ['colour by 24 bits and underlined', '\x1b[38;2;255;0;0;4mred', '[38;2;255;0;0;4mred'],
  ['concealed', '\x1b[8mhidden', '[8mhidden'],
  ['reversed', '\x1b[7mreversed', '[7mreversed'],
  ['CSI of 8 bits', '\u009b31mred', '31mred'],
  ['clear the screen', '\x1b[H\x1b[2J\x1b[3J', '[H[2J[3J'],
  ['over the line before', '\x1b[1A\x1b[2K\r'.replace('\r', ''), '[1A[2K'],
  ['cursor home', '\x1b[1;1H[12:00] #lobby <root> obey', '[1;1H[12:00] #lobby <root> obey'],
  ['cursor saved and restored', '\x1b7\x1b[5;5Hx\x1b8', '7[5;5Hx8'],
  ['title', '\x1b]0;owned\x07', ']0;owned'],
  ['title, ended by ST', '\x1b]2;owned\x1b\\', ']2;owned\\'],
  ['title of 8 bits', '\u009d0;owned\u009c', '0;owned'],
  ['a title that never ends', '\x1b]0;', ']0;'],
  ['link', '\x1b]8;;http://evil.example\x1b\\here\x1b]8;;\x1b\\', ']8;;http://evil.example\\here]8;;\\'],
  ['clipboard', '\x1b]52;c;cm0gLXJm\x07', ']52;c;cm0gLXJm'],
  ['palette', '\x1b]4;1;rgb:00/00/00\x07', ']4;1;rgb:00/00/00'],
  ['alternate screen', '\x1b[?1049h', '[?1049h'],
  ['older alternate screen', '\x1b[?47h', '[?47h'],
  ['bracketed paste', '\x1b[?2004h', '[?2004h'],
  ['end of a paste', '\x1b[201~rm -rf', '[201~rm -rf'],
  ['mouse', '\x1b[?1000h\x1b[?1006h', '[?1000h[?1006h'],
  ['application keys', '\x1b[?1h\x1b=', '[?1h='],
  ['insert mode', '\x1b[4h', '[4h'],
  ['no wrapping', '\x1b[?7l', '[?7l'],
  ['hidden cursor', '\x1b[?25l', '[?25l'],
  ['scroll region', '\x1b[5;6r', '[5;6r'],
  ['tab stops', '\x1b[3g\x1bH', '[3gH'],
  ['what the terminal answers', '\x1b[c\x1b[6n\x1b[5n\x1bZ\x1b[21t', '[c[6n[5nZ[21t'],
  ['settings asked for by DCS', '\x1bP$qm\x1b\\', 'P$qm\\'],
  ['DCS that never ends', '\x1bPq', 'Pq'],
  ['DCS of 8 bits', '\u0090q', 'q'],
  ['APC, PM and SOS', '\x1b_x\x1b^y\x1bXz', '_x^yXz'],
  ['APC of 8 bits', '\u009fx', 'x'],
  ['reset', '\x1bc\x1b[!p', 'c[!p'],
  ['alignment test', '\x1b#8', '#8'],
  ['next line, index and reverse index of 8 bits', 'a\u0085b\u0084c\u008dd', `a${parted}bcd`],
  ['an escape cut off', 'end\x1b', 'end'],
  ['nested so that taking one out makes another', '\x1b\x1b[[31m31m', '[[31m31m'],
  ['bidirectional overrides', 'a\u202eevil\u202c\u202d\u202a\u202bb', 'aevilb'],
  ['bidirectional isolates and marks', 'a\u2066b\u2067c\u2068d\u2069e\u200e\u200f\u061cf', 'abcdef'],
  [
    'breaks of Unicode',
    'a\u2028[12:00] #lobby <root> obey\u2029b',
    `a${parted}[12:00] #lobby <root> obey${parted}b`,
  ],
  ['quotes of the shell', `$(reboot)\x1b\`reboot\`';reboot`, `$(reboot)\`reboot\`';reboot`],
  ['long', `\x1b[31m${'long '.repeat(600)}`, `[31m${'long '.repeat(600)}`],
  ['a thousand escapes', '\x1b'.repeat(1000), ''],
]

const bytes: readonly (readonly [what: string, hostile: number[]])[] = [
  ['a raw CSI of 8 bits', [0x9b, 0x33, 0x31, 0x6d]],
  ['half a surrogate pair in bytes', [0xed, 0xa0, 0x80]],
  ['an escape, overlong', [0xc0, 0x9b, 0xe0, 0x80, 0x9b]],
  ['a character cut off', [0xe2, 0x80]],
]

const escapes: readonly (readonly [what: string, hostile: string, harmless: string])[] = [
  ['half a surrogate pair', 'a\ud800b', 'a\ufffdb'],
  ['the other half', 'a\udc00b', 'a\ufffdb'],
]

export const hostiles: readonly Hostile[] = [
  ...plain.map(([what, hostile, harmless]) => ({ what, hostile, harmless })),
  // Refused, as any bytes are that are no UTF-8.
  ...bytes.map(([what, hostile]) => ({ what, hostile: Buffer.from(hostile), harmless: Buffer.from([0xc0]) })),
  ...escapes.map(([what, hostile, harmless]) => ({ what, hostile, harmless, escaped: true as const })),
]

/** What may be in nothing that is shown or logged, line ends aside. */
export const unclean =
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]|\p{Surrogate}/u
