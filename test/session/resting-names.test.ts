import t from 'tap'
import type { LineClient } from '../support/client.ts'
import { directoryFor } from '../support/directory.ts'
import { TestServer } from '../support/server.ts'

const dayMs = 86_400_000

async function answer(client: LineClient, line: string): Promise<string> {
  await client.settled()
  return (await client.ask(line)).join('\n')
}

t.test('the name of somebody who said something rests, also over a restart', async (t) => {
  const directory = directoryFor(t)
  const first = await TestServer.start({ directory })
  for (const [name, ...said] of [['bob', 'hello'], ['mute'], ['gone', 'bye']] as const) {
    const client = await first.connect()
    await client.ask(`/signup ${name}\npassword\npassword`)
    for (const text of said) await client.ask(text)
    await client.ask('/deleteaccount\npassword')
    if (name !== 'bob') continue
    const resting = /! bob was somebody's name, and nobody gets it before 2026-12-20 except from an operator/i
    t.match(await answer(client, '/signup bob'), resting, 'nor who had it')
    t.match(await answer(client, '/nick BOB'), resting, 'nor as a guest')
  }
  await first.makeOperator('root', 'good-enough')
  await first.stop()
  const server = await TestServer.start({ directory })
  t.teardown(() => server.stop())
  const [visitor, root, owner] = [await server.connect(), await server.connect(), await server.connect()]
  t.match(await answer(visitor, '/nick bob'), /was somebody's name/)
  t.match(await answer(visitor, '/nick mute'), /You are ~mute/, 'who never spoke is missed by nobody')
  await root.ask('/login root good-enough')
  await root.ask('/adduser gone\npassword1\npassword1')
  t.match(
    await answer(owner, '/login gone password1\npassword2\npassword2'),
    /Welcome/,
    'an operator gives it',
  )
  server.clock.advance(30 * dayMs - 1)
  t.match(await answer(visitor, '/nick bob'), /was somebody's name/)
  server.clock.advance(1)
  t.match(await answer(visitor, '/nick bob'), /~bob/)
})

t.test(
  'also where what was said is removed with the account, and not where an operator wants none of it',
  async (t) => {
    const server = await TestServer.start({
      directory: directoryFor(t),
      config: { 'accounts.deletedMessages': 'remove' },
    })
    t.teardown(() => server.stop())
    const client = await server.connect()
    await client.ask('/signup bob\npassword\npassword\nhello\n/deleteaccount\npassword')
    t.match(await answer(client, '/nick bob'), /was somebody's name/)
  },
)

t.test('0 days are none', async (t) => {
  const server = await TestServer.start({
    directory: directoryFor(t),
    config: { 'accounts.nameRestDays': 0 },
  })
  t.teardown(() => server.stop())
  const client = await server.connect()
  await client.ask('/signup bob\npassword\npassword\nhello\n/deleteaccount\npassword')
  t.match(await answer(client, '/nick bob'), /You are ~bob/)
})
