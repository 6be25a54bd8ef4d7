import { join } from 'node:path'
import t from 'tap'
import { ChangeLog, keptChanges } from '../../server/store/change-log.ts'
import { openDatabase } from '../../server/store/open.ts'
import { directoryFor } from '../support/directory.ts'

t.test('entries of a change that was not committed do not make the log forget others', async (t) => {
  const { writer, reader } = await openDatabase({
    file: join(directoryFor(t), 'chat.db'),
    synchronous: 'off',
  })
  t.teardown(() => Promise.all([writer.destroy(), reader.destroy()]))
  const log = await ChangeLog.of(writer)
  let number = 0
  const entries = (count: number) =>
    Array.from({ length: count }, () => ({ kind: 'operator' as const, account: 1, number: ++number }))
  const count = async () => (await writer('changes').pluck('number')).length
  await log.record(writer, entries(keptChanges))
  await writer.raw('BEGIN')
  await log.record(writer, entries(600))
  await writer.raw('ROLLBACK')
  await log.record(writer, entries(600))
  t.equal(await count(), keptChanges + 600)
  await writer.raw('BEGIN')
  await log.record(writer, entries(600))
  await writer.raw('ROLLBACK')
  await log.record(writer, entries(399))
  t.equal(await count(), keptChanges + 999, 'nor one that has let it forget some')
  await log.record(writer, entries(1))
  t.equal(await count(), keptChanges)
})
