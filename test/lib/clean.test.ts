import fc from 'fast-check'
import t from 'tap'
import { cleanText, isBlank } from '../../server/lib/clean.ts'

const dropped: ReadonlyArray<readonly [number, number]> = [
  [0x00, 0x08],
  [0x0a, 0x1f],
  [0x7f, 0x9f],
  [0x061c, 0x061c],
  [0x200e, 0x200f],
  [0x2028, 0x202e],
  [0x2066, 0x2069],
  // What is shown as nothing, and has no meaning between two letters of Latin.
  [0x00ad, 0x00ad],
  [0x034f, 0x034f],
  [0x115f, 0x1160],
  [0x17b4, 0x17b5],
  [0x180b, 0x180f],
  [0x200b, 0x200d],
  [0x2060, 0x2065],
  [0x206a, 0x206f],
  [0x3164, 0x3164],
  [0xfe00, 0xfe0f],
  [0xfeff, 0xfeff],
  [0xffa0, 0xffa0],
  // No characters.
  [0xfdd0, 0xfdef],
  [0xfff0, 0xfffc],
  [0xfffe, 0xffff],
]

function isDropped(code: number): boolean {
  return dropped.some(([first, last]) => code >= first && code <= last)
}

/** A tab, and what ends a line or a page. */
function isEnd(code: number): boolean {
  return (code >= 0x09 && code <= 0x0d) || code === 0x85 || code === 0x2028 || code === 0x2029
}

t.test('every character of the basic plane is kept, dropped or replaced as it should be', async (t) => {
  const wrong: string[] = []
  for (let code = 0; code <= 0xffff; code++) {
    const character = String.fromCharCode(code)
    const surrogate = code >= 0xd800 && code <= 0xdfff
    const kept = surrogate ? '\uFFFD' : isEnd(code) ? ' ' : isDropped(code) ? '' : character
    if (cleanText(`a${character}b`) !== `a${kept}b`) wrong.push(code.toString(16))
  }
  t.strictSame(wrong, [])
})

t.test('what is invisible stays only where it means something', async (t) => {
  const meant = [
    '👨‍👩‍👧',
    '❤️',
    '☠︎',
    '1️⃣',
    '🏴󠁧󠁢󠁥󠁮󠁧󠁿',
    '🏴‍☠️',
    '🏳️‍🌈',
    '👩🏽‍💻',
    '👁️‍🗨️',
    '🧑🏻‍❤️‍🧑🏼',
    'می‌خواهم',
    'نه‍',
    'क्‍ष',
    'ශ්‍රී',
    '葛󠄀',
    'ᠠ᠋ᠨ',
    'שָׁ͏ַ',
  ]
  for (const text of meant) t.equal(cleanText(text), text, text)
  const codes = [
    ...[0xad, 0x34f, 0x115f, 0x1160, 0x17b4, 0x180e, 0x200b, 0x200c, 0x200d, 0x2060, 0x2061, 0x2064, 0x206a],
    ...[
      0x3164, 0xfe01, 0xfe0f, 0xfeff, 0xffa0, 0xfff0, 0xfff9, 0x1bca0, 0x1d173, 0x1d159, 0x16fe4, 0x1107f,
      0x13430, 0x1fffe, 0xfffc, 0xfdd0, 0xe0001, 0xe0041, 0xe0100, 0xe0fff,
    ],
  ]
  for (const code of codes) {
    const none = String.fromCodePoint(code)
    for (const [dirty, clean] of [
      [`a${none}b`, 'ab'],
      [`${none}root${none}`, 'root'],
      [none.repeat(50), ''],
      [` ${none} `, '  '],
      [`1${none}2`, '12'],
    ] as const)
      t.equal(cleanText(dirty), clean, code.toString(16))
  }
  // Bits hidden behind what would carry one of them.
  t.equal(cleanText('❤\ufe0f\ufe0e\ufe0f'), '❤\ufe0f')
  t.equal(cleanText('م\u200c\u200d\u200c'), 'م\u200c')
  t.equal(cleanText('🏴\u{e0067}\u{e0062}'), '🏴', 'a flag that does not end')
})

t.test('a text may be blank in many ways', async (t) => {
  for (const text of [
    '',
    ' ',
    '\u00a0',
    '\u3000\u2003',
    '\u2800\u2800',
    '\u1680',
    ' \u0301',
    '\u{13441}\u{13442}',
  ])
    t.equal(isBlank(text), true)
  for (const text of ['x', ' . ', '\u2801']) t.equal(isBlank(text), false)
})

t.test('marks stand on letters, and no letter has more than it can carry', async (t) => {
  const samples: ReadonlyArray<readonly [string, string, string]> = [
    ['a mark alone', '\u0301', ''],
    ['marks before a word', '\u0301\u20ddroot', 'root'],
    ['marks behind what is invisible', '\u200b\u0301\ufffc\u0302root', 'root'],
    ['over the lines above and below', `a${'\u0300'.repeat(300)}b`, `a${'\u0300'.repeat(30)}b`],
    ['as many as Unicode says is enough', `a${'\u0300'.repeat(30)}b`, `a${'\u0300'.repeat(30)}b`],
    ['one more', `a${'\u0300'.repeat(31)}b`, `a${'\u0300'.repeat(30)}b`],
    ['the same in a blank', ` ${'\u0489'.repeat(31)}`, ` ${'\u0489'.repeat(30)}`],
    ['parted by what is invisible', `a${'\u0300\u200b'.repeat(40)}`, `a${'\u0300'.repeat(15)}`],
    ['parted by joiners of marks', `a${'\u0300\u034f'.repeat(40)}`, `a${'\u0300\u034f'.repeat(14)}\u0300`],
    ['Vietnamese, taken apart', 'Vie\u0323\u0302t', 'Vie\u0323\u0302t'],
    [
      'the longest stack of Tibetan',
      'ཧ\u0f90\u0fb5\u0fa8\u0fb3\u0fba\u0fbc\u0fbb\u0f82',
      'ཧ\u0f90\u0fb5\u0fa8\u0fb3\u0fba\u0fbc\u0fbb\u0f82',
    ],
    ['Thai', 'ที่นี่', 'ที่นี่'],
    ['Hebrew with its points', 'בְּרֵאשִׁ֖ית', 'בְּרֵאשִׁ֖ית'],
  ]
  for (const [name, dirty, clean] of samples) t.equal(cleanText(dirty), clean, name)
})

t.test('samples', async (t) => {
  const samples: ReadonlyArray<readonly [string, string, string]> = [
    ['colour', '\x1b[31mred\x1b[0m', '[31mred[0m'],
    ['C1 control sequence introducer', '\u009b2Jgone', '2Jgone'],
    ['title of the terminal', '\x1b]0;owned\x07', ']0;owned'],
    ['a forged line', 'hi\r\n[12:00] #ops <root> obey', 'hi [12:00] #ops <root> obey'],
    ['a forged line by Unicode', 'hi\u2028there\u2029you', 'hi there you'],
    ['ends of lines and pages part words', 'a\u0085b\vc\fd\re\nf', 'a b c d e f'],
    ['overwriting', 'abc\b\b\bxyz\x7f', 'abcxyz'],
    ['a name that reads backwards', 'invoice\u202Efdp.exe', 'invoicefdp.exe'],
    ['isolates', '\u2066a\u2069\u200E\u200F', 'a'],
    ['tab', 'a\tb', 'a b'],
    ['a family stays one', '👨‍👩‍👧', '👨‍👩‍👧'],
    ['variation selector', '❤️', '❤️'],
    ['half a pair at the end', 'x\uD83D', 'x\uFFFD'],
    ['two halves do not become a pair', '\uD83D\u0000\uDE00', '\uFFFD\uFFFD'],
    ['other scripts', 'Grüße שלום مرحبا 你好', 'Grüße שלום مرحبا 你好'],
    ['nothing', '', ''],
  ]
  for (const [name, dirty, clean] of samples) t.equal(cleanText(dirty), clean, name)
})

/** What belongs together, and what would join it, in any order. */
const joined = fc.constantFrom(
  ...['👨', '🏴', '❤', '🏽', '1', '#', '\u20e3', 'a', ' ', 'م', 'क', '्', 'ᠠ', '葛', '∩', '\u05b8', '\u05b7'],
  ...['\u200b', '\u200c', '\u200d', '\ufe00', '\ufe0e', '\ufe0f', '\u034f', '\u180b', '\u180e', '\u{e0100}'],
  ...['\u{e0067}', '\u{e0062}', '\u{e0065}', '\u{e007f}', '\u3164', '\0'],
  ...['\u0301', '\u0301\u0302\u0303\u0304\u0305', '\u{1d159}', '\ufffc', '\u{16fe4}'],
)

t.test('what is invisible means nothing behind what goes', async (t) => {
  const bases = ['👨', '❤', '1', 'م', 'क', '्', 'ក', 'ᠠ', '葛', 'ꡀ', '∩', '\u20e3', '\u05b8']
  const goes = [
    ...[
      '\u200b',
      '\u2060',
      '\ufe00',
      '\ufe0e',
      '\u034f',
      '\u180b',
      '\u180e',
      '\u17b4',
      '\u17b5',
      '\u3164',
      '\ufffc',
    ],
    ...['\u{e0100}', '\u{e0067}', '\u{16fe4}', '\u{1d159}', '\u{1107f}', '\u{13430}', '\ufdd0', '\u{1fffe}'],
  ]
  const means = ['\u200c', '\u200d', '\ufe00', '\ufe0f', '\u034f', '\u180b', '\u{e0100}']
  const changed = bases.flatMap((base) =>
    goes.flatMap((gone) =>
      means.flatMap((meant) =>
        ['', ...bases]
          .map((next) => cleanText(`${base}${gone}${meant}${next}`))
          .filter((clean) => cleanText(clean) !== clean),
      ),
    ),
  )
  t.strictSame(changed, [])
  t.equal(cleanText('👨\u{e0100}\u034f\u20e3'), '👨\u20e3', 'the joiner of marks, behind one that goes')
})

t.test('a clean string stays the same, and cleaning twice is cleaning once', async (t) => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: joined })), (text) => {
        const clean = cleanText(text)
        return cleanText(clean) === clean && Buffer.from(clean, 'utf8').toString('utf8') === clean
      }),
    ),
  )
})
