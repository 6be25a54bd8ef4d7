import t from 'tap'
import { quickSettings, startServer } from '../process/server.ts'
import { logIn } from '../process/talker.ts'
import { codeOf, historyOf, lockDatabase, textsShownTo } from './faults.ts'

t.setTimeout(280_000)

const password = 'good-enough'

t.test('the database is locked by another program', async (t) => {
  const server = await startServer(t, { settings: quickSettings })
  const { talker: anna } = await logIn(t, server.port, 'anna', password, true)
  const { talker: bob } = await logIn(t, server.port, 'bob', password, true)
  const shown = textsShownTo(bob)
  await anna.data('before')

  await t.test('for a moment: it is waited for', async (t) => {
    const unlock = await lockDatabase(t, server)
    const saying = ['one', 'two', '@bob three'].map((text) => anna.ask(text))
    t.strictSame(await historyOf(bob), ['before'], 'reading goes on meanwhile')
    t.strictSame(shown, ['before'], 'nothing is shown that is not stored')
    await unlock()
    t.strictSame((await Promise.all(saying)).map(codeOf), ['ok', 'ok', 'ok'])
    await bob.data('/ping')
    t.strictSame(shown, ['before', 'one', 'two', '@bob three'])
  })

  await t.test('for long: who says something is told, and all else goes on', async (t) => {
    const unlock = await lockDatabase(t, server)
    const saying = anna.ask('lost')
    const { talker: carol } = await logIn(t, server.port, 'bob', password)
    t.strictSame(await historyOf(carol), ['before', 'one', 'two', '@bob three'])
    await carol.data('/who')
    // After the five seconds for which SQLite waits.
    t.equal(codeOf(await saying), 'unavailable')
    await unlock()
    t.equal(codeOf(await anna.ask('after')), 'ok', 'it goes on by itself')
    await bob.data('/ping')
    t.strictSame(shown, ['before', 'one', 'two', '@bob three', 'after'])
    t.strictSame(await historyOf(bob), ['before', 'one', 'two', '@bob three', 'after'])
    t.match(server.stdout.text, /"level":50.*SQLITE_BUSY.*"msg":"command failed"/, 'the operator finds why')
  })
})
