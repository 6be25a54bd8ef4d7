import t from 'tap'
import { screenOf, staircase } from './screen.ts'

t.test('what a terminal shows', async (t) => {
  t.strictSame(screenOf('one\r\ntwo\r\n'), ['one', 'two', ''])
  t.strictSame(screenOf('one\ntwo'), ['one', '   two'], 'a line feed alone goes straight down')
  t.strictSame(screenOf('abc\rd\r\nfg\bh'), ['dbc', 'fh'], 'written over')
  t.strictSame(screenOf('a\u001b[8msecret\u001b[28mb\u001b[0;8mc\u001b[md'), ['a      b d'], 'concealed')
  t.strictSame(screenOf('*\u001b[36m blue\u001b[0m\u0007'), ['* blue'], 'colours and bells are not seen')
  t.strictSame(screenOf('\u001b[2J\ud83c\udf89'), ['<1b>[2J\u{1f389}'], 'anything else shows')
})

t.test('lines that do not begin at the left', async (t) => {
  t.strictSame(staircase(['one', '   two', '', ' ']), ['   two'])
})
