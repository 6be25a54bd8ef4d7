import t, { type Test } from 'tap'
import type { Told } from '../../server/chat/ports/change-log.ts'
import type { Teller } from '../../server/chat/ports/records.ts'
import type { Store } from '../../server/chat/ports/store.ts'
import { directoryFor } from '../support/directory.ts'
import { Random, seedFrom } from '../support/random.ts'
import { delayEverything, importDelayed } from './delays.ts'

/*
 * Whoever reads, reads messages in the order of their numbers, and everything else at one place between them: however
 * many promises lie between a commit and its telling. ORDER_SEED=N plays a run again.
 */

const seed = seedFrom(process.env['ORDER_SEED'])
t.comment(`ORDER_SEED=${seed}`)
const delays = delayEverything(seed)
const scene = (await importDelayed(new URL('scene.ts', import.meta.url))) as typeof import('./scene.ts')

async function disorderOf(t: Test, around: (store: Store) => Store): Promise<readonly string[]> {
  const { problems, reads } = await scene.orderOf(directoryFor(t), seed, around)
  t.ok(reads.every(({ numbers }) => numbers.length > 50))
  return problems
}

t.test('everybody reads in the order of the numbers, whatever is awaited in between', async (t) => {
  t.same(await disorderOf(t, (store) => store), [])
  t.ok(delays() > 10_000, `${delays()} delays`)
})

/** A store whose changes are told by whoever awaits them, as soon as they go on: as if it did not tell them in order. */
function toldByWhoAwaits(store: Store, random: Random): Store {
  const tells = (value: unknown): value is Told<unknown> | Teller<unknown> =>
    typeof value === 'object' && value !== null && 'tell' in value
  return new Proxy(store, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name)
      if (typeof method !== 'function') return method
      return async (...args: unknown[]) => {
        const last = args.at(-1)
        if (!tells(last)) return Reflect.apply(method, target, args)
        const untold = 'log' in last ? { log: last.log, tell: () => undefined } : undefined
        const stored = await Reflect.apply(method, target, [...args.slice(0, -1), untold])
        if (stored === false) return stored
        for (let microtasks = random.integer(0, 5); microtasks > 0; microtasks--) await undefined
        const answer = last.tell(stored)
        return untold ? stored : answer
      }
    },
  })
}

t.test('this is seen where it is not so', async (t) => {
  const problems = await disorderOf(t, (store) => toldByWhoAwaits(store, new Random(seed)))
  const backwards = problems.filter((problem) => problem.startsWith('the messages that'))
  t.ok(backwards.length > 0, backwards[0] ?? 'messages came in another order')
  t.ok(
    problems.some((problem) => problem.startsWith('watcher read')),
    'and other changes are at other places than in the log',
  )
})
