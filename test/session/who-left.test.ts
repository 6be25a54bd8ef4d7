import t from 'tap'
import { directoryFor } from '../support/directory.ts'
import { TestServer } from '../support/server.ts'

t.test('the log tells of each connection who came, and why they left', async (t) => {
  const server = await TestServer.start({ directory: directoryFor(t), config: { 'limits.loginSeconds': 10 } })
  t.teardown(() => server.stop())
  await server.makeOperator('root', 'password')
  const entries = (message: string) =>
    server.logged.filter((line) => line.message === message).map(({ fields }) => fields)
  const gone = async (count: number) => {
    await server.activity.until(() => server.count('disconnected') === count)
    return entries('disconnected').at(-1)
  }
  const address = '127.0.0.1'

  const zoe = await server.connect()
  await zoe.ask('/nick zoe')
  await zoe.ask('/nick zora')
  zoe.send('/quit')
  await zoe.closing()
  zoe.end()
  t.match(entries('connected'), [{ address, connection: 1 }])
  t.match(entries('nick'), [
    { address, connection: 1, user: '~zoe' },
    { address, connection: 1, user: '~zora' },
  ])
  t.match(await gone(1), { address, connection: 1, user: '~zora', why: 'quit' })

  const root = await server.connect()
  await root.ask('/login root password')
  t.match(entries('login'), [{ address, connection: 2, user: 'root' }])
  root.reset()
  t.match(await gone(2), { connection: 2, user: 'root', why: 'connection lost' })

  const silent = await server.connect()
  await silent.settled()
  server.clock.advance(10_000)
  await silent.closing()
  silent.end()
  t.match(await gone(3), { connection: 3, user: undefined, why: /^you did not log in/ })

  const piped = await server.connect()
  piped.write('/nick kim\nhello\n')
  piped.end()
  await piped.closing()
  t.match(await gone(4), { connection: 4, user: '~kim', why: 'end of input' })

  const out = await server.connect()
  await out.ask('/login root password\n/logout')
  out.send('/quit')
  await out.closing()
  out.end()
  t.match(await gone(5), { connection: 5, user: undefined, why: 'quit' })
})
