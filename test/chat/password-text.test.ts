import t from 'tap'
import { preparePassword } from '../../server/lib/password-text.ts'
import { MemoryStore } from '../support/memory-store.ts'
import { codeOf, openHasher, World } from '../support/world.ts'

/** Several ways to type one password: each finds what was set by any other. */
const kinds: readonly (readonly [string, ...string[]])[] = [
  [
    'Übung mächtig',
    'U\u0308bung ma\u0308chtig',
    'Übung\u00a0mächtig',
    'Übung\u3000ma\u0308chtig',
    'Übung\u2003mächtig',
  ],
  ['e\u0301clair éclair', 'éclair éclair'],
  ['Ångström 1', '\u212bngstro\u0308m 1'],
  ['한국어 비밀번호', '한국어 비밀번호'.normalize('NFD')],
  ['plain old password', 'plain\u202fold\u205fpassword'],
]

t.test('one password, however its letters and spaces are typed', async (t) => {
  for (const spellings of kinds)
    for (const set of spellings) {
      const world = await World.load()
      const { account } = await world.accounts.signUp({ name: 'anna', email: undefined, password: set })
      for (const tried of spellings) {
        const { account: found } = await world.logins.logIn('anna', tried)
        t.equal(found, account, `${escape(set)}, ${escape(tried)}`)
        await world.logins.prove(account, tried)
      }
      const louder = set.toUpperCase()
      if (louder !== set) t.equal(await codeOf(world.logins.logIn('anna', louder)), 'bad-login')
    }
})

t.test('each way to set a password takes it alike', async (t) => {
  const world = await World.load()
  const [nfd, nfc] = ['u\u0308bung\u00a0macht', 'übung macht']
  const { account, recoveryCode } = await world.accounts.signUp({
    name: 'anna',
    email: undefined,
    password: nfd,
  })
  const isNow = async (password: string) => (await world.logins.logIn('anna', password)).account === account
  t.ok(await isNow(nfc))
  await world.passwords.set(account, `${nfd} 2`, account.access)
  t.ok(await isNow(`${nfc} 2`))
  await world.passwords.setInitial(account, `${nfd} 3`)
  t.ok(await isNow(`${nfc} 3`))
  await world.passwords.recover('anna', recoveryCode, `${nfd} 4`)
  t.ok(await isNow(`${nfc} 4`))
  await world.accounts.register('bob', nfd)
  t.ok(await world.logins.logIn('bob', nfc))
})

t.test('what was stored as it was typed goes on to be found as it is typed', async (t) => {
  const store = new MemoryStore()
  const world = await World.load({ store })
  const account = await world.account('anna')
  for (const old of ['u\u0308bung macht', 'übung\u00a0macht', ' around ', 'trailing \u3000']) {
    await store.setPassword(account.id, await openHasher.hash(old))
    t.equal((await world.logins.logIn('anna', old)).account, account, escape(old))
  }
})

t.test('a password neither begins nor ends with a space, whichever it is', async (t) => {
  const { accounts, passwords } = await World.load()
  for (const password of [
    ' kettle on',
    'kettle on ',
    '\u00a0kettle on',
    'kettle on\u3000',
    '        ',
    '\tkettle on',
  ])
    t.equal(
      await codeOf(accounts.signUp({ name: 'anna', email: undefined, password })),
      'password-spaces',
      escape(password),
    )
  // Length is that of what is compared: nine letters here, and not eighteen.
  t.equal(preparePassword('u\u0308'.repeat(9)).length, 9)
  t.equal(passwords.check('u\u0308'.repeat(36)), 'ü'.repeat(36))
  t.equal(await codeOf((async () => passwords.check('u\u0308'.repeat(7)))()), 'weak-password')
})
