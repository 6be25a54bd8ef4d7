import t from 'tap'
import type { Account, Listener } from '../../server/chat/model/people.ts'
import { MemoryStore } from '../support/memory-store.ts'
import { codeOf, TestListener, World } from '../support/world.ts'

/** People in #lobby and #work; bob has a program, and `rows` are what it is told of what is unread. */
async function scene() {
  const store = new MemoryStore()
  const world = await World.load({ store })
  const program = new TestListener()
  const bob = await world.account('bob', program)
  const alice = await world.account('alice')
  const mallory = await world.account('mallory')
  const lobby = await world.join(bob, '#lobby')
  const work = await world.join(bob, '#work')
  for (const person of [alice, mallory])
    for (const name of ['#lobby', '#work']) await world.join(person, name)
  const rows = async () =>
    (await world.unread.of(bob)).map(({ channel, count, mentions, more, with: other }) => [
      channel ?? other,
      `${count}${more ? '+' : ''}`,
      mentions,
    ])
  await rows()
  /** As a store has it that many wrote to: quicker than to say it all. */
  const many = async (count: number, more: Partial<Parameters<MemoryStore['append']>[0]>) => {
    for (let index = 0; index < count; index++)
      await store.append({ ...sample, at: world.clock.now(), ...more })
    const last = await world.say(alice, lobby, 'the last')
    return last
  }
  const login = async (person: Account, ear: TestListener) => {
    const seen = world.presence.shownTo(person)
    const upTo = world.presence.arrive(person, ear)
    return world.entrance.welcome(person, ear, { seen, upTo }, true)
  }
  const shows = (ear: Listener) => world.readMarkers.shown(ear, world.timeline.lastId)
  return { store, world, program, bob, alice, mallory, lobby, work, rows, many, login, shows }
}

const sample = {
  at: 1,
  kind: 'text',
  text: 'noise',
  fromGuest: undefined,
  channel: undefined,
  to: undefined,
  blocked: false,
  mentions: [],
} as unknown as Parameters<MemoryStore['append']>[0]

t.test('what somebody says who is blocked, or what one says oneself, hides nothing', async (t) => {
  const { world, bob, alice, mallory, lobby, rows } = await scene()
  await world.contacts.block(bob, 'mallory')
  for (const text of ['one', 'two', 'three']) await world.say(alice, lobby, text)
  for (let index = 0; index < 101; index++) await world.say(mallory, lobby, 'noise')
  t.same(await rows(), [['#lobby', '3', 0]])
  for (let index = 0; index < 101; index++) await world.say(bob, lobby, 'mine')
  t.same(await rows(), [['#lobby', '3', 0]])
  await world.contacts.unblock(bob, 'mallory')
  t.same(await rows(), [['#lobby', '99+', 0]])
})

t.test('nor do ten thousand of them: that not all was looked at is said', async (t) => {
  const { world, bob, alice, lobby, work, rows, many } = await scene()
  const told = await world.say(alice, work, 'one')
  await many(9_200, { from: bob.id, channel: work.id })
  Object.assign(work, { lastId: world.timeline.lastId })
  t.match(
    (await rows()).find(([name]) => name === '#work'),
    ['#work', '0+'],
  )
  await world.marking.read(bob, '#lobby', undefined, new TestListener())
  t.match((await world.unread.in(bob, '#work')).read, told - 1, 'nor is it read')
  t.ok(lobby)
})

t.test('a login that counted none of a thousand lines shows those behind them', async (t) => {
  const { store, world, bob, alice, mallory, lobby, rows, login, shows } = await scene()
  await world.contacts.block(bob, 'mallory')
  const texts = ['one', 'two', 'three']
  for (const text of texts) await world.say(alice, lobby, text)
  for (let index = 0; index < 1_200; index++)
    await store.append({ ...sample, at: world.clock.now(), from: mallory.id, channel: lobby.id })
  await world.say(mallory, lobby, 'the last')
  const terminal = new TestListener()
  const { rooms } = await login(bob, terminal)
  const room = rooms.find(({ channel }) => channel === '#lobby')
  t.match(room?.unread, { count: 0, more: true })
  t.same(
    room?.messages.map(({ text }) => text),
    texts,
  )
  shows(terminal)
  t.same(await rows(), [])
})

t.test('what names one in a quiet channel is not hidden by a thousand in another', async (t) => {
  const { store, world, bob, alice, work, rows, many, lobby } = await scene()
  await world.quiet.set(bob, work, 'all', new TestListener())
  await world.say(alice, work, '@bob the server is on fire')
  t.same(await rows(), [['#work', '1', 1]])
  await many(1_000, { from: alice.id, channel: lobby.id, mentions: [bob.id] })
  t.ok(store)
  t.same(await rows(), [
    ['#lobby', '99+', 99],
    ['#work', '1', 1],
  ])
  await world.marking.read(bob, '#lobby', undefined, new TestListener())
  t.same(await rows(), [['#work', '1', 1]])
})

t.test('who writes a thousand lines hides nobody who has written one', async (t) => {
  const { world, bob, alice, mallory, rows, many, login, shows } = await scene()
  await world.say(alice, bob, 'please read this')
  await many(1_001, { from: mallory.id, to: bob.id })
  await world.marking.read(bob, '#lobby', undefined, new TestListener())
  const both = [
    ['mallory', '99+', 0],
    ['alice', '1', 0],
  ]
  t.same(await rows(), both)
  t.equal((await world.unread.in(bob, 'alice')).count, 1)
  const terminal = new TestListener()
  const { waiting } = await login(bob, terminal)
  shows(terminal)
  t.equal(waiting.messages.length, 0, 'too many to be shown')
  t.same(await rows(), both)
  await world.marking.read(bob, 'mallory', undefined, terminal)
  t.same(await rows(), [['alice', '1', 0]])
  await world.marking.read(bob, 'alice', undefined, terminal)
  t.same(await rows(), [])
})

t.test('what a deleted account has said is still unread, and can be read', async (t) => {
  const { world, bob, alice, mallory, program, rows, login, shows } = await scene()
  await world.say(alice, bob, 'one')
  await world.say(alice, bob, 'two')
  await world.say(mallory, bob, 'three')
  for (const account of [alice, mallory]) await world.deletion.delete(account)
  const both = [
    [`deleted user #${mallory.id}`, '1', 0],
    [`deleted user #${alice.id}`, '2', 0],
  ]
  t.same(await rows(), both)
  t.match(await world.unread.in(bob, 'deleted user'), { with: 'deleted user', count: 3 }, 'together')
  t.match(await world.unread.in(bob, `#${alice.id}`), { with: `deleted user #${alice.id}`, count: 2 })
  await world.presence.saveSeen()
  const { places } = await world.store.readOf(bob.id)
  t.equal(places.length, 2, 'of each of them, over a restart')
  const terminal = new TestListener()
  const { waiting } = await login(bob, terminal)
  t.same(
    waiting.messages.map(({ text }) => text),
    ['one', 'two', 'three'],
    'a terminal shows all of it as new',
  )
  t.same(await rows(), both, 'nobody has read it yet')
  shows(terminal)
  t.same(await rows(), [])
  await world.marking.unread(bob, 'deleted user', 1, terminal)
  program.take()
})

t.test('a program says that it has read what deleted accounts said', async (t) => {
  const { world, bob, alice, mallory, program, rows } = await scene()
  const other = new TestListener()
  world.presence.arrive(bob, other)
  for (const account of [alice, mallory]) {
    await world.say(account, bob, 'hello')
    await world.deletion.delete(account)
  }
  other.take()
  t.match(await world.marking.read(bob, 'deleted user', undefined, program), {
    with: 'deleted user',
    count: 0,
  })
  t.same(await rows(), [])
  t.match(
    other.take(),
    [mallory, alice].map(({ id }) => ({ type: 'read', with: `deleted user #${id}`, count: 0 })),
    'programs know each by its number',
  )
})

t.test('a talk with a deleted account is read by the two of it alone, and by number', async (t) => {
  const { world, bob, alice, mallory, program } = await scene()
  for (let line = 1; line <= 5; line++) await world.say(alice, bob, `line ${line}`)
  await world.say(bob, alice, 'an answer')
  await world.deletion.delete(alice)
  const name = `deleted user #${alice.id}`
  for (const target of [`#${alice.id}`, `@${alice.id}`, `${alice.id}`, `#${alice.id}.`, name]) {
    const { messages, more, of } = await world.history.of(bob, target, 3)
    t.same(
      [of, more, messages.map(({ text }) => text)],
      [name, true, ['line 4', 'line 5', 'an answer']],
      target,
    )
  }
  const { messages } = await world.history.of(bob, name, 3, { after: 0 })
  t.same(
    messages.map(({ from, to, text }) => [from, to, text]),
    ['line 1', 'line 2', 'line 3'].map((text) => [name, 'bob', text]),
  )
  t.same(
    (await world.overview.of(bob, program)).people.map(({ gone, id, with: other }) => [other, id, gone]),
    [[name, alice.id, true]],
  )
  for (const number of [alice.id, 99, 0, Number.MAX_SAFE_INTEGER])
    for (const target of [`#${number}`, `@${number}`, `deleted user #${number}`])
      for (const read of [
        () => world.history.of(mallory, target),
        () => world.unread.in(mallory, target),
        () => world.marking.read(mallory, target, undefined, program),
        () => world.marking.unread(mallory, target, 1, program),
      ])
        t.equal(await codeOf(read()), 'no-such-user', target)
  t.match(await world.marking.read(bob, name, undefined, program), { with: name, count: 0 })
  const [fourth] = (await world.history.of(bob, name, 3)).messages
  t.match(await world.marking.unread(bob, name, fourth?.id ?? 0, program), { with: name, count: 2 })
  t.equal(await codeOf(world.say(bob, alice, 'are you there?')), 'no-such-user')
})
