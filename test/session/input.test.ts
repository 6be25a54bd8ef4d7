import t from 'tap'
import { Input } from '../../server/session/input.ts'

const line = (text: string) => ({ text })
const connection = { pause() {}, resume() {}, waitingLines: 3 }

t.test('lines come out as they came in', async (t) => {
  const input = new Input(connection)
  input.add(line('1'))
  input.add(line('2'))
  t.equal(input.length, 2)
  t.equal(input.waiting, 5, 'with those that the connection has')
  t.same(input.take(), line('1'))
  t.same(await input.next(), line('2'), 'an answer that was sent ahead')
  t.equal(input.take(), undefined)
  const next = input.next()
  input.add(line('3'))
  t.same(await next, line('3'), 'and one that is still to come')
  t.equal(input.length, 0)
})

t.test(
  'a question is given up by an interrupt or at the end, but not the lines that are there',
  async (t) => {
    const input = new Input(connection)
    t.equal(
      input.interrupt(() => new Error('too early')),
      false,
    )
    const first = input.next()
    t.equal(
      input.interrupt(() => new Error('cancelled')),
      true,
    )
    await t.rejects(first, new Error('cancelled'))
    const second = input.next()
    input.end(() => new Error('ended'))
    await t.rejects(second, new Error('ended'))
    await t.rejects(input.next(), 'nothing will come any more')
    const other = new Input(connection)
    other.add(line('1'))
    other.end(() => new Error('ended'))
    t.same(await other.next(), line('1'))
  },
)

t.test('reading pauses while many lines wait, and goes on once few do', async (t) => {
  const told: boolean[] = []
  const input = new Input({ ...connection, pause: () => told.push(true), resume: () => told.push(false) })
  for (let count = 0; count < 100; count++) input.add(line('x'))
  t.same(told, [true])
  let left = 0
  while (told.length === 1 && input.take()) left = input.length
  t.same(told, [true, false])
  t.ok(left > 0 && left < 50)
})

t.test('who wants no more lines lets the connection rest', async (t) => {
  let told = ''
  const input = new Input({
    ...connection,
    pause: () => (told += 'pause '),
    resume: () => (told += 'resume '),
  })
  for (let count = 0; count < 100; count++) input.add(line('x'))
  t.equal(input.clear(), 100)
  t.equal(told, 'pause resume ', 'what comes behind a /cancel is read')
  for (let count = 0; count < 100; count++) input.add(line('x'))
  input.stop()
  t.equal(input.length, 0)
  t.equal(
    told,
    'pause resume pause ',
    'cutting lines that nobody wants took a server five seconds at its stop',
  )
})
