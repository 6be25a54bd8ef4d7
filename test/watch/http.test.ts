import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import t from 'tap'
import { startServer } from '../../server/app.ts'
import { ManualClock } from '../support/clock.ts'
import { directoryFor } from '../support/directory.ts'
import { MemoryStore } from '../support/memory-store.ts'
import { countedSecrets, quickHasher } from '../support/secrets.ts'
import { TestServer, testConfig } from '../support/server.ts'

const quiet = { debug() {}, info() {}, warn() {}, error() {} }

t.test('what there is, and what there is not', async (t) => {
  const server = await TestServer.start({
    directory: directoryFor(t),
    config: { 'http.listen': [{ port: 0 }] },
  })
  t.teardown(() => server.stop())
  const ask = async (path: string, method = 'GET') => {
    const response = await fetch(`${server.http}${path}`, { method })
    return {
      status: response.status,
      type: response.headers.get('content-type'),
      text: await response.text(),
    }
  }
  const plain = 'text/plain; charset=utf-8'
  t.same(await ask('/healthz'), { status: 200, type: plain, text: 'alive\n' })
  t.same(await ask('/readyz?verbose'), { status: 200, type: plain, text: 'ready\n' })
  t.match(await ask('/metrics'), {
    status: 200,
    type: 'text/plain; version=0.0.4; charset=utf-8',
    text: '# HELP partyline_ready',
  })
  const nothing = { status: 404, type: plain, text: 'There are /healthz, /readyz and /metrics here.\n' }
  for (const path of ['/', '/metrics/', '/put/x', '//healthz', '/%2e']) t.same(await ask(path), nothing, path)
  for (const path of ['/healthz', '/readyz', '/metrics'])
    t.match(await ask(path, 'HEAD'), { status: 200, text: '' }, `HEAD ${path}`)
  const posted = await fetch(`${server.http}/metrics`, { method: 'POST', body: 'x' })
  t.equal(posted.status, 405)
  t.equal(posted.headers.get('allow'), 'GET, HEAD')
})

t.test('who sends too much, or nonsense, is refused, and nobody else notices', async (t) => {
  const server = await TestServer.start({
    directory: directoryFor(t),
    config: { 'http.listen': [{ port: 0 }] },
  })
  t.teardown(() => server.stop())
  const send = async (bytes: string): Promise<string> => {
    const socket = connect({ port: Number(new URL(server.http).port), host: '127.0.0.1' })
    let text = ''
    socket.on('data', (chunk) => {
      text += chunk.toString()
    })
    socket.on('error', () => undefined)
    socket.end(bytes)
    await once(socket, 'close')
    return text
  }
  t.match(await send(`GET /healthz HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`), 'HTTP/1.1 431 ')
  t.match(await send('hello\r\n\r\n'), 'HTTP/1.1 400 ')
  t.equal(await send(''), '')
  t.match(await send('GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'), 'alive')
})

t.test('without http.listen there is none', async (t) => {
  const server = await TestServer.start({ directory: directoryFor(t) })
  t.teardown(() => server.stop())
  t.throws(() => server.http, /no HTTP listener/)
})

t.test('a port in use is told before anybody can come in', async (t) => {
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  t.teardown(() => other.close())
  const address = other.address()
  const port = typeof address === 'object' ? address?.port : undefined
  const directory = directoryFor(t)
  const store = new MemoryStore()
  const parts = {
    clock: new ManualClock(),
    log: quiet,
    secrets: countedSecrets(),
    hasher: quickHasher(),
    store: async () => store,
  }
  await t.rejects(startServer(testConfig(directory, { 'http.listen': { port } }), parts), {
    name: 'ListenError',
    message: `Port ${port} is in use. Stop what listens there, or choose another with http.listen.`,
  })
  await t.rejects(store.ping(), { name: 'StoreUnavailable' }, 'and all is closed again')
})

t.test('it ends with the server, whoever holds a connection', async (t) => {
  const server = await TestServer.start({
    directory: directoryFor(t),
    config: { 'http.listen': [{ port: 0 }] },
  })
  const socket = connect({ port: Number(new URL(server.http).port), host: '127.0.0.1' })
  await once(socket, 'connect')
  const closed = once(socket, 'close')
  await server.stop()
  await closed
})
