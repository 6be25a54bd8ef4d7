import t from 'tap'
import { connectGuest, connectMember } from '../process/person.ts'
import { quickSettings, startServer } from '../process/server.ts'
import { type Client, testClient } from './clients.ts'
import { pipe } from './pipe.ts'

const host = '127.0.0.1'
const lines = Array.from({ length: 5 }, (_, index) => `part ${index} of it`)
const script = ['/login bot a password', ...lines.map((line) => `/msg #lobby ${line}`)]
const input = script.map((line) => `${line}\n`).join('')

/** What sends all of its input and closes, and waits for no answer. */
const senders: readonly Pick<Client, 'name' | 'package' | 'file' | 'args'>[] = [
  {
    name: 'bash /dev/tcp',
    package: 'bash',
    file: 'bash',
    args: (port) => ['-c', `cat >/dev/tcp/${host}/${port}`],
  },
  {
    name: 'nc.openbsd -N -w',
    package: 'netcat-openbsd',
    file: 'nc.openbsd',
    args: (port) => ['-N', '-w', '1', host, String(port)],
  },
  {
    name: 'nc.traditional -q0',
    package: 'netcat-traditional',
    file: 'nc.traditional',
    args: (port) => ['-q', '0', host, String(port)],
  },
  {
    name: 'ncat --send-only',
    package: 'ncat',
    file: 'ncat',
    args: (port) => ['--send-only', host, String(port)],
  },
  { name: 'socat -u', package: 'socat', file: 'socat', args: (port) => ['-u', '-', `TCP:${host}:${port}`] },
]

t.test('every line that was sent is said, though nobody waits', async (t) => {
  const settings = { ...quickSettings, GREETING_DELAY_MS: '10000' }
  const { port } = await startServer(t, { settings })
  await connectMember(t, port, 'bot', 'a password')
  const friend = await connectGuest(t, port, 'friend')
  for (const sender of senders) {
    await testClient(t, sender, async (t) => {
      await pipe(t, [sender.file, ...sender.args(port)], input)
      for (const line of lines) await friend.expect(`<bot> ${line}\n`)
      t.pass('in their order')
    })
  }
})
