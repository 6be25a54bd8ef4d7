import t from 'tap'
import { connectMember, connectPerson, type Person } from './person.ts'
import { quickSettings, startServer } from './server.ts'

const password = 'a password'
const speakers = 3

t.test('what was shown to anybody is there after a crash', async (t) => {
  const settings = { ...quickSettings, HISTORY_REPLAY_LINES: '0' }
  const first = await startServer(t, { settings })
  const reader = await connectMember(t, first.port, 'reader', password)
  for (let speaker = 0; speaker < speakers; speaker++) {
    const person = await connectMember(t, first.port, `speaker${speaker}`, password)
    void talkOn(person, speaker)
  }
  // In the middle of it all.
  await reader.expect('line 99 of 1')
  first.child.kill('SIGKILL')
  t.strictSame(await first.exit, { code: null, signal: 'SIGKILL' })
  await reader.closed
  const shown = linesIn(reader)

  const second = await startServer(t, { settings, data: first.data })
  const again = await connectPerson(t, second.port, { lines: [`/login reader ${password}`] })
  await again.expect('Welcome back')
  const stored = await wholeHistory(again)
  t.ok(shown.length >= 100, `${shown.length} were shown`)
  t.strictSame(stored.slice(0, shown.length), shown, 'they are in the history, in the same order')
  t.equal(new Set(stored).size, stored.length, 'once each')

  again.type('and on it goes')
  await again.settle()
  again.type('/history 1')
  await again.expect('<reader> and on it goes\n')
})

/** Says one line after the other, as fast as they are taken, until the connection is gone. */
async function talkOn({ closed, socket }: Person, speaker: number): Promise<void> {
  for (let line = 0; socket.writable; line++) {
    if (socket.write(`line ${line} of ${speaker}\n`)) continue
    await Promise.race([closed, new Promise((resolve) => socket.once('drain', resolve))])
  }
}

function linesIn({ output }: Person): string[] {
  return Array.from(output.text.matchAll(/(line \d+ of \d)\n/g), ([, line = '']) => line)
}

/** Everything said in #lobby, oldest first, page by page. */
async function wholeHistory(person: Person): Promise<string[]> {
  const all: string[] = []
  person.type('/format json')
  for (let before = ''; ; ) {
    person.type(`/history #lobby 500${before}`)
    const [json] = await person.expect(/\{"type":"result","command":"history".*\}(?=\n)/)
    const { data } = JSON.parse(json) as { data: { messages: { id: number; text: string }[]; more: boolean } }
    all.unshift(...data.messages.map(({ text }) => text))
    before = ` before ${data.messages[0]?.id}`
    if (!data.more) break
  }
  person.type('/format text')
  return all
}
