import t from 'tap'
import { Gate } from '../support/gated-store.ts'
import { contradictions } from '../support/invariants.ts'
import { MemoryStore } from '../support/memory-store.ts'
import { codeOf, TestListener, World } from '../support/world.ts'

t.test('what the store refuses has not happened', async (t) => {
  const store = new MemoryStore()
  const world = await World.load({ store })
  const ear = new TestListener()
  const anna = await world.account('anna', ear)
  const bob = await world.account('bob')
  const tea = await world.join(anna, '#tea')
  await world.join(bob, '#tea')
  ear.take()
  store.failing = true
  t.equal(await codeOf(world.creating.create(anna, '#den', true)), 'StoreUnavailable')
  t.equal(await codeOf(world.joining.join(anna, '#coffee')), 'StoreUnavailable')
  t.equal(await codeOf(world.joining.join(anna, '#lobby')), 'StoreUnavailable')
  t.equal(await codeOf(world.leaving.leave(anna, tea)), 'StoreUnavailable')
  t.equal(await codeOf(world.channelSettings.setTopic(anna, tea, 'green')), 'StoreUnavailable')
  store.failing = false
  t.same(ear.events, [], 'and nobody is told of it')
  t.equal(tea.topic, '')
  t.same(await contradictions(world), [])
  t.equal(world.channels.find('#den', anna), undefined)
})

t.test('two make the same channel at once', async (t) => {
  const world = await World.load()
  const [anna, bob] = [await world.account('anna'), await world.account('bob')]
  const codes = await Promise.all([
    codeOf(world.creating.create(anna, '#tea', false)),
    codeOf(world.creating.create(bob, '#TEA', false)),
  ])
  t.same(codes, [undefined, 'name-taken'])
  t.same(await contradictions(world), [])
})

t.test('two join a channel at once that is not there yet', async (t) => {
  const world = await World.load()
  const [anna, bob] = [await world.account('anna'), await world.account('bob')]
  const entered = await Promise.all([world.joining.join(anna, '#tea'), world.joining.join(bob, '#Tea')])
  t.same(
    entered.map(({ made }) => made),
    [true, false],
  )
  t.equal(entered[0].channel, entered[1].channel, 'they meet')
  t.equal(entered[0].channel.members.get(anna)?.role, 'admin')
  t.equal(entered[0].channel.members.get(bob)?.role, undefined)
  t.same(await contradictions(world), [])
})

for (const [name, first, second] of [
  ['the last member leaves while somebody joins', 'leave', 'join'],
  ['somebody joins while the last member leaves', 'join', 'leave'],
] as const) {
  t.test(name, async (t) => {
    const gate = new Gate()
    const world = await World.load({ store: gate.before(new MemoryStore()) })
    const [anna, bob] = [await world.account('anna'), await world.account('bob')]
    const tea = await world.join(anna, '#tea')
    const acts = {
      join: () => world.joining.join(bob, '#tea'),
      leave: () => world.leaving.leave(anna, tea),
    }
    gate.close()
    const both = [acts[first](), acts[second]()]
    await Promise.resolve()
    gate.open()
    await Promise.all(both)
    const found = world.channels.find('#tea', bob)
    t.ok(found?.members.has(bob))
    t.equal(found?.members.get(bob)?.role, 'admin')
    t.same(await contradictions(world), [])
  })
}

t.test('two connections of an account leave the same channel at once', async (t) => {
  const world = await World.load()
  const anna = await world.account('anna')
  const tea = await world.join(anna, '#tea')
  const codes = await Promise.all([
    codeOf(world.leaving.leave(anna, tea)),
    codeOf(world.leaving.leave(anna, tea)),
  ])
  t.same(codes, [undefined, 'not-a-member'])
  t.same(await contradictions(world), [])
})

t.test('a channel is made anew at the moment in which it goes away', async (t) => {
  const gate = new Gate()
  const world = await World.load({ store: gate.before(new MemoryStore()) })
  const [anna, bob] = [await world.account('anna'), await world.account('bob')]
  const old = await world.join(anna, '#tea')
  await world.say(anna, old, 'of the old one')
  gate.close()
  const leaving = world.leaving.leave(anna, old, { sure: true })
  const [joining, creating] = [
    world.joining.join(bob, '#tea'),
    codeOf(world.creating.create(bob, '#tea', false)),
  ]
  gate.open()
  await leaving
  const { channel } = await joining
  t.not(channel, old)
  await creating
  t.same((await world.history.of(bob, '#tea')).messages, [])
  t.same(await contradictions(world), [])
})

t.test('the longest-standing member is the next admin, and everybody is told once', async (t) => {
  const world = await World.load()
  const ear = new TestListener()
  const anna = await world.account('anna')
  const [carol, bob] = [await world.account('carol'), await world.account('bob', ear)]
  const tea = await world.join(anna, '#tea')
  await world.join(carol, '#tea')
  world.clock.advance(1)
  await world.join(bob, '#tea')
  ear.take()
  await world.leaving.leave(anna, tea)
  t.same(ear.take(), [
    { type: 'left', channel: '#tea', user: 'anna' },
    { type: 'admin', channel: '#tea', user: 'carol' },
  ])
  t.equal(tea.members.get(carol)?.role, 'admin')
})

t.test('a guest is no admin; the first member after only guests were left is', async (t) => {
  const world = await World.load()
  const [anna, bob] = [await world.account('anna'), await world.account('bob')]
  const tea = await world.join(anna, '#tea')
  await world.join(world.guest('carol'), '#tea')
  await world.leaving.leave(anna, tea)
  t.equal(await world.join(bob, '#tea'), tea)
  t.equal(tea.members.get(bob)?.role, 'admin')
  t.same(await contradictions(world), [])
})

t.test('a private channel is nothing to others', async (t) => {
  const world = await World.load()
  const [anna, bob] = [await world.account('anna'), await world.account('bob')]
  await world.creating.create(anna, '#den', true)
  // Who could make a channel of that name learns that it is taken.
  for (const [other, code] of [
    [bob, 'invite-only'],
    [world.guest('carol'), 'no-such-channel'],
  ] as const) {
    t.equal(world.channels.find('#den', other), undefined)
    t.equal(await codeOf(world.joining.join(other, '#den')), code)
    t.same(
      world.channelLists.list(other).channels.map(({ name }) => name),
      ['#lobby'],
    )
  }
  t.equal(world.channels.find('#den', undefined), undefined)
})

t.test('members are in the order in which they came also after a restart', async (t) => {
  const world = await World.load()
  const [anna, bob, carol] = [
    await world.account('anna'),
    await world.account('bob'),
    await world.account('carol'),
  ]
  for (const person of [carol, anna, bob]) {
    world.clock.advance(1000)
    await world.join(person, '#tea')
  }
  const names = ({ channels }: World) =>
    [...(channels.named('#tea')?.members.keys() ?? [])].map(({ name }) => name)
  t.same(names(world), ['carol', 'anna', 'bob'])
  t.same(names(await World.load({ store: world.store })), ['carol', 'anna', 'bob'])
})
