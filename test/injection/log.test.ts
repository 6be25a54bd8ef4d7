import t, { type Test } from 'tap'
import { connectPerson } from '../process/person.ts'
import { startPartyline } from '../process/program.ts'
import { quickSettings, startServer } from '../process/server.ts'
import { hostiles, unclean } from './hostile.ts'
import { stringsIn } from './strings.ts'

t.setTimeout(300_000)

const password = 'good enough'
const settings = { ...quickSettings, LOG_LEVEL: 'trace', FILES_FREE_SPACE_BYTES: '0' }

t.test('the log of a server under attack is lines of JSON without control characters', async (t) => {
  const { child, data, exit, port, stderr, stdout } = await startServer(t, { settings })
  await attack(t, port)
  const title = '\u001b]0;owned\u0007 \u009b31m'
  for (const args of [
    ['notice', title],
    ['userlist'],
    ['messagelist', '--limit', '100000'],
    ['deleteuser', title],
  ]) {
    const program = startPartyline(t, [...args, '--data', data])
    program.child.stdin.end()
    await program.exit
    const printed = program.stdout.text + program.stderr.text
    t.ok(printed.length > 10, `${args[0]} prints something`)
    t.notMatch(printed.replaceAll('\n', ''), unclean, `${args[0]} prints no control characters either`)
  }
  child.kill('SIGTERM')
  t.same(await exit, { code: 0, signal: null })
  const lines = stdout.bytes.toString().trimEnd().split('\n')
  t.ok(lines.length > 5 * hostiles.length, `there are ${lines.length} lines`)
  const strings = lines.flatMap((line) => [line, ...stringsIn(JSON.parse(line))])
  t.same(
    strings.filter((text) => unclean.test(text)),
    [],
  )
  t.same(
    lines.filter((line) => /"level":[56]0/.test(line)),
    [],
    'nothing failed',
  )
  t.equal(stderr.text, '')
})

/** Every string in first lines, names, passwords, tokens and what else may be logged. */
async function attack(t: Test, port: number): Promise<void> {
  for (const [index, { escaped, hostile }] of hostiles.entries()) {
    if (escaped) continue
    const text = typeof hostile === 'string' ? hostile : hostile.toString('latin1')
    const encoding = typeof hostile === 'string' ? 'utf8' : 'latin1'
    const lines = [
      ...[`/nick ${text}`, `/login ${text} ${text}`, `/login nobody ${text}`, `/recover ${text} ${text}`],
      ...[password, password, `/signup user${index}`, password, password, text, `/email a@${text}b.example`],
      ...[`/token ${text}`, `/away ${text}`, `/topic #c${index} ${text}`, `/${text}`, `/time ${text}`],
      ...[`/create #c${index}`, `/filepaste #c${index} ${text}`, 'aGVsbG8=', '.', '/cancel', `/quit ${text}`],
    ]
    for (const start of [
      '',
      `/put ${text} 5\n`,
      `/get ${text}\n`,
      `GET /${text} HTTP/1.1\r\nHost: ${text}\r\n\r\n`,
      `PUT /put/${text} HTTP/1.1\r\nUser-Agent: ${text}\r\nContent-Length: 1\r\n\r\n`,
    ]) {
      // Of one address the log tells only so much one by one.
      const from = `127.0.${1 + Math.floor(index / 200)}.${1 + (index % 200)}`
      const { socket, closed } = await connectPerson(t, port, { from })
      socket.end(Buffer.from(start + lines.map((line) => `${line}\n`).join(''), encoding))
      await closed
    }
  }
}
