import { join } from 'node:path'
import type { Database } from 'sqlite3'
import t from 'tap'
import { openDatabase } from '../../server/store/open.ts'
import { storeOn } from '../../server/store/sql-store.ts'
import { directoryFor } from '../support/directory.ts'
import { newMessage, populate, searchFor, texts } from './samples.ts'

t.test('a read that never ends holds up neither messages nor other reads', async (t) => {
  const connections = await openDatabase({ file: join(directoryFor(t), 'chat.db'), synchronous: 'off' })
  const store = await storeOn(connections)
  t.teardown(() => store.close())
  const { anna, tea } = await populate(store)
  await store.append(newMessage('before', { from: anna, channel: tea }))

  const { client } = connections.reader
  const reading: Database = await client.acquireConnection()
  let ended = false
  const endless = new Promise<Error | null>((resolve) => {
    reading.all(
      `WITH RECURSIVE n (i) AS (SELECT max(id) FROM messages UNION ALL SELECT i + 1 FROM n)
       SELECT count(*) FROM n`,
      (error) => {
        ended = true
        resolve(error)
      },
    )
  })

  await store.append(newMessage('meanwhile', { from: anna, channel: tea }))
  await store.setTopic(tea, 'still here')
  t.same(texts(await store.channelHistory(tea, { limit: 9 })), ['before', 'meanwhile'])
  t.equal((await store.search(searchFor('meanwhile', { channels: [tea] }))).length, 1)
  t.equal(ended, false, 'it is still reading')

  reading.interrupt()
  t.match(await endless, { code: 'SQLITE_INTERRUPT' })
  await client.releaseConnection(reading)
})
