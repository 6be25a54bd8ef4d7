import { join } from 'node:path'
import type { Knex } from 'knex'
import t, { type Test } from 'tap'
import { Counts } from '../../server/chat/machine/counts.ts'
import { NameTaken, StoreUnavailable } from '../../server/chat/ports/store-errors.ts'
import type { InsertMessages } from '../../server/store/batch-writer.ts'
import { Committer } from '../../server/store/committer.ts'
import { openDatabase } from '../../server/store/open.ts'
import { storeOn } from '../../server/store/sql-store.ts'
import type { Connections } from '../../server/store/sqlite/connect.ts'
import { MessageInserts } from '../../server/store/sqlite/insert.ts'
import { sqliteTransactions } from '../../server/store/sqlite/transaction.ts'
import { directoryFor } from '../support/directory.ts'
import { newAccount, newFile, newMessage, populate, texts, wholeFile } from './samples.ts'

async function setUp(t: Test) {
  const file = join(directoryFor(t), 'chat.db')
  const connections = await openDatabase({ file, synchronous: 'off', busyTimeout: 0 })
  const counts = new Counts()
  const store = await storeOn(connections, undefined, counts)
  t.teardown(() => store.close())
  const people = await populate(store)
  const said = (text: string) => newMessage(text, { from: people.anna, channel: people.tea })
  const history = async () => texts(await store.channelHistory(people.tea, { limit: 10_000 }))
  const commits = () => counts.commits.of('done')
  return { ...people, ...connections, commits, file, store, said, history }
}

/** A committer of its own; `during` is called in each commit of messages. */
function committerOn(t: Test, { writer, writerConnection }: Connections, during = () => {}): Committer {
  const inserts = new MessageInserts(writerConnection)
  t.teardown(() => inserts.close())
  const insert: InsertMessages = (db, messages) => {
    during()
    return inserts.insert(db, messages)
  }
  return new Committer(writer, {
    transactions: sqliteTransactions,
    insert,
    record: async () => {},
    last: 1_000,
  })
}

/** The first words of all statements that the writing connection runs meanwhile. */
async function statementsOf(
  { writerConnection }: Connections,
  run: () => Promise<unknown>,
): Promise<string[]> {
  const seen: string[] = []
  const connection = writerConnection()
  // It tells later, but in order.
  const end = new Promise<void>((resolve) =>
    connection.on('trace', (sql: string) => {
      if (sql.includes('last of them')) resolve()
      else if (!sql.startsWith('--')) seen.push(sql.trim().split(/\s+/, 3).join(' '))
    }),
  )
  await run()
  connection.run("SELECT 'last of them'")
  await end
  connection.removeAllListeners('trace')
  return seen
}

/** A second program that holds the write lock, until the answer is called. */
async function lock(file: string): Promise<() => Promise<void>> {
  const other = await openDatabase({ file, synchronous: 'off', busyTimeout: 0 })
  await other.writer.raw('BEGIN IMMEDIATE')
  return async () => {
    await other.writer.raw('ROLLBACK')
    await Promise.all([other.writer.destroy(), other.reader.destroy()])
  }
}

t.test('a thousand messages at once take few commits', async (t) => {
  const { commits, store, said, history } = await setUp(t)
  const before = commits()
  const lines = Array.from({ length: 1_000 }, (_, index) => `line ${index}`)
  const order: number[] = []
  const ids = await Promise.all(
    lines.map(async (line) => {
      const id = await store.append(said(line))
      order.push(id)
      return id
    }),
  )
  // One commit for the messages; indexing for /search may have begun, and takes two.
  t.ok(commits() - before <= 3, `${commits() - before} commits`)
  t.same(order, ids, 'they resolved in the order of the calls')
  t.same(await history(), lines)
})

t.test('what comes in during a commit is in the next one, and is told together with it', async (t) => {
  const { said, ...connections } = await setUp(t)
  const order: string[] = []
  const told: Promise<number>[] = []
  const say = async (text: string) => {
    await committer.append(said(text))
    order.push(text)
    return committer.commits
  }
  const committer = committerOn(t, connections, () => {
    if (told.length === 1) told.push(...['a', 'b', 'c'].map(say))
  })
  told.push(say('first'))
  t.equal(await told[0], 2)
  t.same(await Promise.all(told), [2, 2, 2, 2])
  t.same(order, ['first', 'a', 'b', 'c'])
})

t.test('nobody waits for more than one other commit', async (t) => {
  const { said, ...connections } = await setUp(t)
  const told: Promise<number>[] = []
  const say = async () => {
    await committer.append(said('again'))
    return committer.commits
  }
  const committer = committerOn(t, connections, () => {
    if (told.length < 6) told.push(say())
  })
  told.push(say())
  for (let index = 0; index < 6; index++) t.equal(await told[index], [2, 2, 4, 4, 6, 6][index])
})

t.test('on an idle server a message is one commit', async (t) => {
  const { commits, store, said } = await setUp(t)
  const before = commits()
  await store.append(said('alone'))
  t.equal(commits() - before, 1)
})

t.test('mentions are stored with their message, in the same commit', async (t) => {
  const { commits, store, said, history, reader, anna } = await setUp(t)
  const before = commits()
  const lines = ['one', 'two', 'three', 'four']
  await Promise.all(
    lines.map((line, index) => store.append({ ...said(line), mentions: index % 2 === 0 ? [anna] : [] })),
  )
  t.equal(commits() - before, 1)
  t.same(await history(), lines)
  t.same(texts(await store.mentions(anna, { limit: 9 })), ['one', 'three'])
  t.equal((await reader('mentions').pluck('message')).length, 2)
})

t.test('only who mentions somebody pays for a transaction', async (t) => {
  const { store, said, anna, ...connections } = await setUp(t)
  const plain = () => Promise.all([store.append(said('one')), store.append(said('two'))])
  t.same(await statementsOf(connections, plain), ['INSERT INTO messages'])
  const mentioning = () =>
    Promise.all([store.append(said('one')), store.append({ ...said('two'), mentions: [anna] })])
  t.same(await statementsOf(connections, mentioning), [
    'BEGIN IMMEDIATE',
    'SAVEPOINT step',
    'INSERT INTO messages',
    'INSERT INTO mentions',
    'RELEASE SAVEPOINT step',
    'COMMIT',
  ])
})

t.test('mentions that cannot be stored take their message along, and no other', async (t) => {
  const { store, said, history, writer, anna, bob } = await setUp(t)
  await writer.raw(
    `CREATE TRIGGER refuse BEFORE INSERT ON mentions WHEN new.account = ${bob}
     BEGIN SELECT raise(ABORT, 'refused'); END`,
  )
  const settled = await Promise.allSettled([
    store.append({ ...said('one'), mentions: [anna] }),
    store.append({ ...said('lost'), mentions: [anna, bob] }),
    store.append(said('two')),
  ])
  t.same(
    settled.map(({ status }) => status === 'fulfilled'),
    [true, false, true],
  )
  t.ok(settled[1]?.status === 'rejected' && settled[1].reason instanceof StoreUnavailable)
  t.same(await history(), ['one', 'two'])
  t.same(texts(await store.mentions(anna, { limit: 9 })), ['one'])
  await t.rejects(store.append({ ...said('lost'), mentions: [bob] }), StoreUnavailable)
  t.same(await history(), ['one', 'two'])
})

t.test('a name that is taken harms nobody else in the batch', async (t) => {
  const { commits, store, said, history } = await setUp(t)
  const before = commits()
  const settled = await Promise.allSettled([
    store.append(said('one')),
    store.append(said('two')),
    store.createAccount(newAccount('Anna')),
    store.append(said('three')),
    store.createChannel({ name: '#tea', key: '#tea', private: false, admin: undefined, at: 1 }),
    store.createAccount(newAccount('Dora')),
    store.append(said('four')),
  ])
  t.equal(commits() - before, 1)
  t.same(
    settled.map(({ status }) => status === 'fulfilled'),
    [true, true, false, true, false, true, true],
  )
  t.ok(settled[2]?.status === 'rejected' && settled[2].reason instanceof NameTaken)
  t.same(await history(), ['one', 'two', 'three', 'four'])
  t.ok((await store.load()).accounts.some(({ name }) => name === 'Dora'))
})

t.test('a message that cannot be stored harms nobody else in the batch', async (t) => {
  const { store, said, history } = await setUp(t)
  const settled = await Promise.allSettled([
    store.append(said('one')),
    store.append(newMessage('nobody said this', { from: 9_999 })),
    store.append(said('two')),
  ])
  t.same(
    settled.map(({ status }) => status === 'fulfilled'),
    [true, false, true],
  )
  t.ok(settled[1]?.status === 'rejected' && settled[1].reason instanceof StoreUnavailable)
  t.same(await history(), ['one', 'two'])
})

t.test('also where they take several statements', async (t) => {
  const { store, said, history } = await setUp(t)
  // A statement takes 500.
  const lines = Array.from({ length: 1_001 }, (_, index) => `line ${index}`)
  for (const bad of [0, 499, 500, 1_000]) {
    const told: string[] = []
    const before = (await history()).length
    const settled = await Promise.allSettled(
      lines.map((line, index) =>
        store.append(index === bad ? newMessage(line, { from: 9_999 }) : said(line), {
          tell: () => told.push(line),
        }),
      ),
    )
    const good = lines.filter((_, index) => index !== bad)
    t.same(
      settled.flatMap(({ status }, index) => (status === 'rejected' ? index : [])),
      [bad],
    )
    t.same(told, good)
    t.same((await history()).slice(before), good)
  }
})

t.test('a file is whole in the commit of what is said beside it, in the order of the calls', async (t) => {
  const { commits, store, said, history, anna, tea } = await setUp(t)
  const one = await store.addFile(newFile('one', { from: anna, channel: tea }))
  const two = await store.addFile(newFile('two', { from: anna, channel: tea }))
  const before = commits()
  const order: number[] = []
  const ids = await Promise.all(
    [
      store.append(said('a')),
      store.completeFile(wholeFile(one), said('b')),
      store.append(said('c')),
      store.append(said('d')),
      store.completeFile(wholeFile(two), { ...said('e'), mentions: [anna] }),
      store.append(said('f')),
    ].map((asked) =>
      asked.then((id) => {
        order.push(id)
        return id
      }),
    ),
  )
  t.equal(commits() - before, 1)
  const [first = 0] = ids
  t.same(
    ids,
    ids.map((_, index) => first + index),
  )
  t.same(order, ids, 'they resolved in the order of the calls')
  t.same(await history(), ['a', 'b', 'c', 'd', 'e', 'f'])
  t.match(await store.loadFiles(), { files: [wholeFile(one), wholeFile(two)] })
})

t.test('a file that comes alone is one commit, and a transaction', async (t) => {
  const { commits, store, said, anna, tea, ...connections } = await setUp(t)
  const id = await store.addFile(newFile('one', { from: anna, channel: tea }))
  const before = commits()
  const statements = await statementsOf(connections, () => store.completeFile(wholeFile(id), said('a')))
  t.equal(commits() - before, 1)
  // Without it, what is said could be there and the file not.
  t.equal(statements.shift(), 'BEGIN IMMEDIATE')
  t.equal(statements.pop(), 'COMMIT')
  t.equal(statements.filter((statement) => statement === 'INSERT INTO messages').length, 1)
})

t.test('a file is whole only if it can be said, and said only if it can be whole', async (t) => {
  const { store, said, history, writer, anna, tea } = await setUp(t)
  const ids: number[] = []
  for (const name of ['unsaid', 'refused', 'good']) {
    ids.push(await store.addFile(newFile(name, { from: anna, channel: tea })))
  }
  const [unsaid = 0, refused = 0, good = 0] = ids
  const before = (await store.loadFiles()).files
  await writer.raw(
    `CREATE TRIGGER refuse BEFORE UPDATE ON files WHEN new.id = ${refused}
     BEGIN SELECT raise(ABORT, 'refused'); END`,
  )
  const settled = await Promise.allSettled([
    store.append(said('one')),
    store.completeFile(wholeFile(unsaid), newMessage('nobody said this', { from: 9_999 })),
    store.append(said('two')),
    store.completeFile(wholeFile(refused), said('lost')),
    store.completeFile(wholeFile(good), said('good')),
    // Two that follow each other are tried one by one when one of them fails, and no file with them again.
    store.append(said('three')),
    store.append(newMessage('nobody said this', { from: 9_999 })),
  ])
  t.same(
    settled.map(({ status }) => status === 'fulfilled'),
    [true, false, true, false, true, true, false],
  )
  for (const outcome of settled) {
    if (outcome.status === 'rejected') t.ok(outcome.reason instanceof StoreUnavailable)
  }
  t.same(await history(), ['one', 'two', 'good', 'three'])
  const { files } = await store.loadFiles()
  t.strictSame(files.slice(0, 2), before.slice(0, 2), 'they are tickets as before')
  t.match(files[2], wholeFile(good))
  await store.completeFile(wholeFile(unsaid), said('said after all'))
  t.same(await history(), ['one', 'two', 'good', 'three', 'said after all'])
})

t.test('a change of several statements that fails leaves nothing of itself', async (t) => {
  const { store, said, history } = await setUp(t)
  const settled = await Promise.allSettled([
    store.append(said('one')),
    store.createChannel({ name: '#new', key: '#new', private: false, admin: 9_999, at: 1 }),
    store.append(said('two')),
  ])
  t.same(
    settled.map(({ status }) => status === 'fulfilled'),
    [true, false, true],
  )
  t.same(await history(), ['one', 'two'])
  t.notOk((await store.load()).channels.some(({ name }) => name === '#new'))
})

for (const [kind, others] of [
  ['messages only', false],
  ['messages and other changes', true],
] as const) {
  t.test(`a full disk, ${kind}: what is not confirmed is not there, and the store recovers`, async (t) => {
    const { store, said, history, writer, tea } = await setUp(t)
    await store.append(said('before'))
    const [{ page_count: pages }] = await writer.raw('PRAGMA page_count')
    await writer.raw(`PRAGMA max_page_count = ${pages}`)
    const long = 'x'.repeat(8_000)
    const settled = await Promise.allSettled([
      ...(others ? [store.setTopic(tea, 'x'.repeat(100_000))] : []),
      store.append(said('small')),
      ...Array.from({ length: 50 }, () => store.append(said(long))),
    ])
    for (const outcome of settled) {
      t.ok(outcome.status === 'rejected' && outcome.reason instanceof StoreUnavailable)
      t.match(outcome, { reason: { cause: { code: 'SQLITE_FULL' } } }, 'the cause is kept')
    }
    t.same(await history(), ['before'])
    t.ok((await store.load()).channels.every(({ topic }) => topic === ''))

    await writer.raw('PRAGMA max_page_count = 1000000')
    const next = await store.append(said('after'))
    t.same(await history(), ['before', 'after'])
    t.equal((await store.load()).lastMessageId, next)
  })
}

t.test('a lock: the batch is wholly absent, and the store recovers', async (t) => {
  const { store, said, history, file, anna, tea } = await setUp(t)
  const first = await store.append(said('before'))
  const ticket = await store.addFile(newFile('ticket', { from: anna, channel: tea }))
  const unlock = await lock(file)
  for (const changes of [
    [store.append(said('lost')), store.append(said('lost'))],
    [store.append(said('lost')), store.setTopic(tea, 'lost'), store.ping()],
  ]) {
    for (const settled of await Promise.allSettled(changes)) {
      t.ok(settled.status === 'rejected' && settled.reason instanceof StoreUnavailable)
    }
  }
  await t.rejects(store.ping(), StoreUnavailable)
  const told: string[] = []
  await Promise.allSettled([
    store.append(said('lost'), { tell: () => told.push('lost') }),
    store.inTurn(() => told.push('in turn')),
    store.ping(),
  ])
  t.same(told, ['in turn'], 'what is stored nowhere needs no disk')
  await t.rejects(
    store.inTurn(() => {
      throw new Error('not now')
    }),
    { message: 'not now' },
  )
  await t.rejects(store.completeFile(wholeFile(ticket), said('lost')), StoreUnavailable)
  await unlock()
  await store.ping()
  t.same(await history(), ['before'])
  t.match(await store.loadFiles(), { files: [{ id: ticket, sha256: undefined, size: undefined }] })
  t.ok((await store.append(said('after'))) > first)
  t.same(await history(), ['before', 'after'])
})

t.test('a commit that fails rolls everything back', async (t) => {
  const { anna, ...connections } = await setUp(t)
  const { reader } = connections
  const committer = committerOn(t, connections)
  const member = { channel: 9_999, account: anna, since: 1 }
  const ping = (db: Knex) => db('meta').where({ key: 'pings' }).increment('value')
  const pings = () => reader('meta').where({ key: 'pings' }).pluck('value')
  const settled = await Promise.allSettled([
    committer.change(ping),
    committer.change(async (db) => {
      // The foreign key is looked at only by COMMIT, which fails and leaves the transaction open.
      await db.raw('PRAGMA defer_foreign_keys = ON')
      await db('memberships').insert(member)
    }),
    committer.append(newMessage('lost', { from: anna })),
  ])
  for (const outcome of settled) {
    t.ok(outcome.status === 'rejected' && outcome.reason instanceof StoreUnavailable)
  }
  t.equal(committer.commits, 0)
  t.same(await pings(), [0])
  await committer.change(ping)
  t.same(await pings(), [1], 'the next batch goes through')
  t.same(await reader('messages').pluck('id'), [])
  await committer.close()
  await t.rejects(committer.change(ping), StoreUnavailable)
})

t.test('many more changes than fit in one transaction', async (t) => {
  const { store, said, history } = await setUp(t)
  const lines = Array.from({ length: 4_500 }, (_, index) => `line ${index}`)
  await Promise.all(lines.map((line) => store.append(said(line))))
  t.same(await history(), lines)
})
