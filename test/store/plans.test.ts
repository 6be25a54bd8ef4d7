import { join } from 'node:path'
import type { Knex } from 'knex'
import t from 'tap'
import { loadChannels } from '../../server/store/channels.ts'
import * as messages from '../../server/store/messages.ts'
import { openDatabase } from '../../server/store/open.ts'
import { searchQuery } from '../../server/store/sqlite/full-text.ts'
import { lastMessageId } from '../../server/store/sqlite/insert.ts'
import { searchFor } from './samples.ts'

const { writer, reader } = await openDatabase({ file: join(t.testdir(), 'chat.db'), synchronous: 'off' })
t.teardown(() => Promise.all([writer.destroy(), reader.destroy()]))

const page = { limit: 50 }
const between = { limit: 50, after: 5, before: 500 }

async function planOf(query: Knex.QueryBuilder | Knex.Raw): Promise<string> {
  const { sql, bindings } = query.toSQL().toNative()
  return explain(sql, bindings)
}

async function explain(sql: string, bindings: readonly Knex.Value[]): Promise<string> {
  const rows: { detail: string }[] = await reader.raw(`EXPLAIN QUERY PLAN ${sql}`, bindings)
  return rows.map(({ detail }) => detail).join('\n')
}

const queries: [name: string, query: Knex.QueryBuilder, index: RegExp][] = [
  ['channelHistory', messages.channelHistoryQuery(reader, 1, page), /messages_channel/],
  [
    'channelHistory, between',
    messages.channelHistoryQuery(reader, 1, between),
    /messages_channel .*id>\? AND id<\?/,
  ],
  ['inbox', messages.inboxQuery(reader, 1, page), /messages_inbox/],
  ['inbox, between', messages.inboxQuery(reader, 1, between), /messages_inbox .*id>\? AND id<\?/],
  ['countChannel', messages.countChannelQuery(reader, 1, between), /messages_channel .*id>\? AND id<\?/],
  ['countInbox', messages.countInboxQuery(reader, 1, between), /messages_inbox .*id>\? AND id<\?/],
  ['countFrom', messages.countFromQuery(reader, 1, 50), /messages_author/],
]

for (const [name, query, index] of queries) {
  t.test(`${name} is a walk along an index`, async (t) => {
    const plan = await planOf(query)
    t.match(plan, index)
    t.notMatch(plan, /SCAN messages|TEMP B-TREE/)
  })
}

t.test('directHistory is two walks along an index', async (t) => {
  for (const of of [page, between]) {
    const plan = await planOf(messages.directHistoryQuery(reader, 1, 2, of))
    t.equal(plan.match(/SEARCH messages USING INDEX messages_direct/g)?.length, 2)
    t.notMatch(plan, /SCAN messages|MULTI-INDEX/)
  }
})

t.test('removing the messages of an account reads no others', async (t) => {
  t.match(await planOf(reader('messages').where('from_account', 1).delete()), /messages_author/)
})

t.test('a search asks the full-text index first, and sorts nothing', async (t) => {
  const query = searchFor('a b', { reader: 1, channels: [1, 2], from: 3, since: 1, until: 9, ...between })
  const plan = await planOf(searchQuery(reader, query))
  t.match(plan, /SCAN messages_fts VIRTUAL TABLE[^\n]*\n(.*\n)*?SEARCH m USING INTEGER PRIMARY KEY/)
  t.notMatch(plan, /SCAN m\b|TEMP B-TREE/)
})

t.test('what is asked at start does not read the messages', async (t) => {
  const seen: { sql: string; bindings: readonly Knex.Value[] }[] = []
  reader.on('query', (query) => seen.push(query))
  await lastMessageId(reader)
  await loadChannels(reader)
  reader.removeAllListeners('query')
  t.equal(seen.length, 2)
  for (const { sql, bindings } of seen) t.notMatch(await explain(sql, bindings), /SCAN messages/)
})
