import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { clashesOf } from '../../server/config/clashes.ts'
import { PageAddress } from '../../server/web/page-address.ts'
import { directoryFor } from '../support/directory.ts'
import { TestServer, testConfig } from '../support/server.ts'
import { rawly, request } from './web-client.ts'

/** Takes a port of this machine, if nobody has it. Answers which. */
async function take(t: Test, port: number): Promise<number> {
  const server = createServer().listen({ host: '::', port })
  const taken = await once(server, 'listening').then(
    () => true,
    () => false,
  )
  if (!taken) return port
  t.teardown(() => server.close())
  return (server.address() as AddressInfo).port
}

t.test('the usual port is taken, and nobody has named another: there is no page', async (t) => {
  await take(t, 8667)
  const server = await TestServer.start({ directory: directoryFor(t), config: { 'web.listen': [{}] } })
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
    TestServer.start({ directory: directoryFor(t), config: { 'web.listen': [{ port }] } }),
    /Port \d+ is in use.*web\.listen/,
  )
})

t.test('pages on two ports, and where they are', async (t) => {
  const listen = [
    { host: '127.0.0.1', port: 0 },
    { host: '127.0.0.1', port: 0 },
  ]
  const server = await TestServer.start({ directory: directoryFor(t), config: { 'web.listen': listen } })
  t.teardown(() => server.stop())
  const [first = 0, second = 0] = server.running.webPorts
  t.ok(first !== second && first > 0)
  t.equal(server.running.page, `http://localhost:${first}`)
  t.equal(server.count('the page is there'), 2)
  t.not((await request(server, 'GET', '/')).status, 0)
})

t.test('who asks for the page at the port of the chat reads where it is', async (t) => {
  const server = await TestServer.start({
    directory: directoryFor(t),
    config: { 'web.listen': [{ host: '::', port: 0 }], 'server.publicHost': '' },
  })
  t.teardown(() => server.stop())
  const [port = 0] = server.running.ports
  const asked = async (bytes: string) =>
    (await rawly(server, bytes, port)).body.replace(`:${server.webPort}/`, ':PAGE/')
  const seen: [host: string, url: string][] = [
    ['127.0.0.1:6667', 'http://127.0.0.1:PAGE/'],
    ['localhost:6667', 'http://localhost:PAGE/'],
    ['[::1]', 'http://[::1]:PAGE/'],
    ['192.0.2.7', 'http://192.0.2.7:PAGE/'],
    // The page is not reached by a name that it does not know.
    ['evil.example', 'http://127.0.0.1:PAGE/'],
    ['x"><script>', 'http://127.0.0.1:PAGE/'],
  ]
  for (const [host, url] of seen)
    t.match(
      await asked(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`),
      `In a browser, open ${url} instead.`,
      host,
    )
  const others = [
    'GET / HTTP/1.0\r\n\r\n',
    'HEAD /login?next=x HTTP/1.1\r\nHost: x\r\nbroken\r\n\r\n',
    'POST /session HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}',
    'GET /socket HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    'CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n',
  ]
  for (const bytes of others) t.match(await asked(bytes), 'http://127.0.0.1:PAGE/', bytes.slice(0, 20))
})

t.test('where the page is depends on its settings, and on who asks', async (t) => {
  const far = { address: '192.0.2.9', host: undefined, reached: '192.0.2.1' }
  const pageOn = (host: string, { origins = [] as string[], publicHost = '', isSecure = false } = {}) => {
    const page = new PageAddress({ origins, listen: [{ host }] }, { publicHost })
    page.add({ host, port: 8667, isSecure })
    return page.sentence
  }
  t.equal(
    new PageAddress({ origins: [], listen: [] }, { publicHost: '' }).sentence(far),
    'It has no page for browsers.',
  )
  t.match(pageOn('::')(far), ' http://192.0.2.1:8667/ ')
  t.match(
    pageOn('0.0.0.0', { isSecure: true })({ ...far, reached: '2001:db8::1' }),
    ' https://[2001:db8::1]:8667/ ',
  )
  t.match(pageOn('2001:db8::1')(far), ' http://[2001:db8::1]:8667/ ')
  t.match(
    pageOn('::', { publicHost: 'chat.example.org' })({ ...far, host: 'chat.example.org:6667' }),
    ' http://chat.example.org:8667/ ',
  )
  t.match(pageOn('127.0.0.1', { origins: ['https://chat.example.org'] })(far), ' https://chat.example.org/ ')
  t.match(pageOn('127.0.0.1')(far), 'only on the machine of the server')
  t.match(pageOn('localhost')({ ...far, address: '127.0.0.1' }), ' http://localhost:8667/ ')
})

t.test('two listeners want one port', async (t) => {
  const config = (web: unknown) =>
    testConfig(join(t.testdirName, 'x'), { listeners: [{ port: 8667 }], 'web.listen': web })
  t.same(clashesOf(config([{}])), [], 'where nobody has named the page, it gives way')
  t.match(clashesOf(config([{ host: '127.0.0.1', port: 8667 }])), [
    /^listeners\[0\] and web\.listen\[0\] cannot/,
  ])
})
