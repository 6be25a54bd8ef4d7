import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { clashesOf } from '../../server/config/clashes.ts'
import { TestServer, testConfig } from '../support/server.ts'
import { request } from './web-client.ts'

/** Takes a port of this machine, if nobody has it. Answers which. */
async function take(t: Test, port: number): Promise<number> {
  const server = createServer().listen({ host: '::', port })
  const [outcome] = await Promise.race([
    once(server, 'listening').then(() => ['taken' as const]),
    once(server, 'error').then(() => ['taken before' as const]),
  ])
  if (outcome === 'taken before') return port
  t.teardown(() => server.close())
  return (server.address() as AddressInfo).port
}

t.test('the usual port is taken, and nobody has named another: there is no page', async (t) => {
  await take(t, 8667)
  const server = await TestServer.start({ directory: t.testdir(), config: { 'web.listen': [{}] } })
  t.teardown(() => server.stop())
  t.same(server.running.webPorts, [])
  t.equal(server.running.page, undefined)
  t.match(
    server.logged.filter(({ level }) => level === 'warn'),
    [{ message: 'no page, its port is taken', fields: { port: 8667 } }],
  )
  const anna = await server.connect()
  t.match(await anna.ask('/nick anna'), [/^\* You are ~anna/], 'and all the rest')
})

t.test('a port that was named is taken: the server does not start', async (t) => {
  const port = await take(t, 0)
  await t.rejects(
    TestServer.start({ directory: t.testdir(), config: { 'web.listen': [{ port }] } }),
    /Port \d+ is in use.*web\.listen/,
  )
})

t.test('pages on two ports, and where they are', async (t) => {
  const listen = [
    { host: '127.0.0.1', port: 0 },
    { host: '127.0.0.1', port: 0 },
  ]
  const server = await TestServer.start({ directory: t.testdir(), config: { 'web.listen': listen } })
  t.teardown(() => server.stop())
  const [first = 0, second = 0] = server.running.webPorts
  t.ok(first !== second && first > 0)
  t.equal(server.running.page, `http://localhost:${first}`)
  t.equal(server.count('the page is there'), 2)
  t.not((await request(server, 'GET', '/')).status, 0)
})

t.test('two listeners want one port', async (t) => {
  const config = (web: unknown) =>
    testConfig(join(t.testdirName, 'x'), { listeners: [{ port: 8667 }], 'web.listen': web })
  t.same(clashesOf(config([{}])), [], 'where nobody has named the page, it gives way')
  t.match(clashesOf(config([{ host: '127.0.0.1', port: 8667 }])), [
    /^listeners\[0\] and web\.listen\[0\] cannot/,
  ])
})
