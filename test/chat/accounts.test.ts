import t from 'tap'
import type { PasswordHasher } from '../../server/chat/ports/secrecy.ts'
import type { Store } from '../../server/chat/ports/store.ts'
import { contradictions } from '../support/invariants.ts'
import { MemoryStore } from '../support/memory-store.ts'
import { codeOf, openHasher, TestListener, World } from '../support/world.ts'

const anna = { name: 'anna', email: undefined, password: 'password' }

t.test('two sign up under the same name at once', async (t) => {
  const world = await World.load()
  const codes = await Promise.all([
    codeOf(world.accounts.signUp(anna)),
    codeOf(world.accounts.signUp({ ...anna, name: 'ANNA' })),
  ])
  t.same(codes.sort(), ['name-taken', undefined])
  t.same(await contradictions(world), [])
})

t.test('an account that cannot be stored is not there', async (t) => {
  const store = new MemoryStore()
  const world = await World.load({ store })
  store.failing = true
  t.equal(await codeOf(world.accounts.signUp(anna)), 'StoreUnavailable')
  t.equal(world.directory.isTaken('anna'), false)
  store.failing = false
  t.equal(await codeOf(world.accounts.signUp(anna)), undefined)
})

t.test('what cannot be stored of an account is not changed', async (t) => {
  const store = new MemoryStore()
  const world = await World.load({ store })
  const account = await world.account('anna')
  const tea = await world.join(account, '#tea')
  store.failing = true
  t.equal(await codeOf(world.ownSettings.setEmail(account, 'anna@example.org')), 'StoreUnavailable')
  t.equal(await codeOf(world.ownSettings.change(account, { clock: '12' })), 'StoreUnavailable')
  t.equal(await codeOf(world.passwords.set(account, 'new password', account.access)), 'StoreUnavailable')
  t.equal(await codeOf(world.tokens.make(account, 'build')), 'StoreUnavailable')
  t.equal(await codeOf(world.deletion.delete(account)), 'StoreUnavailable')
  store.failing = false
  t.equal(account.email, undefined)
  t.same(account.settings, {})
  t.ok(tea.members.has(account))
  t.equal((await world.logins.logIn('anna', 'password')).account, account)
  t.same(await world.tokens.list(account), [])
  t.same(await contradictions(world), [])
})

t.test('what cannot be a name is not remembered for its length when it fails to log in', async (t) => {
  const { logins } = await World.load()
  for (const name of ['x'.repeat(4000), 'y'.repeat(4000), 'no name', 'Nobody', '#77', '2001:db8::1'])
    t.equal(await codeOf(logins.logIn(name, 'a password')), 'bad-login')
  t.same(
    logins
      .failures()
      .map(({ failures, of }) => [of, failures])
      .sort(),
    [
      ['#77', 1],
      ['(impossible)', 4],
      ['nobody', 1],
    ],
  )
  t.throws(() => logins.clearFailures('2001:db8::1'), 'which is an address here')
  logins.clearFailures('(impossible)')
  t.equal(logins.failures().length, 2)
})

t.test('a wrong password and an unknown name ask the store and the hasher the same questions', async (t) => {
  const asked: string[] = []
  const store = new Proxy<Store>(new MemoryStore(), {
    get(target, name) {
      const method: unknown = Reflect.get(target, name)
      if (typeof method !== 'function') return method
      return (...args: unknown[]) => {
        asked.push(String(name))
        return Reflect.apply(method, target, args)
      }
    },
  })
  const hasher: PasswordHasher = {
    hash: openHasher.hash,
    verify(password, hash) {
      asked.push('verify')
      return openHasher.verify(password, hash)
    },
  }
  const world = await World.load({ store, hasher })
  await world.account('anna')
  const questions = async (name: string, password: string) => {
    asked.length = 0
    t.equal(await codeOf(world.logins.logIn(name, password)), 'bad-login')
    return [...asked]
  }
  const wrong = await questions('anna', 'not the password')
  t.ok(wrong.includes('verify'))
  for (const name of ['nobody', '#99', '~anna', '']) t.same(await questions(name, 'password'), wrong)
  t.same(await questions('anna', 'x'.repeat(100)), wrong, 'a password that is too long, too')
})

t.test('a password over 72 bytes is wrong, also where its beginning is right', async (t) => {
  const cutting: PasswordHasher = {
    hash: async (password) => password.slice(0, 72),
    verify: async (password, hash) => password.slice(0, 72) === hash,
  }
  const world = await World.load({ hasher: cutting })
  const password = 'x'.repeat(72)
  await world.accounts.signUp({ ...anna, password })
  t.ok(await world.logins.logIn('anna', password))
  t.equal(await codeOf(world.logins.logIn('anna', `${password}y`)), 'bad-login')
})

t.test('secrets: a token in place of the password, a recovery code used up', async (t) => {
  const world = await World.load()
  const { account, recoveryCode } = await world.accounts.signUp(anna)
  const { token } = await world.tokens.make(account, 'build')
  t.equal((await world.logins.logIn('#1', token)).account, account)
  t.equal((await world.logins.logIn('1', token.toLowerCase())).account, account)
  t.equal(await codeOf(world.logins.prove(account, token)), 'bad-login', 'a token is no password')
  await world.tokens.revoke(account, 'build')
  t.equal(await codeOf(world.logins.logIn('anna', token)), 'bad-login')
  t.equal(await codeOf(world.logins.logIn('anna', recoveryCode)), 'bad-login')

  const { recoveryCode: next } = await world.passwords.recover('anna', ` ${recoveryCode} `, 'new password')
  t.equal((await world.logins.logIn('anna', 'new password')).account, account)
  t.equal(await codeOf(world.logins.logIn('anna', 'password')), 'bad-login')
  t.equal(await codeOf(world.passwords.recover('anna', recoveryCode, 'an older one')), 'bad-login')
  t.equal(await codeOf(world.passwords.recover('bob', next, 'of an unknown name')), 'bad-login')
  t.equal(await codeOf(world.passwords.recover('anna', next, 'short')), 'weak-password')
  t.equal(await codeOf(world.passwords.recover('anna', next, 'after all')), undefined)
})

t.test('a recovery code is good for one of two who use it at once', async (t) => {
  const world = await World.load()
  const { recoveryCode } = await world.accounts.signUp(anna)
  const codes = await Promise.all([
    codeOf(world.passwords.recover('anna', recoveryCode, 'one password')),
    codeOf(world.passwords.recover('anna', recoveryCode, 'other password')),
  ])
  t.same(codes, [undefined, 'bad-login'])
  t.equal(await codeOf(world.logins.logIn('anna', 'other password')), 'bad-login')
})

t.test('tokens of the same name belong to different accounts', async (t) => {
  const world = await World.load()
  const [one, other] = [await world.account('anna'), await world.account('bob')]
  await world.tokens.make(one, 'build')
  t.equal(await codeOf(world.tokens.make(other, 'build')), undefined)
  t.equal(await codeOf(world.tokens.make(one, 'build')), 'name-taken')
  t.equal(await codeOf(world.tokens.make(one, 'no name')), 'bad-name')
  await world.tokens.revoke(other, 'build')
  t.same(
    (await world.tokens.list(one)).map(({ name }) => name),
    ['build'],
  )
  t.equal(await codeOf(world.tokens.revoke(other, 'build')), 'no-such-token')
})

t.test(
  'deleting: out of every channel, the admin succeeded, the name free for somebody else some days later',
  async (t) => {
    const world = await World.load()
    const account = await world.account('anna', new TestListener())
    const bob = await world.account('bob')
    const tea = await world.join(account, '#tea')
    await world.creating.create(account, '#den', true)
    await world.join(bob, '#tea')
    await world.say(account, tea, 'one')
    await world.deletion.delete(account)
    t.equal(tea.members.get(bob)?.role, 'admin')
    t.equal(world.channels.byId(3), undefined, 'a channel of nobody is gone')
    t.equal(world.directory.findAccount('anna'), undefined)
    t.equal(await codeOf(world.logins.logIn('anna', 'password')), 'bad-login')
    t.equal(await codeOf(world.say(bob, account, 'are you there?')), 'no-such-user')
    t.equal(await codeOf(world.account('anna')), 'name-taken')
    world.clock.advance(30 * 86_400_000)
    const again = await world.account('anna')
    t.not(again.id, account.id)
    const { messages } = await world.history.of(bob, '#tea')
    t.same(
      messages.map(({ from }) => from),
      [`deleted user #${account.id}`],
    )
    t.same(await contradictions(world), [])
  },
)

t.test('names, e-mail addresses and passwords that will not do', async (t) => {
  const world = await World.load()
  const { accounts } = world
  const names = ['a', '1st', '-x', 'a b', 'änne', 'x'.repeat(25), '~anna', '@anna', '#7', 'a\u200d', '']
  for (const name of names)
    t.equal(await codeOf(accounts.signUp({ ...anna, name })), 'bad-name', JSON.stringify(name))
  const addresses = ['', 'a', 'a@b', '@b.c', 'a@b.', 'a b@c.d', '<a@b.c>', `${'x'.repeat(250)}@b.cd`]
  for (const email of addresses)
    t.equal(await codeOf(accounts.signUp({ ...anna, email })), 'bad-arguments', JSON.stringify(email))
  t.equal(await codeOf(accounts.signUp({ ...anna, password: '1234567' })), 'weak-password')
  t.equal(await codeOf(accounts.signUp({ ...anna, password: 'é'.repeat(37) })), 'password-too-long')
  t.equal(
    await codeOf(accounts.signUp({ ...anna, name: 'x'.repeat(24), password: 'é'.repeat(36) })),
    undefined,
  )
})
