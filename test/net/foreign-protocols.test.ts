import { once } from 'node:events'
import { connect } from 'node:net'
import { connect as connectTls } from 'node:tls'
import t from 'tap'
import { makeCertificate } from '../support/certificate.ts'
import { directoryFor } from '../support/directory.ts'
import { TestServer } from '../support/server.ts'

t.setTimeout(280_000)

/** What a page could send, or a program that has the wrong port. Each goes on with lines that would be chat. */
const requests: readonly (string | Buffer)[] = [
  'POST / HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 40\r\n\r\n',
  'GET / HTTP/1.1\nHost: x\n\n',
  'get / http/1.1\r\n\r\n',
  'Post / HTTP/1.1 \r\n\r\n',
  'GET /\r\n',
  'POST http://example.org/a HTTP/1.1\r\n\r\n',
  'CONNECT example.org:443 HTTP/1.1\r\n\r\n',
  'OPTIONS * HTTP/1.1\r\n\r\n',
  'PROPFIND / HTTP/1.1\r\nDepth: 1\r\n\r\n',
  'MKCALENDAR /x HTTP/1.1\r\n\r\n',
  'VERSION-CONTROL /x HTTP/1.1\r\n\r\n',
  'M-SEARCH * HTTP/1.1\r\n\r\n',
  'BREW coffee HTTP/1.1\r\n\r\n',
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  '\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n',
  '\n\n\nput /x HTTP/1.0\n\n',
  '\ufeffGET / HTTP/1.1\r\nHost: x\r\n\r\n',
  '\r\n\ufeffPOST / HTTP/1.1\r\nHost: x\r\n\r\n',
  `POST /${'a'.repeat(5_000)} HTTP/1.1\r\n\r\n`,
  `post /${'a'.repeat(5_000)} HTTP/1.1\r\n\r\n`,
]

t.test('no listener takes a line of an HTTP request for chat', async (t) => {
  const directory = directoryFor(t)
  const pair = makeCertificate(directory, 'chat')
  const host = '127.0.0.1'
  const header = 'PROXY TCP4 192.0.2.7 203.0.113.5 54321 6697\r\n'
  const kinds = [
    { name: 'plain', listener: {} },
    { name: 'telnet', listener: { telnet: true } },
    { name: 'proxy', listener: { proxy: 'tcp' }, header },
    { name: 'telnet behind a proxy', listener: { telnet: true, proxy: 'tls' }, header },
    { name: 'TLS', listener: { tls: pair }, secure: true },
    { name: 'TLS left alone', listener: { tls: pair } },
    { name: 'telnet with TLS', listener: { telnet: true, tls: pair }, secure: true },
  ]
  const listeners = kinds.map(({ listener }) => ({ host, port: 0, ...listener }))
  const server = await TestServer.start({
    directory: `${directory}/data`,
    config: { listeners, 'limits.connectionsPerAddress': 0 },
  })
  t.teardown(() => server.stop())
  const witness = await server.connect()
  await witness.ask('/nick witness')
  for (const [index, { header = '', name, secure }] of kinds.entries()) {
    const port = server.running.ports[index] ?? 0
    const wrong: string[] = []
    for (const request of requests) {
      const socket = secure ? connectTls({ port, host, rejectUnauthorized: false }) : connect({ port, host })
      let heard = ''
      socket.on('data', (chunk: Buffer) => {
        heard += chunk.toString('latin1')
      })
      socket.on('error', () => undefined)
      await once(socket, secure ? 'secureConnect' : 'connect')
      socket.write(`${header}`)
      socket.write(request)
      socket.write('/nick mallory\n/join #lobby\nhello from a page\n')
      await once(socket, 'end')
      socket.destroy()
      if (!/HTTP\/1\.1 4\d\d /.test(heard) || /mallory/.test(heard)) wrong.push(`${request}: ${heard}`)
    }
    t.same(wrong, [], name)
  }
  await witness.settled()
  t.notMatch(witness.raw, 'mallory')
})

t.test('people who press Enter first, and who write in capitals, chat as ever', async (t) => {
  const server = await TestServer.start({
    directory: directoryFor(t),
    config: {
      listeners: [
        { host: '127.0.0.1', port: 0 },
        { host: '127.0.0.1', port: 0, telnet: true },
      ],
    },
  })
  t.teardown(() => server.stop())
  const witness = await server.connect()
  await witness.ask('/nick witness')
  for (const port of server.running.ports) {
    for (const [index, first] of ['', '\n', '\r\n\r\n', '\r'].entries()) {
      const somebody = await server.connect(undefined, port)
      const nick = `p${index}${server.running.ports.indexOf(port)}`
      somebody.write(`${first}/nick ${nick}\nGET well soon\nPUT it there\n`)
      await somebody.settled()
      await witness.settled()
      for (const text of ['GET well soon', 'PUT it there'])
        t.match(witness.raw, `#lobby <~${nick}> ${text}`, `${JSON.stringify(first)}: ${text}`)
    }
  }
})

t.test('who speaks TLS where none is spoken is told so in its own words', async (t) => {
  const server = await TestServer.start({
    directory: directoryFor(t),
    config: {
      listeners: [
        { host: '127.0.0.1', port: 0 },
        { host: '127.0.0.1', port: 0, telnet: true },
      ],
    },
  })
  t.teardown(() => server.stop())
  const [plain = 0, telnet = 0] = server.running.ports
  const secure = connectTls({ port: plain, host: '127.0.0.1', rejectUnauthorized: false })
  const [error] = (await once(secure, 'error')) as [Error]
  t.match(error.message, /handshake failure/)
  const hello = Buffer.from([0x16, 3, 1, 0, 5, 1, 0, 0, 1, 0x0a])
  const client = await server.connect(undefined, telnet)
  client.write(hello)
  await client.closing()
  t.notMatch(client.raw, '*', 'and nothing else is said')
})

t.test(
  'who presses Enter first reads the greeting, and who speaks another protocol where it is',
  async (t) => {
    const server = await TestServer.start({
      directory: directoryFor(t),
      config: {
        listeners: [
          { host: '127.0.0.1', port: 0 },
          { host: '127.0.0.1', port: 0, telnet: true },
        ],
        'limits.connectionsPerAddress': 0,
        server: { publicHost: 'chat.example.org', publicPort: 6667 },
      },
    })
    t.teardown(() => server.stop())
    const place = 'Come in with: nc chat.example.org 6667'
    const words = (what: string) => `This is Partyline, a group chat. ${what}. ${place}`
    for (const port of server.running.ports) {
      for (const enter of ['\n', '\r\n', '\r\0', ' \r\n']) {
        const waiting = await server.connect(undefined, port)
        waiting.write(enter)
        // Not before the time that a client has to speak first.
        await server.activity.quiet()
        t.equal(waiting.raw.replace(/[^ -~\n]/g, ''), '')
        server.clock.advance(server.config.greetingDelayMs)
        await server.activity.until(() => /Welcome to Partyline/.test(waiting.raw))
        const gone = await server.connect(undefined, port)
        gone.write(enter)
        gone.end()
        await gone.closing()
        t.match(gone.raw, /Welcome to Partyline/, `${JSON.stringify(enter)} and an end`)
      }
      for (const [hello, heard] of [
        ['SSH-2.0-OpenSSH_9.2p1\r\n', `* ${words('It does not speak SSH')}\r\nSSH-2.0-Partyline\r\n`],
        ['EHLO example.org\r\n', `554 ${words('It takes no mail')}\r\n`],
        ['NICK anna\r\nUSER anna 0 * :Anna\r\n', `ERROR :${words('It does not speak IRC')}\r\n`],
        ['CAP LS 302\r\n', `ERROR :${words('It does not speak IRC')}\r\n`],
        ["<?xml version='1.0'?>", `>${words('It does not speak XMPP')}</text>`],
        ['*1\r\n$7\r\nCOMMAND\r\n', `-ERR ${words('It does not speak Redis')}\r\n`],
        ['\0\0\0\x08\x04\xd2\x16\x2f', `M${words('It does not speak PostgreSQL')}\0`],
        ['PROXY TCP4 192.0.2.7 203.0.113.5 1 2\r\n', 'set proxy of this listener'],
      ] as const) {
        const client = await server.connect(undefined, port)
        client.write(Buffer.from(hello, 'latin1'))
        client.write('/nick mallory\nhello from nowhere\n')
        await client.closing()
        t.ok(client.raw.includes(heard), `${JSON.stringify(hello)}: ${JSON.stringify(client.raw)}`)
        t.notMatch(client.raw, /Welcome|mallory/)
      }
    }
  },
)
