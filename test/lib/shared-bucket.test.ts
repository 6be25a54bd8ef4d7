import t from 'tap'
import { SharedBucket } from '../../server/lib/shared-bucket.ts'
import { ManualClock } from '../support/clock.ts'

function scene(rate: { messagesPerSecond: number; burst: number }) {
  const clock = new ManualClock()
  const bucket = new SharedBucket(rate, clock)
  const served: string[] = []
  const takers = new Map<string, object>()
  const taker = (name: string) => {
    const known = takers.get(name) ?? {}
    takers.set(name, known)
    return known
  }
  const take = (name: string, cost = 1) => {
    const turn = bucket.takeInTurn(cost, taker(name))
    if (turn) void turn.then(() => served.push(name))
    else served.push(name)
  }
  /** Who was served since the last time, after so many ms. */
  const after = async (ms: number) => {
    clock.advance(ms)
    await new Promise((resolve) => setImmediate(resolve))
    return served.splice(0).join(' ')
  }
  return { after, bucket, clock, take, taker }
}

t.test('first come, first served, one after the other', async (t) => {
  const { after, take } = scene({ messagesPerSecond: 2, burst: 2 })
  for (const name of ['a', 'b', 'c', 'd', 'e']) take(name)
  t.equal(await after(0), 'a b')
  t.equal(await after(499), '')
  t.equal(await after(1), 'c')
  take('f')
  t.equal(await after(500), 'd', 'who comes later is no reason to wait longer')
  t.equal(await after(1000), 'e f')
})

t.test('who goes away has taken nothing, whether first or last', async (t) => {
  const { after, bucket, take, taker } = scene({ messagesPerSecond: 1, burst: 1 })
  for (const name of ['a', 'b', 'c', 'd']) take(name, 1)
  t.equal(await after(0), 'a')
  bucket.giveUp(taker('b'))
  bucket.giveUp(taker('d'))
  bucket.giveUp(taker('nobody'))
  t.equal(await after(0), 'b d', 'they are told, and look whether they are there')
  t.equal(await after(1000), 'c')
  for (let comes = 0; comes < 1000; comes++) {
    take('x', 5)
    bucket.giveUp(taker('x'))
  }
  await after(0)
  take('y')
  t.equal(await after(1000), 'y', 'a thousand that came and went have not made it longer')
})

t.test('what is given back is given to who waits', async (t) => {
  const { after, bucket, take } = scene({ messagesPerSecond: 1, burst: 5 })
  take('a', 5)
  take('b', 5)
  t.equal(await after(0), 'a')
  bucket.giveBack(5)
  t.equal(await after(0), 'b')
  t.equal(bucket.untilFull(), 5000)
})

t.test('what costs nothing does not wait', async (t) => {
  const { after, take } = scene({ messagesPerSecond: 1, burst: 1 })
  take('a', 3)
  take('b', 0)
  t.equal(await after(0), 'b')
})

t.test('a rate that changes, or ends, holds for those who wait', async (t) => {
  const rate = { messagesPerSecond: 0.001, burst: 1 }
  const { after, take } = scene(rate)
  for (let index = 0; index < 5_000; index++) take('a')
  t.equal(await after(0), 'a')
  rate.messagesPerSecond = 2
  t.equal(await after(1000), 'a a', 'seen after a second')
  rate.burst = 0
  t.equal((await after(1000)).split(' ').length, 4_997)
})
