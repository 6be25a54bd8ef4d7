import { connect } from 'node:net'
import t, { type Test } from 'tap'
import { askServer } from '../../server/operator/control/control.ts'
import { directoryFor } from '../support/directory.ts'
import type { Overrides } from '../support/server.ts'
import { TestServer } from '../support/server.ts'
import { grown, scrape } from './scrape.ts'

const password = 'password'

async function start(t: Test, config: Overrides = {}): Promise<TestServer> {
  const server = await TestServer.start({
    directory: directoryFor(t),
    config: { 'http.listen': { port: 0 }, ...config },
  })
  t.teardown(() => server.stop())
  return server
}

t.test('connections', async (t) => {
  const server = await start(t, { 'limits.connections': 3, 'limits.connectionsPerAddress': 1 })
  const names = [
    'partyline_connections',
    'partyline_connections_limit',
    'partyline_connections_peak',
    'partyline_connections_accepted_total',
    'partyline_connections_refused_total',
  ]
  const none = await scrape(server.http)
  t.equal(none.get('partyline_connections_limit'), 3)
  t.equal(none.get('partyline_connections_refused_total{reason="banned"}'), 0, 'a 0 is there from the start')
  const anna = await server.connect()
  const bob = await server.connect()
  const carol = await server.connect()
  await bob.ask('/format json')
  await anna.settled()
  await carol.settled()
  t.match(await (await server.connect()).closing(), [/^! /], 'the fourth is refused')
  t.same(grown(none, await scrape(server.http), ...names), {
    'partyline_connections{dialect="text",transport="plain"}': 2,
    'partyline_connections{dialect="json",transport="plain"}': 1,
    partyline_connections_peak: 3,
    partyline_connections_accepted_total: 3,
    'partyline_connections_refused_total{reason="full"}': 1,
  })
  carol.send('/quit')
  await carol.closing()
  await server.activity.until(() => server.count('disconnected') === 1)
  const left = await scrape(server.http)
  t.equal(left.get('partyline_connections{dialect="text",transport="plain"}'), 1)
  t.equal(left.get('partyline_connections_peak'), 3, 'the most there were')
})

t.test('logins, sign-ups and guests, and those who fail', async (t) => {
  const server = await start(t)
  const names = [
    'partyline_logins_total',
    'partyline_login_failures_total',
    'partyline_people_online',
    'partyline_accounts',
    'partyline_password_seconds_count',
    'partyline_passwords_pending',
  ]
  const before = await scrape(server.http)
  const anna = await server.connect()
  await anna.ask(`/signup anna\n${password}\n${password}`)
  const again = await server.connect()
  await again.ask(`/login anna ${password}`)
  await (await server.connect()).ask('/nick gus')
  t.same(grown(before, await scrape(server.http), ...names), {
    'partyline_logins_total{kind="signup"}': 1,
    'partyline_logins_total{kind="login"}': 1,
    'partyline_logins_total{kind="guest"}': 1,
    'partyline_people_online{kind="account"}': 1,
    'partyline_people_online{kind="guest"}': 1,
    partyline_accounts: 1,
    partyline_password_seconds_count: 2,
  })
  const now = await scrape(server.http)
  const guesser = await server.connect()
  for (let guess = 1; guess <= 7; guess++) await guesser.ask(`/login anna wrong-${guess}`)
  await guesser.ask('/login nobody-of-that-name wrong')
  t.same(grown(now, await scrape(server.http), ...names, 'partyline_failures_total'), {
    'partyline_login_failures_total{reason="secret"}': 6,
    'partyline_login_failures_total{reason="wait"}': 2,
    'partyline_failures_total{code="bad-login"}': 6,
    'partyline_failures_total{code="try-later"}': 2,
    partyline_password_seconds_count: 6,
  })
})

t.test('messages, deliveries, commands and commits', async (t) => {
  const server = await start(t, { 'channels.announceUpTo': 0 })
  const people = []
  for (const name of ['anna', 'bob', 'carol']) {
    const client = await server.connect()
    await client.ask(`/signup ${name}\n${password}\n${password}`)
    people.push(client)
  }
  const [anna, bob, carol] = people
  if (!anna || !bob || !carol) throw new Error('Nobody came')
  await askServer(server.config.dataDirectory, { action: 'promoteuser', options: { name: 'bob' } })
  await carol.ask('/block anna')
  const names = [
    'partyline_messages_total',
    'partyline_deliveries_total',
    'partyline_commands_total',
    'partyline_failures_total',
  ]
  const before = await scrape(server.http)
  await bob.ask('hello')
  await anna.ask('hello too')
  await anna.ask('/msg bob psst')
  await anna.ask('/msg carol nobody hears that')
  await bob.ask('/notice Water is off')
  await anna.ask('/XYZ anna')
  await anna.ask('/help xyz')
  await carol.ask('/m')
  const after = await scrape(server.http)
  const { 'partyline_commands_total{command="ping"}': pings, ...others } = grown(before, after, ...names)
  t.ok(pings && pings >= 8, 'the test itself asks too')
  t.same(others, {
    'partyline_messages_total{kind="channel"}': 2,
    'partyline_messages_total{kind="direct"}': 2,
    'partyline_messages_total{kind="notice"}': 1,
    // hello: anna and carol; hello too: bob; psst: bob; the notice: anna and carol.
    'partyline_deliveries_total{event="message"}': 6,
    'partyline_commands_total{command="say"}': 2,
    // /m is the same.
    'partyline_commands_total{command="msg"}': 3,
    'partyline_commands_total{command="notice"}': 1,
    'partyline_commands_total{command="unknown"}': 1,
    'partyline_commands_total{command="help"}': 1,
    'partyline_failures_total{code="unknown-command"}': 2,
    'partyline_failures_total{code="bad-arguments"}': 1,
  })
  const stored = grown(
    before,
    after,
    'partyline_commits_total',
    'partyline_commit_seconds_count',
    'partyline_commit_changes_sum',
  )
  // The five messages, each waited for, and whether the store is ready.
  t.equal(stored['partyline_commits_total{outcome="done"}'], stored['partyline_commit_seconds_count'])
  t.ok((stored['partyline_commit_changes_sum'] ?? 0) >= 5)
  t.equal(after.get('partyline_commits_total{outcome="failed"}'), 0)
  t.ok((after.get('partyline_fanout_seconds_count') ?? 0) > 0)
  t.ok((after.get('partyline_database_bytes{file="main"}') ?? 0) > 0)
  t.ok((after.get('partyline_disk_free_bytes') ?? 0) > 0)
  t.equal(after.get('partyline_search_unindexed_messages'), 5)
  await anna.ask('/search hello')
  t.equal((await scrape(server.http)).get('partyline_search_unindexed_messages'), 0)
})

t.test('writes and their bytes are what the clients got', async (t) => {
  const server = await start(t)
  const before = await scrape(server.http)
  const anna = await server.connect()
  for (const name of ['one', 'two', 'three']) await anna.settled(name)
  const sent = grown(
    before,
    await scrape(server.http),
    'partyline_sent_bytes_total',
    'partyline_writes_total',
  )
  t.equal(sent['partyline_sent_bytes_total'], Buffer.byteLength(anna.raw))
  t.equal(sent['partyline_writes_total'], 3)
})

t.test('files', async (t) => {
  const server = await start(t)
  const anna = await server.connect()
  await anna.ask(`/signup anna\n${password}\n${password}`)
  const names = [
    'partyline_files',
    'partyline_files_bytes',
    'partyline_uploads_running',
    'partyline_file_transfers_total',
    'partyline_file_bytes_total',
  ]
  const before = await scrape(server.http)
  const ticket = (await anna.ask('/filesend a.txt')).join('\n')
  const token = /\/put (\w+)/.exec(ticket)?.[1] ?? ''
  t.match(await transfer(server, `/put ${token} 5\nhello`), '"a.txt" is there')
  t.match(await transfer(server, '/put NONE 5\nhello'), '! ')
  t.equal(await transfer(server, '/get NONE\n'), '')
  const second = /\/put (\w+)/.exec((await anna.ask('/filesend b.txt')).join('\n'))?.[1] ?? ''
  t.match(await transfer(server, `/put ${second} 5\nhel`), 'broke off at 3 of 5 bytes')
  const fetched = /\/get (\w+)/.exec((await anna.ask('/fileget 1')).join('\n'))?.[1] ?? ''
  t.equal(await transfer(server, `/get ${fetched}\n`), 'hello')
  t.same(grown(before, await scrape(server.http), ...names), {
    partyline_files: 1,
    partyline_files_bytes: 8,
    'partyline_file_transfers_total{direction="upload",outcome="done"}': 1,
    'partyline_file_transfers_total{direction="upload",outcome="refused"}': 1,
    'partyline_file_transfers_total{direction="upload",outcome="broken"}': 1,
    'partyline_file_transfers_total{direction="download",outcome="done"}': 1,
    'partyline_file_transfers_total{direction="download",outcome="refused"}': 1,
    'partyline_file_bytes_total{direction="upload"}': 8,
    'partyline_file_bytes_total{direction="download"}': 5,
  })
})

/** Sends all of it and the end, as nc does; answers what came back. */
async function transfer(server: TestServer, bytes: string): Promise<string> {
  const socket = connect({ port: server.port, host: '127.0.0.1' })
  const chunks: Buffer[] = []
  socket.on('data', (chunk) => {
    chunks.push(chunk)
    server.activity.note()
  })
  // What is refused is reset.
  socket.on('error', () => undefined)
  const closed = new Promise((resolve) => socket.on('close', resolve))
  socket.end(bytes)
  await server.activity.during(closed)
  return Buffer.concat(chunks).toString()
}

t.test('no name is in the metrics, and no label has other values than the page says', async (t) => {
  const server = await start(t)
  const anna = await server.connect()
  await anna.ask(`/signup annabella\n${password}\n${password}`)
  for (const line of ['/create #secretplan', '/msg annabella hushhush', '/annabella', '/help annabella'])
    await anna.ask(line)
  const text = await (await fetch(`${server.http}/metrics`)).text()
  t.notMatch(text, /annabella|secretplan|hushhush|127\.0\.0\.1/)
})
