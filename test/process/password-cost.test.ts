import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import t from 'tap'
import { mainFile } from './program.ts'

// The threads run what is built.
const file = pathToFileURL(join(dirname(mainFile), 'lib', 'passwords.js')).href
const { BcryptPool }: typeof import('../../server/lib/passwords.ts') = await import(file)

const [before, after] = [5, 11]

/** The shortest of some times that something takes, in ms: what else the machine does only makes it longer. */
async function shortest(task: () => Promise<unknown>): Promise<number> {
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < 4; round++) {
    const begun = performance.now()
    await task()
    best = Math.min(best, performance.now() - begun)
  }
  return best
}

t.test('a name takes as long whether it is known or not, also after the cost was changed', async (t) => {
  const old = new BcryptPool(before)
  const now = new BcryptPool(after)
  t.teardown(() => Promise.all([old.close(), now.close()]))
  const hash = await old.hash('a password')
  await now.hash('so that its thread is there')
  const known = await shortest(() => now.verify('wrong', hash))
  const unknown = await shortest(() => now.verify('wrong', undefined))
  t.ok(known > unknown * 0.5 && known < unknown * 2, `raised: ${known} and ${unknown} ms`)
  t.equal(await now.verify('a password', hash), true)
  t.equal(await now.verify('another', hash), false)

  const costly = await now.hash('a password')
  await old.verify('wrong', costly)
  const knownThen = await shortest(() => old.verify('wrong', costly))
  const unknownThen = await shortest(() => old.verify('wrong', undefined))
  t.ok(
    knownThen > unknownThen * 0.5 && knownThen < unknownThen * 2,
    `lowered: ${knownThen}, ${unknownThen} ms`,
  )
})
