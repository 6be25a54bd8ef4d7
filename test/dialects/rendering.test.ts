import t from 'tap'
import { Batch } from '../../server/chat/model/batch.ts'
import type { ChatEvent } from '../../server/chat/model/events.ts'
import { Rendering } from '../../server/dialects/rendering.ts'
import { TestListener } from '../support/world.ts'

/** Counts how often it is asked to write. */
function setUp() {
  const written: string[] = []
  const rendering = new Rendering((event) => {
    const line = event.type === 'presence' ? `${event.user}\n` : ''
    written.push(line)
    return line
  }, String)
  const batch = new Batch()
  const say = (user: string, by?: TestListener) => batch.add({ type: 'presence', user, status: 'online' }, by)
  const batchFor = (from: number, ear: TestListener) =>
    Buffer.concat(rendering.batch(batch, from, batch.length, ear)).toString()
  return { batch, batchFor, rendering, say, written }
}

t.test('a batch is rendered once, and whoever said nothing of it gets the very same bytes', async (t) => {
  const { batch, batchFor, rendering, say, written } = setUp()
  const [anna, bob, carol, dora] = [
    new TestListener(),
    new TestListener(),
    new TestListener(),
    new TestListener(),
  ]
  say('hello', anna)
  say('größe', bob)
  say('', undefined)
  say('bye', anna)
  t.equal(batchFor(0, carol), 'hello\ngröße\n\nbye\n')
  const [one, two] = [carol, dora].map((ear) => rendering.batch(batch, 0, batch.length, ear)[0])
  t.equal(one?.buffer, two?.buffer)
  t.equal(one?.byteOffset, two?.byteOffset)
  t.equal(batchFor(0, anna), 'größe\n\n', 'without their own lines')
  t.equal(batchFor(0, bob), 'hello\n\nbye\n')
  t.equal(batchFor(1, carol), 'größe\n\nbye\n', 'what was not heard yet')
  t.equal(batchFor(4, carol), '')
  t.equal(written.length, 4, 'each line was written once')
})

t.test('who is spared some of it gets slices of the same bytes', async (t) => {
  const { rendering, written } = setUp()
  const [anna, bob, carol] = [new TestListener(), new TestListener(), new TestListener()]
  const batch = new Batch(
    new Map([
      [anna, 'joins'],
      [bob, 'all'],
    ]),
  )
  const events: ChatEvent[] = [
    { type: 'presence', user: 'x', status: 'online' },
    { type: 'topic', channel: '#tea', topic: 'green', by: 'carol' },
    { type: 'presence', user: 'y', status: 'online' },
  ]
  for (const event of events) batch.add(event, undefined)
  const parts = [anna, bob, carol].map((ear) => rendering.batch(batch, 0, batch.length, ear))
  t.same(
    parts.map((part) => Buffer.concat(part).toString()),
    ['', '', 'x\ny\n'],
  )
  t.same(parts[0], [], 'the topic is written as nothing here')
  t.same(parts[1], [], 'nothing is handed over')
  t.equal(written.length, 3, 'each line was written once')
})

t.test(
  'who has said some of it gets no more than was asked for, and is spared the rest as well',
  async (t) => {
    const { batch, rendering, say } = setUp()
    const anna = new TestListener()
    say('one')
    say('two')
    say('three', anna)
    t.same(rendering.batch(batch, 0, 1, anna).map(String), ['one\n'])
    t.same(rendering.batch(batch, 0, 3, anna).map(String), ['one\ntwo\n'])
    const spared = new Batch(new Map([[anna, 'joins']]))
    spared.add({ type: 'presence', user: 'x', status: 'online' }, undefined)
    spared.add({ type: 'topic', channel: '#tea', topic: 'green', by: 'anna' }, anna)
    t.same(rendering.batch(spared, 0, 2, anna), [])
  },
)

t.test('a batch may grow after a part of it was sent', async (t) => {
  const { batch, batchFor, rendering, say, written } = setUp()
  const ear = new TestListener()
  const sent: Buffer[] = []
  const wanted: string[] = []
  for (let count = 0; count < 300; count++) {
    const line = count % 3 === 0 ? '\u{1f375}'.repeat(count) : 'x'.repeat(count)
    say(line)
    wanted.push(`${line}\n`)
    sent.push(...rendering.batch(batch, count, batch.length, ear))
  }
  t.same(
    sent.map((bytes) => bytes.toString()),
    wanted,
    'what was sent is as it was',
  )
  t.equal(batchFor(0, ear), wanted.join(''))
  t.equal(written.length, 300)
})

t.test('an event that is no part of a batch is rendered once', async (t) => {
  const { rendering, written } = setUp()
  const event: ChatEvent = { type: 'presence', user: 'anna', status: 'online' }
  t.equal(rendering.event(event), rendering.event(event))
  t.same(written, ['anna\n'])
})
