import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { mostJsonBytes, mostRows } from '../../server/chat/model/rows.ts'
import { databaseOf } from '../../server/data/places.ts'
import { importFrom } from '../../server/operator/archive/import.ts'
import { Progress } from '../../server/operator/archive/progress.ts'
import { Refused } from '../../server/operator/control/refused.ts'
import { openDatabase } from '../../server/store/open.ts'
import { connectMember, connectPerson } from '../process/person.ts'
import { startPartyline, temporaryFolder } from '../process/program.ts'
import { quickSettings, startServer } from '../process/server.ts'
import { dataWithDatabase, environment, runCommand, runJson, runRefused, stopServer } from './cli.ts'

const passwords = {
  anna: 'annas-password',
  bob: 'bobs-password',
  zoe: 'zoes-password',
  new: 'quite-a-new-one',
}

/** A server with a little of everything, that goes on running. */
async function begin(t: Test) {
  const data = temporaryFolder(t)
  const server = await startServer(t, { data, settings: quickSettings })
  const anna = await connectMember(t, server.port, 'anna', passwords.anna)
  const bob = await connectMember(t, server.port, 'Bob', passwords.bob)
  const zoe = await connectMember(t, server.port, 'zoe', passwords.zoe)
  zoe.type('zoe was here', '/deleteaccount', passwords.zoe)
  await zoe.expect('account')
  anna.type(
    '/email anna@example.org',
    '/time 12',
    '/color on',
    '/create #tea',
    '/quiet #tea all',
    '/topic #tea earl grey',
    '/token cron',
  )
  anna.type('/create #secret private', '/invite #secret bob', '/create #gone', '/leave #gone')
  anna.type('/contact add bob', '/filepaste #tea tea.txt', 'AAAA', '.')
  await anna.settle()
  bob.type('/join #tea', '/block anna', 'hello @anna, "quoted" \u00fc\u{1f600}', '/msg anna psst')
  await bob.settle()
  bob.type('/switch #tea', 'a typo here', '/edit no typo, @anna')
  await bob.settle()
  anna.type('/switch #tea', '/me waves to @bob', '/msg bob never seen', '/mute #tea bob 1h')
  await anna.settle()
  const guest = await connectPerson(t, server.port, {
    lines: ['/nick gus', 'a guest was here', '/msg anna hi'],
  })
  await guest.settle()
  return { data, server }
}

function linesOf(file: string): Record<string, unknown>[] {
  return readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}

t.test('what is exported can be imported, and is the same then', async (t) => {
  const { data, server } = await begin(t)
  const folder = temporaryFolder(t)
  const file = join(folder, 'chat.jsonl')
  const { code, stdout } = await runCommand(t, data, ['export', file])
  t.equal(code, 0)
  t.match(
    stdout,
    /^Exported to .*chat\.jsonl: 2 accounts, 1 deleted account, 3 channels, 1 closed channel, \d+ memberships, .*\d+ messages, 1 file\.\n$/,
  )
  t.match(await runRefused(t, data, ['export', file]), 'is there already')
  await stopServer(t, server, Object.values(passwords))
  const piped = startPartyline(t, ['export', '--format', 'jsonl', '--data', data], { env: environment })
  t.equal((await piped.exit).code, 0)
  const stopped = piped.stdout.text.trimEnd().split('\n')
  const bob = stopped
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .find(({ name }) => name === 'Bob')
  t.ok(Number(bob?.['seen']) > 0, 'up to where somebody has read')

  const text = readFileSync(file, 'utf8')
  for (const secret of ['password', 'recovery', 'hash', '$2', 'token', 'cron', 'blob', 'zoe"'])
    t.notOk(text.includes(secret), secret)
  const lines = linesOf(file)
  const typed = (type: string) => lines.filter((line) => line['type'] === type)
  t.match(lines[0], { type: 'partyline-export', version: 2, counts: { account: 3, file: 1 } })
  t.strictSame(lines.at(-1), { type: 'end', lines: lines.length - 1 })
  t.match(typed('account'), [
    {
      id: 1,
      name: 'anna',
      operator: false,
      email: 'anna@example.org',
      settings: { clock: '12', color: true, quiet: { '#tea': 'all' } },
    },
    { id: 2, name: 'Bob' },
    { id: 3, deleted: /^20/ },
  ])
  t.match(typed('channel'), [
    { name: '#lobby' },
    { topic: 'earl grey' },
    { private: true },
    { closed: /^20/ },
  ])
  t.match(
    typed('message').find(({ text }) => String(text).startsWith('hello')),
    {
      from: 2,
      text: 'hello @anna, "quoted" \u00fc\u{1f600}',
      mentions: [1],
    },
  )
  t.match(
    typed('message').find(({ text }) => text === 'never seen'),
    { to: 2, blocked: true },
  )
  t.match(
    typed('message').find(({ text }) => text === 'hi'),
    { fromGuest: '~gus', to: 1 },
  )
  const edited = typed('message').filter((message) => message['edited'] !== undefined)
  t.match(edited, [{ from: 2, text: 'no typo, @anna', edited: /^20.*Z$/, mentions: [1] }])
  t.notOk(text.includes('a typo here'), 'what it was before is gone')
  t.match(typed('file'), [{ name: 'tea.txt', size: 3, sha256: /^[0-9a-f]{64}$/ }])
  for (const type of ['mute', 'contact', 'block']) t.equal(typed(type).length, 1, type)

  const copy = join(folder, 'copy')
  const imported = await runCommand(t, copy, ['import', file])
  t.match(
    imported.stdout,
    /^Imported 2 accounts, 3 channels, \d+ messages\.\n1 file not: .*\nNew messages have numbers above \d+: .*\nNobody has a password: /,
  )
  t.match(await runRefused(t, copy, ['import', file]), 'is not empty')
  const second = join(folder, 'second.jsonl')
  t.match(await runJson(t, copy, ['export', second]), {
    account: 2,
    'deleted-account': 1,
    message: typed('message').length,
    file: 0,
  })
  const kept = lines.slice(1, -1).filter(({ type }) => type !== 'file')
  t.strictSame(linesOf(second).slice(1, -1), kept)

  t.equal((await runCommand(t, copy, ['setpassword', 'anna'], passwords.new)).code, 0)
  const again = await startServer(t, { data: copy, settings: quickSettings })
  const nobody = await connectPerson(t, again.port, {
    lines: ['/login bob', '', '/cancel', '/login bob x', '/cancel', '/recover bob', '', '/cancel'],
  })
  await nobody.settle()
  t.notMatch(nobody.output.text, /Welcome back|New password/i, 'no password is none that is empty')
  const anna = await connectPerson(t, again.port, { lines: [`/login anna ${passwords.new}`] })
  await anna.expect('New password')
  anna.type('better-than-that', 'better-than-that')
  await anna.expect('#tea')
  anna.type('/search quoted', '/mentions', '/history bob')
  await anna.expect('hello @anna')
  await anna.expect('psst')
  await anna.settle()
  await stopServer(t, again, Object.values(passwords))
})

t.test('a line that will not do is named, and nothing is imported', async (t) => {
  const folder = temporaryFolder(t)
  const at = '2026-11-20T18:00:00.000Z'
  const header = { type: 'partyline-export', version: 1 }
  const account = (id: number, name: string, more = {}) => ({
    type: 'account',
    id,
    name,
    operator: false,
    settings: {},
    since: at,
    seen: 0,
    lastSeen: at,
    watch: false,
    ...more,
  })
  const channel = { type: 'channel', id: 1, name: '#tea', private: false, topic: '', since: at }
  const message = (id: number, more = {}) => ({
    type: 'message',
    id,
    at,
    kind: 'text',
    text: 'hello',
    from: 1,
    channel: 1,
    blocked: false,
    ...more,
  })
  const contact = { type: 'contact', account: 1, other: 2 }
  const good = [header, account(1, 'anna'), account(2, 'bob'), channel, contact, message(1)]
  const write = (lines: readonly unknown[]) => {
    const file = join(folder, 'in.jsonl')
    const text = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line)))
    writeFileSync(file, `${text.join('\n')}\n`)
    return file
  }
  const target = join(folder, 'target')
  const refused = async (lines: readonly unknown[], line: number, why: string | RegExp) => {
    const parts = { hash: async () => 'a hash', progress: new Progress() }
    const error = await importFrom(write(lines), target, parts).catch((error: unknown) => error)
    if (!(error instanceof Refused)) throw error
    t.match(error.message, `in.jsonl, line ${line}: `, JSON.stringify(lines.at(-1)))
    t.match(error.message, why)
    t.match(error.message, /Nothing was imported\.$/)
    t.notOk(existsSync(target))
  }
  const and = (line: unknown) => refused.bind(undefined, [...good, line], good.length + 1)
  await refused([], 1, 'it is no export of Partyline')
  await refused(['hello'], 1, 'it is no export of Partyline')
  await refused([account(1, 'anna')], 1, 'it is no export of Partyline')
  await refused([{ ...header, version: 3 }], 1, 'it is of version 3')
  await refused(good, 7, 'the end is missing')
  await refused(
    [...good, { type: 'end', lines: 9 }],
    7,
    'it says that there are 9 lines before it, and there are 6',
  )
  await refused([...good, { type: 'end', lines: 6 }, contact], 8, 'something after the end')
  await and('{"type":')('it is not one object of JSON')
  await and({ type: 'secret' })('it must have a type, one of account, channel')
  await and(message(2, { colour: 'red' }))('colour')
  await and(message(2, { text: 7 }))('text: ')
  await and(message(2, { at: 'yesterday' }))('at: ')
  await and(message(1))('message 1 comes after 1')
  await and(message(2, { from: 9 }))('there is no account 9 before it')
  await and(message(2, { mentions: [9] }))('there is no account 9 before it')
  await and(message(2, { channel: 9 }))('there is no channel 9 before it')
  await and(message(2, { to: 1 }))('a message has one of channel, to and toGuest')
  await and(message(2, { kind: 'notice' }))('a notice none of them')
  await and(contact)('there is such a line already')
  await and(account(2, 'carl'))('there is account 2 already')
  await and(account(3, 'ANNA'))('there is ANNA already')
  await and(account(3, '../x'))(/name/)
  await and(account(3, 'carl', { email: 'nowhere' }))('is not an e-mail address')
  await and({ ...channel, id: 2 })('there is #tea already')
  await and({ ...channel, id: 2, name: 'tea' })(/name/)
  const ban = { type: 'address-ban', cidr: '192.0.2.0/24', by: 1, at }
  for (const cidr of ['', 'x', '300.0.0.1', '192.0.2.0/33', '192.0.2.1/8/8', '::/129', '192.0.2.1\u001b[2J'])
    await and({ ...ban, cidr })('cidr: It is no address')
  for (const zone of ['Mars/Olympus', '', 'Europe/Berlin\u202e', '../etc/passwd'])
    await and(account(3, 'carl', { settings: { zone } }))('settings.zone: There is no such time zone')
  for (const settings of [
    { color: 'red' },
    { hold: 1 },
    { quiet: { tea: 'all' } },
    { quiet: { '#tea': 'loud' } },
  ])
    await and(account(3, 'carl', { settings }))(`settings.${Object.keys(settings)[0]}`)
  for (const id of [0, -1, 1.5, 2 ** 53 - 1, 2 ** 53, 1e300, 1e12 + 1]) {
    await and(account(id, 'carl'))('id: ')
    await and(message(id))('id: ')
    await and(message(2, { mentions: [id] }))('mentions')
  }
  for (const seen of [-1, 2 ** 53 - 1]) await and(account(3, 'carl', { seen }))('seen: ')
  for (const wrong of ['0001-01-01T00:00:00Z', '1969-12-31T23:59:59Z', '+275760-09-13T00:00:00Z'])
    await and(message(2, { at: wrong }))('at: ')
  for (const name of ['c', '~carl', 'ca rl', 'c'.repeat(25), '\u001b[2Jcarl', 'аnna'])
    await and(account(3, name))(/name/)
  for (const name of ['#', '#te a']) await and({ ...channel, id: 2, name })(/channel/)
  for (const name of ['#TEA', '#Tea']) await and({ ...channel, id: 2, name })(`there is ${name} already`)
  for (const fromGuest of ['gus', '~', '~g', '~anna b'])
    await and({ ...message(2, { fromGuest }), from: undefined })(/guest|name/)
  await and({ ...channel, id: 2, name: '#long', topic: 'x'.repeat(301) })(
    'topic: It is longer than 300 characters',
  )
  await and(message(2, { mentions: [1, 1] }))('A number is there twice')
  const member = { type: 'membership', channel: 1, account: 1, since: at }
  await and({ ...member, channel: 2 })('there is no channel 2 before it')
  await and({ ...contact, account: 1, other: 1 })('account 1 is both')
  const marker = { type: 'read-marker', account: 1, kind: 'channel', place: 1, upTo: 1 }
  await and({ ...marker, place: 2 })('there is no channel 2 before it')
  await and({ ...marker, kind: 'person', place: 9 })('there is no account 9 before it')
  await and({ ...marker, kind: 'room' })('kind: ')
  const gap = (after: number, upTo: number) => ({ after, upTo })
  for (const gaps of [[gap(1, 1)], [gap(0, 2), gap(2, 3)], [gap(2, 3), gap(0, 1)]])
    await and({ ...marker, upTo: 3, gaps })('gaps: The gaps must be in order')
  const many = Array.from({ length: 11 }, (_, index) => gap(2 * index, 2 * index + 1))
  await and({ ...marker, upTo: 99, gaps: many })('gaps: ')
  await and({ ...marker, gaps: [gap(0, 2)] })('no gap may go beyond upTo')
  await refused([...good, marker, marker], good.length + 2, 'there is such a line already')
  // Another kind between the two hides nothing.
  await refused([...good, member, ban, contact], good.length + 3, 'there is such a line already')
  const gone = { ...account(3, 'carl'), name: undefined, deleted: at }
  await refused([...good, gone, { ...member, account: 3 }], good.length + 2, 'account 3 is deleted')
  const closed = { ...channel, id: 2, name: '#shut', closed: at }
  await refused([...good, closed, { ...member, channel: 2 }], good.length + 2, 'channel 2 is closed')
  // What it says of a file is shown on a terminal.
  const shown = await runRefused(t, target, [
    'import',
    write([...good, { ...contact, '\u001b[2J\u009b1m\u202ekey': 1 }]),
  ])
  t.match(shown, 'key')
  t.notMatch(shown.trimEnd(), /[\u0000-\u001f\u007f-\u009f\u202e]/)

  t.match(await runRefused(t, target, ['import', write(good)]), /in\.jsonl, line 7: the end is missing/)
  t.match(await runRefused(t, target, ['import', join(folder, 'nix')]), 'there is no such file or directory')

  const control = message(2, { text: 'beep\u0007 \u001b[31mred' })
  const markers = [
    { ...marker, upTo: 9, gaps: [gap(1, 2), gap(4, 6)] },
    { ...marker, kind: 'person', place: 0 },
  ]
  const all = [...good.slice(0, -1), ...markers, ...good.slice(-1), control]
  t.match(await runJson(t, target, ['import', write([...all, { type: 'end', lines: all.length }, ''])]), {
    accounts: 2,
    messages: 2,
  })
  const copy = join(folder, 'copy.jsonl')
  await runJson(t, target, ['export', copy])
  t.strictSame(
    linesOf(copy).filter(({ type }) => type === 'read-marker'),
    markers,
  )
  t.strictSame(readdirSync(target), ['partyline.db', 'partyline.lock'])
  t.match(await runJson(t, target, ['messagelist']), {
    messages: [{ text: 'hello' }, { text: 'beep [31mred' }],
  })
})

t.test('the longest texts that a database can have are exported, and imported as they are', async (t) => {
  const data = await dataWithDatabase(t)
  const texts = [
    // In one line of JSON, before each row of a paste had to be as long as a line may be.
    'a'.repeat(mostJsonBytes),
    // By limits.lineBytes at its most, in one row and in several.
    'b'.repeat(65_536),
    `${'\u{1f600}'.repeat(16_000)}\n\t"c"`,
    Array.from({ length: mostRows }, () => 'd'.repeat(326)).join('\n'),
  ]
  const { reader, writer } = await openDatabase({ file: databaseOf(data), synchronous: 'off' })
  await writer('channels').insert({ id: 1, name: '#tea', key: '#tea', private: 0, created_at: Date.now() })
  for (const text of texts)
    await writer('messages').insert({
      at: Date.now(),
      kind: 'text',
      text,
      from_guest: '~gus',
      channel_id: 1,
      blocked: 0,
    })
  await Promise.all([reader.destroy(), writer.destroy()])
  const file = join(temporaryFolder(t), 'long.jsonl')
  t.equal((await runCommand(t, data, ['export', file])).code, 0)
  const target = join(temporaryFolder(t), 'data')
  t.match(await runJson(t, target, ['import', file]), { messages: texts.length })
  const again = join(temporaryFolder(t), 'again.jsonl')
  t.equal((await runCommand(t, target, ['export', again])).code, 0)
  const textsIn = (one: string) =>
    linesOf(one).flatMap(({ text, type }) => (type === 'message' ? [text] : []))
  t.strictSame(textsIn(again), texts)
})

t.test('a database of another version is not exported', async (t) => {
  const data = temporaryFolder(t)
  writeFileSync(join(data, 'partyline.db'), '')
  const file = join(temporaryFolder(t), 'x')
  t.match(await runRefused(t, data, ['export', file]), 'is of another version; start this version')
  t.strictSame(readdirSync(data), ['partyline.db'])
})
