import t, { type Test } from 'tap'
import type { LineClient } from '../support/client.ts'
import { directoryFor } from '../support/directory.ts'
import { TestServer } from '../support/server.ts'

/** anna is alone in #book, where something was said, and root is an operator. */
async function scene(t: Test) {
  const server = await TestServer.start({ directory: directoryFor(t) })
  t.teardown(() => server.stop())
  await server.makeOperator('root', 'good-enough')
  const root = await server.connect()
  await root.ask('/login root good-enough')
  const anna = await server.connect()
  await anna.ask('/signup anna\npassword\npassword\n/create #book private\nchapter one')
  return { server, root, anna }
}

async function answer(client: LineClient, line: string): Promise<string> {
  await client.settled()
  return (await client.ask(line)).join('\n')
}

t.test('the last one is asked, and anything but yes leaves all as it was', async (t) => {
  const { anna } = await scene(t)
  t.match(await answer(anna, '/leave\nno'), /Nobody else is in #book: .*gone for good\..*Cancelled/s)
  t.match(await answer(anna, '/leave\nwell\n/cancel'), /Answer yes or no.*Cancelled/s)
  t.match(await answer(anna, '/history'), /chapter one/)
  t.match(await answer(anna, '/leave\nyes'), /You left #book/)
  t.match(await answer(anna, '/create #book'), /is made/, 'it is gone')
  t.notMatch(await answer(anna, '/leave'), /yes or no/, 'where nothing was said nothing is lost')
})

t.test('a program is told, and says the same again within a minute', async (t) => {
  const { anna, server } = await scene(t)
  const token = /: (\w+)$/m.exec(await answer(anna, '/token bot all'))?.[1]
  const script = await server.connect()
  await script.ask(`/login anna ${token}`)
  t.match(
    await answer(script, '/leave #book'),
    /^! Nobody else is in #book: .*Repeat the line within a minute/,
  )
  await anna.ask('/format json')
  const leave = () => answer(anna, '{"line":"/leave #book","tag":1}')
  t.match(await leave(), /"ok":false,"error":\{"code":"ends-channel"/)
  server.clock.advance(60_000)
  t.match(await leave(), /"ends-channel"/, 'a minute later it is asked anew')
  t.match(await answer(anna, '{"line":"/remove #book anna"}'), /not-allowed/)
  t.match(await leave(), /"ends-channel"|"ok":true/)
  t.match(await leave(), /"ok":true|no-such-channel/)
})

t.test('so is an operator who would take out the last one', async (t) => {
  const { anna, root } = await scene(t)
  for (const line of ['/remove #book anna', '/ban #book anna 1h'])
    t.match(
      await answer(root, `${line}\nno`),
      /Nobody else is in #book.*anna all the same\? yes or no.*Cancelled/s,
      line,
    )
  t.match(await answer(anna, '/history #book'), /chapter one/)
  t.match(await answer(root, '/remove #book anna\nyes'), /anna is removed/)
})

t.test('who deletes an account reads which rooms end with it', async (t) => {
  const { anna, root } = await scene(t)
  t.match(
    await answer(anna, '/deleteaccount\n/cancel'),
    /gone for good with #book: nobody else is in it\..*Password/s,
  )
  t.match(await answer(root, '/deluser anna\nno'), /gone for good with 1 other channel: .*Delete anna/s)
  t.match(await answer(anna, '/history #book'), /chapter one/)
})

t.test('the last member is asked although guests are there, for they go with their lines', async (t) => {
  const { server } = await scene(t)
  const bob = await server.connect()
  await bob.ask('/signup bob\npassword\npassword\n/create #open\nhello')
  const zoe = await server.connect()
  await zoe.ask('/nick zoe\n/join #open')
  t.match(await answer(bob, '/leave\nno'), /No other member is in #open: as soon as its guests go/)
  t.match(await answer(bob, '/leave\nyes'), /You left #open/)
  t.match(await answer(zoe, '/leave\nno'), /Nobody else is in #open/)
})
