import t from 'tap'
import { Gate } from '../support/gated-store.ts'
import { MemoryStore } from '../support/memory-store.ts'
import { codeOf, thrownCode, World } from '../support/world.ts'

const details = { email: undefined, password: 'password' }

t.test('a guest cannot take a nick while that name signs up, in whatever case', async (t) => {
  const gate = new Gate()
  const world = await World.load({ store: gate.before(new MemoryStore()) })
  const zoe = world.guest('other')
  gate.close()
  for (const name of ['anna', 'Bob', 'c.d_e-f']) {
    const signingUp = world.accounts.signUp({ ...details, name })
    for (const nick of [name, name.toUpperCase(), name.toLowerCase()]) {
      t.equal(
        thrownCode(() => world.guests.enter(nick)),
        'name-taken',
        `/nick ${nick}`,
      )
      t.equal(await codeOf(world.guests.rename(zoe, nick)), 'name-taken', 'nor by another nick')
      t.equal(
        thrownCode(() => world.accounts.claimName(nick, {})),
        'name-taken',
        'nor who is asked for a name',
      )
    }
    const others = [
      codeOf(world.accounts.signUp({ ...details, name: name.toUpperCase() })),
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
    const signingUp = world.accounts.signUp({ ...details, name: 'Zoe' }, zoe)
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

const hashed = { passwordHash: 'hash', recoveryHash: 'hash' }

t.test('nobody takes a name of a class while it is stored', async (t) => {
  const gate = new Gate()
  const world = await World.load({ store: gate.before(new MemoryStore()) })
  const zoe = world.guest('zoe')
  gate.close()
  const enrolling = world.enrolment.register(['clsone', 'Clstwo'].map((name) => ({ ...hashed, name })))
  for (const nick of ['clsone', 'CLSTWO'])
    t.same(
      [
        thrownCode(() => world.guests.enter(nick)),
        await codeOf(world.guests.rename(zoe, nick)),
        thrownCode(() => world.accounts.claimName(nick, {})),
        thrownCode(() => world.accounts.claimName(nick, {}, { first: true })),
      ],
      ['name-taken', 'name-taken', 'name-taken', 'name-taken'],
    )
  const others = [
    codeOf(world.accounts.register('clsone', 'password')),
    codeOf(world.enrolment.register([{ ...hashed, name: 'clstwo' }])),
  ]
  gate.open()
  t.same(await Promise.all(others), ['name-taken', 'name-taken'])
  t.equal((await enrolling).length, 2)
  t.equal(world.directory.find('clsone')?.kind, 'account')
  t.equal(await codeOf(world.enrolment.register([{ ...hashed, name: 'zoe' }])), 'name-taken')
  t.equal(
    await codeOf(world.enrolment.register([hashed, hashed].map((one) => ({ ...one, name: 'dup' })))),
    'bad-arguments',
  )
  t.equal(world.guests.enter('dup').name, '~dup', 'free again when nothing came of it')
})

t.test('a question that nobody answers holds a name for some minutes', async (t) => {
  const world = await World.load()
  const [asked, other] = [{}, {}]
  world.accounts.claimName('principal', asked)
  world.clock.advance(10 * 60_000 - 1)
  t.equal(
    thrownCode(() => world.guests.enter('principal')),
    'name-taken',
  )
  world.clock.advance(1)
  world.accounts.claimName('principal', other)
  t.equal(
    await codeOf(world.accounts.signUp({ ...details, name: 'principal' }, undefined, 'net', asked)),
    'name-taken',
  )
  world.accounts.releaseName(asked)
  t.equal(
    thrownCode(() => world.guests.enter('principal')),
    'name-taken',
    'it is the claim of the other now',
  )
  t.equal(
    await codeOf(world.accounts.signUp({ ...details, name: 'principal' }, undefined, 'net', other)),
    undefined,
  )
})

t.test('an operator goes before who is only being asked, not before who is being made', async (t) => {
  const gate = new Gate()
  const world = await World.load({ store: gate.before(new MemoryStore()) })
  const asked = {}
  for (const name of ['one', 'two', 'three', 'four']) world.accounts.claimName(name, { name })
  world.accounts.claimName('five', asked)
  t.equal(world.accounts.checkFreeName('one'), 'one')
  await world.accounts.register('one', 'password')
  await world.enrolment.register([{ ...hashed, name: 'two' }])
  world.accounts.claimName('three', {}, { first: true })
  t.equal(
    thrownCode(() => world.guests.enter('four')),
    'name-taken',
    'others wait',
  )
  gate.close()
  const made = world.accounts.signUp({ ...details, name: 'five' }, undefined, '192.0.2.1', asked)
  const late = codeOf(world.accounts.register('five', 'password'))
  gate.open()
  t.equal((await made).account.name, 'five')
  t.equal(await late, 'name-taken')
})
