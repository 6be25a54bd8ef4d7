import t from 'tap'
import { FairSlots, type Turn } from '../../server/lib/fair-slots.ts'

/** Begins tasks that take turns in one slot, and answers in what order they were done. */
async function orderOf(tasks: readonly (readonly [name: string, turn: Turn])[]): Promise<string[]> {
  const slots = new FairSlots(1)
  const done: string[] = []
  const all = tasks.map(([name, turn]) =>
    slots.run(async () => {
      await new Promise((resolve) => setImmediate(resolve))
      done.push(name)
    }, turn),
  )
  await Promise.all(all)
  t.equal(slots.waiting, 0)
  return done
}

const times = <T>(count: number, one: T): T[] => Array<T>(count).fill(one)

t.test('who comes from elsewhere does not wait for a flood', async (t) => {
  const order = await orderOf([
    ...times(100, ['flood', { flow: 'x', weight: 1 }] as const),
    ['anna', { flow: 'a', weight: 1 }],
    ['bob', { flow: 'b', weight: 1 }],
  ])
  t.ok(order.indexOf('anna') <= 3 && order.indexOf('bob') <= 4, order.slice(0, 6).join(' '))
})

t.test('members go before newcomers, who come in nevertheless', async (t) => {
  const newcomers = Array.from({ length: 12 }, (_, n) => ['new', { flow: `n${n}`, weight: 4 }] as const)
  const members = Array.from({ length: 12 }, (_, n) => ['member', { flow: `m${n}`, weight: 1 }] as const)
  const order = await orderOf([...newcomers, ...members])
  t.same(order.slice(1, 13), times(12, 'member'), 'all of them, but for the newcomer who was at it')
  const rush = times(40, ['member', { flow: 'one address', weight: 1 }] as const)
  const late = (await orderOf([...rush, ['new', { flow: 'n', weight: 4 }]])).indexOf('new')
  t.ok(late >= 3 && late <= 6, `the newcomer is number ${late} of 41`)
})

t.test('in one flow, and among equals, first come is first served', async (t) => {
  const names = Array.from({ length: 50 }, (_, n) => String(n))
  t.same(await orderOf(names.map((name) => [name, { flow: 'x', weight: 2 }])), names)
  t.same(await orderOf(names.map((name) => [name, { flow: name, weight: 2 }])), names)
})

t.test('what fails leaves its slot to the next', async (t) => {
  const slots = new FairSlots(2)
  const turn = { flow: 'x', weight: 1 }
  const fails = () => Promise.reject(new Error('no'))
  const all = await Promise.allSettled([
    ...times(5, 0).map(() => slots.run(fails, turn)),
    slots.run(async () => 'done', turn),
  ])
  t.match(all.at(-1), { value: 'done' })
})

t.test('who is gone leaves the line, and takes no slot', async (t) => {
  const slots = new FairSlots(1)
  const done: string[] = []
  let finish = () => {}
  const busy = slots.run(
    () =>
      new Promise<void>((resolve) => {
        finish = resolve
      }),
    { flow: 'x', weight: 1 },
  )
  const why = new Error('gone')
  const leaving = new AbortController()
  const task = (name: string) => async () => void done.push(name)
  const gone = [1, 2, 3].map((n) =>
    slots.run(task(`gone ${n}`), { flow: 'g', weight: n, gone: leaving.signal }),
  )
  const stays = slots.run(task('stays'), { flow: 'g', weight: 1, gone: new AbortController().signal })
  t.equal(slots.waiting, 4)
  leaving.abort(why)
  t.equal(slots.waiting, 1)
  for (const one of gone) await t.rejects(one, why)
  await t.rejects(slots.run(task('late'), { flow: 'g', weight: 1, gone: leaving.signal }), why)
  finish()
  await Promise.all([busy, stays])
  t.same(done, ['stays'])
  t.equal(await slots.run(async () => 'free', { flow: 'x', weight: 1 }), 'free', 'the slot is free again')
})
