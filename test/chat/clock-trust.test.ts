import { setImmediate as nextTurn } from 'node:timers/promises'
import t from 'tap'
import { ClockTrust } from '../../server/chat/machine/clock-trust.ts'
import { Chores } from '../../server/operator/watching/chores.ts'
import { ManualClock } from '../support/clock.ts'
import { MemoryStore } from '../support/memory-store.ts'
import { fileScene, hourMs, minuteMs, restarted, sent } from './file-scene.ts'

const dayMs = 24 * hourMs

const settled = 5 * minuteMs

/** Lets what was begun in memory come to its end. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 200; turn++) await nextTurn()
}

/** Another start on the same store; the clock was moved meanwhile by so much. */
async function started(store: MemoryStore, clock: ManualClock, newest = 0): Promise<ClockTrust> {
  const trust = new ClockTrust({ store, clock })
  await trust.load(newest)
  return trust
}

t.test('a start far ahead of the last one holds, until a day of running', async (t) => {
  const [store, clock] = [new MemoryStore(), new ManualClock()]
  const first = await started(store, clock)
  t.notOk(first.jumped)
  await first.remember()
  clock.shift(400 * dayMs)
  const ahead = await started(store, clock)
  t.ok(ahead.jumped)
  t.equal(ahead.aheadMs, 400 * dayMs)
  clock.advance(15 * hourMs)
  await ahead.remember()
  const again = await started(store, clock)
  t.ok(again.jumped, 'a second start is no proof')
  clock.advance(8 * hourMs)
  t.ok(again.jumped)
  await again.remember()
  clock.advance(hourMs)
  t.notOk(again.jumped, 'a day over two starts is enough')
  await again.remember()
  t.notOk((await started(store, clock)).jumped)
})

t.test('a clock that is right again is believed at once, and one set back is no reason', async (t) => {
  const [store, clock] = [new MemoryStore(), new ManualClock()]
  await (await started(store, clock)).remember()
  clock.shift(400 * dayMs)
  const ahead = await started(store, clock)
  await ahead.remember()
  clock.shift(-400 * dayMs)
  t.notOk(ahead.jumped)
  t.notOk((await started(store, clock)).jumped)
  // A machine without a battery for its clock.
  clock.shift(-10_000 * dayMs)
  const back = await started(store, clock)
  await back.remember()
  t.notOk(back.jumped)
  clock.shift(10_000 * dayMs + hourMs)
  t.notOk(back.jumped)
})

t.test('it holds when the clock is set ahead while it runs, and goes on when somebody says so', async (t) => {
  const [store, clock] = [new MemoryStore(), new ManualClock()]
  const trust = await started(store, clock)
  clock.advance(50 * dayMs)
  t.notOk(trust.jumped, 'time that passes')
  clock.shift(5 * minuteMs)
  t.notOk(trust.jumped, 'NTP')
  clock.shift(45 * dayMs)
  t.ok(trust.jumped)
  await trust.accept()
  t.notOk(trust.jumped)
  t.notOk((await started(store, clock)).jumped)
})

t.test(
  'nothing is removed in the first minutes, and yet it is by a server that is restarted often',
  async (t) => {
    const [store, clock] = [new MemoryStore(), new ManualClock()]
    const first = await started(store, clock)
    t.ok(first.holds)
    t.notOk(first.jumped)
    clock.advance(settled - 1)
    t.ok(first.holds)
    clock.advance(1)
    t.notOk(first.holds)
    await first.remember()
    // Each start waits anew, and a row of short ones as long as one.
    for (let start = 0; start < 4; start++) {
      const short = await started(store, clock)
      t.ok(short.holds, `${start}`)
      clock.advance(minuteMs)
      await short.remember()
    }
    const fifth = await started(store, clock)
    t.ok(fifth.holds)
    clock.advance(minuteMs)
    t.notOk(fifth.holds)
    await fifth.remember()
    t.ok((await started(store, clock)).holds)
  },
)

t.test('a server that is restarted each two minutes tidies', async (t) => {
  const settings = { 'history.keepDays': 1, 'files.keepHours': 1 }
  const scene = await fileScene({ settings })
  const { anna, tea, world } = scene
  await sent(world, anna, tea, 'a.txt')
  await world.say(anna, tea, 'hello')
  world.clock.advance(2 * dayMs)
  await world.clockTrust.remember()
  const log = { info() {}, warn() {}, error() {}, debug() {}, trace() {}, fatal() {} }
  const left = async () => [
    (await scene.store.loadFiles()).files.length,
    await scene.store.countChannel(tea.id, { limit: 9 }),
  ]
  const before = await left()
  const counts: unknown[] = []
  for (let start = 0; start < 3; start++) {
    const later = await restarted(scene, settings)
    const chores = new Chores(later.world, scene.store, { gone: () => [] }, log as never)
    chores.start()
    later.world.clock.advance(minuteMs)
    await turns()
    later.world.clock.advance(minuteMs)
    await turns()
    counts.push(await left())
    chores.stop()
    await later.world.clockTrust.remember()
  }
  t.same(counts.slice(0, 2), [before, before])
  t.same(counts[2], [0, 0])
})

t.test('without a time from before the newest in the store counts', async (t) => {
  const clock = new ManualClock()
  const newest = clock.now()
  clock.shift(400 * dayMs)
  t.ok((await started(new MemoryStore(), clock, newest)).jumped)
  t.notOk((await started(new MemoryStore(), clock)).jumped)
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
  await later.world.fileRemoval.expire()
  chores.stop()
  t.strictSame(told, ['clock has jumped ahead, nothing is removed for its age'])
  const stored = await scene.store.loadFiles()
  t.equal(stored.files.length, 1)
  t.ok((await scene.store.load()).lastMessageId > 0)
  await later.world.clockTrust.accept()
  await chores.tidy()
  t.ok(told.includes('clock is believed again'))
  t.ok(told.includes('old messages removed'))
  t.equal(await later.world.fileRemoval.expire(), 1)
  t.strictSame((await scene.store.loadFiles()).files, [])
})
