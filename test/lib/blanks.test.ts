import t from 'tap'
import { isCancel, isCommandLine, withoutFront, withUsualSign, wordsOf } from '../../server/lib/blanks.ts'
import { cleanCommand, cleanRows } from '../../server/lib/clean.ts'

/** Blanks of any width, and what shows nothing at all. */
const blanks = ['\u00a0', '\ufeff', '\u3000', '\u200b', '\u2003', '\u2060', '\u00ad', '\u2800', '\t', ' ']

t.test('what shows nothing does not count in deciding what a line is', async (t) => {
  for (const blank of ['', ...blanks, blanks.join('')]) {
    for (const slash of ['/', '／']) {
      t.ok(isCommandLine(`${blank}${slash}login anna secret`))
      t.notOk(isCommandLine(`${blank}${slash}${slash}login`))
      t.notOk(isCommandLine(`hello${blank}${slash}login`))
      t.ok(isCancel(`${blank}${slash}Cancel${blank}`))
      t.notOk(isCancel(`${slash}cancel it`))
    }
    t.equal(withoutFront(`${blank}a b `), 'a b ')
  }
  t.notOk(isCancel(`/cancel${' '.repeat(100)}`), 'nor is it looked for in long lines')
})

t.test('it parts the arguments of a command, and what means something in a text stays', async (t) => {
  for (const blank of blanks)
    t.same(wordsOf(cleanCommand(`/msg${blank}bob${blank}hi`)), ['/msg', 'bob', 'hi'], JSON.stringify(blank))
  t.equal(cleanCommand('/me \u{1F468}\u200D\u{1F469}'), '/me \u{1F468}\u200D\u{1F469}')
})

t.test('signs of full width are those of names', async (t) => {
  t.equal(withUsualSign('＃tea'), '#tea')
  t.equal(withUsualSign('＠bob'), '@bob')
  t.equal(withUsualSign('tea＃'), 'tea＃')
})

t.test('rows end as lines do', async (t) => {
  for (const end of ['\n', '\r\n', '\r', '\r\r\n', '\r\0\n', '\n\r', '\r\0'])
    t.equal(cleanRows(`a${end}b${end}`), 'a\nb\n', JSON.stringify(end))
  t.equal(cleanRows('a\r\n\r\nb\n\r\nc'), 'a\n\nb\n\nc')
})
