import type { BrowserRecord } from '../../server/chat/ports/browser-store.ts'
import type { Store } from '../../server/chat/ports/store.ts'
import type { Check } from './contract.ts'
import { newAccount, newMessage } from './samples.ts'

function newBrowser(account: number, hash: string, usedAt = 5): Omit<BrowserRecord, 'id'> {
  return { account, hash, createdAt: 5, usedAt, usedFrom: '192.0.2.7', agent: 'Firefox on Linux' }
}

/** The part of the contract about browsers that stay logged in. */
export async function browserContract(check: Check): Promise<void> {
  await check('browsers stay logged in, each by its secret', async (t, store) => {
    const anna = await store.createAccount(newAccount('Anna'))
    const bob = await store.createAccount(newAccount('Bob'))
    const first = await store.addBrowser(newBrowser(anna, 'a'), 9)
    const second = await store.addBrowser(newBrowser(anna, 'b'), 9)
    const other = await store.addBrowser(newBrowser(bob, 'c'), 9)
    t.ok(second > first && other > second, 'numbers grow')
    t.same(await store.browserBy('a'), { ...newBrowser(anna, 'a'), id: first })
    t.equal(await store.browserBy('x'), undefined)
    t.equal(await store.useBrowser(first, 9, undefined), true)
    t.same(await store.browsersOf(anna), [
      { ...newBrowser(anna, 'a', 9), id: first, usedFrom: undefined },
      { ...newBrowser(anna, 'b'), id: second },
    ])
    t.equal(await store.removeBrowser(bob, first), false, 'it is another one')
    t.equal(await store.removeBrowser(anna, first), true)
    t.equal(await store.removeBrowser(anna, first), false)
    t.equal(await store.useBrowser(first, 9, undefined), false)
    t.equal(await store.browserBy('a'), undefined)
    t.equal((await store.browserBy('c'))?.id, other)
  })

  await check('an account has so many browsers, those that were there last', async (t, store) => {
    const anna = await store.createAccount(newAccount('Anna'))
    const bob = await store.createAccount(newAccount('Bob'))
    await store.addBrowser(newBrowser(bob, 'bob', 1), 2)
    await store.addBrowser(newBrowser(anna, 'a', 7), 2)
    await store.addBrowser(newBrowser(anna, 'b', 6), 2)
    await store.addBrowser(newBrowser(anna, 'c', 8), 2)
    t.same(
      (await store.browsersOf(anna)).map(({ hash }) => hash),
      ['a', 'c'],
    )
    t.equal((await store.browsersOf(bob)).length, 1)
  })

  await check('browsers that were not there since a time go together', async (t, store) => {
    const anna = await store.createAccount(newAccount('Anna'))
    const bob = await store.createAccount(newAccount('Bob'))
    for (const [owner, hash, usedAt] of [
      [anna, 'a', 7],
      [anna, 'b', 8],
      [bob, 'c', 6],
      [bob, 'd', 9],
    ] as const)
      await store.addBrowser(newBrowser(owner, hash, usedAt), 9)
    t.equal(await store.removeBrowsersBefore(8), 2)
    const left = [...(await store.browsersOf(anna)), ...(await store.browsersOf(bob))]
    t.same(
      left.map(({ hash }) => hash),
      ['b', 'd'],
    )
    t.equal(await store.removeBrowsersBefore(8), 0)
  })

  await check(
    'another password logs all browsers out, and so does the end of the account',
    async (t, store) => {
      const anna = await store.createAccount(newAccount('Anna'))
      const bob = await store.createAccount(newAccount('Bob'))
      const kept = await store.addBrowser(newBrowser(bob, 'bob'), 9)
      const ends = [
        () => store.setPassword(anna, 'x'),
        () => store.setInitialPassword(anna, 'x'),
        () => store.recover(anna, { passwordHash: 'x', recoveryHash: 'y' }),
        () => store.deleteAccount(anna, 'keep', 9),
      ]
      for (const [index, end] of ends.entries()) {
        await store.addBrowser(newBrowser(anna, `anna ${index}`), 9)
        await end()
        t.same(await store.browsersOf(anna), [], `end ${index}`)
      }
      t.equal((await store.browserBy('bob'))?.id, kept)
    },
  )

  await check('with whom somebody has talked directly', async (t, store) => {
    const anna = await store.createAccount(newAccount('Anna'))
    const bob = await store.createAccount(newAccount('Bob'))
    const carl = await store.createAccount(newAccount('Carl'))
    t.same(await store.partnersOf(anna, 9), [])
    await store.append({ ...newMessage('a'), from: anna, to: bob })
    const toCarl = await store.append({ ...newMessage('b'), from: anna, to: carl })
    const fromBob = await store.append({ ...newMessage('c'), from: bob, to: anna })
    await store.append({ ...newMessage('d'), from: carl, to: anna, blocked: true })
    await store.append({ ...newMessage('e'), from: undefined, fromGuest: '~dora', to: anna })
    t.same(await store.partnersOf(anna, 9), [
      { other: bob, last: fromBob },
      { other: carl, last: toCarl },
    ])
    t.same(await store.partnersOf(anna, 1), [{ other: bob, last: fromBob }])
  })
}

/** One call of each, for a store that is closed. */
export function browserCalls(store: Store) {
  return {
    addBrowser: () => store.addBrowser(newBrowser(1, 'x'), 9),
    browserBy: () => store.browserBy('x'),
    browsersOf: () => store.browsersOf(1),
    useBrowser: () => store.useBrowser(1, 9, undefined),
    removeBrowser: () => store.removeBrowser(1, 1),
    removeBrowsersBefore: () => store.removeBrowsersBefore(9),
    partnersOf: () => store.partnersOf(1, 9),
  }
}
