import t from 'tap'
import { ClockTrust } from '../../server/chat/clock-trust.ts'
import { Chores } from '../../server/operator/chores.ts'
import { ManualClock } from '../support/clock.ts'
import { MemoryStore } from '../support/memory-store.ts'
import { fileScene, hourMs, minuteMs, restarted, sent } from './file-scene.ts'

const dayMs = 24 * hourMs

/** Another start on the same store; the clock was moved meanwhile by so much. */
async function started(store: MemoryStore, clock: ManualClock, newest = 0): Promise<ClockTrust> {
  const trust = new ClockTrust({ store, clock })
  await trust.load(newest)
  return trust
}

t.test('a start far ahead of the last one holds, until a day of running', async (t) => {
  const [store, clock] = [new MemoryStore(), new ManualClock()]
  const first = await started(store, clock)
  t.notOk(first.holds)
  await first.remember()
  clock.shift(400 * dayMs)
  const ahead = await started(store, clock)
  t.ok(ahead.holds)
  t.equal(ahead.aheadMs, 400 * dayMs)
  clock.advance(15 * hourMs)
  await ahead.remember()
  const again = await started(store, clock)
  t.ok(again.holds, 'a second start is no proof')
  clock.advance(8 * hourMs)
  t.ok(again.holds)
  await again.remember()
  clock.advance(hourMs)
  t.notOk(again.holds, 'a day over two starts is enough')
  await again.remember()
  t.notOk((await started(store, clock)).holds)
})

t.test('a clock that is right again is believed at once, and one set back is no reason', async (t) => {
  const [store, clock] = [new MemoryStore(), new ManualClock()]
  await (await started(store, clock)).remember()
  clock.shift(400 * dayMs)
  const ahead = await started(store, clock)
  await ahead.remember()
  clock.shift(-400 * dayMs)
  t.notOk(ahead.holds)
  t.notOk((await started(store, clock)).holds)
  // A machine without a battery for its clock.
  clock.shift(-10_000 * dayMs)
  const back = await started(store, clock)
  await back.remember()
  t.notOk(back.holds)
  clock.shift(10_000 * dayMs + hourMs)
  t.notOk(back.holds)
})

t.test('it holds when the clock is set ahead while it runs, and goes on when somebody says so', async (t) => {
  const [store, clock] = [new MemoryStore(), new ManualClock()]
  const trust = await started(store, clock)
  clock.advance(50 * dayMs)
  t.notOk(trust.holds, 'time that passes')
  clock.shift(5 * minuteMs)
  t.notOk(trust.holds, 'NTP')
  clock.shift(45 * dayMs)
  t.ok(trust.holds)
  await trust.accept()
  t.notOk(trust.holds)
  t.notOk((await started(store, clock)).holds)
})

t.test('without a time from before the newest in the store counts', async (t) => {
  const clock = new ManualClock()
  const newest = clock.now()
  clock.shift(400 * dayMs)
  t.ok((await started(new MemoryStore(), clock, newest)).holds)
  t.notOk((await started(new MemoryStore(), clock)).holds)
})

t.test('with the clock a year ahead no file and no message goes, and the log says so once', async (t) => {
  const scene = await fileScene({ settings: { 'history.keepDays': 365 } })
  const { anna, tea, world } = scene
  await sent(world, anna, tea, 'a.txt')
  await world.say(anna, tea, 'hello')
  await world.clockTrust.remember()
  world.clock.shift(400 * dayMs)
  const later = await restarted(scene, { 'history.keepDays': 365 })
  const told: string[] = []
  const note = (_fields: object, text: string) => void told.push(text)
  const log = { info: note, warn: note, error: note, debug: note, trace: note, fatal: note }
  const chores = new Chores(later.world, scene.store, { gone: () => [] }, log as never)
  chores.start()
  await chores.tidy()
  await later.world.files.expire()
  chores.stop()
  t.strictSame(told, ['clock has jumped ahead, nothing is removed for its age'])
  const stored = await scene.store.loadFiles()
  t.equal(stored.files.length, 1)
  t.ok((await scene.store.load()).lastMessageId > 0)
  await later.world.clockTrust.accept()
  await chores.tidy()
  t.ok(told.includes('clock is believed again'))
  t.ok(told.includes('old messages removed'))
  t.equal(await later.world.files.expire(), 1)
  t.strictSame((await scene.store.loadFiles()).files, [])
})
