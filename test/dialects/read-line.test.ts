import fc from 'fast-check'
import t from 'tap'
import { isSentence, readLine } from '../../server/dialects/read-line.ts'
import { isCommandLine, withoutFront } from '../../server/lib/blanks.ts'
import { cleanText, isBlank } from '../../server/lib/clean.ts'
import { withoutKeys } from '../../server/lib/keys.ts'

for (const [line, command, text] of [
  ['hello', undefined, 'hello'],
  [' /join #tea', 'join', '#tea'],
  ['   //join', undefined, '/join'],
  [' hello', undefined, ' hello'],
  ['/join #tea', 'join', '#tea'],
  ['/JOIN', 'JOIN', ''],
  ['/msg bob  two  spaces ', 'msg', 'bob  two  spaces '],
  ['//join', undefined, '/join'],
  ['///', undefined, '//'],
  ['/', '', ''],
  ['/ x', '', 'x'],
  ['QUIT', 'quit', ''],
  ['quit', undefined, 'quit'],
  ['QUIT now', undefined, 'QUIT now'],
  ['MEMBERS ONLINE', 'members', 'online'],
  ['@end', 'end', ''],
  ['@end now', undefined, '@end now'],
  ['constructor', undefined, 'constructor'],
  ['\u00a0/login anna secret', 'login', 'anna secret'],
  ['\u3000 /login\u00a0anna', 'login', 'anna'],
  ['／login anna', 'login', 'anna'],
  ['／ｌｏｇｉｎ anna', 'login', 'anna'],
  ['／／login', undefined, '／login'],
  ['\u00a0//login', undefined, '/login'],
  ['／(^o^)＼', '(^o^)＼', ''],
  ['QUIT ', 'quit', ''],
  ['\u3000QUIT\u00a0', 'quit', ''],
  ['@end ', 'end', ''],
  ['＠end\u3000', 'end', ''],
  [' FILESEND\u00a0report.pdf', 'filesend', 'report.pdf'],
  ['\u00a0hello', undefined, '\u00a0hello'],
] as const) {
  t.test(`${JSON.stringify(line)} is ${command ?? 'said'}`, async (t) => {
    t.same(readLine(line), { command, text })
  })
}

t.test('what is a sentence at one look is one by all rules', async (t) => {
  const words = [
    'QUIT',
    'quit',
    'members',
    'Members  online',
    'FILESEND',
    'x.pdf',
    '@end',
    '@anna',
    'hello',
    'a',
    '7',
    '|',
  ]
  const signs = [
    ' ',
    '  ',
    '/',
    '//',
    '／',
    '{',
    '{"line":"/x"}',
    '\t',
    '\u00a0',
    '\u200b',
    '\u2800',
    'é',
    '\u001b[A',
    '\u007f',
  ]
  const line = fc
    .array(
      fc.oneof(
        { weight: 12, arbitrary: fc.constantFrom(...words, ' ') },
        { weight: 2, arbitrary: fc.constantFrom(...signs) },
        { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 3 }) },
      ),
      { maxLength: 6 },
    )
    .map((parts) => parts.join(''))
  let sentences = 0
  fc.assert(
    fc.property(line, (line) => {
      if (!isSentence(line)) return
      sentences++
      t.same(readLine(line), { command: undefined, text: line }, line)
      t.equal(cleanText(withoutKeys(line)), line)
      t.notOk(isCommandLine(line) || isBlank(withoutFront(line)) || /^\s*\{/.test(line), line)
    }),
    { numRuns: 2000 },
  )
  t.ok(sentences > 100, `${sentences} sentences`)
  for (const said of ['hello', '|00001|x', 'I quit', '"/join" is a command', ':)', '#tea is good', 'a@b.c'])
    t.ok(isSentence(said), said)
})
