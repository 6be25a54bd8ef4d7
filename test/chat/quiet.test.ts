import t from 'tap'
import type { ChatEvent } from '../../server/chat/model/events.ts'
import { TestListener, World } from '../support/world.ts'

const types = (ear: TestListener) => ear.take().map((event) => event.type)
const texts = (events: readonly ChatEvent[]) =>
  events.map((event) => (event.type === 'message' ? event.message.text : event.type))

/** anna and bob in #tea, which is quiet for anna. */
async function scene(quiet: 'joins' | 'all') {
  const world = await World.load()
  const [annas, bobs] = [new TestListener(), new TestListener()]
  const anna = await world.account('anna', annas)
  const bob = await world.account('bob', bobs)
  const tea = await world.join(anna, '#tea')
  await world.join(bob, '#tea')
  await world.quiet.set(anna, tea, quiet, annas)
  for (const ear of [annas, bobs]) ear.take()
  return { world, anna, bob, tea, annas, bobs }
}

t.test('quiet spares the same where somebody in the channel has blocked who speaks', async (t) => {
  const { world, bob, tea, annas } = await scene('all')
  const carols = new TestListener()
  const carol = await world.account('carol', carols)
  await world.join(carol, '#tea')
  await world.contacts.block(carol, 'bob')
  for (const ear of [annas, carols]) ear.take()
  await world.say(bob, tea, 'blah')
  await world.say(bob, tea, '@anna and @carol, look')
  world.presence.setAway(bob, 'lunch', new TestListener())
  await world.channelSettings.setTopic(bob, tea, 'green')
  await world.leaving.leave(bob, tea)
  t.same(texts(annas.take()), ['@anna and @carol, look', 'mention'])
  t.same(carols.take(), [], 'nobody is named by whom they have blocked')
})

t.test('who comes and goes is spared in that channel alone', async (t) => {
  const { world, anna, bob, tea, annas, bobs } = await scene('joins')
  world.presence.setAway(bob, '', bobs)
  t.same(types(annas), [])
  await world.join(anna, '#milk')
  await world.join(bob, '#milk')
  annas.take()
  world.presence.setAway(bob, undefined, bobs)
  t.same(types(annas), ['presence'], 'by way of the other channel')
  await world.say(bob, tea, 'hello')
  t.same(types(annas), ['message'])
})

t.test('it is about all connections of a person, also later ones, but no script', async (t) => {
  const { world, anna, bob, tea, annas } = await scene('all')
  const later = new TestListener()
  const script = new TestListener({ token: 'bot', since: 0, scope: 'read', channels: undefined })
  for (const ear of [later, script]) world.presence.arrive(anna, ear)
  await world.say(bob, tea, 'blah')
  t.same([annas, later, script].map(types), [[], [], ['message']])
  await world.quiet.set(anna, tea, 'all', script)
  await world.quiet.set(anna, tea, undefined, later)
  await world.say(bob, tea, 'blah')
  t.same([annas, later, script].map(types), [['message'], ['message'], []])
  t.same(world.quiet.of(anna, script), [{ channel: '#tea', quiet: 'all' }])
  t.same(world.quiet.of(anna, later), [])
})

t.test('it is there again after a restart, and whoever comes back to the channel is told', async (t) => {
  const { world, anna, tea, annas } = await scene('all')
  const reloaded = await World.load({ store: world.store })
  const again = reloaded.directory.findAccount('anna')
  t.same(again?.settings, { quiet: { '#tea': 'all' } })
  await world.leaving.leave(anna, tea, { via: annas })
  const entered = await world.joining.join(anna, '#TEA')
  t.equal((await world.missed.onEntering(anna, entered, annas)).quiet, 'all')
})

t.test('channels that one is not in any more are forgotten with the next change', async (t) => {
  const { world, anna, tea, annas } = await scene('all')
  const milk = await world.join(anna, '#milk')
  await world.leaving.leave(anna, tea)
  await world.quiet.set(anna, milk, 'joins', annas)
  t.same(anna.settings.quiet, { '#milk': 'joins' })
  await world.quiet.set(anna, milk, undefined, annas)
  t.equal(anna.settings.quiet, undefined)
})

t.test('two settings that change at once are both remembered', async (t) => {
  const { world, anna, tea, annas } = await scene('joins')
  const milk = await world.join(anna, '#milk')
  await Promise.all([
    world.ownSettings.change(anna, { color: true }),
    world.quiet.set(anna, milk, 'all', annas),
    world.quiet.set(anna, tea, undefined, annas),
    world.ownSettings.change(anna, { clock: '12' }),
  ])
  t.match(anna.settings, { color: true, clock: '12', quiet: { '#milk': 'all', '#tea': undefined } })
})

t.test('a guest is spared the same while they are there, and named as others are', async (t) => {
  const { world, bob, tea } = await scene('joins')
  const ear = new TestListener()
  const zoe = world.guest('zoe', ear)
  await world.join(zoe, '#tea')
  await world.quiet.set(zoe, tea, 'all', ear)
  ear.take()
  await world.say(bob, tea, 'blah')
  await world.say(bob, tea, 'well, @~zoe?')
  await world.say(bob, tea, '@zoe.')
  t.same(texts(ear.take()), ['well, @~zoe?', 'mention', '@zoe.', 'mention'])
})

t.test('a login counts what was missed where it is quiet, and shows none of it', async (t) => {
  const { world, anna, bob, tea, annas } = await scene('all')
  world.presence.depart(anna, annas, world.timeline.lastId)
  const { seen } = anna
  for (const text of ['one', 'two', 'three']) await world.say(bob, tea, text)
  const upTo = world.presence.arrive(anna, annas)
  const room = await world.missed.onReturning(anna, tea, { seen, upTo }, annas)
  t.match(room, { quiet: 'all', messages: [], unread: { count: 3, more: false } })
})

/** anna has a program, to which #tea is quiet; how many messages are unread for her there. */
async function counted() {
  const { world, anna, annas, bob, tea } = await scene('all')
  const say = async (...words: string[]) => {
    for (const text of words) await world.say(bob, tea, text)
  }
  const count = async () => (await world.unread.in(anna, '#tea')).count
  const set = (quiet: 'all' | 'joins' | undefined) => world.quiet.set(anna, tea, quiet, annas)
  const terminal = async () => {
    const ear = new TestListener()
    const upTo = world.presence.arrive(anna, ear)
    await world.entrance.welcome(anna, ear, { seen: anna.seen, upTo }, true)
    world.readMarkers.shown(ear, world.timeline.lastId)
    world.presence.depart(anna, ear, world.timeline.lastId)
  }
  return { world, anna, annas, say, count, set, terminal }
}

for (const [what, isSeen, quiet] of [
  ['it ends', false, undefined],
  ['only its talk is shown again', false, 'joins'],
  ['a login showed nothing of it', true, undefined],
] as const)
  t.test(`what was spared counts as read, and nothing else does: ${what}`, async (t) => {
    const { world, anna, say, count, set, terminal } = await counted()
    await set(undefined)
    await say('before', 'before')
    t.equal(await count(), 2)
    await set('all')
    await say('blah', '@anna, look', 'blah', 'blah')
    t.equal(await count(), 1)
    t.match(await world.unread.of(anna), [{ channel: '#tea', count: 1, mentions: 1 }])
    if (isSeen) {
      await terminal()
      await say('blah', '@anna, look again', 'blah')
      await terminal()
    }
    await set(quiet)
    t.equal(await count(), isSeen ? 4 : 3, 'what was unread before, and what names her')
    await say('after')
    t.equal(await count(), isSeen ? 5 : 4)
  })

t.test(
  'what was unread before a channel is quiet counts again when that ends, unless it was read',
  async (t) => {
    const { world, anna, annas, say, count, set } = await counted()
    await set(undefined)
    await say('before')
    await set('all')
    t.same(await world.unread.of(anna), [])
    t.equal(await count(), 0)
    await set(undefined)
    t.equal(await count(), 1)
    await set('all')
    await world.marking.readAll(anna, annas)
    await set(undefined)
    t.equal(await count(), 0)
  },
)

t.test('of very many messages that name somebody none is lost when quiet ends', async (t) => {
  const { say, count, set } = await counted()
  await say(...Array.from({ length: 15 }, () => ['blah', '@anna, look']).flat())
  t.equal(await count(), 15)
  await set(undefined)
  t.ok((await count()) >= 15)
})

t.test(
  'other programs are told how much is unread when a channel becomes quiet, and when that ends',
  async (t) => {
    const { world, anna, annas, say, set } = await counted()
    const other = new TestListener()
    world.presence.arrive(anna, other)
    await set(undefined)
    await say('before')
    other.take()
    await set('all')
    await say('@anna, look')
    await set(undefined)
    const told = other.take().flatMap((event) => (event.type === 'read' ? [event] : []))
    t.match(told, [
      { channel: '#tea', count: 0 },
      { channel: '#tea', count: 2, mentions: 1 },
    ])
    t.same(
      annas.take().filter(({ type }) => type === 'read'),
      [],
      'the one that did it has its answer',
    )
  },
)
