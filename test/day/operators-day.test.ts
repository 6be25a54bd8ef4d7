import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { foundIn } from '../operator/raw-files.ts'
import { get, put, someBytes } from '../process/transfer.ts'
import { scrape } from '../watch/scrape.ts'
import { Crowd } from './crowd.ts'
import { complained, complaints, Premises, type Running } from './premises.ts'

t.setTimeout(280_000)

const passwords = {
  root: 'roots-password',
  anna: 'annas-password',
  bob: 'bobs-password',
  zelda: 'zeldas-own',
}
const accounts = 'accounts: {signup: invite, guests: false, bcryptCost: 4}\n'
const usual = `${accounts}limits: {messagesPerSecond: 50, burst: 100}\n`
const plan = someBytes(300_000)

t.test("an operator's day, from an empty folder", async (day) => {
  const premises = new Premises(day)
  const crowd = new Crowd(day)
  const archive = join(premises.beside('backups'), 'evening.tar.gz')
  let server!: Running
  const start = async () => {
    server = await premises.start()
    crowd.open(server.port)
  }
  /** Step by step; people talk at the end of each, and nobody has missed anything of it. */
  const step = (name: string, task: (t: Test) => Promise<void>) =>
    day.test(name, { bail: true }, async (t) => {
      await task(t)
      await crowd.more(10)
      await crowd.hush()
      crowd.checkHeard(t)
      await crowd.checkHistories(t)
      t.strictSame(complaints(server), [], 'the server has nothing to complain about')
      crowd.talk()
    })

  await step('it starts with one command', async (t) => {
    t.strictSame(readdirSync(premises.folder), ['backups'])
    premises.configure(usual)
    await start()
    t.strictSame(readdirSync(premises.folder), ['backups', 'data', 'partyline.yaml'])
    const [config, data] = [join(premises.folder, 'partyline.yaml'), premises.data]
    t.match(server.stdout.text, `"config":"${config}","data":"${data}","msg":"starting"`)
    const made = await premises.run(t, ['createsuperuser', 'root'], passwords.root)
    t.match(made, /^Operator root \(#1\) created\.\nIts recovery code is [\w-]+ - write it down\.\n$/)
    t.match(await crowd.enter('root', passwords.root), { operator: true })
    crowd.talk()
    await crowd.signUp('anna', passwords.anna, await invitation(crowd))
  })

  await step('people come in by invitation codes, while others talk already', async (t) => {
    const code = await invitation(crowd)
    await crowd.signUp('bob', passwords.bob, code)
    await t.rejects(crowd.signUp('mallory', 'guess', code), /"bad-invite"/, 'a code is good once')
    await crowd.signUp('zelda', passwords.zelda, await invitation(crowd))
    await crowd.more(10)
    await crowd.hush()
    await crowd.join('/create #tea', '#tea', 'anna')
    await crowd.join('/join #tea', '#tea', 'bob', 'zelda')
    await crowd.join('/create #board private bob', '#board', 'anna')
    await crowd.join('/accept 1', '#board', 'bob')
    crowd.talk()
    const { token } = await crowd.person('anna').talker.data('/filesend #tea plan.bin')
    t.match(await put(day, server.port, `${token} ${plan.length}`, plan), /^\* "plan\.bin" is there, in #tea/)
  })

  await step('a limit is changed while they talk, and nobody is dropped', async (t) => {
    await crowd.more(10)
    premises.configure(`${accounts}limits: {messagesPerSecond: 0.01, burst: 1}\n`)
    server.child.kill('SIGHUP')
    await server.stdout.expect(
      '"changed":["limits.messagesPerSecond","limits.burst"],"kept":[],"msg":"reloaded"',
    )
    const before = crowd.said
    const flood = crowd.flood(20)
    // As before that would be through long before this is answered.
    t.match(await premises.run(t, ['status']), /^Online +4 people$/m)
    t.ok(crowd.said - before < 20, 'at a line in a hundred seconds next to nothing comes')
    premises.configure(`${usual}channels: {default: "#hall"}\n`)
    t.equal(
      await premises.run(t, ['reload']),
      'These settings need a restart, and are unchanged until then: channels.default.\nReloaded: limits.messagesPerSecond, limits.burst.\n',
    )
    await flood
    t.ok(crowd.said - before >= 80, 'and now all of it is said')
  })

  await step('a broken file changes nothing, and is named', async (t) => {
    premises.configure(`${usual}history: {keepDay: 1}\n`)
    const why = `partyline.yaml:7: history.keepDay is not a setting. Did you mean history.keepDays?`
    const logged = async () => {
      const [line] = await server.stdout.expect(/^.*"msg":"not reloaded"\}$/m)
      t.match(line, why)
      complained(server, line)
    }
    t.equal(await premises.refused(t, ['reload']), `partyline: Nothing was changed: ${why}`)
    await logged()
    t.strictSame(await premises.check(), { code: 78, stdout: '', stderr: `partyline: ${why}\n` })
    t.match(await crowd.person('root').talker.ask('/reload'), {
      error: { message: `Nothing was changed: ${why}` },
    })
    await logged()
    server.child.kill('SIGHUP')
    await logged()
    premises.configure(usual)
    t.match(await premises.run(t, ['reload']), /^Reloaded: no setting has changed\./)
  })

  await step('what there is to watch tells what the day is like', async (t) => {
    await crowd.hush()
    t.equal(await (await fetch(`${server.http}/readyz`)).text(), 'ready\n')
    const values = await scrape(server.http)
    const said = (kind: string) => values.get(`partyline_messages_total{kind="${kind}"}`) ?? 0
    t.equal(said('channel') + said('direct'), crowd.ledger.messages.size, 'every message is counted')
    t.equal(values.get('partyline_people_online{kind="account"}'), 4)
    t.equal(values.get('partyline_logins_total{kind="signup"}'), 3)
    t.equal(values.get('partyline_failures_total{code="bad-invite"}'), 1)
    t.equal(values.get('partyline_commits_total{outcome="failed"}'), 0)
    const status = await premises.run(t, ['status'])
    t.match(status, /^Known +4 accounts, 3 channels$/m)
    t.match(status, new RegExp(`^Messages +${crowd.ledger.messages.size.toLocaleString('en')}, `, 'm'))
    t.match(status, /\nAll is well\.\n$/)
    crowd.talk()
  })

  await step('backed up while they talk, destroyed, and restored', async (t) => {
    await crowd.more(10)
    const before = crowd.newest
    const made = await premises.run(t, ['backup', archive])
    t.match(
      made,
      /^Backed up to .*evening\.tar\.gz \(.*\): 4 accounts, 3 channels, \d+ messages, 1 file\.\n$/,
    )
    await crowd.more(10)
    await crowd.hush()
    crowd.checkHeard(t)
    crowd.talk()
    await crowd.more(10)
    crowd.breakOff()
    server.child.kill('SIGKILL')
    t.strictSame(await server.exit, { code: null, signal: 'SIGKILL' })
    await crowd.gone()
    const lost = crowd.newest
    rmSync(premises.data, { recursive: true })
    const restored = await premises.run(t, ['restore', archive])
    t.match(restored, /^Restored into .*data as it was at 20[-\d:.TZ]+: 4 accounts, 3 channels, /)
    await start()
    const { messages } = await premises.json(t, ['messagelist', '--limit', '1'])
    const [{ id: last }] = messages as [{ id: number }]
    t.ok(before <= last && last < lost, `all up to ${before} is there, and up to ${last} of ${lost}`)
    crowd.forgetLaterThan(last)
    await crowd.comeBack()
    await crowd.checkHistories(t)
    const { talker } = crowd.person('bob')
    const { get: token } = await talker.data('/fileget 1')
    t.same(await get(t, server.port, String(token)), plan, 'the file is as it was')
    crowd.talk()
  })

  await step('somebody is erased while the others talk', async (t) => {
    const zelda = crowd.person('zelda')
    await zelda.talker.data('/filepaste #tea qxzelda.txt', Buffer.from('qxzelda').toString('base64'), '.')
    await crowd.more(10)
    t.strictSame(foundIn(premises.data, [zelda.word]), [zelda.word])
    zelda.leaving = true
    const erased = await premises.run(t, ['erase-user', 'zelda', '--yes'])
    t.match(erased, /^zelda \(#4\) is erased, with \d+ messages and 1 file\.\n/)
    await zelda.talker.closed
    crowd.forget('zelda')
    await crowd.more(10)
    t.strictSame(foundIn(premises.data, ['zelda']), [], 'nothing of it is in any file')
    await t.rejects(crowd.enter('zelda', passwords.zelda), /"bad-login"/)
    const [line] = await server.stdout.expect(/^.*"msg":"login failed"\}$/m)
    complained(server, line)
  })

  await day.test('it stops while they talk', async (t) => {
    await crowd.more(10)
    crowd.breakOff()
    server.child.kill('SIGTERM')
    t.strictSame(await server.exit, { code: 0, signal: null })
    await crowd.gone()
    t.strictSame(complaints(server), [])
    const { messages } = await premises.json(t, ['messagelist', '--limit', '100000'])
    const stored = new Map((messages as { id: number; text: string }[]).map(({ id, text }) => [id, text]))
    const missing = [...crowd.ledger.messages.values()].filter(({ id, text }) => stored.get(id) !== text)
    t.strictSame(missing, [], 'all that anybody was told of is there')
    for (const password of Object.values(passwords)) t.strictSame(foundIn(premises.folder, [password]), [])
  })
})

/** A code from the operator. */
async function invitation(crowd: Crowd): Promise<string> {
  const { invite } = await crowd.person('root').talker.data('/invitecode')
  return String(invite)
}
