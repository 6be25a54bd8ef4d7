import t from 'tap'
import { LoopDelay } from '../../server/operator/watching/loop-delay.ts'
import { ManualClock } from '../support/clock.ts'

/** Lets the event loop turn. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/** Keeps the event loop from turning. */
function hold(ms: number): void {
  const end = performance.now() + ms
  while (performance.now() < end);
}

t.test('what holds up the event loop is seen, and forgotten after two minutes', async (t) => {
  const clock = new ManualClock()
  const delay = new LoopDelay(clock)
  t.teardown(() => delay.stop())
  t.same(delay.lately, { p50: 0, p99: 0, max: 0 }, 'nothing is known yet')
  // The first looks have nothing to compare with, so hold the event loop until a later one sees it.
  while (delay.lately.max < 0.2) {
    hold(300)
    await turn()
  }
  const { max } = delay.lately
  t.ok(max >= 0.2 && max < 30, `${max} seconds`)
  clock.advance(60_000)
  t.equal(delay.lately.max, max, 'also in the next minute')
  clock.advance(60_000)
  t.ok(delay.lately.max < max, 'and not later')
  t.equal(clock.waiting, 1)
  delay.stop()
  t.equal(clock.waiting, 0)
})
