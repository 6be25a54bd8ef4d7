import t from 'tap'
import type { ChatEvent } from '../../server/chat/model/events.ts'
import type { Dialect } from '../../server/dialects/dialect.ts'
import { Dialects } from '../../server/dialects/dialects.ts'
import { Flusher, Outbox, type Wire } from '../../server/session/outbox.ts'

/** Counts what it is given; takes nothing on until `drain`. */
class CountingWire implements Wire {
  readonly writes: Buffer[] = []
  queuedBytes = 0

  write(chunks: readonly Buffer[]): void {
    const bytes = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)
    this.writes.push(bytes)
    this.queuedBytes += bytes.length
  }

  drain(): void {
    this.queuedBytes = 0
  }

  get text(): string {
    return Buffer.concat(this.writes).toString()
  }
}

/** Outboxes of one flusher, whose turn ends when the test says so. */
function setUp(count: number, maxBytes = 1000) {
  const ends: (() => void)[] = []
  const flusher = new Flusher((task) => ends.push(task))
  const overflowed: number[] = []
  const wires = Array.from({ length: count }, () => new CountingWire())
  const outboxes = wires.map(
    (wire, index) =>
      new Outbox({
        flusher,
        wire,
        limits: { sendQueueBytes: maxBytes },
        owner: { overflowed: () => overflowed.push(index), unwritable: () => undefined },
      }),
  )
  const endTurn = () => {
    for (const task of ends.splice(0)) task()
  }
  return { ends, endTurn, outboxes, overflowed, wires }
}

const place = { host: 'chat.example.org', port: 6667 }

t.test('what a turn brings is one write, in order', async (t) => {
  const { endTurn, ends, outboxes, wires } = setUp(2)
  const shared = Buffer.from('shared ')
  for (const outbox of outboxes) outbox.add(Buffer.from('own '))
  for (const outbox of outboxes) for (let count = 0; count < 3; count++) outbox.add(shared)
  t.equal(ends.length, 1, 'one task for all of them')
  t.same(
    wires.map(({ writes }) => writes.length),
    [0, 0],
    'nothing before the turn ends',
  )
  endTurn()
  t.same(
    wires.map(({ writes }) => writes.length),
    [1, 1],
  )
  t.equal(wires[0]?.text, 'own shared shared shared ')
  endTurn()
  outboxes[0]?.add(shared)
  endTurn()
  t.same(
    wires.map(({ writes }) => writes.length),
    [2, 1],
    'and the next turn is a write of its own, for whom it concerns',
  )
})

t.test('a turn that brought one chunk writes that very chunk', async (t) => {
  const { endTurn, outboxes, wires } = setUp(3)
  const shared = Buffer.from('shared')
  for (const outbox of outboxes) outbox.add(shared)
  endTurn()
  for (const { writes } of wires) t.equal(writes[0], shared)
})

t.test('any mixture of shared and own chunks arrives whole', async (t) => {
  const { endTurn, outboxes, wires } = setUp(5)
  const shared = ['a', 'b', 'c'].map((text) => Buffer.from(text))
  const wanted = wires.map(() => '')
  for (let step = 0; step < 200; step++) {
    const index = (step * 7) % 5
    const chunk = step % 3 === 0 ? Buffer.from(`<${step}>`) : shared[(step * 5) % 3]
    if (!chunk) continue
    outboxes[index]?.add(chunk)
    wanted[index] += chunk.toString()
    if (step % 17 === 0) endTurn()
    for (const wire of wires) wire.drain()
  }
  endTurn()
  t.same(
    wires.map(({ text }) => text),
    wanted,
  )
})

t.test('a long list arrives whole behind other chunks, and stays as it is for others', async (t) => {
  const { endTurn, outboxes, wires } = setUp(2)
  const list = new Array<Buffer>(200_000).fill(Buffer.from('a'))
  const [first, second] = outboxes
  first?.add(Buffer.from('<'))
  for (const outbox of outboxes) outbox.addAll(list)
  first?.add(Buffer.from('>'))
  second?.addAll([Buffer.from('>'), Buffer.from('>')])
  endTurn()
  const text = 'a'.repeat(200_000)
  t.equal(wires[0]?.text, `<${text}>`)
  t.equal(wires[1]?.text, `${text}>>`)
  t.equal(list.length, 200_000)
})

t.test('who takes nothing is given up, once, and gets nothing more; others do not notice', async (t) => {
  const { endTurn, outboxes, overflowed, wires } = setUp(2, 10)
  const chunk = Buffer.from('12345')
  for (let count = 0; count < 4; count++) {
    for (const outbox of outboxes) outbox.add(chunk)
    endTurn()
    wires[1]?.drain()
  }
  t.same(overflowed, [0])
  t.equal(wires[0]?.text, '1234512345', 'up to the limit, and not a byte of the rest')
  t.equal(wires[1]?.text, '12345'.repeat(4))
})

t.test('a turn that brings much is no fault of a reader who has taken everything', async (t) => {
  const { endTurn, outboxes, overflowed, wires } = setUp(2, 10)
  const bring = (count: number) => {
    for (const outbox of outboxes) for (let n = 0; n < count; n++) outbox.add(Buffer.from('12345'))
  }
  bring(3)
  t.same(overflowed, [])
  endTurn()
  t.equal(wires[0]?.text, '12345'.repeat(3))
  wires[1]?.drain()
  bring(1)
  endTurn()
  t.same(overflowed, [0], 'but of one who has not')
  t.equal(wires[0]?.text, '12345'.repeat(3))
  t.equal(wires[1]?.text, '12345'.repeat(4))
})

t.test('a closed outbox sends nothing', async (t) => {
  const { endTurn, outboxes, wires } = setUp(1)
  outboxes[0]?.add(Buffer.from('before'))
  outboxes[0]?.close()
  outboxes[0]?.add(Buffer.from('after'))
  outboxes[0]?.flush()
  endTurn()
  t.equal(wires[0]?.text, '')
})

const nobody = { person: undefined }
const usual = { eol: '\n', clock: '24', zone: 'UTC', color: false, width: 0, place } as const

t.test('an event is rendered once a way to write, however many hear it', async (t) => {
  const dialects = new Dialects()
  const ways = [
    { name: 'text', writing: usual },
    { name: 'text', writing: { ...usual, eol: '\r\n' } },
    { name: 'json', writing: usual },
  ] as const
  const message = { id: 1, at: 0, kind: 'text', text: 'hello', from: 'anna', channel: '#tea' } as const
  let read = 0
  const event: ChatEvent = {
    type: 'message',
    get message() {
      read++
      return message
    },
  }
  const used: Dialect[] = []
  for (let listener = 0; listener < 30; listener++) {
    const { name, writing } = ways[listener % 3] ?? ways[0]
    const dialect = dialects.named(name).open({ ...writing }, nobody)
    used.push(dialect)
    dialect.event(event)
  }
  t.equal(new Set(used).size, 3, 'one object for the same way')
  const rendered = read
  for (const dialect of used) t.equal(dialect.event(event), dialect.event(event), 'the very same bytes')
  t.equal(read, rendered, 'nobody looked at the message again')
  const lines = used.map((dialect) => dialect.event(event).toString())
  t.same(lines.slice(0, 2), ['[00:00] #tea <anna> hello\n', '[00:00] #tea <anna> hello\r\n'])
})

t.test('who writes in another way has another object', async (t) => {
  const dialects = new Dialects()
  const changes = [
    {},
    { eol: '\r\n' },
    { clock: '12' },
    { zone: 'Asia/Kolkata' },
    { color: true },
    { width: 80 },
    { width: 81 },
    { place: { ...place, port: 7000 } },
    { place: { ...place, host: '192.0.2.1' } },
    { place: { ...place, tls: true } },
  ] as const
  const opened = ['text', 'json'].flatMap((name) =>
    changes.map((change) => dialects.named(name).open({ ...usual, ...change }, nobody)),
  )
  t.equal(new Set(opened).size, 2 * changes.length)
})
