import { join } from 'node:path'
import t from 'tap'
import { migrate, migrationNames } from '../../server/store/migrations/index.ts'
import { openStore } from '../../server/store/open.ts'
import { connect } from '../../server/store/sqlite/connect.ts'
import { directoryFor } from '../support/directory.ts'

t.test('what waits in an inbox when markers come is unread, and nothing else', async (t) => {
  const file = join(directoryFor(t), 'chat.db')
  const { reader, writer } = connect({ file, synchronous: 'off' })
  await migrate(writer, migrationNames.slice(0, migrationNames.indexOf('0017-read-markers')))
  const account = (id: number, more: object) =>
    writer('accounts').insert({ id, name: `n${id}`, key: `n${id}`, since: 1, ...more })
  await account(1, { seen: 8, unread_from: 3 })
  await account(2, { seen: 8 })
  await account(3, { seen: 8, unread_from: 1, deleted_at: 5 })
  const said = (id: number, to: number, more: object) =>
    writer('messages').insert({ id, at: id, kind: 'text', text: 'x', to_account: to, ...more })
  await said(2, 1, { from_account: 2 })
  await said(4, 1, { from_account: 2 })
  await said(5, 1, { from_guest: '~zoe' })
  await said(6, 1, { from_account: 3, blocked: true })
  await said(7, 3, { from_account: 2 })
  await said(8, 2, { from_account: 1 })
  await Promise.all([reader.destroy(), writer.destroy()])

  const store = await openStore({ file, synchronous: 'off' })
  const gaps = [{ after: 3, upTo: 8 }]
  t.strictSame(await store.readOf(1), {
    upTo: undefined,
    places: [
      { kind: 'person', id: 0, unread: { gaps, end: 8 } },
      { kind: 'person', id: 2, unread: { gaps, end: 8 } },
    ],
  })
  for (const id of [2, 3]) t.strictSame(await store.readOf(id), { upTo: undefined, places: [] })
  await store.close()
})
