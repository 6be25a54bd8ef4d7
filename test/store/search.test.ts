import { join } from 'node:path'
import fc from 'fast-check'
import type { Knex } from 'knex'
import t, { type Test } from 'tap'
import { StoreUnavailable } from '../../server/chat/ports/store-errors.ts'
import { migrate, migrationNames } from '../../server/store/migrations/index.ts'
import { openDatabase } from '../../server/store/open.ts'
import { SearchIndex } from '../../server/store/search-index.ts'
import { storeOn } from '../../server/store/sql-store.ts'
import { connect } from '../../server/store/sqlite/connect.ts'
import { indexedUpTo, indexNext } from '../../server/store/sqlite/full-text.ts'
import { directoryFor } from '../support/directory.ts'
import { newMessage, populate, searchFor, texts } from './samples.ts'

async function setUp(t: Test, file = join(directoryFor(t), 'chat.db')) {
  const connections = await openDatabase({ file, synchronous: 'off' })
  const warnings: string[] = []
  const store = await storeOn(connections, {
    info: () => undefined,
    warn: (_, message) => void warnings.push(message),
  })
  t.teardown(() => store.close())
  return { ...connections, file, store, warnings }
}

/** What FTS5 itself says of its index, compared with the messages; rejects if they do not fit. */
async function checkIndex(writer: Knex): Promise<void> {
  await writer.raw("INSERT INTO messages_fts (messages_fts, rank) VALUES ('integrity-check', 1)")
}

t.test('no word of a user has a meaning to the database', async (t) => {
  const { store } = await setUp(t)
  const { anna, tea } = await populate(store)
  await store.append(newMessage('needle', { from: anna, channel: tea }))
  const syntax = fc.constantFrom(
    '"',
    "'",
    '*',
    '(',
    ')',
    ':',
    '^',
    '-',
    '+',
    '{',
    '}',
    ',',
    '\\',
    '\0',
    '%',
    ' ',
  )
  const operators = fc.constantFrom(
    'AND',
    'OR',
    'NOT',
    'NEAR',
    'NEAR(a b, 3)',
    'text:',
    'rowid',
    'a*',
    '^a',
    '""',
  )
  const hostile = fc.oneof(
    operators,
    fc.string({ unit: syntax, maxLength: 12 }),
    fc.string({ unit: 'binary', maxLength: 12 }),
    fc.array(fc.oneof(syntax, operators, fc.string()), { maxLength: 6 }).map((parts) => parts.join('')),
    fc.constantFrom('\ud800', 'x\udc00y', '\uffff', '\u0000', '!!!', ''),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(hostile, { maxLength: 8 }), async (words) => {
      const query = searchFor('', { channels: [tea] })
      const found = texts(await store.search({ ...query, words }))
      // Nothing but the word itself can find the message: operators and stars do not.
      const harmless = words.every((word) => !/needle/i.test(word))
      if (harmless && found.length > 0) throw new Error(`found ${JSON.stringify(found)}`)
    }),
    { numRuns: 500 },
  )
  t.same(texts(await store.search(searchFor('needle', { channels: [tea] }))), ['needle'])
})

t.test('a text of any kind can be stored, found and removed', async (t) => {
  const { store, writer } = await setUp(t)
  const { anna, bob, tea } = await populate(store)
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('\ud800', 'a\udfffb', '\0', '"\\'))
  await fc.assert(
    fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 5 }), async (lines) => {
      const said = lines.map((line) => `${line} marker`)
      await Promise.all(said.map((line) => store.append(newMessage(line, { from: bob, channel: tea }))))
      const stored = texts(await store.channelHistory(tea, { limit: said.length }))
      const wellFormed = said.map((line) => line.replace(/\p{Surrogate}/gu, '\uFFFD'))
      if (JSON.stringify(stored) !== JSON.stringify(wellFormed)) throw new Error(JSON.stringify(stored))
    }),
    { numRuns: 200 },
  )
  await store.append(newMessage('marker of anna', { from: anna, channel: tea }))
  const query = searchFor('marker', { channels: [tea], limit: 10_000 })
  t.ok((await store.search(query)).length > 200)
  await checkIndex(writer)
  await store.deleteAccount(bob, 'remove', 1)
  t.same(texts(await store.search(query)), ['marker of anna'])
  await checkIndex(writer)
})

t.test('a message is not indexed on its way', async (t) => {
  const { store, reader } = await setUp(t)
  const { anna, tea } = await populate(store)
  const id = await store.append(newMessage('word', { from: anna, channel: tea }))
  t.equal(await indexedUpTo(reader), 0)
  t.equal((await store.search(searchFor('word', { channels: [tea] }))).length, 1)
  t.equal(await indexedUpTo(reader), id)
})

t.test('a long backlog is indexed before anybody searches', async (t) => {
  const { store, reader, writer, warnings } = await setUp(t)
  const { anna, tea } = await populate(store)
  const count = 5_000
  await Promise.all(
    Array.from({ length: count }, (_, index) =>
      store.append(newMessage(`word n${index}`, { from: anna, channel: tea })),
    ),
  )
  // A slice of the index goes with each commit; without indexing this never ends.
  while ((await indexedUpTo(reader)) <= count - 2_000) await store.ping()
  t.equal((await store.search(searchFor('n4999', { channels: [tea] }))).length, 1)
  t.equal((await store.search(searchFor('word', { channels: [tea], limit: 10_000 }))).length, count)
  await checkIndex(writer)
  t.same(warnings, [])
})

t.test('the index is written anew while people talk and search, all of it', async (t) => {
  const { store, reader, writer } = await setUp(t)
  const { anna, bob, tea } = await populate(store)
  const say = (from: number, word: string, count: number) =>
    Promise.all(
      Array.from({ length: count }, (_, index) =>
        store.append(newMessage(`word ${word}${index * 7919}`, { from, channel: tea })),
      ),
    )
  for (let round = 0; round < 6; round++) await Promise.all([say(anna, 'kept', 500), say(bob, 'gone', 500)])
  const all = searchFor('word', { channels: [tea], limit: 10_000 })
  const found = await store.search(all)
  await store.removeMessages(found.filter(({ from }) => from === bob).map(({ id }) => id))
  const signposts = async () => {
    const terms: string[] = await reader('messages_fts_idx')
      .select(reader.raw('CAST(term AS TEXT) AS term'))
      .pluck('term')
    return terms.filter((term) => term.includes('gone')).length
  }
  t.ok((await signposts()) > 0, 'parts of words that are gone')
  const [, , searched] = await Promise.all([store.scrub(false), say(anna, 'new', 1500), store.search(all)])
  t.ok(searched.length >= 3_000)
  t.equal(await signposts(), 0)
  t.equal((await store.search(all)).length, 4_500)
  await checkIndex(writer)
  await store.scrub(true)
  await checkIndex(writer)
})

t.test('the index goes on where it was after reopening', async (t) => {
  const first = await setUp(t)
  const { anna, tea } = await populate(first.store)
  await first.store.append(newMessage('word one', { from: anna, channel: tea }))
  await first.store.search(searchFor('word', { channels: [tea] }))
  const last = await first.store.append(newMessage('word two', { from: anna, channel: tea }))
  await first.store.close()

  const { store, reader, writer } = await setUp(t, first.file)
  while ((await indexedUpTo(reader)) < last) await store.ping()
  await checkIndex(writer)
  t.same(texts(await store.search(searchFor('word', { channels: [tea] }))), ['word one', 'word two'])
})

const begunAnew = ['0020-search-forms', '0022-lighter-index'] as const
for (const schema of begunAnew)
  t.test(
    `what a version before ${schema} has indexed is indexed anew in steps, and goes on where it was`,
    async (t) => {
      const file = join(directoryFor(t), 'chat.db')
      const old = connect({ file, synchronous: 'off' })
      await migrate(old.writer, migrationNames.slice(0, migrationNames.indexOf(schema)))
      const { anna, tea } = { anna: 1, tea: 1 }
      await old.writer('accounts').insert({ id: anna, name: 'anna', key: 'anna', since: 1 })
      await old
        .writer('channels')
        .insert({ id: tea, name: '#tea', key: '#tea', private: false, created_at: 1 })
      const count = 2_500
      await old.writer.raw(
        `INSERT INTO messages (id, at, kind, text, from_account, channel_id)
     WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count})
     SELECT i, i, 'text', ? || i, 1, 1 FROM n`,
        ['한국어 '.normalize('NFD')],
      )
      if (await old.writer.schema.hasTable('search_forms')) await indexNext(old.writer, 0, count, count)
      else {
        await old.writer.raw('INSERT INTO messages_fts (rowid, text) SELECT id, text FROM messages')
        await old.writer('meta').where({ key: 'indexed' }).update({ value: count })
      }
      await Promise.all([old.reader.destroy(), old.writer.destroy()])

      // One slice, and then the end.
      const first = await openDatabase({ file, synchronous: 'off' })
      t.equal(await indexedUpTo(first.reader), 0)
      t.same(await first.reader('search_forms').select('id').limit(1), [])
      // As a version left them that began the index anew without them.
      await first.writer('search_forms').insert({ id: 7, text: 'before' })
      t.equal(await first.writer.transaction((db) => indexNext(db, 0, 1_000, count)), 1_000)
      await Promise.all([first.reader.destroy(), first.writer.destroy()])

      const { store, reader, writer } = await setUp(t, file)
      t.ok((await indexedUpTo(reader)) >= 1_000)
      const found = await store.search(searchFor('한국어', { channels: [tea], limit: 10_000 }))
      t.equal(found.length, count)
      t.equal(
        found.at(-1)?.text,
        `${'한국어 '.normalize('NFD')}${count}`,
        'what was said stays as it was said',
      )
      await checkIndex(writer)
      t.notOk(await reader.schema.hasTable('messages_fts_docsize'), 'a message has no row of its own in it')
    },
  )

t.test('searches at the same time', async (t) => {
  const { store } = await setUp(t)
  const { anna, tea } = await populate(store)
  await Promise.all(
    Array.from({ length: 1_200 }, () => store.append(newMessage('word', { from: anna, channel: tea }))),
  )
  const query = searchFor('word', { channels: [tea], limit: 2_000 })
  const found = await Promise.all([store.search(query), store.search(query), store.search(query)])
  t.same(
    found.map(({ length }) => length),
    [1_200, 1_200, 1_200],
  )
})

t.test('indexing that fails is told to who searches and to the log, and tried again', async (t) => {
  const warnings: string[] = []
  let failing = true
  let calls = 0
  const index = new SearchIndex({
    changes: {
      change: () => {
        calls++
        return failing ? Promise.reject(new StoreUnavailable('full')) : Promise.resolve<never>(4_000 as never)
      },
    },
    next: () => Promise.reject(new Error('not called here')),
    position: 0,
    newest: 0,
    log: { info: () => undefined, warn: (_, message) => void warnings.push(message) },
  })
  for (let id = 1; id < 2_000; id++) index.stored(id)
  t.equal(calls, 0, 'few are not worth it')
  await t.rejects(index.upToDate(), StoreUnavailable)
  index.stored(2_000)
  await new Promise(setImmediate)
  t.equal(calls, 2)
  t.equal(warnings.length, 1)
  for (let id = 2_001; id < 4_000; id++) index.stored(id)
  t.equal(calls, 2, 'not with every message')
  failing = false
  index.stored(4_000)
  await index.upToDate()
  t.equal(calls, 3)
  t.equal(warnings.length, 1)
})
