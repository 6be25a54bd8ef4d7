import { register } from 'node:module'
import { Random } from '../support/random.ts'

/** How an async function runs that was made into a generator. */
type DelayedAsync = (self: unknown, args: ArrayLike<unknown>, body: AsyncBody) => Promise<unknown>
type AsyncBody = (...args: never[]) => Generator<unknown, unknown, unknown>

declare global {
  var delayedAsync: DelayedAsync
}

const most = 5

/**
 * Whoever awaits something in modules that are imported by `importDelayed` from now on goes on up to five microtasks later
 * than it could, and their async functions and methods answer as much later: as if an innocent `await` had slipped in
 * anywhere. Answers how often that was done so far.
 */
export function delayEverything(seed: number): () => number {
  const random = new Random(seed)
  let delays = 0
  const later = (task: () => void) => {
    delays++
    let microtasks = random.integer(0, most)
    const step = () => (microtasks-- > 0 ? queueMicrotask(step) : task())
    step()
  }
  globalThis.delayedAsync = (self, args, body) =>
    new Promise((resolve, reject) => {
      const generator: Generator<unknown, unknown, unknown> = Reflect.apply(
        body,
        self,
        Array.from(args ?? []),
      )
      const run = (go: () => IteratorResult<unknown, unknown>) => {
        try {
          const { done, value } = go()
          if (done) later(() => resolve(value))
          else
            Promise.resolve(value).then(
              (awaited) => later(() => run(() => generator.next(awaited))),
              (error: unknown) => later(() => run(() => generator.throw(error))),
            )
        } catch (error) {
          later(() => reject(error))
        }
      }
      run(() => generator.next())
    })
  register('./delays-loader.mjs', import.meta.url)
  return () => delays
}

/** Imports a module of the tests, by its address, and all of ours that it imports. */
export function importDelayed(url: URL): Promise<unknown> {
  return import(`${url.href}?delayed`)
}
