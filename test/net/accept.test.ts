import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { connect, createServer, Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import t, { type Test } from 'tap'
import { Admission } from '../../server/admission/admission.ts'
import { Listeners } from '../../server/net/listen.ts'
import { SocketWriter } from '../../server/net/socket-output.ts'
import type { Transfers } from '../../server/net/transfers.ts'
import type { Connection } from '../../server/session/connection.ts'
import { Session } from '../../server/session/session.ts'
import { connectPerson } from '../process/person.ts'
import { Scene } from '../session/scene.ts'
import { directoryFor } from '../support/directory.ts'
import { testConfig } from '../support/server.ts'

/*
 * What is thrown while one connection is set up, or by its socket, ends that connection and no other: there is a server
 * in this process, so that anything nobody catches ends the test.
 */

type Listen = typeof Server.prototype.listen

async function begin(
  t: Test,
  session: (connection: Connection, make: () => Session) => Session = (_connection, make) => make(),
  { tls = { cert: '', key: '' }, telnet = false, proxy = 'none' as 'none' | 'tcp' } = {},
) {
  const scene = await Scene.set()
  const { clock } = scene.parts.services
  const config = testConfig('nowhere')
  const admission = new Admission({
    ...{ clock, counts: scene.counts, log: scene.parts.log, limits: config.limits },
    isBanned: () => false,
  })
  const listeners = new Listeners({
    admission,
    clock,
    counts: scene.counts,
    faults: scene.parts.faults,
    log: scene.parts.log,
    config,
    session: (connection) => session(connection, () => new Session(scene.parts, connection)),
    // None of them is about a file.
    transfers: {} as Transfers,
    writer: new SocketWriter(),
  })
  const servers: Server[] = []
  const listen: Listen = Server.prototype.listen
  Server.prototype.listen = function (this: Server, ...args: Parameters<Listen>) {
    servers.push(this)
    return listen.apply(this, args)
  } as Listen
  const port = await listeners.open({ host: '127.0.0.1', port: 0, telnet, proxy, tls }).finally(() => {
    Server.prototype.listen = listen
  })
  t.teardown(() => {
    listeners.stopAccepting()
    for (const connection of admission.connections) connection.drop('the test is over')
  })
  return { scene, port, servers, admission }
}

t.test('a connection that cannot be set up is told so, and the next one is served', async (t) => {
  for (const options of [{}, { telnet: true }, { proxy: 'tcp' }] as const) {
    let left = 2
    const { admission, port, scene } = await begin(
      t,
      (_connection, make) => {
        if (left-- > 0) throw new RangeError('no session')
        return make()
      },
      options,
    )
    const header = 'proxy' in options ? ['PROXY TCP4 192.0.2.1 192.0.2.2 1000 2000\r'] : []
    for (let count = 1; count <= 2; count++) {
      const one = await connectPerson(t, port, { lines: header })
      await one.expect('An error in the server')
      one.socket.destroy()
      t.equal(scene.counts.faults.of('connection'), count)
    }
    const next = await connectPerson(t, port, { lines: [...header, '/ping still-there'] })
    await next.expect('pong still-there')
    t.equal(admission.size, 1, 'and those before count no more')
  }
})

t.test('what its bytes throw ends a connection, alone', async (t) => {
  let broken: Session | undefined
  const { port, scene } = await begin(t, (_connection, make) => {
    const session = make()
    broken ??= session
    return session
  })
  const bad = await connectPerson(t, port)
  const good = await connectPerson(t, port, { lines: ['/ping one'] })
  await good.expect('pong one')
  if (!broken) return
  broken.receive = () => {
    throw new Error('no line')
  }
  bad.type('hello')
  await bad.expect('went wrong')
  await bad.closed
  good.type('/ping two')
  await good.expect('pong two')
  t.equal(scene.counts.faults.of('connection'), 1)
})

t.test('so does what its end and its close throw', async (t) => {
  const sessions: Session[] = []
  const { port, scene } = await begin(t, (_connection, make) => {
    const session = make()
    sessions.push(session)
    return session
  })
  const bad = await connectPerson(t, port)
  const good = await connectPerson(t, port, { lines: ['/ping one'] })
  await good.expect('pong one')
  const [first] = sessions
  if (!first) return
  first.endOfInput = () => {
    throw new Error('no end')
  }
  first.closed = async () => {
    throw new Error('no farewell')
  }
  bad.socket.end()
  await bad.closed
  good.type('/ping two')
  await good.expect('pong two')
  t.equal(scene.counts.faults.of('connection'), 2)
})

t.test('a connection that the system cannot hand over does not end the server', async (t) => {
  const { port, scene, servers } = await begin(t)
  const error = Object.assign(new Error('accept EMFILE'), { code: 'EMFILE' })
  for (const server of servers) server.emit('error', error)
  const person = await connectPerson(t, port, { lines: ['/ping still-there'] })
  await person.expect('pong still-there')
  t.match(
    scene.logged.filter(({ message }) => message === 'listener failed'),
    [{ level: 'error', fields: { port, err: { code: 'EMFILE' } } }],
  )
})

t.test('nonsense right behind the handshake of TLS ends that connection', async (t) => {
  const folder = directoryFor(t)
  const files = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') }
  const request = ['req', '-x509', '-nodes', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256']
  const out = ['-days', '2', '-keyout', files.key, '-out', files.cert, '-subj', '/CN=chat']
  execFileSync('openssl', [...request, ...out], { stdio: 'pipe' })
  const { port, scene } = await begin(t, undefined, { tls: files })
  const nonsense = Buffer.concat([Buffer.from([0x17, 3, 3, 0, 64]), Buffer.alloc(64, 7)])
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
    // Puts it into the very packet that ends the handshake.
    const between = createServer((socket: Socket) => {
      const server = connect({ port, host: '127.0.0.1' })
      let packets = 0
      socket.on('data', (chunk: Buffer) =>
        server.write(++packets === 2 ? Buffer.concat([chunk, nonsense]) : chunk),
      )
      server.on('data', (chunk: Buffer) => socket.write(chunk))
      for (const [one, other] of [
        [socket, server],
        [server, socket],
      ] as const)
        one.on('error', () => undefined).on('close', () => other.destroy())
    })
    between.listen(0, '127.0.0.1')
    await once(between, 'listening')
    const address = between.address()
    const client = connectTls({
      port: typeof address === 'object' && address ? address.port : 0,
      host: '127.0.0.1',
      rejectUnauthorized: false,
      maxVersion,
    })
    client.on('error', () => undefined).resume()
    client.once('secureConnect', () => client.write('/ping in\n'))
    await new Promise((resolve) => client.once('close', resolve))
    between.close()
    const plain = await connectPerson(t, port, { lines: [`/ping ${maxVersion}`] })
    await plain.expect(`pong ${maxVersion}`)
  }
  t.equal(scene.counts.faults.total, 0, 'and it is no defect')
})
