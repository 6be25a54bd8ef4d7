import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { databaseOf } from '../../server/data/places.ts'
import { connect } from '../../server/store/sqlite/connect.ts'
import { connectMember, connectPerson, type Person } from '../process/person.ts'
import { startPartyline, temporaryFolder } from '../process/program.ts'
import { quickSettings, startServer } from '../process/server.ts'
import { dataWithDatabase, environment, runCommand, runJson, runRefused, stopServer } from './cli.ts'
import { foundIn } from './raw-files.ts'

const passwords = { anna: 'annas-password', zelda: 'zeldas-password' }
const secrets = Object.values(passwords)
/** What only Zelda said, and what is only hers. */
const hers = ['qxpuma', 'qxlynx', 'qxzebra', 'qxlion', 'qxtiger', 'qxmail', 'qxfile', 'qxbytes', 'zelda']

/** What the server is to have noted of the clock. */
async function remembered(data: string, key: string, value: number): Promise<void> {
  const { reader, writer } = connect({ file: databaseOf(data), synchronous: 'off' })
  await writer('meta').insert({ key, value }).onConflict('key').merge()
  await Promise.all([reader.destroy(), writer.destroy()])
}

async function begin(t: Test) {
  const data = temporaryFolder(t)
  const server = await startServer(t, { data, settings: quickSettings })
  const anna = await connectMember(t, server.port, 'anna', passwords.anna)
  const zelda = await connectMember(t, server.port, 'Zelda', passwords.zelda)
  anna.type('/create #tea', 'qxkept was here')
  await anna.settle()
  zelda.type('/email zelda@qxmail.example.org', '/join #tea', 'qxzebra in the channel', '/token cron')
  await zelda.settle()
  zelda.type('/msg anna qxlion to anna', '/search qxzebra', '/contact add anna', '/filepaste qxfile.txt')
  zelda.type(Buffer.from('qxbytes').toString('base64'), '.')
  await zelda.settle()
  anna.type('/msg zelda qxtiger from anna', '/search qxkept', '/contact add zelda')
  await anna.settle()
  // So many words that parts of some of them stand between the pages of the index, too.
  const many = Array.from({ length: 600 }, (_, index) => `/msg #tea qxpuma${index} qxlynx${index * 7919}`)
  zelda.type(...many)
  await zelda.settle()
  // Pages that split and merge, and segments of the index that do: copies of words come about there.
  const crowd = Array.from({ length: 1200 }, (_, index) => `crowd ${index} ${'x'.repeat(index % 90)}`)
  anna.type(...crowd)
  await anna.settle()
  anna.type('/search crowd')
  await anna.settle()
  return { data, server, anna, zelda }
}

async function gone(zelda: Person): Promise<void> {
  await zelda.expect('this account was deleted by an operator')
  await zelda.closed
}

t.test('erase-user, with a server that goes on', async (t) => {
  const { anna, data, server, zelda } = await begin(t)
  t.same(foundIn(data, ['qxzebra', 'qxfile', 'qxbytes', 'zelda']).length, 4, 'the search finds what is there')
  t.match(await runRefused(t, data, ['erase-user', 'zelda']), 'There is no terminal to ask on. --yes erases')
  t.match(await runRefused(t, data, ['erase-user', 'nobody', '--yes']), 'There is no account nobody.')
  writeFileSync(join(data, 'partyline.db.before-0006-keep'), 'a copy')
  const { code, stdout } = await runCommand(t, data, ['erase-user', 'zelda', '--yes'])
  t.equal(code, 0)
  t.match(
    stdout,
    /^Zelda \(#2\) is erased, with 604 messages and 1 file\.\nTopics .*\nThese copies .*\n {2}.*before-0006-keep\nOlder backups .*\n$/,
  )
  await gone(zelda)
  t.strictSame(foundIn(data, hers), [], 'nothing of it is in any file, while the server runs')
  t.strictSame(foundIn(data, ['qxkept', 'anna']), ['qxkept', 'anna'], 'and what is of others is')
  anna.type('/history #tea 3', '/search qxzebra', '/whois zelda', '/contacts', 'still here')
  await anna.settle()
  t.match(anna.output.text, 'There is nobody called zelda.')
  const back = await connectMember(t, server.port, 'zelda', passwords.zelda)
  back.type('/inbox')
  await back.settle()
  t.notMatch(back.output.text, 'qx')
  await stopServer(t, server, secrets)
  t.match(foundIn(data, ['qxzebra', 'qxlion', 'qxtiger']), [])
})

t.test('erase-user, while no server runs', async (t) => {
  const { data, server } = await begin(t)
  await stopServer(t, server, secrets)
  t.match(await runJson(t, data, ['erase-user', '#2', '--yes']), {
    name: 'Zelda',
    id: 2,
    messages: 604,
    files: 1,
    scrubbed: true,
    copies: [],
  })
  t.strictSame(foundIn(data, hers), [])
  const { messages } = await runJson(t, data, ['messagelist', '--channel', '#tea', '--limit', '2000'])
  t.equal((messages as unknown[]).length, 1201)
  const exported = (await runCommand(t, data, ['export', join(temporaryFolder(t), 'out.jsonl')])).stdout
  t.match(
    exported,
    /: 1 account, 1 deleted account, .*, \d+ messages\.\n$/,
    'the account is counted as what it is',
  )
})

t.test('prune, with a server that goes on', async (t) => {
  const { anna, data, server } = await begin(t)
  t.match(await runRefused(t, data, ['prune']), 'history.keepDays keeps everything for ever')
  t.match(await runRefused(t, data, ['prune', '--channel', 'tea']), 'For a channel say how old')
  t.match(await runRefused(t, data, ['prune', '--days', '0']), '--days must be a whole number')
  t.match(await runRefused(t, data, ['prune', '--before', 'yore']), '"yore" is no time')
  t.match(await runRefused(t, data, ['prune', '--days', '3', '--before', '2h']), 'either')
  t.match(await runRefused(t, data, ['prune', '--days', '3', '--channel', 'nowhere']), 'no channel #nowhere')
  t.match((await runCommand(t, data, ['prune', '--days', '3'])).stdout, /^0 messages removed\.\n$/)
  const all = ['prune', '--before', new Date(Date.now() + 60_000).toISOString(), '--channel', 'TEA']
  t.match(await runJson(t, data, [...all, '--dry-run']), { messages: 1803, dryRun: true })
  t.strictSame(foundIn(data, ['qxzebra', 'qxkept']), ['qxzebra', 'qxkept'])
  t.match(await runRefused(t, data, all), /^partyline: That time is still to come: 1803 of 18\d\d messages/)
  t.match(await runRefused(t, data, ['prune', '--before', '2999-01-01']), '--yes removes them without asking')
  t.strictSame(await runJson(t, data, [...all, '--yes']), { messages: 1803, scrubbed: true, dryRun: false })
  t.strictSame(foundIn(data, ['qxzebra', 'qxlynx', 'qxkept', 'crowd']), [])
  anna.type('/history #tea', 'and on it goes')
  await anna.settle()
  t.match(await runJson(t, data, ['messagelist', '--channel', '#tea']), {
    messages: [{ text: 'and on it goes' }],
  })
  await stopServer(t, server, secrets)
})

t.test(
  'history.keepDays is obeyed at the start, where short runs have been long enough together',
  async (t) => {
    const { data, server } = await begin(t)
    await stopServer(t, server, secrets)
    await remembered(data, 'clock-waited', 5 * 60_000)
    // Less than a tenth of a second: all of it is older by the time the server has started.
    const env = { ...environment, PARTYLINE_HISTORY_KEEP_DAYS: '0.000001' }
    const { child, exit, stdout } = startPartyline(
      t,
      ['serve', '--host', '127.0.0.1', '--port', '0', '--data', data],
      { env },
    )
    const [, port] = await stdout.expect(/"port":(\d+).*"msg":"listening"/)
    await stdout.expect(/"messages":18\d\d,"msg":"old messages removed"/)
    const anna = await connectPerson(t, Number(port), { lines: [`/login anna ${passwords.anna}`] })
    await anna.settle()
    t.notMatch(anna.output.text, /crowd|qx/)
    t.match(anna.output.text, '#tea')
    child.kill('SIGTERM')
    t.strictSame(await exit, { code: 0, signal: null })
    t.strictSame(foundIn(data, ['qxzebra', 'qxlynx', 'qxkept']), [])
  },
)

t.test(
  'prune where the clock has jumped: --yes says nothing about the clock, --clock-is-right does',
  async (t) => {
    const data = await dataWithDatabase(t)
    await remembered(data, 'clock', Date.now() - 400 * 86_400_000)
    for (const args of [
      ['prune', '--days', '3'],
      ['prune', '--days', '3', '--yes'],
      ['prune', '--yes'],
    ])
      t.match(
        await runRefused(t, data, args),
        /^partyline: It is 20\S+ by the clock, which has jumped ahead\. If it is right, prune again with --clock-is-right; /,
      )
    t.match(await runJson(t, data, ['prune', '--days', '3', '--dry-run']), { messages: 0, dryRun: true })
    t.match(await runJson(t, data, ['prune', '--clock-is-right']), { messages: 0, dryRun: false })
    t.match(await runJson(t, data, ['prune', '--days', '3']), { messages: 0, dryRun: false })
  },
)
