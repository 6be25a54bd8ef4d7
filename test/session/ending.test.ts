import { setImmediate as nextTurn } from 'node:timers/promises'
import t from 'tap'
import { Ending } from '../../server/session/ending.ts'
import { cancelled, Input } from '../../server/session/input.ts'
import type { Output } from '../../server/session/output.ts'
import { ManualClock } from '../support/clock.ts'

/** An ending that tells what it does to the other parts. */
function begin(depart: () => Promise<void> = async () => undefined) {
  const done: string[] = []
  const note = (what: string) => () => void done.push(what)
  const clock = new ManualClock()
  const input = new Input({ pause() {}, resume() {}, waitingLines: 0 })
  const output = {
    close: note('output closed'),
    endLine() {},
    flush: note('flushed'),
    hear: note('told'),
    release: note('released'),
  } as unknown as Output
  const ending = new Ending(
    { services: { clock }, faults: { note: (error) => void done.push(String(error)) } },
    {
      allowance: { close: note('allowance closed') },
      connection: { end: note('ended'), destroy: note('destroyed') },
      deadline: { stop() {} },
      identity: {
        depart: (text, how) => {
          done.push(`departed ${how}${text === undefined ? '' : `: ${text}`}`)
          return depart()
        },
        endTasks: note('tasks ended'),
      },
      input,
      output,
    },
  )
  return { clock, done, ending, input }
}

t.test('who leaves goes once the line that is done is done, and what waits is dropped', async (t) => {
  const { done, ending, input } = begin()
  input.add({ text: 'more' })
  ending.leave('bye')
  t.ok(ending.isPlanned)
  t.equal(input.length, 0)
  t.same(done, [])
  await ending.linesDone()
  t.same(done, ['released', 'departed left: bye', 'flushed', 'ended'])
  t.equal(ending.why, 'quit')
})

t.test('whoever sends nothing more goes when all that came is done, and may come back', async (t) => {
  const { done, ending, input } = begin()
  await ending.linesDone()
  t.same(done, [], 'more may come')
  input.end(cancelled)
  await ending.linesDone()
  t.same(done, ['released', 'departed lost', 'flushed', 'ended'])
  t.equal(ending.why, 'end of input')
})

t.test('what had come is done when the peer is gone, for ten seconds', async (t) => {
  const { clock, done, ending, input } = begin()
  input.add({ text: 'last words' })
  let over = false
  const closed = ending.peerGone(false, false).then(() => {
    over = true
  })
  t.same(done, ['output closed'])
  t.notOk(ending.isDeserted, 'a line waits')
  t.notOk(ending.isClosed)
  clock.advance(9_999)
  t.notOk(ending.isClosed)
  clock.advance(1)
  t.ok(ending.isClosed)
  t.equal(input.length, 0)
  await closed
  t.ok(over)
  t.match(done, ['output closed', 'allowance closed', 'tasks ended', 'output closed', /^departed lost: /])
})

t.test(
  'the end is the same whether the peer is gone before the last line is done or behind it',
  async (t) => {
    const { done, ending } = begin()
    const closed = ending.peerGone(true, false)
    t.ok(ending.isDeserted)
    t.equal(done.includes('tasks ended'), true, 'nobody waits for what takes long')
    await ending.linesDone()
    await closed
    t.ok(ending.isClosed)
    await ending.linesDone()
    await ending.peerGone(true, false)
    t.equal(done.filter((what) => what.startsWith('departed')).length, 1)
  },
)

t.test('the server ends it, and tells why; what fails on the way ends it all the same', async (t) => {
  const { done, ending } = begin()
  ending.close('a restart')
  t.same(done, ['tasks ended', 'told', 'released', 'flushed', 'ended'])
  t.equal(ending.why, 'a restart')
  const failing = begin(() => Promise.reject(new Error('no store')))
  failing.ending.leave(undefined)
  await failing.ending.linesDone()
  t.same(failing.done.slice(-2), ['Error: no store', 'destroyed'])
  const gone = begin(() => Promise.reject(new Error('no store')))
  const closed = gone.ending.peerGone(true, false)
  await gone.ending.linesDone()
  await closed
  await nextTurn()
  t.equal(gone.done.at(-1), 'Error: no store', 'and it is over')
})
