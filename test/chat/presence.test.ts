import t from 'tap'
import { MemoryStore } from '../support/memory-store.ts'
import { codeOf, TestListener, World } from '../support/world.ts'

async function seenIn(store: MemoryStore, id: number): Promise<number | undefined> {
  return (await store.load()).accounts.find((account) => account.id === id)?.seen
}

t.test('an account is online while it has a connection', async (t) => {
  const world = await World.load()
  const other = new TestListener()
  const anna = await world.account('anna')
  const bob = await world.account('bob', other)
  for (const person of [anna, bob]) await world.joining.joinDefaults(person)
  other.take()
  const [here, there] = [new TestListener(), new TestListener()]
  world.presence.arrive(anna, here)
  world.presence.arrive(anna, there)
  t.same(other.take(), [{ type: 'presence', user: 'anna', status: 'online' }], 'told once')
  t.same(here.events, [], 'who comes is not told of coming')
  world.presence.setAway(anna, 'lunch', here)
  t.same(other.take(), [{ type: 'presence', user: 'anna', status: 'away', note: 'lunch' }])
  t.same(there.take(), [{ type: 'presence', user: 'anna', status: 'away', note: 'lunch' }])
  world.presence.depart(anna, here, 0)
  t.same(other.take(), [])
  world.presence.depart(anna, there, 0, { note: 'bye' })
  t.same(other.take(), [{ type: 'presence', user: 'anna', status: 'offline', note: 'bye' }])
  t.equal(anna.away, undefined)
  world.presence.depart(anna, there, 0)
  t.same(other.take(), [], 'going twice is going once')
  t.same(
    world.presence.online().map(({ name }) => name),
    ['bob'],
  )
})

t.test('nobody is told of it in a large channel', async (t) => {
  const world = await World.load({ announceUpTo: 1 })
  const ear = new TestListener()
  const anna = await world.account('anna')
  const bob = await world.account('bob', ear)
  for (const person of [anna, bob]) await world.joining.joinDefaults(person)
  ear.take()
  world.presence.arrive(anna, new TestListener())
  t.same(ear.events, [])
})

t.test('what was shown is stored, and tried again if it could not be', async (t) => {
  const store = new MemoryStore()
  const world = await World.load({ store })
  const ear = new TestListener()
  const anna = await world.account('anna', ear)
  const tea = await world.join(anna, '#tea')
  const one = await world.say(anna, tea, 'one')
  world.presence.depart(anna, ear, one)
  store.failing = true
  t.equal(await codeOf(world.presence.saveSeen()), 'StoreUnavailable')
  store.failing = false
  t.equal(await seenIn(store, anna.id), 0)
  await world.presence.saveSeen()
  t.equal(await seenIn(store, anna.id), one)
})

t.test('what was shown never becomes less', async (t) => {
  const world = await World.load()
  const [here, there] = [new TestListener(), new TestListener()]
  const anna = await world.account('anna', here, there)
  const tea = await world.join(anna, '#tea')
  const one = await world.say(anna, tea, 'one')
  world.presence.depart(anna, here, one)
  world.presence.depart(anna, there, 0)
  t.equal(anna.seen, one)
})

t.test('of an account that is deleted nothing is stored any more', async (t) => {
  const store = new MemoryStore()
  const world = await World.load({ store })
  const ear = new TestListener()
  const anna = await world.account('anna', ear)
  await world.deletion.delete(anna)
  world.presence.depart(anna, ear, 0)
  await world.presence.saveSeen()
  t.same((await store.load()).accounts, [])
})
