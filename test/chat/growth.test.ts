import { join } from 'node:path'
import t from 'tap'
import { databaseOf, filesIn } from '../../server/data/places.ts'
import { systemClock } from '../../server/lib/clock.ts'
import { buildServices } from '../../server/services.ts'
import { openStore } from '../../server/store/open.ts'
import { DiskVault } from '../../server/transfer/disk-vault.ts'
import { fillAccounts, fillOthers } from '../bench/population.ts'
import { workIn } from '../bench/population-work.ts'
import { directoryFor } from '../support/directory.ts'
import { countedSecrets } from '../support/secrets.ts'
import { testConfig } from '../support/server.ts'
import { Steps } from '../support/steps.ts'
import { openHasher } from '../support/world.ts'

/** The first times something may be made that is there the last time, which counts. */
const repeats = 3

/** How many steps through Maps and Sets each thing takes on a server with so many accounts. */
async function stepsIn(directory: string, accounts: number): Promise<Map<string, number>> {
  const size = { accounts, others: accounts / 10 }
  await fillAccounts(directory, size)
  await fillOthers(directory, size)
  const store = await openStore({ file: databaseOf(directory), synchronous: 'off' })
  const vault = await DiskVault.in(filesIn(directory))
  const outside = { clock: systemClock, hasher: openHasher, secrets: countedSecrets(), vault }
  // Whoever may log in is not the question.
  const hasher = { ...openHasher, verify: async () => true }
  const noCeilings = Object.fromEntries(['channels', 'addressBans'].map((name) => [`ceilings.${name}`, 0]))
  const config = testConfig(directory, noCeilings)
  const { services } = await buildServices(config, store, { ...outside, hasher })
  const found = new Map<string, number>()
  const steps = new Steps()
  await workIn(services, repeats, async (name, task) => {
    let last = 0
    for (let turn = 0; turn < repeats; turn++) {
      steps.take()
      steps.watch()
      try {
        await task(turn)
      } finally {
        steps.unwatch()
      }
      last = steps.take()
    }
    found.set(name, last)
  })
  await store.close()
  return found
}

t.test('a walk is seen', async (t) => {
  const steps = new Steps()
  const numbers = new Map(Array.from({ length: 1000 }, (_, n) => [n, n]))
  steps.watch()
  const all = [...numbers.values()].filter((n) => n % 2 === 0).length + [...new Set(numbers.keys())].length
  steps.unwatch()
  t.equal(all, 1500)
  t.ok(steps.take() > 2000)
})

t.test('what one thing costs does not grow with all that there is', async (t) => {
  const folder = directoryFor(t)
  const small = await stepsIn(join(folder, 'small'), 1_000)
  const large = await stepsIn(join(folder, 'large'), 20_000)
  t.ok(small.size > 25)
  for (const [name, few] of small) {
    const many = large.get(name) ?? Number.POSITIVE_INFINITY
    t.ok(many < 1.5 * few + 60, `${name}: ${few} steps with 1,000 accounts, ${many} with 20,000`)
  }
})
