import t from 'tap'
import type { Guest } from '../../server/chat/model/people.ts'
import { nickRestMs } from '../../server/chat/people/former-nicks.ts'
import { Gate } from '../support/gated-store.ts'
import { contradictions } from '../support/invariants.ts'
import { MemoryStore } from '../support/memory-store.ts'
import { codeOf, TestListener, thrownCode, World } from '../support/world.ts'

t.test('nicks are made up in order, and free again when the guest is gone', async (t) => {
  const world = await World.load()
  const names = [0, 1].map(() => world.guests.enter(undefined))
  t.same(
    names.map(({ name }) => name),
    ['~guest1', '~guest2'],
  )
  const [first] = names
  if (first) await world.guests.leave(first)
  t.equal(world.guests.enter(undefined).name, '~guest1')
  await world.account('guest3')
  t.equal(world.guests.enter(undefined).name, '~guest4', 'an account may have such a name')
})

t.test('a nick that is taken is refused, and the old one kept', async (t) => {
  const world = await World.load()
  await world.account('anna')
  const [bob, carol] = [world.guest('bob'), world.guest('carol')]
  for (const nick of ['anna', 'ANNA', 'Bob'])
    t.equal(await codeOf(world.guests.rename(carol, nick)), 'name-taken')
  t.equal(await codeOf(world.guests.rename(carol, 'no name')), 'bad-name')
  t.equal(world.directory.find('~carol'), carol)
  await world.guests.rename(bob, 'BOB')
  t.equal(bob.name, '~BOB')
  t.equal(world.directory.find('bob'), bob)
})

t.test('all who share a channel are told of a new nick, once', async (t) => {
  const world = await World.load()
  const [own, other] = [new TestListener(), new TestListener()]
  const bob = world.guest('bob', own)
  const anna = await world.account('anna', other)
  for (const room of ['#tea', '#lobby']) {
    await world.join(anna, room)
    await world.join(bob, room)
  }
  other.take()
  own.take()
  await world.guests.rename(bob, 'bert', own)
  t.same(other.take(), [{ type: 'renamed', user: '~bob', name: '~bert' }])
  t.same(own.take(), [])
})

t.test('a guest whose line is lost while joining is in no channel', async (t) => {
  const gate = new Gate()
  const world = await World.load({ store: gate.before(new MemoryStore()) })
  const anna = await world.account('anna')
  const ear = new TestListener()
  const bob = world.guest('bob', ear)
  gate.close()
  // Somebody else's joining holds the channel up.
  const others = world.join(anna, '#lobby')
  const joining = codeOf(world.joining.join(bob, '#lobby', ear))
  await Promise.resolve()
  world.presence.release(bob, ear)
  await world.guests.leave(bob)
  gate.open()
  await others
  t.equal(await joining, 'cancelled')
  t.same(await contradictions(world), [])
})

t.test('a guest is gone also while nothing can be stored', async (t) => {
  const store = new MemoryStore()
  const world = await World.load({ store })
  const anna = await world.account('anna')
  const bob = world.guest('bob')
  for (const room of ['#tea', '#attic', '#lobby']) {
    await world.join(anna, room)
    await world.join(bob, room)
  }
  for (const channel of [...anna.channels]) await world.leaving.leave(anna, channel)
  store.failing = true
  await world.guests.leave(bob)
  t.equal(bob.channels.size, 0)
  t.equal(world.directory.find('bob'), undefined)
  t.same(
    world.channelLists.list(anna).channels.map(({ members }) => members),
    [0, 0, 0],
  )
  store.failing = false
  const tea = await world.join(anna, '#tea')
  t.equal(tea.members.get(anna)?.role, 'admin')
  await world.leaving.leave(anna, tea)
  t.equal(world.channels.find('#tea', anna), undefined, 'closed at the next chance')
})

const signedUp = async (world: World, guest: Guest, name: string) => {
  const { account } = await world.accounts.signUp({ name, email: undefined, password: 'password' }, guest)
  guest.became = account
  await world.guests.leave(guest)
  return account
}

t.test('the nick of who has another name is nobody elses for a while, and finds them', async (t) => {
  const world = await World.load()
  const [bob, gustl] = [world.guest('bob', new TestListener()), world.guest('gustl', new TestListener())]
  await world.guests.rename(bob, 'bert')
  const gustav = await signedUp(world, gustl, 'gustav')
  const stranger = world.guest('stranger', new TestListener())
  for (const [nick, holder] of [
    ['bob', bob],
    ['gustl', gustav],
  ] as const) {
    for (const name of [nick, `~${nick.toUpperCase()}`, `@${nick}`])
      t.equal(world.directory.find(name), holder, name)
    t.equal(
      thrownCode(() => world.guests.enter(nick)),
      'name-taken',
      'not by a new guest',
    )
    t.equal(await codeOf(world.guests.rename(stranger, nick)), 'name-taken')
    t.equal(
      thrownCode(() => world.accounts.claimName(nick, {})),
      'name-taken',
      'nor by a new account',
    )
  }
  await world.guests.rename(bob, 'bob')
  t.equal(world.directory.find('~bob'), bob, 'they may take it back')
  const again = world.guests.enter('gustl', undefined, [gustav])
  t.equal(world.directory.find('~gustl'), again, 'also who has signed up, on that connection')
  await world.guests.leave(again)

  world.clock.advance(nickRestMs)
  t.equal(world.directory.find('~gustl'), undefined)
  await world.guests.rename(stranger, 'gustl')
  t.equal(stranger.name, '~gustl')
})

t.test('the nick of who is gone is free at once, also one that rested', async (t) => {
  const world = await World.load()
  const ear = new TestListener()
  const zoe = world.guest('zoe', ear)
  await world.guests.rename(zoe, 'zoey')
  world.presence.release(zoe, ear)
  await world.guests.leave(zoe)
  for (const nick of ['zoe', 'zoey']) {
    t.equal(world.directory.find(`~${nick}`), undefined)
    t.equal(world.guests.enter(nick).name, `~${nick}`)
  }
})

t.test('who has signed up may sign up by that nick again on the same connection', async (t) => {
  const world = await World.load()
  const gustav = await signedUp(world, world.guest('gustl', new TestListener()), 'gustav')
  const from = { origin: world.guests.originOf(undefined), formerly: [gustav] }
  t.equal(world.accounts.claimName('gustl', {}, { from }), 'gustl')
})

t.test('no guest holds many nicks, and no more than a thousand rest', async (t) => {
  const world = await World.load()
  const bob = world.guest('bob0', new TestListener())
  for (let number = 1; number <= 5; number++) await world.guests.rename(bob, `bob${number}`)
  const free = [0, 1, 2, 3, 4].filter((number) => world.directory.find(`~bob${number}`) === undefined)
  t.same(free, [0, 1])
  for (let number = 0; number <= 1_000; number++) {
    const carl = world.guest(`carl${number}`, new TestListener())
    await world.guests.rename(carl, `carla${number}`)
  }
  t.equal(world.directory.find('~bob4'), undefined)
  t.equal(world.guests.enter('carl0').name, '~carl0')
  t.equal(
    thrownCode(() => world.guests.enter('carl1')),
    'name-taken',
  )
})
