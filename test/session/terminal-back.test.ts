import t from 'tap'
import { Emulator, withoutQuestions } from '../editor/emulator.ts'
import { LineClient } from '../support/client.ts'
import { directoryFor } from '../support/directory.ts'
import { TestServer } from '../support/server.ts'

/* A terminal whose line the server edits, at a connection that ends or does not read. */

const pasteMarksOff = '\u001b[?2004l'
const row = '#lobby> half a li'

/** Somebody at a terminal that sends each key, as socat does. */
async function typist(server: TestServer, name: string, from?: string): Promise<LineClient> {
  const client = await server.connect(from)
  client.write('/editor on\r')
  await server.activity.until(() => client.raw.includes('edits the line'))
  client.write(`/nick ${name}\r`)
  await server.activity.until(() => withoutQuestions(client.raw).endsWith('#lobby> '))
  return client
}

/** What is left of a terminal when the connection is over. */
async function left(raw: string) {
  const emulator = new Emulator(100, 30, 'code points')
  await emulator.write(raw)
  const { above, lastRow, modes } = emulator
  emulator.dispose()
  return { above, lastRow, marksPastes: modes.bracketedPaste }
}

t.test('however a connection ends, the terminal is as it was', async (t) => {
  const server = await TestServer.start({
    directory: directoryFor(t),
    config: { 'limits.loginSeconds': 120, 'terminal.concealPasswords': true },
  })
  await server.makeOperator('root', 'password')
  const root = await server.connect()
  await root.ask('/login root password')
  const ask = (line: string) => () => root.ask(line)
  for (const [how, keys, seen, end, last] of [
    ['/quit', 'half\u0015/quit', '/quit', (client) => client.write('\r'), /Goodbye/],
    ['Ctrl-D', '', '> ', (client) => client.write('\u0004'), /Goodbye/],
    [
      'Ctrl-D in a question',
      '/signup dora\rsec',
      '? Password: ',
      (client) => client.write('\u0015\u0004'),
      /Goodbye/,
    ],
    ['a kill', 'half a li', row, ask('/kill kim enough'), /an operator ended it/],
    ['a kill in a question', '/signup carla\rsec', '? Password: ', ask('/kill kim'), /an operator ended it/],
    ['while Tab goes round', '@r\t', '@root: ', ask('/kill kim'), /an operator ended it/],
    ['in a search', 'x\r\u0012x', '\u0008', ask('/kill kim'), /an operator ended it/],
    ['in a paste', '\u001b[200~a\nb', '> ', ask('/kill kim'), /an operator ended it/],
    [
      'before rows are sent',
      '\u001b[200~a\nb\u001b[201~',
      '\u0008',
      ask('/kill kim'),
      /an operator ended it/,
    ],
    ['in /hold', '/hold\rhalf', '> half', ask('/kill kim'), /an operator ended it/],
    ['a banned address', 'half a li', row, ask('/banaddress 127.0.0.2/32'), /closed/],
    ['the end of input', 'half a li', row, (client) => client.end(), /.*/],
    ['/editor off', '', '> ', (client) => client.write('/editor off\r/quit\r'), /Goodbye/],
  ] as readonly (readonly [string, string, string, (client: LineClient) => unknown, RegExp])[]) {
    const client = await typist(server, 'kim', '127.0.0.2')
    client.write(keys)
    await root.settled()
    await server.activity.until(() => withoutQuestions(client.raw).endsWith(seen))
    const before = client.raw.length
    await end(client)
    await client.closing()
    const came = client.raw.slice(before)
    t.match(came, last, `${how}: why`)
    t.equal(came.split(pasteMarksOff).length, 2, `${how}: pastes are not marked any more`)
    t.notMatch(came.slice(came.indexOf(pasteMarksOff)), '\u0007', how)
    const { above, lastRow, marksPastes } = await left(client.raw)
    t.same({ lastRow, marksPastes }, { lastRow: { text: '', column: 0 }, marksPastes: false }, how)
    if (/half|@root/.test(seen))
      t.ok(
        above.slice(-2).some((text) => text.endsWith(seen.trim())),
        `${how}: what was begun can still be read`,
      )
    else t.notMatch(above.slice(-2).join('\n'), /sec|Password|Send/, `${how}: the row is gone`)
    const colours = client.raw.match(/\u001b\[[\d;]*m/g) ?? []
    t.match(colours.at(-1) ?? '\u001b[0m', /^\u001b\[0?m$/, `${how}: colours are off`)
    await root.ask('/unbanaddress 127.0.0.2/32')
  }

  const visitor = await server.connect()
  visitor.write('/editor on\r')
  await server.activity.until(() => withoutQuestions(visitor.raw).endsWith('> '))
  visitor.write('half a li')
  await server.activity.until(() => withoutQuestions(visitor.raw).endsWith('half a li'))
  server.clock.advance(600_000)
  await visitor.closing()
  t.match((await left(visitor.raw)).above.slice(-2), ['> half a li', /^\* /], 'the time for a login is over')
  t.same((await left(visitor.raw)).lastRow, { text: '', column: 0 })
  t.notOk((await left(visitor.raw)).marksPastes)

  const lost = await typist(server, 'lou')
  lost.write('half a li')
  await server.activity.until(() => withoutQuestions(lost.raw).endsWith('half a li'))
  lost.reset()
  t.match(await root.ask('/who'), /root/)

  const stopped = await typist(server, 'stan')
  stopped.write('half a li')
  await server.activity.until(() => withoutQuestions(stopped.raw).endsWith('half a li'))
  await server.stop()
  await stopped.closing()
  t.match((await left(stopped.raw)).above.slice(-2), [row, /shutting down/])
  t.same((await left(stopped.raw)).lastRow, { text: '', column: 0 })
  t.notOk((await left(stopped.raw)).marksPastes)
  t.equal(server.count('something was thrown'), 0)
})

t.test('another character set takes the editor away, and says so; UTF-8 brings it back', async (t) => {
  const server = await TestServer.start({ directory: directoryFor(t) })
  t.teardown(() => server.stop())
  const reader = await server.connect()
  await reader.ask('/nick reader')
  const why =
    /The server edits lines in UTF-8 only: your terminal does it now, until you type \/charset utf-8\./
  const client = await typist(server, 'kim')
  client.write('/charset koi8-r\r')
  await server.activity.until(() => client.raw.includes('koi8-r.'))
  t.match(client.raw, why)
  t.ok(client.raw.includes(pasteMarksOff))
  client.write(Buffer.concat([Buffer.from([0xd0, 0xd2, 0xc9]), Buffer.from('\r')]))
  await server.activity.until(() => reader.lines.length > 1)
  t.match(reader.takeLines().at(-1), /<~kim> при$/, 'lines are read in it')
  const before = client.raw.length
  client.write('/editor on\r')
  await server.activity.until(() => why.test(client.raw.slice(before)))
  t.match(client.raw.slice(before), why, 'also to who wants it back')
  client.write('/charset utf-8\r')
  await server.activity.until(() => withoutQuestions(client.raw).endsWith('#lobby> '))
  client.write('né')
  await server.activity.until(() => withoutQuestions(client.raw).endsWith('né'))
  t.ok(withoutQuestions(client.raw).endsWith('#lobby> né'), 'it is on again')
})

t.test('programs and people at nc get no byte of telnet or of the editor', async (t) => {
  const server = await TestServer.start({
    directory: directoryFor(t),
    config: { 'http.listen': { port: 0 } },
  })
  t.teardown(() => server.stop())
  await server.makeOperator('root', 'password')
  const typing = await typist(server, 'kim')
  typing.write('half a li')
  for (const [who, first, rest] of [
    [
      'nc',
      '/nick sam\n',
      'hello\n/editor auto\n/bell all\n/editor\n/editor off\n/charset latin1\n/charset utf-8\n/quit\n',
    ],
    ['nc, cooked, with a name and a password', '/login root\n', 'password\nhello\n/quit\n'],
    ['a script with CR LF', '/nick sam\r\nhello\r\n', '/quit\r\n'],
    ['a script that logs in', '/login root password\r\n', 'hello\r\n/quit\r\n'],
    [
      'JSON',
      '{"line":"/nick sam"}\r\n',
      '{"line":"/editor on"}\r\n{"line":"/bell all"}\r\n{"say":"hello"}\r\n{"line":"/quit"}\r\n',
    ],
    ['JSON by a command', '/format json\r\n', '/nick sam\r\n/editor on\r\n/bell all\r\nhello\r\n/quit\r\n'],
    ['HTTP', 'GET /files/x HTTP/1.1\r\n', 'Host: x\r\n\r\n'],
    ['IRC', 'NICK sam\r\n', 'USER sam 0 * :Sam\r\n'],
    ['mail', 'EHLO there\r\n', 'QUIT\r\n'],
  ] as const) {
    const client = await LineClient.connect(server.port, server.activity, undefined, 'latin1')
    server.clock.advance(1_000)
    await server.activity.until(() => client.lines.length > 0)
    server.clock.advance(1_000)
    client.write(first)
    await server.activity.until(() => client.ended || client.lines.length > 1)
    client.write(rest)
    client.end()
    typing.write('x\u007f\u0001\u0005')
    await client.closing()
    t.notMatch(client.raw, /[\u00ff\u001b\u0007]/, who)
    t.ok(client.raw.length > 0, who)
  }
})
