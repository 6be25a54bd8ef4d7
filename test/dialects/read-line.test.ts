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
