import t from 'tap'
import { ConfigError } from '../../server/config/load.ts'
import type { LineClient } from '../support/client.ts'
import { directoryFor } from '../support/directory.ts'
import { TestServer } from '../support/server.ts'

async function answer(client: LineClient, line: string): Promise<string> {
  await client.settled()
  return (await client.ask(line)).join('\n')
}

t.test(
  'a private channel of members cannot be the one for everybody, and that is said in words',
  async (t) => {
    const directory = directoryFor(t)
    const first = await TestServer.start({ directory })
    const anna = await first.connect()
    await anna.ask('/signup anna\npassword\npassword\n/create #den private\na secret')
    await first.stop()
    const start = (name: string) => TestServer.start({ directory, config: { 'channels.default': name } })
    for (const name of ['#den', '#DEN'])
      await t.rejects(
        start(name),
        new ConfigError([
          `channels.default: ${name} cannot be the default channel: it is a private channel of members here. Name another one.`,
        ]),
        name,
      )
    const again = await start('#lobby')
    t.teardown(() => again.stop())
    const back = await again.connect()
    await back.ask('/login anna password')
    t.match(await answer(back, '/history #den'), /a secret/)
    t.match(await answer(back, '/members #den'), /anna .*admin/)
  },
)

t.test('after a change the old one gets an admin from an operator, and the new one has none', async (t) => {
  const directory = directoryFor(t)
  const first = await TestServer.start({ directory })
  await first.makeOperator('root', 'good-enough')
  for (const name of ['anna', 'bob']) await (await first.connect()).ask(`/signup ${name}\npassword\npassword`)
  const anna = await first.connect()
  await anna.ask('/login anna password\n/create #tea')
  await first.stop()

  const second = await TestServer.start({ directory, config: { 'channels.default': '#tea' } })
  const [root, bob, again] = await Promise.all([second.connect(), second.connect(), second.connect()])
  await root.ask('/login root good-enough')
  await bob.ask('/login bob password')
  await again.ask('/login anna password')
  t.match(
    await answer(root, '/transfer #tea bob'),
    /has no admin: operators lead it/,
    'it belongs to the operators',
  )
  t.match(await answer(again, '/remove #tea bob'), /Only operators can do that in #tea/)
  t.match(await answer(root, '/transfer #lobby bob'), /bob is now the admin of #lobby, which had none/)
  t.match(await answer(bob, '/members #lobby'), /- bob .*admin/)
  t.match(await answer(bob, '/transfer #lobby anna'), /you are a plain member now/)
  await second.stop()

  const third = await TestServer.start({ directory })
  t.teardown(() => third.stop())
  const last = await third.connect()
  await last.ask('/login anna password')
  t.match(await answer(last, '/members #tea'), /- anna .*admin/, 'who made it has it again')
  t.notMatch(await answer(last, '/members #lobby'), /admin/)
})

t.test('who has left the channel for everybody stays out of it, until /join', async (t) => {
  const directory = directoryFor(t)
  const first = await TestServer.start({ directory })
  const anna = await first.connect()
  await anna.ask('/nick anna')
  t.match(await answer(anna, '/leave'), /You left #lobby/)
  await anna.ask('/signup anna\npassword\npassword')
  t.match(await answer(anna, '/switch'), /nowhere|not talking/, 'who signs up is who they were')
  await anna.ask('/quit')
  await first.stop()
  const server = await TestServer.start({ directory })
  t.teardown(() => server.stop())
  const again = await server.connect()
  t.notMatch((await again.ask('/login anna password')).join('\n'), /#lobby/)
  t.match(await answer(again, '/join #lobby'), /\* #lobby: 1 member/)
  await again.ask('/quit')
  const third = await server.connect()
  t.match((await third.ask('/login anna password')).join('\n'), /What you type goes to #lobby/)
})
