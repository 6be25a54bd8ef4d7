import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Knex } from 'knex'
import t, { type Test } from 'tap'
import { openDatabase } from '../../server/store/open.ts'
import { storeOn } from '../../server/store/sql-store.ts'
import type { LineClient } from '../support/client.ts'
import { directoryFor } from '../support/directory.ts'
import { TestServer } from '../support/server.ts'

/* What SQLite itself says when a disk is full or read-only, brought about where no disk has to be either. */

const unavailable =
  '! The server cannot store anything just now, so that was not done. Try again in a minute.'

interface Fault {
  readonly what: string
  readonly code: string
  begin(writer: Knex): Promise<unknown>
  end(writer: Knex): Promise<unknown>
}

const faults: readonly Fault[] = [
  {
    what: 'the disk is full',
    code: 'SQLITE_FULL',
    async begin(writer) {
      const [{ page_count: pages }] = await writer.raw('PRAGMA page_count')
      await writer.raw(`PRAGMA max_page_count = ${pages}`)
    },
    end: (writer) => writer.raw('PRAGMA max_page_count = 1000000'),
  },
  {
    what: 'the database is read-only',
    code: 'SQLITE_READONLY',
    begin: (writer) => writer.raw('PRAGMA query_only = 1'),
    end: (writer) => writer.raw('PRAGMA query_only = 0'),
  },
]

async function setUp(t: Test) {
  const directory = directoryFor(t)
  const file = join(directory, 'partyline.db')
  let writer: Knex | undefined
  const store = async () => {
    const connections = await openDatabase({ file, synchronous: 'off' })
    writer = connections.writer
    return storeOn(connections)
  }
  const config = { 'limits.lineBytes': 65536, 'history.replayLines': 50 }
  const server = await TestServer.start({ directory, store, config })
  t.teardown(() => server.stop())
  if (!writer) throw new Error('The store was not opened')
  const people: LineClient[] = []
  for (const name of ['anna', 'bob']) {
    const client = await server.connect()
    await client.ask(`/signup ${name}\npassword\npassword`)
    people.push(client)
  }
  const [anna, bob] = people
  if (!anna || !bob) throw new Error('Nobody came')
  await anna.settled()
  return { server, writer, file, anna, bob }
}

/** What a line said, without the time before it. */
function said(lines: readonly string[]): string[] {
  return lines.filter((line) => line.startsWith('[')).map((line) => line.replace(/^\[[^\]]*\] /, ''))
}

for (const { begin, code, end, what } of faults) {
  t.test(`${what}: senders are told, nothing is shown, and it goes on by itself`, async (t) => {
    const { server, writer, anna, bob } = await setUp(t)
    await anna.ask('before')
    await begin(writer)
    // More than the last page has room for.
    const long = 'x'.repeat(50_000)
    t.same(await anna.ask(`lost ${long}`), [unavailable])
    t.same(await anna.ask(`@bob lost ${long}`), [unavailable])
    t.same(await anna.ask(`/msg bob lost ${long}`), [unavailable])
    t.same(said(await bob.settled()), ['#lobby <anna> before'])
    t.same(said(await bob.ask('/history')), ['#lobby <anna> before'], 'reading goes on')
    const again = await server.connect()
    t.match((await again.ask('/login bob password')).join('\n'), 'Welcome back, bob')
    t.match(
      server.logged.filter(({ message }) => message === 'command failed'),
      Array.from({ length: 3 }, () => ({ fields: { err: { cause: { code } } } })),
      'the operator finds why',
    )
    await end(writer)
    t.same(await anna.ask(`after ${long}`), [])
    t.same(said(await bob.settled()), [`#lobby <anna> after ${long}`])
    t.same(said(await bob.ask('/history')), ['#lobby <anna> before', `#lobby <anna> after ${long}`])
  })
}

t.test('a page of old messages is damaged: who reads them is told, and all else goes on', async (t) => {
  const { server, file, anna } = await setUp(t)
  for (let line = 0; line < 20; line++) await anna.ask(`line ${line} ${'x'.repeat(3000)}`)
  await server.stop()
  // Each of them has a page for itself; what the server reads at the start is elsewhere.
  const bytes = readFileSync(file)
  const page = Math.floor(bytes.indexOf('line 10 xxx') / 4096)
  bytes.fill(0x5a, page * 4096, (page + 1) * 4096)
  writeFileSync(file, bytes)

  await server.start()
  const again = await server.connect()
  await again.ask('/login bob password')
  t.same(await again.ask('/history #lobby 50'), [unavailable])
  t.equal(said(await again.ask('/history #lobby 5')).length, 5, 'what is whole can be read')
  t.same(await again.ask('hello'), [])
  t.same(said(await again.ask('/history #lobby 1')), ['#lobby <bob> hello'])
})
