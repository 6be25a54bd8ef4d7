import t from 'tap'
import { Emulator } from '../editor/emulator.ts'
import type { LineClient } from '../support/client.ts'
import { TestServer } from '../support/server.ts'

/* A terminal whose line the server edits, at a connection that ends or does not read. */

const pasteMarksOff = '\u001b[?2004l'
const clearRow = '\r\u001b[K'
const row = '#lobby> half a li'

/** Somebody at a terminal that sends each key, as socat does. */
async function typist(server: TestServer, name: string, from?: string): Promise<LineClient> {
  const client = await server.connect(from)
  client.write('/editor on\r')
  await server.activity.until(() => client.raw.includes('edits the line'))
  client.write(`/nick ${name}\r`)
  await server.activity.until(() => client.raw.endsWith('#lobby> '))
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
    directory: t.testdir(),
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
    await server.activity.until(() => client.raw.endsWith(seen))
    const before = client.raw.length
    await end(client)
    await client.closing()
    const came = client.raw.slice(before)
    t.match(came, last, `${how}: why`)
    t.equal(came.split(pasteMarksOff).length, 2, `${how}: pastes are not marked any more`)
    t.notMatch(came.slice(came.indexOf(pasteMarksOff)), '\u0007', how)
    const { above, lastRow, marksPastes } = await left(client.raw)
    t.same({ lastRow, marksPastes }, { lastRow: { text: '', column: 0 }, marksPastes: false }, how)
    t.notMatch(above.at(-1), /> (?:half|@)/, `${how}: the row is gone`)
    const colours = client.raw.match(/\u001b\[[\d;]*m/g) ?? []
    t.match(colours.at(-1) ?? '\u001b[0m', /^\u001b\[0?m$/, `${how}: colours are off`)
    await root.ask('/unbanaddress 127.0.0.2/32')
  }

  const visitor = await server.connect()
  visitor.write('/editor on\r')
  await server.activity.until(() => visitor.raw.endsWith('> '))
  visitor.write('half a li')
  await server.activity.until(() => visitor.raw.endsWith('half a li'))
  server.clock.advance(600_000)
  await visitor.closing()
  t.ok(visitor.raw.includes(`${clearRow}* `), 'the time for a login is over')
  t.same((await left(visitor.raw)).lastRow, { text: '', column: 0 })
  t.notOk((await left(visitor.raw)).marksPastes)

  const lost = await typist(server, 'lou')
  lost.write('half a li')
  await server.activity.until(() => lost.raw.endsWith('half a li'))
  lost.reset()
  t.match(await root.ask('/who'), /root/)

  const stopped = await typist(server, 'stan')
  stopped.write('half a li')
  await server.activity.until(() => stopped.raw.endsWith('half a li'))
  await server.stop()
  await stopped.closing()
  t.match((await left(stopped.raw)).above.at(-1), /shutting down/)
  t.same((await left(stopped.raw)).lastRow, { text: '', column: 0 })
  t.notOk((await left(stopped.raw)).marksPastes)
  t.equal(server.count('something was thrown'), 0)
})
