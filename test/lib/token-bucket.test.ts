import fc from 'fast-check'
import t from 'tap'
import { TokenBucket } from '../../server/lib/token-bucket.ts'

function at(time: number) {
  return {
    time,
    ticks() {
      return this.time
    },
  }
}

t.test('the burst is free, then one waits', async (t) => {
  const clock = at(1000)
  const bucket = new TokenBucket({ messagesPerSecond: 2, burst: 3 }, clock)
  t.strictSame([bucket.take(1), bucket.take(1), bucket.take(1)], [0, 0, 0])
  t.equal(bucket.take(1), 500)
  t.equal(bucket.take(1), 1000, 'a debt adds up')
  clock.time += 1000
  t.equal(bucket.take(0), 0, 'and is gone after the wait')
  t.equal(bucket.take(1), 500)
})

t.test('a wait is rounded up, so that it is over when it is over', async (t) => {
  const clock = at(0)
  const bucket = new TokenBucket({ messagesPerSecond: 3, burst: 1 }, clock)
  t.equal(bucket.take(1), 0)
  t.equal(bucket.take(1), 334)
  clock.time += 334
  t.equal(bucket.take(0), 0)
})

t.test('it never holds more than the burst', async (t) => {
  const clock = at(0)
  const bucket = new TokenBucket({ messagesPerSecond: 10, burst: 2 }, clock)
  clock.time += 86_400_000
  t.equal(bucket.take(2), 0)
  t.equal(bucket.take(1), 100)
})

t.test('a cost above the burst goes into debt', async (t) => {
  t.equal(new TokenBucket({ messagesPerSecond: 1, burst: 5 }, at(0)).take(8), 3000)
})

t.test('rate 0 is off', async (t) => {
  const bucket = new TokenBucket({ messagesPerSecond: 0, burst: 0 }, at(0))
  t.equal(bucket.take(1_000_000), 0)
  t.equal(bucket.take(1), 0)
})

t.test('nobody gets more than the burst and the rate', async (t) => {
  const step = fc.record({
    passes: fc.integer({ min: 0, max: 5000 }),
    cost: fc.integer({ min: 1, max: 5 }),
  })
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 20 }),
        fc.array(step),
        (rate, burst, steps) => {
          const clock = at(0)
          const bucket = new TokenBucket({ messagesPerSecond: rate, burst }, clock)
          let passed = 0
          let taken = 0
          for (const { passes, cost } of steps) {
            clock.time += passes
            passed += Math.max(0, passes)
            const wait = bucket.take(cost)
            taken += cost
            if (!Number.isInteger(wait) || wait < 0) return false
            if (wait === 0 && taken > burst + (passed / 1000) * rate + 1e-6) return false
          }
          return true
        },
      ),
    ),
  )
})

t.test('what is allowed may change at any time, and nothing at all is no limit', async (t) => {
  const clock = at(0)
  const allowed = { messagesPerSecond: 1, burst: 1 }
  const bucket = new TokenBucket(allowed, clock)
  t.equal(bucket.take(1), 0)
  t.equal(bucket.take(1), 1000)
  allowed.messagesPerSecond = 10
  t.equal(bucket.take(0), 100)
  allowed.burst = 0
  t.equal(bucket.take(1000), 0)
})
