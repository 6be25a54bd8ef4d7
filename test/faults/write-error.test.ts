import { statSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { runCommand } from '../operator/cli.ts'
import { quickSettings, type Server, startServer } from '../process/server.ts'
import { logIn, type Talker } from '../process/talker.ts'
import { codeOf, historyOf, limitFileSize, readDatabase, textsShownTo } from './faults.ts'

t.setTimeout(280_000)

const password = 'good-enough'
const settings = quickSettings

async function setUp(t: Test): Promise<{ server: Server; anna: Talker; bob: Talker; shown: string[] }> {
  const server = await startServer(t, { settings })
  const { talker: anna } = await logIn(t, server.port, 'anna', password, true)
  const { talker: bob } = await logIn(t, server.port, 'bob', password, true)
  return { server, anna, bob, shown: textsShownTo(bob) }
}

/** After kill -9: what is there then is what was stored. */
async function restarted(t: Test, { child, data, exit }: Server): Promise<string[]> {
  child.kill('SIGKILL')
  await exit
  const server = await startServer(t, { settings, data })
  const { talker } = await logIn(t, server.port, 'anna', password)
  const whole = await readDatabase(data, (db) => db.raw('PRAGMA integrity_check'))
  t.strictSame(whole, [{ integrity_check: 'ok' }])
  return historyOf(talker)
}

t.test('nothing can be written', async (t) => {
  const { server, anna, bob, shown } = await setUp(t)
  await anna.data('before')
  await anna.data('/create #tea private')
  await anna.data('/switch #lobby')
  limitFileSize(server, 1)
  const refused = [
    'lost',
    '@bob lost with a mention',
    '/me is lost',
    '/msg bob lost',
    '/join #coffee',
    '/create #den private bob',
    '/invite #tea bob',
    '/topic #tea lost',
    '/email anna@example.org',
    '/contact add bob',
    '/block bob',
    '/token build',
    '/filesend #lobby lost.txt',
  ]
  for (const line of refused) t.equal(codeOf(await anna.ask(line)), 'unavailable', line)
  t.equal(codeOf(await bob.ask('/quit-not')), 'unknown-command')
  t.strictSame(shown, ['before'], 'nobody was shown any of it')
  const { talker: again } = await logIn(t, server.port, 'bob', password)
  t.strictSame(await historyOf(again), ['before'], 'coming and reading still works')
  t.strictSame((await anna.data('/channels'))['channels'], [
    { name: '#lobby', private: false, members: 2, topic: '', joined: true },
    { name: '#tea', private: true, members: 1, topic: '', joined: true },
  ])
  t.strictSame((await bob.data('/requests'))['requests'], [])

  limitFileSize(server)
  // Behind a /join that failed nothing is said before somebody has chosen where.
  await anna.data('/switch #lobby')
  t.equal(codeOf(await anna.ask('after')), 'ok', 'it goes on by itself')
  const { stdout } = await runCommand(t, server.data, ['status'])
  t.match(stdout, /^Look after this: \d+ commits failed since the start, the last one .* ago: .+\.$/m)
  const errors = server.stdout.text.match(/^\{"level":50.*$/gm) ?? []
  t.equal(errors.length, 1, 'one line of the log for all of them')
  for (const line of ['@bob after', '/invite #tea bob', '/topic #tea green', '/contact add bob'])
    t.equal(codeOf(await anna.ask(line)), 'ok', line)
  await bob.data('/ping')
  t.strictSame(shown, ['before', 'after', '@bob after'])
  t.strictSame(await restarted(t, server), ['before', 'after', '@bob after'])
})

t.test('writing fails in the middle of a commit', async (t) => {
  const { server, anna, bob, shown } = await setUp(t)
  await anna.data('before')
  const wal = () => statSync(join(server.data, 'partyline.db-wal')).size
  const long = 'x'.repeat(3000)
  const outcomes = new Map<string, string>()
  for (const room of [10_000, 60_000, 150_000]) {
    // Some pages of what comes now still fit, and the rest does not.
    limitFileSize(server, wal() + room)
    const said = Array.from({ length: 60 }, (_, index) => {
      const mention = index % 7 === 0 ? '@bob ' : ''
      return `${mention}${room} ${index} ${long}`
    })
    const results = await Promise.all(said.map((text) => anna.ask(text)))
    for (const [index, text] of said.entries()) outcomes.set(text, codeOf(results[index]))
    limitFileSize(server)
    t.equal(codeOf(await anna.ask(`after ${room}`)), 'ok')
    outcomes.set(`after ${room}`, 'ok')
  }
  t.strictSame(new Set(outcomes.values()), new Set(['ok', 'unavailable']), 'some were stored, and some not')
  const stored = ['before', ...[...outcomes].filter(([, code]) => code === 'ok').map(([text]) => text)]
  await bob.data('/ping')
  t.strictSame(shown, stored, 'what was shown is what was confirmed')
  t.strictSame(await restarted(t, server), stored, 'and what is stored')
})

t.test('a server that cannot write is stopped', async (t) => {
  const { server, anna } = await setUp(t)
  await anna.data('before')
  limitFileSize(server, 1)
  t.equal(codeOf(await anna.ask('lost')), 'unavailable')
  server.child.kill('SIGTERM')
  t.strictSame(await server.exit, { code: 0, signal: null })
  const second = await startServer(t, { settings, data: server.data })
  const { talker } = await logIn(t, second.port, 'anna', password)
  t.strictSame(await historyOf(talker), ['before'])
})
