import t from 'tap'
import { directoryFor } from '../support/directory.ts'
import { TestServer } from '../support/server.ts'

t.test(
  'who comes from a banned address is sent away, now and at the next try, until the ban ends',
  async (t) => {
    const server = await TestServer.start({ directory: directoryFor(t) })
    t.teardown(() => server.stop())
    await server.makeOperator('root', 'password')
    const root = await server.connect()
    const guest = await server.connect('127.0.0.2')
    await guest.ask('/nick zoe')
    await root.ask('/login root password')

    t.same(await root.ask('/banaddress 127.0.0.2 1h'), [
      '* Nobody connects from 127.0.0.2 any more, until 2026-11-20 19:00.',
    ])
    const closing = '* This connection is closed: this address is banned.'
    t.equal((await guest.closing()).at(-1), closing)
    await server.activity.quiet()
    t.same(await root.settled(), ['* ~zoe left #lobby'])
    t.same(await (await server.connect('127.0.0.2')).closing(), ['! Nobody may connect from your address.'])
    t.same(await (await server.connect('127.0.0.3')).ask('/who'), [
      '- root  #1  online  operator of this server',
      '* 1 person online.',
    ])
    t.same(await root.ask('/banaddress'), ['- 127.0.0.2  until 2026-11-20 19:00', '* 1 address is banned.'])

    await server.stop()
    await server.start()
    const refused = await server.connect('127.0.0.2')
    t.same(await refused.closing(), ['! Nobody may connect from your address.'], 'also after a restart')
    server.clock.advance(3_600_000)
    t.same(await (await server.connect('127.0.0.2')).ask('/ping'), ['* pong'], 'until it ends')
  },
)

t.test('a ban is lifted', async (t) => {
  const server = await TestServer.start({ directory: directoryFor(t) })
  t.teardown(() => server.stop())
  await server.makeOperator('root', 'password')
  const root = await server.connect()
  await root.ask('/login root password')
  t.same(await root.ask('/banaddress 127.0.0.2/31'), ['* Nobody connects from 127.0.0.2/31 any more.'])
  await (await server.connect('127.0.0.3')).closing()
  t.same(await root.ask('/unbanaddress 127.0.0.2/31'), ['* 127.0.0.2/31 may connect again.'])
  t.same(await (await server.connect('127.0.0.3')).ask('/ping'), ['* pong'])
})
