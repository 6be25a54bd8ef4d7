import t, { type Test } from 'tap'
import { askServer, type ControlAnswer } from '../../server/operator/control/control.ts'
import { connectMember } from '../process/person.ts'
import { temporaryFolder } from '../process/program.ts'
import { runCommand, runJson, startLoggingServer, stopServer, zone } from './cli.ts'

const secrets = { carol: 'carols-secret', dave: 'daves-secret', given: 'given-by-the-operator' }
const passwords = Object.values(secrets)
const recoveryCode = /^([0-9A-Z]{4}-){4}[0-9A-Z]{4}$/
const iso = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

// Each command once as text and once as JSON, on the same data folder.
t.test('every command', { jobs: 2 }, async (t) => {
  t.test('while the server is stopped', { buffered: true }, (t) => everyCommand(t, 'stopped'))
  t.test('while the server runs', { buffered: true }, (t) => everyCommand(t, 'running'))
})

async function everyCommand(t: Test, state: 'stopped' | 'running'): Promise<void> {
  const data = temporaryFolder(t)
  const server = await startLoggingServer(t, data)
  const carol = await connectMember(t, server.port, 'carol', secrets.carol)
  const dave = await connectMember(t, server.port, 'dave', secrets.dave)
  carol.type(
    'hello to all',
    '/me waves',
    '/create #tea',
    'earl grey',
    '/msg dave psst',
    '/token ci write #tea',
    '/token old',
  )
  await carol.settle()
  dave.type('hello carol')
  await dave.settle()
  if (state === 'stopped') await stopServer(t, server, passwords)

  const run = (...args: string[]) => runCommand(t, data, args)
  const says = async (args: string[], stdout: RegExp, input?: string) => {
    const printed = await runCommand(t, data, args, input)
    t.equal(printed.code, 0, args.join(' '))
    t.match(printed.stdout, stdout)
  }
  const json = (args: string[], input?: string) => runJson(t, data, args, input)

  // People
  await says(
    ['createsuperuser', 'anna'],
    /^Operator anna \(#3\) created\.\nIts recovery code is [-\w]+ - write it down\.\n$/,
    secrets.given,
  )
  t.match(await json(['createsuperuser', 'ben'], secrets.given), {
    user: { name: 'ben', id: 4, operator: true, status: 'offline', since: iso },
    recoveryCode,
  })
  const asking = await run('createsuperuser', 'CAROL')
  t.equal(asking.code, 1)
  t.match(asking.stderr, /^partyline: There is carol \(#1\) already; --yes makes that account an operator/)
  await says(['createsuperuser', 'CAROL', '--yes'], /^carol \(#1\) is an operator now\.\n$/)
  t.match(await json(['createsuperuser', 'dave', '--yes']), { user: { name: 'dave', id: 2, operator: true } })
  await says(['createsuperuser', 'dave'], /^dave \(#2\) is an operator already\.\n$/)
  const unsure = await run('demoteoperator', 'DAVE')
  t.strictSame(
    [unsure.code, unsure.stderr],
    [1, 'partyline: There is no terminal to ask on. --yes does it without asking.\n'],
  )
  await says(['demoteoperator', 'DAVE', '--yes'], /^dave \(#2\) is an operator no more\.\n$/)
  await says(['demoteoperator', 'dave'], /^dave \(#2\) is no operator\.\n$/)
  await says(['createsuperuser', 'dave', '--yes'], /^dave \(#2\) is an operator now\.\n$/)
  t.match(await json(['demoteoperator', 'ben', '--yes']), {
    user: { name: 'ben', operator: false },
    changed: true,
  })
  await says(['createsuperuser', 'ben', '--yes'], /operator now/)
  await says(['registeruser', 'eve'], /^Account eve \(#5\) created\.\n.*\n$/, secrets.given)
  t.match(await json(['registeruser', 'finn'], secrets.given), {
    user: { name: 'finn', id: 6, operator: false },
    recoveryCode,
  })
  await says(['setpassword', 'eve'], /^The password of eve is set; it has to be changed/, secrets.given)
  t.strictSame(await json(['setpassword', 'finn'], secrets.given), {
    name: 'finn',
    connections: 0,
    tokens: [],
  })

  const here = state === 'running' ? 'online' : String.raw`last here \d{4}-\d\d-\d\d \d\d:\d\d`
  const row = (name: string, id: number, role: string, status: string) =>
    `${name} +#${id}  ${role} +${status}\n`
  await says(
    ['userlist'],
    new RegExp(
      `^${[
        row('carol', 1, 'operator', here),
        row('dave', 2, 'operator', here),
        row('anna', 3, 'operator', 'never here'),
        row('ben', 4, 'operator', 'never here'),
        row('eve', 5, 'member', 'never here'),
        row('finn', 6, 'member', 'never here'),
      ].join('')}6 accounts\\.\n$`,
    ),
  )
  const list = await json(['userlist'])
  t.equal(list['zone'], zone)
  const users = list['users'] as { name: string; operator: boolean; status: string }[]
  t.strictSame(
    users.map(({ name, operator }) => [name, operator]),
    [
      ['carol', true],
      ['dave', true],
      ['anna', true],
      ['ben', true],
      ['eve', false],
      ['finn', false],
    ],
  )
  t.equal(users[0]?.status, state === 'running' ? 'online' : 'offline')

  // Tokens of somebody
  await says(
    ['tokens', 'carol'],
    /^ci {3}since \d{4}-\d\d-\d\d {2}can only write in #tea; never used\nold {2}since .*\ncarol has 2 tokens\.\n$/,
  )
  const { tokens } = await json(['tokens', '#1'])
  t.match(tokens, [{ name: 'ci', scope: 'write', channels: ['#tea'], since: iso }, { name: 'old' }])
  await says(
    ['tokens', 'carol', '--revoke', 'ci'],
    /^The token ci of carol is revoked\.\nold .*\ncarol has 1 token\.\n$/,
  )
  t.match(await json(['tokens', 'carol', '--revoke', 'old']), { name: 'carol', tokens: [] })

  // What was said
  await says(['notice', 'wet', 'paint\nin the hall'], /^Everybody is told, from carol\.\n$/)
  const dry = await json(['notice', 'it is dry'])
  t.match(dry, { id: Number, at: iso, from: 'carol' })
  const all = (await json(['messagelist']))['messages'] as { id: number }[]
  const ids = all.map(({ id }) => id)
  t.equal(ids.length, 7)
  t.strictSame(
    ids,
    ids.toSorted((a, b) => a - b),
    'oldest first',
  )
  t.equal(dry['id'], ids[6])
  const time = String.raw`\d{4}-\d\d-\d\d \d\d:\d\d`
  await says(
    ['messagelist'],
    new RegExp(
      [
        `^${ids[0]}  ${time}  #lobby  <carol> hello to all`,
        `${ids[1]}  ${time}  #lobby  \\* carol waves`,
        `${ids[2]}  ${time}  #tea  <carol> earl grey`,
        `${ids[3]}  ${time}  to dave  <carol> psst`,
        `${ids[4]}  ${time}  #lobby  <dave> hello carol`,
        `${ids[5]}  ${time}  everybody  <carol> wet paint in the hall`,
        `${ids[6]}  ${time}  everybody  <carol> it is dry\n$`,
      ].join('\n'),
    ),
  )
  const found = async (filter: { channel?: string; from?: string; since?: string; limit?: number }) => {
    // By the command line once, and then what that asks of the server.
    const options = Object.entries(filter).flatMap(([name, value]) => [`--${name}`, String(value)])
    const list =
      state === 'stopped'
        ? await json(['messagelist', ...options])
        : dataOf(await askServer(data, { action: 'messagelist', options: filter }))
    return (list['messages'] as { text: string }[]).map(({ text }) => text)
  }
  t.match(all[0], { at: iso, from: 'carol', kind: 'text', text: 'hello to all', channel: '#lobby' })
  t.match(all[3], { from: 'carol', kind: 'text', text: 'psst', to: 'dave' })
  for (const channel of ['#TEA', 'tea', 'Tea']) t.strictSame(await found({ channel }), ['earl grey'])
  t.match((await run('messagelist', '--channel', 'nowhere')).stderr, 'There is no channel #nowhere.')
  t.strictSame(await found({ channel: '#lobby', from: 'carol' }), ['hello to all', 'waves'])
  t.strictSame(await found({ from: '#2' }), ['hello carol'])
  t.strictSame(await found({ limit: 2 }), ['wet paint in the hall', 'it is dry'])
  t.equal((await found({ since: '1h' })).length, 7)
  t.equal((await found({ since: '2000-01-01' })).length, 7)
  await says(['messagelist', '--since', '2999-01-01 10:00'], /^No messages\.\n$/)

  // And away with them
  for (const [args, why] of [
    [['delete-message', String(ids[5])], 'There is no terminal to ask on. --yes deletes without asking.'],
    [
      ['delete-message', '9999', '--yes'],
      'There is no message 9999. "partyline messagelist" shows the numbers',
    ],
    [['delete-message', 'x', '--yes'], 'the number of a message, as "partyline messagelist" shows it.'],
  ] as const) {
    const refused = await run(...args)
    t.equal(refused.code, 1)
    t.match(refused.stderr, why)
  }
  await says(
    ['delete-message', String(ids[5]), '--yes'],
    new RegExp(`^Deleted: ${ids[5]}  ${time}  everybody  <carol> wet paint in the hall\n$`),
  )
  t.match(await json(['delete-message', String(ids[6]), '--yes']), {
    message: { id: ids[6], text: 'it is dry', kind: 'notice' },
  })
  t.strictSame(await found({ from: 'carol' }), ['hello to all', 'waves', 'earl grey', 'psst'])
  if (state === 'running') {
    carol.type('/history #lobby numbers')
    await carol.settle()
    await says(['delete-message', String(ids[4]), '--yes'], /^Deleted: \d+ {2}.*<dave> hello carol\n$/)
    await carol.expect(/an operator deleted what dave said at [- :\d]+ in #lobby/)
    dave.type('hello again')
    await dave.settle()
  }
  t.match(await run('deleteuser', 'dave'), {
    code: 1,
    stderr: 'partyline: There is no terminal to ask on. --yes deletes without asking.\n',
  })
  await says(['deleteuser', 'dave', '--yes'], /^The account dave \(#2\) is deleted\.\n$/)
  t.strictSame(await json(['deleteuser', 'carol', '--erase-messages', '--yes']), { name: 'carol', id: 1 })
  const left =
    state === 'running'
      ? '\\d+ {2}[- :\\d]+ {2}#lobby {2}<deleted user #2> hello again'
      : `${ids[4]} {2}[- :\\d]+ {2}#lobby {2}<deleted user #2> hello carol`
  await says(['messagelist'], new RegExp(`^${left}\n$`))
  t.equal((await run('deleteuser', 'dave', '--yes')).code, 1, 'nobody is deleted twice')

  if (state === 'running') await stopServer(t, server, passwords)
}

function dataOf(answer: ControlAnswer | undefined): Record<string, unknown> {
  if (!answer?.ok) throw new Error(`refused: ${JSON.stringify(answer)}`)
  return answer.data as Record<string, unknown>
}
