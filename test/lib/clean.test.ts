import fc from 'fast-check'
import t from 'tap'
import { cleanText } from '../../server/lib/clean.ts'

const dropped: ReadonlyArray<readonly [number, number]> = [
  [0x00, 0x08],
  [0x0a, 0x1f],
  [0x7f, 0x9f],
  [0x061c, 0x061c],
  [0x200e, 0x200f],
  [0x2028, 0x202e],
  [0x2066, 0x2069],
]

function isDropped(code: number): boolean {
  return dropped.some(([first, last]) => code >= first && code <= last)
}

t.test('every character of the basic plane is kept, dropped or replaced as it should be', async (t) => {
  const wrong: string[] = []
  for (let code = 0; code <= 0xffff; code++) {
    const character = String.fromCharCode(code)
    const surrogate = code >= 0xd800 && code <= 0xdfff
    const kept = surrogate ? '\uFFFD' : code === 9 ? ' ' : isDropped(code) ? '' : character
    if (cleanText(`a${character}b`) !== `a${kept}b`) wrong.push(code.toString(16))
  }
  t.strictSame(wrong, [])
})

t.test('samples', async (t) => {
  const samples: ReadonlyArray<readonly [string, string, string]> = [
    ['colour', '\x1b[31mred\x1b[0m', '[31mred[0m'],
    ['C1 control sequence introducer', '\u009b2Jgone', '2Jgone'],
    ['title of the terminal', '\x1b]0;owned\x07', ']0;owned'],
    ['a forged line', 'hi\r\n[12:00] #ops <root> obey', 'hi[12:00] #ops <root> obey'],
    ['a forged line by Unicode', 'hi\u2028there\u2029you', 'hithereyou'],
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

t.test('a clean string stays the same, and cleaning twice is cleaning once', async (t) => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const clean = cleanText(text)
        return cleanText(clean) === clean && Buffer.from(clean, 'utf8').toString('utf8') === clean
      }),
    ),
  )
})
