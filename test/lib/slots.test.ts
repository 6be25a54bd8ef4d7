import fc from 'fast-check'
import t from 'tap'
import { Slots } from '../../server/lib/slots.ts'

/** A task that ends when it is told to, and remembers whether it has begun. */
function held() {
  let end: () => void = () => {}
  const ended = new Promise<void>((resolve) => {
    end = resolve
  })
  const task = { begun: false, end, run: () => ended }
  task.run = () => {
    task.begun = true
    return ended
  }
  return task
}

/** What has been resolved by now has had its effect. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve))

t.test('so many run at once, the others wait their turn', async (t) => {
  const slots = new Slots(2)
  const tasks = [held(), held(), held(), held()]
  const begun = () => tasks.map((task) => task.begun)
  const all = tasks.map((task) => slots.run(task.run))
  await settled()
  t.same(begun(), [true, true, false, false])
  tasks[1]?.end()
  await settled()
  t.same(begun(), [true, true, true, false])
  for (const { end } of tasks) end()
  await Promise.all(all)
  t.same(begun(), [true, true, true, true])
})

t.test('a result is handed on, and a task that fails gives its slot back', async (t) => {
  const slots = new Slots(1)
  t.equal(await slots.run(async () => 7), 7)
  await t.rejects(
    slots.run(async () => {
      throw new Error('no')
    }),
    { message: 'no' },
  )
  await t.rejects(
    slots.run(() => {
      throw new Error('at once')
    }),
    { message: 'at once' },
  )
  t.equal(await slots.run(async () => 8), 8)
})

t.test('whoever comes while a slot is handed on does not slip in between', async (t) => {
  const slots = new Slots(1)
  const order: string[] = []
  const first = held()
  const running = slots.run(first.run)
  const second = slots.run(async () => void order.push('second'))
  first.end()
  await running
  const third = slots.run(async () => void order.push('third'))
  await Promise.all([second, third])
  t.same(order, ['second', 'third'])
})

t.test('never more than there are slots, first come, first served', async () => {
  const task = fc.record({ fails: fc.boolean() })
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 4 }),
      fc.array(task, { maxLength: 20 }),
      fc.scheduler(),
      async (size, tasks, scheduler) => {
        const slots = new Slots(size)
        const begun: number[] = []
        let running = 0
        let most = 0
        const all = tasks.map(({ fails }, index) =>
          slots
            .run(async () => {
              begun.push(index)
              running++
              most = Math.max(most, running)
              await scheduler.schedule(Promise.resolve(), String(index))
              running--
              if (fails) throw new Error('no')
            })
            .catch(() => undefined),
        )
        await scheduler.waitFor(Promise.all(all))
        return most === Math.min(size, tasks.length) && begun.every((index, place) => index === place)
      },
    ),
  )
})
