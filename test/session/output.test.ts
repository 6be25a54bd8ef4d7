import t from 'tap'
import type { Listener } from '../../server/chat/model/people.ts'
import type { Reader } from '../../server/dialects/dialect.ts'
import { Dialects } from '../../server/dialects/dialects.ts'
import { Encoding } from '../../server/session/encoding.ts'
import type { Owner } from '../../server/session/outbox.ts'
import { Flusher } from '../../server/session/outbox.ts'
import { Output } from '../../server/session/output.ts'
import { ManualClock } from '../support/clock.ts'
import { Ends } from './scene.ts'

const day = 24 * 60 * 60_000

/** An output whose turns end when the test says so. */
function outputOf(sendQueueBytes = 1000) {
  const tasks: (() => void)[] = []
  const clock = new ManualClock()
  const told: string[] = []
  const settled: Listener[] = []
  const ends = new Ends()
  const owner = {
    overflowed: () => told.push('overflowed'),
    unwritable: () => told.push('unwritable'),
  } as unknown as Listener & Owner & Reader
  const terminal = { timeZone: 'UTC' }
  const encoding = new Encoding({ connection: ends })
  const output = new Output(
    {
      faults: { note: (error) => void t.error(error) },
      services: { bus: { settle: (listener) => settled.push(listener) }, clock },
      dialects: new Dialects(),
      flusher: new Flusher((task) => tasks.push(task)),
      limits: { sendQueueBytes },
      terminal,
    },
    { aim: { told: () => told.push('aim') }, connection: ends, encoding, terminal: owner },
  )
  /** What the peer has once the turn has ended. */
  const read = () => {
    for (const task of tasks.splice(0)) task()
    return ends.take()
  }
  return { clock, ends, output, owner, read, settled, terminal, told }
}

const joined = (user: string) => ({ type: 'joined', channel: 'tea', user }) as const

t.test('answers are written at the end of the turn, behind what was published before', async (t) => {
  const { output, owner, read, settled } = outputOf()
  output.print('')
  t.same(settled, [], 'nothing to print, nothing to settle')
  output.note('one')
  output.print('two\n')
  t.same(settled, [owner, owner])
  t.same(read(), ['* one', 'two'])
  output.remark('three')
  output.send(Buffer.from('four\n'))
  t.same(read(), ['* three', 'four'])
})

t.test('what happens while a command runs is shown behind its answer', async (t) => {
  const { output, read, told } = outputOf()
  output.hear(joined('bob'))
  t.equal(read().length, 1)
  t.same(told.splice(0), ['aim'])
  output.busy = true
  output.hear(joined('cleo'))
  t.notOk(output.isOut)
  output.note('the answer')
  t.same(read(), ['* the answer'])
  t.same(told, [], 'nobody knows of it yet')
  output.busy = false
  output.release()
  t.match(read(), [/cleo/])
  t.ok(output.isOut)
  t.same(told, ['aim'])
})

t.test('what is held is shown when there is too much of it, and ends the line of a question', async (t) => {
  const { output, read } = outputOf(200)
  output.hold = true
  output.print(output.dialect.prompt('Your name: ', false))
  output.openLine('\n')
  output.hear(joined('bob'))
  t.same(read(), ['? Your name: '])
  while (!output.isOut) output.hear(joined('cleo'))
  const lines = read()
  t.match(lines[0], /bob/, 'on a line of its own')
  t.match(lines[1], /cleo/)
  output.endLine()
  t.same(read(), [], 'that line has ended already')
})

t.test('what has no line here begins no day, and is not held', async (t) => {
  const { clock, output, read } = outputOf()
  output.dated = true
  output.beginDay()
  clock.advance(day)
  const typing = { type: 'typing', user: 'bob', channel: 'tea' } as const
  output.hear(typing)
  t.same(read(), [])
  output.hold = true
  output.hear(typing)
  t.ok(output.isOut)
})

t.test('a person reads when a new day has begun, a program does not', async (t) => {
  for (const dated of [true, false]) {
    const { clock, output, read } = outputOf()
    output.dated = dated
    output.beginDay()
    const say = (id: number) => {
      const message = { id, at: clock.now(), kind: 'text', text: 'hi', from: 'bob', channel: 'tea' } as const
      output.hear({ type: 'message', message })
      return read().length
    }
    t.equal(say(1), 1)
    clock.advance(day)
    t.equal(say(2), dated ? 2 : 1)
    t.equal(say(3), 1)
  }
})

t.test(
  'how it is written changes by what is named, and the zone stays the one that was chosen',
  async (t) => {
    const { output, terminal } = outputOf()
    output.change({ color: true, clock: undefined })
    output.windowFound(4)
    t.match(output.dialect.writing, { color: true, clock: '24', width: 20, zone: 'UTC', eol: '\n' })
    output.windowFound(undefined)
    t.equal(output.dialect.writing.width, 0)
    terminal.timeZone = 'Europe/Berlin'
    output.reconfigured()
    t.equal(output.dialect.writing.zone, 'Europe/Berlin')
    output.change({ zone: 'Asia/Tokyo' })
    terminal.timeZone = 'Europe/Paris'
    output.reconfigured()
    t.equal(output.dialect.writing.zone, 'Asia/Tokyo')
  },
)

t.test('it is behind while its reader leaves more than half of the most', async (t) => {
  const { ends, output, read } = outputOf(100)
  ends.reads = false
  output.note('x'.repeat(60))
  t.ok(output.isBehind)
  read()
  t.ok(output.isBehind)
  const drained = output.drained()
  ends.drain()
  await drained
  t.notOk(output.isBehind)
  output.close()
  output.note('nobody reads it')
  t.same(read(), [])
})
