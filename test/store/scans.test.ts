import { join } from 'node:path'
import type { Knex } from 'knex'
import t, { type Test } from 'tap'
import { StoreTooSlow, StoreUnavailable } from '../../server/chat/ports/store-errors.ts'
import { openDatabase } from '../../server/store/open.ts'
import { Scans } from '../../server/store/scans.ts'
import { directoryFor } from '../support/directory.ts'

async function setUp(t: Test) {
  const { reader, scanners, writer } = await openDatabase({
    file: join(directoryFor(t), 'chat.db'),
    synchronous: 'off',
  })
  const scans = new Scans(scanners)
  t.teardown(() => Promise.all([scans.close(), reader.destroy(), writer.destroy()]))
  return { scans, writer }
}

/** A statement that ends only if it is interrupted. */
async function endless(db: Knex): Promise<number> {
  await db.raw('WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n')
  return 0
}

async function quick(db: Knex): Promise<number> {
  const [row]: { one: number }[] = await db.raw('SELECT 1 AS one')
  return row?.one ?? 0
}

t.test('what takes too long is ended, and the connection goes on', async (t) => {
  const { scans } = await setUp(t)
  for (let round = 0; round < 3; round++) {
    const both = await Promise.allSettled([
      scans.run(endless, { for: 1, limitMs: 20 }),
      scans.run(endless, { for: 2, limitMs: 20 }),
    ])
    for (const one of both) t.match(one, { status: 'rejected', reason: StoreTooSlow })
    t.equal(await scans.run(quick, { for: 1 }), 1)
  }
})

t.test('one for an account at a time; others go meanwhile', async (t) => {
  const { scans } = await setUp(t)
  const leave = new AbortController()
  const first = scans.run(endless, { for: 1, signal: leave.signal })
  let second = 'waits'
  const again = scans.run(quick, { for: 1 }).then(() => {
    second = 'done'
  })
  t.equal(await scans.run(quick, { for: 2 }), 1)
  t.equal(await scans.run(quick, { for: 3 }), 1)
  t.equal(second, 'waits')
  leave.abort(new Error('gone'))
  await t.rejects(first, { message: 'gone' })
  await again
})

t.test('who is gone runs no more, and does not wait', async (t) => {
  const { scans } = await setUp(t)
  const leave = new AbortController()
  const { signal } = leave
  const running = [scans.run(endless, { for: 1, signal }), scans.run(endless, { for: 2, signal })]
  let begun = false
  const waiting = scans.run(
    async (db) => {
      begun = true
      return quick(db)
    },
    { for: 3, signal },
  )
  leave.abort(new Error('gone'))
  for (const one of [...running, waiting]) await t.rejects(one, { message: 'gone' })
  t.equal(begun, false)
  await t.rejects(scans.run(quick, { for: 3, signal }), { message: 'gone' }, 'nor does it begin later')
  t.equal(await scans.run(quick, { for: 3 }), 1)
})

t.test('who has taken up the least time goes first', async (t) => {
  const { scans } = await setUp(t)
  await Promise.allSettled([
    scans.run(endless, { for: 1, limitMs: 20 }),
    scans.run(endless, { for: 2, limitMs: 20 }),
  ])
  const order: string[] = []
  const note = (name: string) => async (db: Knex) => {
    order.push(name)
    return quick(db)
  }
  const holders = [scans.run(endless, { for: 3, limitMs: 20 }), scans.run(endless, { for: 4, limitMs: 20 })]
  const waiting = [
    scans.run(note('greedy'), { for: 1 }),
    scans.run(note('greedy too'), { for: 2 }),
    scans.run(note('innocent'), { for: 5 }),
  ]
  await Promise.allSettled([...holders, ...waiting])
  t.equal(order[0], 'innocent')
})

t.test('closing does not wait for what runs', async (t) => {
  const { scans } = await setUp(t)
  const tasks = [1, 2, 3].map((who) => scans.run(endless, { for: who }))
  const ended = Promise.allSettled(tasks)
  await scans.close()
  for (const one of await ended) t.match(one, { status: 'rejected', reason: StoreUnavailable })
  await t.rejects(scans.run(quick, { for: 1 }), StoreUnavailable)
})

t.test('a search for words that are everywhere is ended too', async (t) => {
  const { scans, writer } = await setUp(t)
  // Each word is in every message, in an order in which the words of a phrase never stand: nothing is ever found.
  const words = Array.from({ length: 60 }, (_, index) => `w${index}`)
  await writer.raw(
    `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
     INSERT INTO messages_fts (rowid, text) SELECT i, ? FROM n`,
    [words.join(' ')],
  )
  const phrase = `"${words.toReversed().join(' ')}"`
  // The same again and again, so that it takes seconds however fast the machine is.
  const expression = Array.from({ length: 400 }, () => phrase).join(' ')
  const search = (db: Knex) =>
    db.raw('SELECT count(*) FROM messages_fts WHERE messages_fts MATCH ?', [
      `NOT_THERE OR (${expression})`,
    ]) as Promise<unknown>
  const begun = performance.now()
  await t.rejects(scans.run(search, { for: 1, limitMs: 30 }), StoreTooSlow)
  t.ok(performance.now() - begun < 1_000, `it took ${Math.round(performance.now() - begun)} ms`)
})
