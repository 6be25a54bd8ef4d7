import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import t from 'tap'
import { buildHasher } from './built-hasher.ts'

// The threads run what is built.
const folder = buildHasher()
t.teardown(() => rmSync(folder, { recursive: true, force: true }))
const file = pathToFileURL(join(folder, 'passwords.js')).href
const { BcryptPool }: typeof import('../../server/lib/passwords.ts') = await import(file)

const [before, after] = [5, 11]

const patience = 30

/**
 * The shortest of the times that two things take, in ms: what else the machine does only makes them longer. They take turns
 * until they are alike, or for so long that they are not.
 */
async function shortest(
  one: () => Promise<unknown>,
  other: () => Promise<unknown>,
): Promise<[number, number]> {
  const best: [number, number] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
  for (let round = 0; round < patience && !(round > 1 && alike(best)); round++) {
    for (const [which, task] of [one, other].entries()) {
      const begun = performance.now()
      await task()
      best[which] = Math.min(best[which] ?? 0, performance.now() - begun)
    }
  }
  return best
}

function alike([one, other]: readonly [number, number]): boolean {
  return one > other * 0.5 && one < other * 2
}

t.test('a name takes as long whether it is known or not, also after the cost was changed', async (t) => {
  const old = new BcryptPool(before)
  const now = new BcryptPool(after)
  t.teardown(() => Promise.all([old.close(), now.close()]))
  const hash = await old.hash('a password')
  await now.hash('so that its thread is there')
  const raised = await shortest(
    () => now.verify('wrong', hash),
    () => now.verify('wrong', undefined),
  )
  t.ok(alike(raised), `raised: ${raised} ms`)
  t.equal(await now.verify('a password', hash), true)
  t.equal(await now.verify('another', hash), false)

  const costly = await now.hash('a password')
  await old.verify('wrong', costly)
  const lowered = await shortest(
    () => old.verify('wrong', costly),
    () => old.verify('wrong', undefined),
  )
  t.ok(alike(lowered), `lowered: ${lowered} ms`)
})
