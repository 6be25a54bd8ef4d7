import t from 'tap'
import { connectMember } from '../process/person.ts'
import { quickSettings, startServer } from '../process/server.ts'
import { clients, commandOf, testClient } from './clients.ts'
import { pipe } from './pipe.ts'

/** However slow the machine, a script speaks first. */
const settings = {
  ...quickSettings,
  GREETING_DELAY_MS: '10000',
}

t.test('a script: log in, say something, leave', { jobs: clients.length }, async (t) => {
  const { port } = await startServer(t, { settings })
  await connectMember(t, port, 'bot', 'a password')
  const person = await connectMember(t, port, 'anna', 'a password')
  person.type('/join #ci')

  for (const [index, client] of clients.entries()) {
    if (client.leavesEarly) continue
    testClient(t, client, async (t) => {
      const watcher = await connectMember(t, port, `watcher${index}`, 'a password')
      watcher.type('/join #ci')
      await watcher.settle()
      const lines = ['/login bot a password', '/join #ci', `build ${index} ok 🎉`, '/quit']
      // socat gives up half a second after the last line, which a busy machine may need.
      const command =
        client.name === 'socat' && client.halfCloses
          ? [client.file, ...client.halfCloses(port)]
          : commandOf(client, port)
      const output = await pipe(t, command, lines.map((line) => `${line}\n`).join(''))
      // plink says that it is an xterm, so it gets colours.
      t.match(output.text, /^\*\S* Welcome back, bot/, 'is not greeted, and not asked')
      t.match(
        output.text.trimEnd().split('\n').at(-1),
        /^\*\S* Goodbye\. If your client does not end by itself, press Enter\.\S*$/,
        'gets every answer, up to the last',
      )
      t.notMatch(output.text, /^[!?]/m, 'and nothing went wrong')
      await watcher.expect(`#ci <bot> build ${index} ok 🎉\n`)
      t.notOk(output.bytes.includes(0xff), 'no byte of telnet')
      if (client.hides === undefined) t.notMatch(output.text, '\r', 'no carriage return')
      else t.notMatch(output.text, /[^\r]\n/, 'a carriage return at the end of each line')
    })
  }
})

t.test('the end of the input is not the end of the answers', { jobs: clients.length }, async (t) => {
  const { port } = await startServer(t, { settings })
  await connectMember(t, port, 'bot', 'a password')

  for (const client of clients) {
    const { file, halfCloses } = client
    if (!halfCloses) continue
    testClient(t, client, async (t) => {
      // The log-in takes a while, and the last line has no end.
      const output = await pipe(t, [file, ...halfCloses(port)], '/login bot a password\n/who\n/ping last')
      t.match(output.text, /^\* Welcome back, bot.*\n- bot +#\d+ +online\n.*\n\* pong last\n$/s)
    })
  }
})
