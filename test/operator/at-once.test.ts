import t from 'tap'
import { connectGuest, connectMember, connectPerson } from '../process/person.ts'
import { runCommand, startLoggingServer, stopServer } from './cli.ts'

const given = 'given-by-the-operator'
const own = 'chosen-by-the-owner'

t.test('a running server acts at once', async (t) => {
  const server = await startLoggingServer(t)
  const { data, port } = server
  const run = async (args: string[], input?: string) =>
    t.equal((await runCommand(t, data, args, input)).code, 0, args.join(' '))
  const guest = await connectGuest(t, port, 'gus')
  const carol = await connectMember(t, port, 'carol', own)
  const dave = await connectMember(t, port, 'dave', own)
  dave.type('/quit')
  await dave.closed

  // An operator
  carol.type('/notice nobody hears that')
  await carol.expect('! Only an operator can do that.')
  await run(['createsuperuser', 'carol', '--yes'])
  carol.type('/notice everybody hears that')
  await guest.expect('NOTICE <carol> everybody hears that')

  // A notice
  await run(['notice', 'the server moves tonight'])
  await Promise.all([guest, carol].map((one) => one.expect('NOTICE <carol> the server moves tonight')))
  const back = await connectPerson(t, port, { lines: [`/login dave ${own}`] })
  await back.expect('Welcome back, dave')
  await back.expect('2 new notices:')
  await back.expect('the server moves tonight')

  // A new account
  await run(['registeruser', 'bob'], given)
  const bob = await connectPerson(t, port, { lines: [`/login bob ${given}`] })
  await bob.expect('? New password: ')
  carol.type('/whois bob')
  await carol.settle()
  t.notMatch(carol.output.text, 'bob joined', 'nothing else happens first')
  bob.type(own)
  await bob.expect('? New password again: ')
  bob.type(own)
  await bob.expect('Welcome back, bob')
  const again = await connectPerson(t, port, { lines: [`/login bob ${own}`] })
  await again.expect('Welcome back, bob')
  t.notMatch(again.output.text, 'New password', 'asked once only')

  // A new password
  await run(['setpassword', 'dave'], given)
  const late = await connectPerson(t, port, { lines: [`/login dave ${own}`] })
  await late.expect('! Wrong name or password.')
  late.type(`/login dave ${given}`)
  await late.expect('? New password: ')

  // A deleted account
  await run(['deleteuser', 'bob', '--yes'])
  for (const one of [bob, again]) {
    await one.closed
    t.match(one.output.text, /\* This connection is closed: this account was deleted by an operator\.\n$/)
  }
  await carol.expect('* bob left #lobby')
  const gone = await connectPerson(t, port, { lines: [`/login bob ${own}`] })
  await gone.expect('! Wrong name or password.')
  await stopServer(t, server, [given, own])
  t.match(
    server.stdout.text,
    '"action":"deleteuser","name":"bob","msg":"operator"',
    'the log tells who did it',
  )
})

t.test('what was done while the server was stopped is there when it starts', async (t) => {
  const first = await startLoggingServer(t)
  const { data } = first
  for (const name of ['carol', 'dave', 'eve']) await connectMember(t, first.port, name, own)
  await stopServer(t, first, [own])
  for (const [args, input] of [
    [['createsuperuser', 'carol', '--yes'], ''],
    [['registeruser', 'bob'], given],
    [['setpassword', 'dave'], given],
    [['deleteuser', 'eve', '--yes'], ''],
    [['notice', 'we are back'], ''],
  ] as const)
    t.equal((await runCommand(t, data, args, input)).code, 0, args.join(' '))

  const second = await startLoggingServer(t, data)
  const login = (name: string, password: string) =>
    connectPerson(t, second.port, { lines: [`/login ${name} ${password}`] })
  const carol = await login('carol', own)
  await carol.expect('NOTICE <carol> we are back')
  carol.type('/notice hear me')
  for (const name of ['bob', 'dave']) {
    const person = await login(name, given)
    await person.expect('? New password: ')
    person.type(own, own)
    await person.expect(`Welcome back, ${name}`)
  }
  const eve = await login('eve', own)
  await eve.expect('! Wrong name or password.')
  await stopServer(t, second, [given, own])
})
