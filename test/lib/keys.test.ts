import t from 'tap'
import { keyAtEnd, withoutKeys } from '../../server/lib/keys.ts'

/** What keys send, by terminal. */
const keys = [
  // Arrows, Home, End and the like; of xterm, with Ctrl, of the Linux console, of rxvt.
  '\x1b[A',
  '\x1b[D',
  '\x1bOA',
  '\x1b[1;5D',
  '\x1b[1;2A',
  '\x1bO5D',
  '\x1bO1;5P',
  '\x1b[H',
  '\x1b[1~',
  '\x1b[3~',
  '\x1b[3;5~',
  '\x1b[2$',
  '\x1b[3^',
  '\x1b[3@',
  '\x1bOd',
  '\x1b\x1b[D',
  // Function keys, the keypad.
  '\x1bOP',
  '\x1b[[A',
  '\x1b[[E',
  '\x1b[24~',
  '\x1b[15;2~',
  '\x1bOM',
  '\x1bOp',
  // Kitty, modifyOtherKeys, Shift-Tab, focus, mouse.
  '\x1b[97;5u',
  '\x1b[27;5;9~',
  '\x1b[Z',
  '\x1b[I',
  '\x1b[O',
  '\x1b[<0;12;3M',
  // In one byte of C1.
  '\u009bD',
  '\u008fP',
  // Alt and a letter.
  '\x1bb',
  // Around a paste.
  '\x1b[200~',
  '\x1b[201~',
  // Answers of the terminal.
  '\x1b[24;80R',
  '\x1b[?1;2c',
  '\x1b[>0;95;0c',
  '\x1b[?2004;1$y',
  '\x1b]11;rgb:0000/0000/0000\x07',
  '\x1b]11;rgb:0000/0000/0000\x1b\\',
  '\x1bP>|XTerm(370)\x1b\\',
]

t.test('a key vanishes whole, wherever it was pressed, and however often', async (t) => {
  for (const key of keys) {
    const name = JSON.stringify(key)
    for (const [front, behind] of [
      ['', ''],
      ['', '42 hello'],
      ['hel', ' lo'],
      ['grüße ', 'é'],
      ['', '/login anna'],
    ] as const)
      t.equal(withoutKeys(`${front}${key}${key}${behind}`), `${front}${behind}`, name)
    t.equal(keyAtEnd(`hel${key}`), key, name)
    t.equal(keyAtEnd(`${key}é`), '', name)
  }
})

t.test('what was pasted stays', async (t) => {
  t.equal(withoutKeys('\x1b[200~/login anna\x1b[201~'), '/login anna')
  t.equal(withoutKeys('see \x1b[200~[D and O A; 10% [1~\x1b[201~ there'), 'see [D and O A; 10% [1~ there')
})

t.test('what is no key goes as far as it came', async (t) => {
  t.equal(withoutKeys('a\x1b[1;'), 'a')
  t.equal(withoutKeys('a\x1b['), 'a')
  t.equal(withoutKeys('a\x1b'), 'a')
  t.equal(withoutKeys('a\x1b[12é'), 'aé')
  t.equal(withoutKeys('\x1b/login anna'), '/login anna')
  t.equal(withoutKeys('\x1b]0;title'), ']0;title')
  t.equal(withoutKeys('[D and nothing else'), '[D and nothing else')
})

t.test('a long line takes no longer for each of its bytes', async (t) => {
  const begun = performance.now()
  for (const part of ['\x1b]', '\x1b', '\x1b[1;', '\x1b[1 ', '\x1bP', '\x1b]x\x1b\\'])
    withoutKeys(part.repeat(65_536 / part.length))
  t.ok(performance.now() - begun < 2_000)
})
