import t, { type Test } from 'tap'
import { defaultConfig } from '../../server/config/schema.ts'
import { directoryFor } from '../support/directory.ts'
import { type Overrides, TestServer } from '../support/server.ts'

/** A server with the limits that it has by default; a proxy tells who comes from where. */
async function start(t: Test, config: Overrides = {}) {
  const listeners = [{ host: '127.0.0.1', port: 0, proxy: 'tcp' }]
  const limits = Object.fromEntries(
    Object.entries(defaultConfig().limits).map(([name, value]) => [`limits.${name}`, value]),
  )
  const server = await TestServer.start({
    directory: directoryFor(t),
    config: { ...limits, listeners, ...config },
  })
  t.teardown(() => server.stop())
  const come = async (from = '203.0.113.7') => {
    const client = await server.connect()
    client.write(`PROXY TCP4 ${from} 203.0.113.5 54321 6667\r\n`)
    return client
  }
  return { server, come }
}

t.test('thirty pupils behind one router come in and talk, each with a second terminal', async (t) => {
  const { come } = await start(t)
  const teacher = await come('192.0.2.1')
  await teacher.ask('/nick teacher')
  const pupils = []
  for (let number = 1; number <= 30; number++) {
    const pupil = await come()
    t.match(
      (await pupil.ask(`/nick pupil${number}`)).join('\n'),
      new RegExp(`You are ~pupil${number}, a guest`),
    )
    pupils.push(pupil, await come())
  }
  for (const [index, pupil] of pupils.entries()) if (index % 2 === 0) await pupil.ask(`I am ${index}`)
  const heard = (await teacher.settled()).filter((line) => line.includes('> I am '))
  t.equal(heard.length, 30)
})

t.test('who has logged in leaves the place to others, and who finds none reads what is so', async (t) => {
  const { come, server } = await start(t, {
    'limits.connectionsPerAddress': 2,
    'limits.membersPerAddress': 4,
    'limits.addressBurst': 0,
    'limits.burst': 0,
  })
  const members = []
  for (const name of ['anna', 'bob', 'carol', 'dave']) {
    const client = await come()
    await client.ask(`/signup ${name}\npassword\npassword`)
    members.push(client)
  }
  t.match(
    await (await come()).closing(),
    [/^! There is no room for more connections from your network just now: at most 2 people/],
    'four members are as many as may',
  )
  for (const one of members.splice(0, 2)) await one.ask('/quit')
  await server.activity.until(() => server.count('disconnected') >= 3)
  const guest = await come()
  await guest.ask('/nick zoe')
  const other = await come()
  await other.ask('/nick yan')
  t.match(await (await come()).closing(), [/^! There is no room/], 'two have not logged in')
  t.match(
    await (await come('192.0.2.2')).ask('/nick xena'),
    [/You are ~xena/, /./, /./],
    'elsewhere there is',
  )
  await other.ask('/login anna password')
  t.match((await (await come()).ask('/nick will')).join('\n'), /You are ~will/)
})
