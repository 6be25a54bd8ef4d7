import { join } from 'node:path'
import type { Knex } from 'knex'
import t from 'tap'
import { deleteAccount } from '../../server/store/accounts.ts'
import { removeBrowsersBefore } from '../../server/store/browsers.ts'
import { changesQuery, correctionsQuery, namedQuery } from '../../server/store/change-log.ts'
import { closeChannel, loadChannels, privateChannelsOf } from '../../server/store/channels.ts'
import * as files from '../../server/store/files.ts'
import { forgetAccount, forgetChannel } from '../../server/store/groups.ts'
import { forgetInvites } from '../../server/store/invites.ts'
import { messagesAboutQuery, oldestQuery } from '../../server/store/keep.ts'
import * as messages from '../../server/store/messages.ts'
import { openDatabase } from '../../server/store/open.ts'
import * as reading from '../../server/store/read-markers.ts'
import { removeMessages, searchQuery } from '../../server/store/sqlite/full-text.ts'
import { lastMessageId } from '../../server/store/sqlite/insert.ts'
import { tokenOwner } from '../../server/store/tokens.ts'
import { directoryFor } from '../support/directory.ts'
import { searchFor, wholeFile } from './samples.ts'

const { writer, reader } = await openDatabase({ file: join(directoryFor(t), 'chat.db'), synchronous: 'off' })
t.teardown(() => Promise.all([writer.destroy(), reader.destroy()]))

const page = { limit: 50 }
const unwanted = { accounts: [2], guests: ['~zoe'] }
const between = { limit: 50, after: 5, before: 500 }

async function planOf(query: Knex.QueryBuilder | Knex.Raw): Promise<string> {
  const { sql, bindings } = query.toSQL().toNative()
  return explain(sql, bindings)
}

async function explain(sql: string, bindings: readonly Knex.Value[]): Promise<string> {
  const rows: { detail: string }[] = await reader.raw(`EXPLAIN QUERY PLAN ${sql}`, bindings)
  return rows.map(({ detail }) => detail).join('\n')
}

const queries: [name: string, query: Knex.QueryBuilder | Knex.Raw, index: RegExp][] = [
  ['countAbove', messages.countAboveQuery(reader, 5), /INTEGER PRIMARY KEY \(rowid>\?\)/],
  ['channelHistory', messages.channelHistoryQuery(reader, 1, page), /messages_channel/],
  [
    'channelHistory, between',
    messages.channelHistoryQuery(reader, 1, between),
    /messages_channel .*id>\? AND id<\?/,
  ],
  [
    'channelHistory, the oldest',
    messages.channelHistoryQuery(reader, 1, { limit: 50, after: 5, oldest: true }),
    /messages_channel .*id>\?/,
  ],
  ['inbox', messages.inboxQuery(reader, 1, page), /messages_inbox/],
  ['inbox, between', messages.inboxQuery(reader, 1, between), /messages_inbox .*id>\? AND id<\?/],
  [
    'inbox, the oldest',
    messages.inboxQuery(reader, 1, { limit: 50, after: 5, oldest: true }),
    /messages_inbox .*id>\?/,
  ],
  [
    'countChannel, but',
    messages.countChannelQuery(reader, 1, between, unwanted),
    /messages_channel .*id>\? AND id<\?/,
  ],
  [
    'countInbox, but',
    messages.countInboxQuery(reader, 1, between, unwanted),
    /messages_inbox .*id>\? AND id<\?/,
  ],
  ['countChannel', messages.countChannelQuery(reader, 1, between), /messages_channel .*id>\? AND id<\?/],
  ['countInbox', messages.countInboxQuery(reader, 1, page), /messages_inbox/],
  ['countInbox, between', messages.countInboxQuery(reader, 1, between), /messages_inbox .*id>\? AND id<\?/],
  ['notices', messages.noticesQuery(reader, page), /messages_notices/],
  ['notices, between', messages.noticesQuery(reader, between), /messages_notices .*id>\? AND id<\?/],
  [
    'messageList',
    messages.messageListQuery(reader, { ...between, channels: [1] }),
    /messages_channel .*id>\?/,
  ],
  [
    'messageList, of an author',
    messages.messageListQuery(reader, { ...between, channels: [1], from: 1, since: 5 }),
    /messages_channel .*id>\? AND id<\?/,
  ],
]

const counted = { accounts: [1], guests: [] }
queries.push(
  [
    'countUnread',
    reading.countUnreadQuery(reader, [{ channel: 1, after: 1, before: 9, since: 7 }], 9, counted),
    /messages_channel .*id>\? AND id<\?/,
  ],
  ['received', reading.receivedQuery(reader, 1, between), /messages_inbox .*id>\? AND id<\?/],
  ...[0, 2].map(
    (from) =>
      [
        'receivedFrom',
        reading.receivedFromQuery(reader, 1, from, between),
        /messages_direct .*blocked=\? AND id>\? AND id<\?/,
      ] as [string, Knex.QueryBuilder, RegExp],
  ),
)

for (const [name, query, index] of queries) {
  t.test(`${name} is a walk along an index`, async (t) => {
    const plan = await planOf(query)
    t.match(plan, index)
    t.notMatch(plan, /SCAN messages|TEMP B-TREE/)
  })
}

t.test('who has written is a step for each, and one to the last of it', async (t) => {
  const plan = await planOf(reading.writersQuery(reader, 1))
  t.equal(plan.match(/SEARCH messages USING COVERING INDEX messages_direct/g)?.length, 2)
  t.match(plan, /SEARCH m USING COVERING INDEX messages_direct [^\n]*blocked=\?/)
  t.notMatch(plan, /SCAN (m|messages)\b/)
})

t.test('directHistory is a few walks along an index', async (t) => {
  for (const of of [page, between, { ...between, oldest: true }]) {
    for (const [other, walks] of [
      [2, 3],
      [1, 2],
    ] as const) {
      const plan = await planOf(messages.directHistoryQuery(reader, 1, other, of))
      t.equal(plan.match(/SEARCH messages USING INDEX messages_direct [^\n]*blocked=\?/g)?.length, walks)
      t.notMatch(plan, /SCAN messages|MULTI-INDEX/)
    }
  }
})

t.test('mentions are a walk along an index, and a look at each message', async (t) => {
  for (const query of [
    messages.mentionsQuery(reader, 1, between),
    messages.mentionsQuery(reader, 1, { ...between, oldest: true }),
    messages.countMentionsQuery(reader, 1, between),
    messages.countMentionsQuery(reader, 1, between, unwanted),
  ]) {
    const plan = await planOf(query)
    t.match(plan, /SEARCH n USING COVERING INDEX [^\n]*account=\? AND message>\? AND message<\?/)
    t.match(plan, /SEARCH m USING INTEGER PRIMARY KEY/)
    t.notMatch(plan, /SCAN (n|m|memberships)\b|TEMP B-TREE/)
  }
})

t.test('mentions are counted by channel in one such walk', async (t) => {
  const channels = new Map([[1, [{ after: 3, upTo: 5 }]]])
  const plan = await planOf(reading.countMentioningQuery(reader, 1, between, { ...unwanted, channels }))
  t.match(plan, /SEARCH n USING COVERING INDEX [^\n]*account=\? AND message>\? AND message<\?/)
  t.match(plan, /SEARCH m USING INTEGER PRIMARY KEY/)
  t.match(plan, /SEARCH spans USING AUTOMATIC/)
  t.notMatch(plan, /SCAN (n|m)\b|TEMP B-TREE FOR ORDER BY/)
})

t.test('the list of all messages is read from its end', async (t) => {
  const plan = await planOf(messages.messageListQuery(reader, page))
  t.equal(plan, 'SCAN messages')
})

t.test('what changed behind a number are two walks along the numbers, put together', async (t) => {
  const plan = await planOf(changesQuery(reader, 5, 500, 50))
  t.match(plan, /SEARCH messages USING INTEGER PRIMARY KEY \(rowid>\? AND rowid<\?\)/)
  t.match(plan, /SEARCH changes USING INTEGER PRIMARY KEY \(rowid>\? AND rowid<\?\)/)
  t.notMatch(plan, /SCAN (messages|changes)/)
})

t.test('what became of the messages of a place is read along the log of that place', async (t) => {
  const page = { after: 5, upTo: 500, limit: 50 }
  const ofChannel = await planOf(correctionsQuery(reader, { ...page, place: { channel: 1 } }))
  t.match(ofChannel, /SEARCH changes USING INDEX changes_channel \(channel=\? AND number>\? AND number<\?\)/)
  const between = await planOf(correctionsQuery(reader, { ...page, place: { between: [1, 2] } }))
  const walk =
    /SEARCH changes USING INDEX changes_direct \(account=\? AND other=\? AND number>\? AND number<\?\)/g
  t.equal(between.match(walk)?.length, 3)
  for (const plan of [ofChannel, between]) t.notMatch(plan, /SCAN changes/)
  t.notMatch(ofChannel, /TEMP B-TREE/)
})

t.test('whether a place got its name behind a number is looked up by its own', async (t) => {
  t.match(await planOf(namedQuery(reader, { channel: 1 }, 5)), /SEARCH channels USING INTEGER PRIMARY KEY/)
  const between = await planOf(namedQuery(reader, { between: [1, 2] }, 5))
  t.match(between, /SEARCH accounts USING INTEGER PRIMARY KEY/)
})

t.test('removing the messages of an account makes the writer read only these, and the newest', async (t) => {
  const seen = await statementsOf(writer, async () => {
    await removeMessages(writer, await messages.saidSince(writer, 1, 7))
  })
  for (const { sql, bindings } of seen) {
    const plan = await explain(sql, bindings)
    t.match(plan, /SEARCH messages USING INTEGER PRIMARY KEY \(rowid[=>]/, sql)
    t.notMatch(plan, /SCAN messages\b/)
  }
  t.equal(seen.length, 3)
})

t.test('what is old is walked to along an index; what is about somebody along the table', async (t) => {
  t.match(await planOf(oldestQuery(reader, 1, 9, 5)), /messages_channel .*channel_id=\? AND id>\?/)
  t.match(
    await planOf(oldestQuery(reader, undefined, 9, 5)),
    /SEARCH m USING INDEX messages_elsewhere \(id>\?/,
  )
  const about = await planOf(messagesAboutQuery(reader, 1, 5))
  t.equal(about, 'SEARCH messages USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)')
  // The gaps of a place are a few in a list.
  for (const query of [oldestQuery(reader, 1, 9, 5), oldestQuery(reader, undefined, 9, 5)])
    t.notMatch(await planOf(query), /SCAN (?!json_each)|TEMP B-TREE/)
})

t.test('a search asks the full-text index first, and sorts nothing', async (t) => {
  const query = searchFor('a b', { reader: 1, channels: [1, 2], from: 3, since: 1, until: 9, ...between })
  for (const oldest of [false, true]) {
    const plan = await planOf(searchQuery(reader, { ...query, oldest }))
    t.match(plan, /SCAN messages_fts VIRTUAL TABLE[^\n]*\n(.*\n)*?SEARCH m USING INTEGER PRIMARY KEY/)
    t.notMatch(plan, /SCAN m\b|TEMP B-TREE/)
  }
})

t.test(
  'a search in a script without spaces walks back through the messages, and sorts nothing',
  async (t) => {
    const query = searchFor('会议', { reader: 1, channels: [1, 2], from: 3, since: 1, until: 9, ...between })
    const plan = await planOf(searchQuery(reader, query))
    t.match(plan, /SEARCH m USING INTEGER PRIMARY KEY/)
    t.notMatch(plan, /messages_fts|TEMP B-TREE/)
  },
)

/** The statements that run while `run` does. */
async function statementsOf(db: Knex, run: () => Promise<unknown>) {
  const seen: { sql: string; bindings: readonly Knex.Value[] }[] = []
  db.on('query', (query) => seen.push(query))
  await run()
  db.removeAllListeners('query')
  return seen
}

t.test('forgetting browsers that are not used reads no others', async (t) => {
  const [removal] = await statementsOf(writer, async () => void (await removeBrowsersBefore(writer, 5)))
  t.match(await explain(removal?.sql ?? '', removal?.bindings ?? []), /SEARCH browser_sessions .*used_at<\?/)
})

t.test('forgetting an account or a channel reads no list to its end', async (t) => {
  const seen = await statementsOf(writer, async () => {
    await deleteAccount(writer, 1, 'keep', 1)
    await forgetAccount(writer, 1)
    await forgetInvites(writer, 1)
    await closeChannel(writer, 1, 1)
    await forgetChannel(writer, 1)
    await files.forgetRoomTokens(writer, privateChannelsOf(writer, 1))
    await files.forgetAccountFiles(writer, 1, false)
    await files.forgetAccountFiles(writer, 1, true)
    await files.forgetChannelFiles(writer, 1)
  })
  t.ok(seen.length > 22)
  for (const { sql, bindings } of seen) t.notMatch(await explain(sql, bindings), /SCAN/, sql)
  const cascade = 'DELETE FROM mentions WHERE message = ?'
  t.match(await explain(cascade, [1]), /mentions_message/, 'and removing a message no mentions of others')
})

t.test('no change of a file reads the others', async (t) => {
  const seen = await statementsOf(writer, async () => {
    await files.setUpload(writer, 1, { size: 1, expires: 1 })
    // There is no such ticket; the statement is the same.
    await files.completeFile(writer, wholeFile(1)).catch(() => undefined)
    await files.setFileTokens(writer, [{ id: 1, token: 'x' }])
    await files.forgetRoomTokens(writer, 1)
    await files.removeFiles(writer, [1, 2])
    await files.removeFileTokens(writer, ['x', 'y'])
  })
  t.equal(seen.length, 6)
  for (const { sql, bindings } of seen) t.notMatch(await explain(sql, bindings), /SCAN/, sql)
  const cascade = 'DELETE FROM file_tokens WHERE file = ?'
  t.match(await explain(cascade, [1]), /file_tokens_file/, 'nor does removing one all tokens')
})

t.test('a token alone tells whose it is without a walk over all of them', async (t) => {
  const seen = await statementsOf(reader, () => tokenOwner(reader, 'x'))
  t.equal(seen.length, 1)
  for (const { sql, bindings } of seen) t.match(await explain(sql, bindings), /tokens_hash/, sql)
})

t.test('what is asked at start does not read the messages', async (t) => {
  const seen = await statementsOf(reader, async () => {
    await lastMessageId(reader)
    await loadChannels(reader)
  })
  t.equal(seen.length, 2)
  for (const { sql, bindings } of seen) t.notMatch(await explain(sql, bindings), /SCAN messages/)
})
