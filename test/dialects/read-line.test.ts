import t from 'tap'
import { readLine } from '../../server/dialects/read-line.ts'

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
] as const) {
  t.test(`${JSON.stringify(line)} is ${command ?? 'said'}`, async (t) => {
    t.same(readLine(line), { command, text })
  })
}
