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
    'Operator anna (#1) created.',
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
  t.match(stdout.text, 'Account anna (#1) created.')
  t.equal(
    await runRefused(t, data, ['registeruser', 'bob']),
    'partyline: A password has at least 8 characters.',
  )
})

t.test('whoever exists becomes an operator, and a message goes, only after a yes', async (t) => {
  const data = await dataWithDatabase(t)
  for (const name of ['anna', 'bob']) {
    t.equal((await runCommand(t, data, ['registeruser', name], password)).code, 0)
    await runJson(t, data, ['createsuperuser', 'anna', '--yes'])
  }
  await runJson(t, data, ['notice', 'wet paint'])
  const answered = async (args: string[], question: string, answer: string) => {
    const terminal = typeInto(t, data, args)
    await terminal.expect(question)
    terminal.type(answer)
    const { code } = await terminal.exit
    return { code, stream: terminal.stream }
  }
  const promote = ['createsuperuser', 'BOB']
  const operators = async () => {
    const users = (await runJson(t, data, ['userlist']))['users'] as { name: string; operator: boolean }[]
    return users.filter(({ operator }) => operator).map(({ name }) => name)
  }
  const who = 'There is bob (#2) already. Make that account an operator, who may do everything? yes or no: '
  t.match(await answered(promote, who, 'n'), { code: 1, stream: 'Cancelled. Nothing was changed.' })
  t.strictSame(await operators(), ['anna'])
  t.match(await answered(promote, who, 'yes'), { code: 0, stream: 'bob (#2) is an operator now.' })
  t.strictSame(await operators(), ['anna', 'bob'])
  const demote = ['demoteoperator', 'anna']
  const demoting = 'Make anna (#1) a plain member again? yes or no: '
  t.match(await answered(demote, demoting, 'n'), { code: 1, stream: 'Cancelled. Nothing was changed.' })
  t.strictSame(await operators(), ['anna', 'bob'])
  await runJson(t, data, [...demote, '--yes'])
  t.match(
    await runRefused(t, data, ['demoteoperator', 'bob']),
    'bob is the only operator. Make somebody else one first: "partyline createsuperuser NAME".',
  )
  t.match(await runRefused(t, data, ['demoteoperator', 'carl']), 'There is no account carl.')
  t.strictSame(await operators(), ['bob'])

  const [said] = (await runJson(t, data, ['messagelist']))['messages'] as { id: number }[]
  const remove = ['delete-message', String(said?.id)]
  const sure = 'everybody  <anna> wet paint\r\nDelete it for good? yes or no: '
  t.match(await answered(remove, sure, ''), { code: 1, stream: 'Cancelled. Nothing was changed.' })
  t.equal(((await runJson(t, data, ['messagelist']))['messages'] as object[]).length, 1)
  t.match(await answered(remove, sure, 'y'), { code: 0, stream: `Deleted: ${said?.id}  ` })
  t.strictSame((await runJson(t, data, ['messagelist']))['messages'], [])
})

t.test('deleteuser asks at a terminal, and --yes goes without', async (t) => {
  const data = await dataWithDatabase(t)
  await runCommand(t, data, ['createsuperuser', 'root'], password)
  for (const name of ['bob', 'carl']) await runCommand(t, data, ['registeruser', name], password)
  const asked = typeInto(t, data, ['deleteuser', 'BOB', '--erase-messages'])
  await asked.expect('Delete the account bob for good, with all that it said? yes or no: ')
  asked.type('no')
  t.match(await asked.exit, { code: 1 })
  t.match(await runJson(t, data, ['userlist']), { users: [{}, { name: 'bob' }, { name: 'carl' }] })
  const again = typeInto(t, data, ['deleteuser', 'bob'])
  await again.expect('Delete the account bob for good? yes or no: ')
  again.type('yes')
  await again.expectLine('The account bob (#2) is deleted.')
  const sure = typeInto(t, data, ['deleteuser', 'carl', '--yes'])
  await sure.expectLine('The account carl (#3) is deleted.')
  t.match(await sure.exit, { code: 0 })
})
