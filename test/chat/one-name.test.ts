import t from 'tap'
import { Gate } from '../support/gated-store.ts'
import { MemoryStore } from '../support/memory-store.ts'
import { codeOf, thrownCode, World } from '../support/world.ts'

const asked = { email: undefined, password: 'password' }

t.test('a guest cannot take a nick while that name signs up, in whatever case', async (t) => {
  const gate = new Gate()
  const world = await World.load({ store: gate.before(new MemoryStore()) })
  const zoe = world.guest('other')
  gate.close()
  for (const name of ['anna', 'Bob', 'c.d_e-f']) {
    const signingUp = world.accounts.signUp({ ...asked, name })
    for (const nick of [name, name.toUpperCase(), name.toLowerCase()]) {
      t.equal(
        thrownCode(() => world.guests.enter(nick)),
        'name-taken',
        `/nick ${nick}`,
      )
      t.equal(
        thrownCode(() => world.guests.rename(zoe, nick)),
        'name-taken',
        'nor by another nick',
      )
      t.equal(
        thrownCode(() => world.accounts.claimName(nick, {})),
        'name-taken',
        'nor who is asked for a name',
      )
    }
    const others = [
      codeOf(world.accounts.signUp({ ...asked, name: name.toUpperCase() })),
      codeOf(world.accounts.register(name.toLowerCase(), 'password')),
    ]
    gate.open()
    t.equal((await signingUp).account.name, name)
    t.same(await Promise.all(others), ['name-taken', 'name-taken'])
    gate.close()
  }
})

t.test('a name is free again when nothing comes of it', async (t) => {
  const world = await World.load()
  const [one, other] = [{}, {}]
  world.accounts.claimName('anna', one)
  world.accounts.claimName('anna', one)
  t.equal(
    thrownCode(() => world.accounts.claimName('Anna', other)),
    'name-taken',
  )
  world.accounts.claimName('bella', one)
  t.equal(
    thrownCode(() => world.accounts.claimName('Anna', other)),
    undefined,
    'one name each',
  )
  world.accounts.releaseName(one)
  world.accounts.releaseName(other)
  t.equal(world.guests.enter('bella').name, '~bella')
  t.equal(
    await codeOf(world.accounts.signUp({ name: 'anna', email: 'not one', password: 'password' })),
    'bad-arguments',
  )
  t.equal(world.guests.enter('anna').name, '~anna')
})

t.test(
  'a guest signs up with the own nick, which nobody takes when the guest is gone meanwhile',
  async (t) => {
    const gate = new Gate()
    const world = await World.load({ store: gate.before(new MemoryStore()) })
    const zoe = world.guest('zoe')
    t.equal(
      thrownCode(() => world.accounts.claimName('zoe', {})),
      'name-taken',
      'somebody else does not',
    )
    gate.close()
    const signingUp = world.accounts.signUp({ ...asked, name: 'Zoe' }, zoe)
    const leaving = world.guests.leave(zoe)
    t.equal(
      thrownCode(() => world.guests.enter('zoe')),
      'name-taken',
    )
    gate.open()
    await Promise.all([signingUp, leaving])
    t.equal(world.directory.find('zoe'), (await signingUp).account)
  },
)

t.test('whoever leaves late does not take the nick from who has it now', async (t) => {
  const world = await World.load()
  const first = world.guest('zoe')
  await world.guests.leave(first)
  const second = world.guest('zoe')
  await world.guests.leave(first)
  t.equal(world.directory.find('~zoe'), second)
})
