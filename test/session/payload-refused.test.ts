import t, { type Test } from 'tap'
import type { LineClient } from '../support/client.ts'
import { directoryFor } from '../support/directory.ts'
import { TestServer } from '../support/server.ts'

const row = 'U0VDUkVUIFNFQ1JFVCBTRUNSRVQ='
const rows = [row, '/topic #lobby SECRET', '', '{"line":"SECRET"}', row]

/** A paste in one piece: a command that does not begin, and what belongs to it. */
const refused: Readonly<Record<string, string | Buffer>> = {
  'a name that is none': '/filepaste a/id_rsa',
  'no name': '/filepaste',
  'a channel that is not there': '/filepaste #gone id_rsa',
  'a person who is not there': '/filepaste @gone id_rsa',
  'a blank in front': '\u00a0/filepaste #gone id_rsa',
  'a slash of full width': '／filepaste #gone id_rsa',
  'in capitals': '/FILEPASTE #gone id_rsa',
  mistyped: '/filepast #gone id_rsa',
  'no UTF-8': Buffer.from('/filepaste r\xe9sum\xe9', 'latin1'),
  'no UTF-8, and a blank in front': Buffer.from('\xc2\xa0/filepaste r\xe9sum\xe9', 'latin1'),
  'too long': `/filepaste ${'x'.repeat(5000)}`,
  'marks of a paste': '\u001b[200~/filepaste #gone id_rsa',
  '/paste to nobody': '/paste gone',
  '/paste too much': '/paste #lobby and more',
  '/paste mistyped': '/pasete',
}
/** What stands in the middle of one that has begun. */
const inside: Readonly<Record<string, Buffer>> = {
  'a line that is too long': Buffer.from('x'.repeat(300_000)),
  'a line that is no UTF-8': Buffer.from('caf\xe9', 'latin1'),
  'a line that is no base64': Buffer.from('§§§'),
}

async function start(t: Test) {
  const server = await TestServer.start({ directory: directoryFor(t) })
  t.teardown(() => server.stop())
  const watcher = await server.connect()
  await watcher.ask('/nick watcher')
  return { server, watcher }
}

/** Pastes it, and sees that life goes on and nothing of it was said. */
async function paste(t: Test, client: LineClient, what: string, lines: readonly (string | Buffer)[]) {
  client.write(Buffer.concat(lines.flatMap((line) => [Buffer.from(line), Buffer.from('\n')])))
  const answer = (await client.settled()).join('\n')
  t.match(answer, /^!|"ok":false/m, `${what}: it is refused`)
  t.notMatch(answer, /topic is set/)
}

for (const dialect of ['text', 'json'] as const)
  t.test(`what belongs to a command that did not begin is said to nobody: ${dialect}`, async (t) => {
    const { server, watcher } = await start(t)
    const anna = await server.connect()
    await anna.ask('/signup anna\npassword\npassword')
    const guest = await server.connect()
    await guest.ask('/nick sam')
    for (const client of [anna, guest]) {
      if (dialect === 'json') await client.ask('/format json')
      for (const [what, command] of Object.entries(refused)) {
        // A program that has mistyped a name has to be told at once, and no key of a person's is in its lines.
        if (dialect === 'json' && /mistyped|marks of a paste/.test(what)) continue
        await paste(t, client, what, [command, ...rows, '.'])
      }
    }
    for (const [what, line] of Object.entries(inside)) {
      await paste(t, anna, what, ['/filepaste id_rsa', row, line, ...rows, '.'])
      if (what !== 'a line that is no base64') await paste(t, anna, what, ['/paste', row, line, ...rows, '.'])
    }
    // Behind a mistyped command nothing goes to where one talks for a moment.
    server.clock.advance(2_000)
    for (let ticket = 0; ticket < 5; ticket++) await anna.ask(`/filesend file${ticket}`)
    await paste(t, anna, 'a sixth ticket', ['/filepaste id_rsa', ...rows, '.'])
    await paste(t, guest, 'a guest', ['/filepaste id_rsa', ...rows, '.'])
    await server.activity.quiet()
    t.notMatch(watcher.raw, /SECRET|U0VD|xxx|caf|§/, 'nobody has read of it')
    server.clock.advance(2_000)
    await anna.ask('/me is here')
    await server.activity.quiet()
    t.match(watcher.raw, 'anna is here')
  })

t.test('somebody muted', async (t) => {
  const { server, watcher } = await start(t)
  const [anna, bob] = [await server.connect(), await server.connect()]
  await anna.ask('/signup anna\npassword\npassword')
  await bob.ask('/signup bob\npassword\npassword')
  await anna.ask('/create #tea')
  for (const client of [bob, watcher]) await client.ask('/join #tea')
  await anna.ask('/mute #tea bob')
  for (const command of ['/filepaste id_rsa', '/paste', '/paste #tea'])
    await paste(t, bob, command, [command, ...rows, '.'])
  await server.activity.quiet()
  t.notMatch(watcher.raw, /SECRET|U0VD/)
})

t.test('a line that a terminal has cut is not said, and it is told what happened', async (t) => {
  for (const lineBytes of [4000, 8192]) {
    const server = await TestServer.start({
      directory: directoryFor(t),
      config: { 'limits.lineBytes': lineBytes },
    })
    const watcher = await server.connect()
    await watcher.ask('/nick watcher')
    const anna = await server.connect()
    await anna.ask('/nick anna')
    const umlauts = Buffer.from('ä'.repeat(2500)).subarray(0, 4095)
    for (const cut of [umlauts, ...(lineBytes < 4095 ? [Buffer.from('x'.repeat(4095))] : [])]) {
      anna.write(cut.subarray(0, 2000))
      await server.activity.quiet()
      anna.write(Buffer.concat([cut.subarray(2000), Buffer.from('\n')]))
      const [told = ''] = await anna.settled()
      t.match(told, /^! That line came cut off: a terminal passes on 4095 bytes.*\/paste.*\/filesend/)
    }
    anna.write(`${'y'.repeat(lineBytes + 1)}\n`)
    t.match(await anna.settled(), [
      new RegExp(`^! That line is longer than ${lineBytes} bytes.*/paste.*/filesend`),
    ])
    anna.write(`${'z'.repeat(lineBytes)}\n`)
    t.same(await anna.settled(), [], 'what is no longer is said')
    await server.activity.quiet()
    t.notMatch(watcher.raw, /ä|xx|yy/)
    t.match(watcher.raw, /zzz/)
    await server.stop()
  }
})
