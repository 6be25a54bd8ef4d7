import t, { type Test } from 'tap'
import { openTerminal } from '../clients/terminal.ts'
import { mainFile, startPartyline } from '../process/program.ts'
import { dataWithDatabase, environment, runCommand, runJson, runRefused } from './cli.ts'

const password = 'Tr0ub4dor-pässword'

function typeInto(t: Test, data: string, args: string[], { to = '' }: { to?: string } = {}) {
  const settings = Object.entries(environment).map(([name, value]) => `${name}=${value}`)
  const line = `"$@" ${to}`
  const command = [process.execPath, mainFile, ...args, '--data', data]
  return openTerminal(t, ['env', ...settings, 'sh', '-c', line, 'sh', ...command])
}

t.test('typed: twice, unseen, and once more if they differ', async (t) => {
  const data = await dataWithDatabase(t)
  const terminal = typeInto(t, data, ['createsuperuser', 'anna'])
  await terminal.expect('Password for anna: ')
  terminal.type(password)
  await terminal.expect('Password again: ')
  terminal.type('another password')
  await terminal.expectLine('That is not the same password.')
  await terminal.expect('Password for anna: ')
  terminal.type(password)
  await terminal.expect('Password again: ')
  terminal.type(password)
  t.match(await terminal.exit, { code: 0 })
  t.notMatch(terminal.stream, password)
  t.notMatch(terminal.stream, 'another password')
  const lines = terminal.stream.replace(/\u001b\[\d*[A-Z]/g, '').split('\r\n')
  t.match(lines, [
    'Password for anna: ',
    'Password again: ',
    'That is not the same password.',
    'Password for anna: ',
    'Password again: ',
    'The operator anna (#1) is made.',
    /^Its recovery code is [-\w]+ - write it down\.$/,
    '',
  ])
  t.match(await runJson(t, data, ['userlist']), { users: [{ name: 'anna', operator: true }] })
})

t.test('typed while the output goes elsewhere: still asked for, and unseen', async (t) => {
  const terminal = typeInto(t, await dataWithDatabase(t), ['registeruser', 'bob'], { to: '>/dev/null 2>&1' })
  await terminal.expect('Password for bob: ')
  terminal.type(password)
  await terminal.expect('Password again: ')
  terminal.type(password)
  t.match(await terminal.exit, { code: 0 })
  t.notMatch(terminal.stream, password)
})

for (const [name, key] of [
  ['Ctrl-C', '\u0003'],
  ['Ctrl-D', '\u0004'],
] as const) {
  t.test(`${name} at the question: nothing is done`, async (t) => {
    const data = await dataWithDatabase(t)
    const terminal = typeInto(t, data, ['registeruser', 'bob'])
    await terminal.expect('Password for bob: ')
    terminal.press(key)
    t.match(await terminal.exit, { code: 1 })
    t.match(terminal.stream, /\r\npartyline: Cancelled\. Nothing was changed\.\r\n$/)
    t.match(await runJson(t, data, ['userlist']), { users: [] })
  })
}

t.test('who cannot be registered is told so before a password is typed', async (t) => {
  const data = await dataWithDatabase(t)
  t.equal((await runCommand(t, data, ['registeruser', 'anna'], password)).code, 0)
  for (const [args, why] of [
    [['registeruser', 'anna'], 'partyline: anna is taken. Choose another name.'],
    [['createsuperuser', '7up'], 'partyline: "7up" cannot be a name.'],
    [['setpassword', 'nobody'], 'partyline: There is no account nobody.'],
  ] as const) {
    const terminal = typeInto(t, data, [...args])
    t.match(await terminal.exit, { code: 1 })
    t.match(terminal.stream, why)
    t.notMatch(terminal.stream, 'Password')
  }
})

t.test('from standard input: its first line, though it goes on or never ends', async (t) => {
  const data = await dataWithDatabase(t)
  const lines = `${password}\r\nnot a password\n`
  const { child, exit, stdout } = startPartyline(t, ['registeruser', 'anna', '--data', data], {
    env: environment,
  })
  child.stdin.write(lines)
  t.strictSame(await exit, { code: 0, signal: null })
  t.match(stdout.text, 'The account anna (#1) is made.')
  t.equal(
    await runRefused(t, data, ['registeruser', 'bob']),
    'partyline: A password has at least 8 characters.',
  )
})
