import t from 'tap'
import { MemoryStore } from '../support/memory-store.ts'
import { codeOf, TestListener, thrownCode, World } from '../support/world.ts'

t.test('what cannot be stored is shown to nobody', async (t) => {
  const store = new MemoryStore()
  const world = await World.load({ store })
  const ear = new TestListener()
  const anna = await world.account('anna', ear)
  const bob = await world.account('bob', ear)
  const tea = await world.join(anna, '#tea')
  await world.join(bob, '#tea')
  const { lastId } = world.timeline
  ear.take()
  store.failing = true
  t.equal(await codeOf(world.say(anna, tea, 'hello')), 'StoreUnavailable')
  t.equal(await codeOf(world.say(anna, bob, 'hello')), 'StoreUnavailable')
  t.same(ear.events, [])
  t.equal(world.timeline.lastId, lastId)
  store.failing = false
  await world.say(anna, tea, 'hello again')
  t.same(
    ear.messages.map(({ text }) => text),
    ['hello again'],
  )
})

t.test('a message is stored before anybody hears it', async (t) => {
  const store = new MemoryStore()
  const world = await World.load({ store })
  const anna = await world.account('anna')
  const tea = await world.join(anna, '#tea')
  let stored: string[] = []
  const ear = new TestListener()
  ear.hear = () => {
    stored = store.messages.map(({ text }) => text)
  }
  world.presence.arrive(anna, ear)
  await world.say(anna, tea, 'hello')
  t.same(stored, ['hello'])
})

t.test('who may not speak there', async (t) => {
  const world = await World.load()
  const anna = await world.account('anna')
  const bob = await world.account('bob')
  const guest = world.guest('carol')
  const tea = await world.join(anna, '#tea')
  t.equal(await codeOf(world.say(bob, tea, 'hi')), 'not-a-member')
  t.equal(await codeOf(world.say(guest, tea, 'hi')), 'not-a-member')
  t.equal(await codeOf(world.say(guest, anna, 'hi')), 'not-allowed', 'a guest to somebody offline')
  await world.leaving.leave(anna, tea)
  t.equal(await codeOf(world.say(anna, tea, 'hi')), 'not-a-member', 'a channel that is gone')
  t.equal(
    thrownCode(() => world.talk.target(anna, 'nobody')),
    'no-such-user',
  )
  t.equal(
    thrownCode(() => world.talk.target(anna, '#tea')),
    'no-such-channel',
  )
  t.equal(
    thrownCode(() => world.talk.target(guest, '#tea')),
    'no-such-channel',
  )
})

t.test('every other connection of both sides hears a direct message, and each once', async (t) => {
  const world = await World.load()
  const [here, there, theirs] = [new TestListener(), new TestListener(), new TestListener()]
  const anna = await world.account('anna', here, there)
  const bob = await world.account('bob', theirs)
  await world.talk.say(anna, bob, 'text', 'hi', here)
  t.same(here.messages, [])
  t.match(there.take(), [{ type: 'message', own: true, message: { from: 'anna', to: 'bob', text: 'hi' } }])
  t.match(theirs.take(), [{ type: 'message', own: undefined, message: { from: 'anna', to: 'bob' } }])
  await world.talk.say(anna, anna, 'text', 'a note', here)
  t.equal(there.messages.length, 1)
})

t.test('what the sender is told of somebody away or offline', async (t) => {
  const world = await World.load()
  const ear = new TestListener()
  const anna = await world.account('anna')
  const bob = await world.account('bob')
  t.match(await world.talk.say(anna, bob, 'text', 'hi'), { waits: 'bob', away: undefined })
  world.presence.arrive(bob, ear)
  t.match(await world.talk.say(anna, bob, 'text', 'hi'), { waits: undefined, away: undefined })
  world.presence.setAway(bob, 'lunch', ear)
  t.match(await world.talk.say(anna, bob, 'text', 'hi'), { away: { name: 'bob', note: 'lunch' } })
})
