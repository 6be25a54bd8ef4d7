import { setImmediate } from 'node:timers/promises'
import t from 'tap'
import type { Account } from '../../server/chat/model/people.ts'
import { MemoryStore } from '../support/memory-store.ts'
import { codeOf, TestListener, World } from '../support/world.ts'

/** A store that counts what is asked about what is unread. */
class CountingStore extends MemoryStore {
  asked = 0

  override received(...args: Parameters<MemoryStore['received']>): ReturnType<MemoryStore['received']> {
    this.asked++
    return super.received(...args)
  }

  override receivedFrom(
    ...args: Parameters<MemoryStore['receivedFrom']>
  ): ReturnType<MemoryStore['receivedFrom']> {
    this.asked++
    return super.receivedFrom(...args)
  }
}

/** bob has a program; alice talks in #lobby. */
async function scene() {
  const store = new CountingStore()
  const world = await World.load({ store })
  const program = new TestListener()
  const bob = await world.account('bob', program)
  const alice = await world.account('alice')
  const lobby = await world.join(alice, '#lobby')
  await world.join(bob, '#lobby')
  const counts = async () =>
    (await world.unread.of(bob)).map(({ channel, count, with: other }) => [channel ?? other, count])
  await counts()
  const say = async (count: number) => {
    for (let index = 0; index < count; index++) await world.say(alice, lobby, 'a line')
  }
  const login = async (person: Account = bob) => {
    const ear = new TestListener()
    const seen = world.presence.shownTo(person)
    const upTo = world.presence.arrive(person, ear)
    await world.entrance.welcome(person, ear, { seen, upTo }, true)
    return ear
  }
  const shows = (ear: TestListener) => world.readMarkers.shown(ear, world.timeline.lastId)
  const told = (ear = program) => ear.take().filter(({ type }) => type === 'read')
  return { store, world, program, bob, alice, lobby, counts, say, login, shows, told }
}

t.test('what comes while a connection speaks JSON is read by nobody', async (t) => {
  const { world, bob, counts, say, login, shows, told } = await scene()
  const ear = await login()
  shows(ear)
  world.readMarkers.left(bob, ear)
  await say(3)
  shows(ear)
  t.same(await counts(), [['#lobby', 3]])
  await world.marking.readsAlong(bob, ear)
  shows(ear)
  t.same(await counts(), [['#lobby', 3]], 'nor by who speaks as a person again')
  await say(1)
  shows(ear)
  t.same(await counts(), [['#lobby', 3]], 'what comes from then on is')
  await world.marking.read(bob, '#lobby', undefined, ear)
  t.same(await counts(), [])
  t.equal(told().length, 2)
})

t.test('a program that came in as a person is told what is read', async (t) => {
  const { world, bob, program, say, login, told } = await scene()
  const ear = await login()
  await say(1)
  await world.marking.read(bob, '#lobby', undefined, program)
  t.same(told(ear), [], 'a terminal is not')
  world.readMarkers.left(bob, ear)
  await say(1)
  await world.marking.read(bob, '#lobby', undefined, program)
  t.match(told(ear), [{ channel: '#lobby', count: 0 }])
})

t.test('who says something right with the login has not read what it shows', async (t) => {
  const { world, bob, lobby, counts, say, login, shows } = await scene()
  await say(30)
  const ear = await login()
  const id = await world.say(bob, lobby, 'hello from a script')
  world.readMarkers.said(ear, id)
  world.readMarkers.left(bob, ear)
  t.same(await counts(), [['#lobby', 30]])
  const other = await login()
  shows(other)
  t.same(await counts(), [['#lobby', 10]], 'but for the last twenty of others')
})

t.test('the first sign of life tells programs all that is read', async (t) => {
  const { world, bob, alice, lobby, counts, login, shows, told } = await scene()
  const ear = await login()
  const before = world.timeline.lastId
  const said = await world.say(alice, lobby, 'y')
  const direct = await world.say(alice, bob, 'psst')
  t.same(await counts(), [
    ['alice', 1],
    ['#lobby', 1],
  ])
  told()
  shows(ear)
  t.same(told(), [{ type: 'read', after: before, read: direct }])
  t.ok(said > before)
  t.same(await counts(), [])
})

t.test('and what is left of a place that was shown in part', async (t) => {
  const { counts, say, login, shows, told } = await scene()
  await say(30)
  const ear = await login()
  shows(ear)
  t.same(await counts(), [['#lobby', 10]])
  t.match(told(), [{ type: 'read', channel: '#lobby', count: 10 }])
})

t.test(
  'where earlier logins left something, programs are told so also if this one showed all that is new',
  async (t) => {
    const { world, alice, bob, counts, say, login, shows, told } = await scene()
    await say(30)
    const first = await login()
    shows(first)
    world.presence.depart(bob, first, world.timeline.lastId)
    for (let index = 0; index < 30; index++) await world.say(alice, bob, 'psst')
    const second = await login()
    shows(second)
    world.presence.depart(bob, second, world.timeline.lastId)
    await say(3)
    await world.say(alice, bob, 'psst')
    const third = await login()
    told()
    shows(third)
    const left = await counts()
    t.same(left, [
      ['alice', 31],
      ['#lobby', 10],
    ])
    const events = told().flatMap((event) =>
      'count' in event ? [[event.with ?? event.channel, event.count]] : [],
    )
    t.same(Object.fromEntries(events), Object.fromEntries(left))
  },
)

t.test(
  'what is marked as unread elsewhere stays so, whatever a terminal has shown before that',
  async (t) => {
    const { world, alice, bob, lobby, program, counts, say, login, shows, told } = await scene()
    const first = await world.say(alice, lobby, 'first')
    const direct = await world.say(alice, bob, 'psst')
    await say(25)
    await world.marking.readAll(bob, program)
    await world.say(alice, bob, 'psst again')
    await say(1)

    const ear = await login()
    t.equal((await world.marking.unread(bob, '#lobby', first, program)).count, 27)
    t.equal((await world.marking.unread(bob, 'alice', direct, program)).count, 2)
    const marked = [
      ['#lobby', 27],
      ['alice', 2],
    ]
    shows(ear)
    t.same(await counts(), marked, 'behind a login')
    t.ok(
      told().every((event) => !('count' in event) || event.count > 0),
      'no program is told that nothing is left',
    )
    await say(1)
    shows(ear)
    t.same(await counts(), marked, 'what comes then is read')

    await world.marking.readAll(bob, program)
    const last = await world.say(alice, lobby, 'shown and marked')
    await world.marking.unread(bob, '#lobby', last, program)
    shows(ear)
    t.same(await counts(), [['#lobby', 1]], 'of what it heard')

    const looked = await world.history.of(bob, 'alice')
    await world.marking.looked(bob, ear, looked, 'alice')
    await world.marking.looked(bob, ear, await world.inbox.of(bob, {}, true))
    await world.marking.unread(bob, 'alice', direct, program)
    shows(ear)
    t.same(Object.fromEntries(await counts()), { alice: 2, '#lobby': 1 }, 'of a list that it asked for')
    await world.marking.looked(bob, ear, looked, 'alice')
    shows(ear)
    t.same(await counts(), [['#lobby', 1]], 'what it shows after that is read')

    await world.marking.unread(bob, 'alice', direct, program)
    await world.marking.readAll(bob, program)
    shows(ear)
    t.same(await counts(), [], 'nor does a mark outlive its end')
  },
)

t.test('/read that was answered is stored', async (t) => {
  const { store, world, bob, program, counts, say } = await scene()
  await say(3)
  await counts()
  await world.marking.read(bob, '#lobby', undefined, program)
  await say(1)
  const after = await World.load({ store: store.copy() })
  const again = after.directory.require('bob') as Account
  after.presence.arrive(again, new TestListener())
  t.match(await after.unread.of(again), [{ channel: '#lobby', count: 1 }])
})

t.test('reading again what is read tells nobody', async (t) => {
  const { world, bob, say, told } = await scene()
  await say(1)
  const other = new TestListener()
  world.presence.arrive(bob, other)
  for (let index = 0; index < 3; index++) await world.marking.read(bob, '#lobby', undefined, other)
  t.equal(told().length, 1)
})

t.test('nothing is kept of people who have said nothing', async (t) => {
  const { store, world, bob, program } = await scene()
  for (const name of ['ann', 'ben']) {
    await world.account(name)
    t.equal(await codeOf(world.marking.unread(bob, name, 1, program)), 'bad-arguments')
  }
  t.same((await store.readOf(bob.id)).places, [])
})

t.test('looking at what many people said asks the store a few times only', async (t) => {
  const { store, world, bob, login, shows, told, counts } = await scene()
  for (let index = 0; index < 60; index++) await world.say(await world.account(`a${index}`), bob, 'hello')
  t.equal((await counts()).length, 60)
  const ear = await login()
  shows(ear)
  for (let index = 0; index < 60; index++) await world.marking.unread(bob, `a${index}`, 1, ear)
  told()
  store.asked = 0
  world.readMarkers.looked(ear, 'people', { after: 0, upTo: world.timeline.lastId })
  shows(ear)
  await setImmediate()
  t.ok(store.asked < 10, `asked ${store.asked} times`)
  t.equal(told().length, 60, 'each is told')
  t.same(await counts(), [])
})

t.test('what one login after another has shown is read, and the rest is not', async (t) => {
  const { store, world, bob, counts, say, login, shows } = await scene()
  const comesAndGoes = async () => {
    const ear = await login()
    shows(ear)
    world.presence.depart(bob, ear, world.timeline.lastId)
  }
  for (const unread of [5, 10, 15, 20]) {
    await say(25)
    await comesAndGoes()
    t.same(await counts(), [['#lobby', unread]])
  }
  await world.presence.saveSeen()
  const after = await World.load({ store: store.copy() })
  const again = after.directory.require('bob') as Account
  after.presence.arrive(again, new TestListener())
  t.match(await after.unread.of(again), [{ channel: '#lobby', count: 20 }], 'also after a restart')
})
