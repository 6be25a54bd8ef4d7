import t from 'tap'
import type { Message } from '../../server/chat/model/events.ts'
import { codeOf, TestListener, World } from '../support/world.ts'

const texts = (messages: readonly Message[]) => messages.map(({ text }) => text)

t.test('the inbox is read page by page, and skips nothing that comes meanwhile', async (t) => {
  const world = await World.load({ replayLines: 2 })
  const [anna, bob] = [await world.account('anna'), await world.account('bob')]
  for (const text of ['1', '2', '3', '4', '5']) await world.say(anna, bob, text)
  const terminal = new TestListener()
  const upTo = world.presence.arrive(bob, terminal)
  t.same(await world.missed.directly(bob, { seen: bob.seen, upTo }), {
    count: { count: 5, more: false },
    messages: [],
  })
  await world.marking.readsAlong(bob, terminal)
  const ask = async () => {
    const answer = await world.inbox.of(bob, {}, true)
    await world.marking.looked(bob, terminal, answer)
    return answer
  }
  const live = () => world.readMarkers.shown(terminal, world.timeline.lastId)
  const first = await ask()
  t.same([texts(first.messages), first.more, first.next], [['1', '2'], true, undefined])
  t.same((await ask()).messages, first.messages, 'it is read with the next sign of life')
  live()
  const second = await ask()
  t.same([texts(second.messages), second.more], [['3', '4'], true])
  await world.say(anna, bob, '6')
  live()
  const third = await ask()
  t.same([texts(third.messages), third.more], [['5'], false], 'what came meanwhile was shown when it came')
  live()
  const last = await ask()
  t.same([texts(last.messages), last.unreadFrom], [['5', '6'], undefined], 'then the last ones')
})

t.test('few messages that waited are shown at once', async (t) => {
  const world = await World.load({ replayLines: 2 })
  const [anna, bob] = [await world.account('anna'), await world.account('bob')]
  await world.say(anna, bob, '1')
  const upTo = world.presence.arrive(bob, new TestListener())
  const waiting = await world.missed.directly(bob, { seen: bob.seen, upTo })
  t.same(texts(waiting.messages), ['1'])
})

t.test('coming back: what is unread is counted, and the last of it shown', async (t) => {
  const world = await World.load({ replayLines: 2 })
  const [anna, bob] = [await world.account('anna'), await world.account('bob')]
  const tea = await world.join(anna, '#tea')
  await world.join(bob, '#tea')
  const seen = await world.say(anna, tea, 'seen')
  for (const text of ['1', '2', '3']) await world.say(anna, tea, text)
  const upTo = world.timeline.lastId
  await world.say(anna, tea, 'live')
  const room = await world.missed.onReturning(bob, tea, { seen, upTo })
  t.same(room.unread, { count: 3, more: false })
  t.same(texts(room.messages), ['2', '3'])
  t.same((await world.missed.onReturning(bob, tea, { seen: world.timeline.lastId, upTo })).unread, {
    count: 0,
    more: false,
  })
})

t.test(
  'coming back after a crash: nobody has missed what they said, but what their scripts said',
  async (t) => {
    const world = await World.load({ replayLines: 2 })
    const [anna, bob] = [await world.account('anna'), await world.account('bob')]
    const tea = await world.join(anna, '#tea')
    await world.join(bob, '#tea')
    await world.operators.set(anna, true)
    const script = new TestListener({ token: 'ci', since: 0, scope: 'write', channels: undefined })
    // The server stopped before it stored what both of them were shown.
    const span = { seen: 0, upTo: 0 }
    const comeBack = async (who: typeof anna, listener = new TestListener()) => {
      span.upTo = world.timeline.lastId
      const room = await world.missed.onReturning(who, tea, span, listener)
      const { mentions, notices } = await world.missed.news(who, span, listener)
      return [room.unread?.count, texts(room.messages), mentions.count, texts(notices)]
    }
    await world.say(bob, tea, 'hello, @bob here')
    await world.say(bob, tea, 'and again')
    await world.say(bob, tea, 'and again')
    t.same(await comeBack(bob), [0, [], 0, []])
    t.same(await comeBack(anna), [3, ['and again', 'and again'], 0, []])
    await world.say(anna, tea, 'what, @bob?')
    await world.talk.say(bob, tea, 'text', 'the build failed', script)
    await world.say(bob, tea, 'it failed')
    await world.talk.announce(anna, 'to all')
    t.same(await comeBack(bob), [2, ['what, @bob?', 'the build failed'], 1, ['to all']])
    t.same(
      await comeBack(anna),
      [5, ['the build failed', 'it failed'], 0, ['to all']],
      'an operator at the machine may have made a notice in her name',
    )
    t.equal((await comeBack(bob, script))[0], 6, 'a script is told what its person said')
  },
)

t.test('a pasted text that nobody asked for counts as many lines as it has', async (t) => {
  const world = await World.load({ replayLines: 3 })
  const [anna, bob] = [await world.account('anna'), await world.account('bob')]
  const tea = await world.join(anna, '#tea')
  await world.join(bob, '#tea')
  const shown = async () => {
    const upTo = world.timeline.lastId
    const { messages, unread } = await world.missed.onReturning(bob, tea, { seen: 0, upTo })
    return [texts(messages), unread?.count]
  }
  for (const text of ['a\nb', 'c\nd', 'e']) await world.say(anna, tea, text)
  t.same(await shown(), [['c\nd', 'e'], 3])
  await world.say(anna, tea, 'f\ng\nh\ni')
  t.same(await shown(), [['f\ng\nh\ni'], 4], 'the last one is always shown')
})

t.test('no lines at all where the operator wants none', async (t) => {
  const world = await World.load({ replayLines: 0 })
  const [anna, bob] = [await world.account('anna'), await world.account('bob')]
  const tea = await world.join(anna, '#tea')
  await world.say(anna, tea, 'one')
  await world.say(anna, bob, 'waits')
  t.same((await world.missed.onEntering(bob, await world.joining.join(bob, '#tea'))).messages, [])
  t.same((await world.missed.onReturning(bob, tea, { seen: 0, upTo: world.timeline.lastId })).messages, [])
  const { lastId } = world.timeline
  t.match(await world.missed.directly(bob, { seen: 0, upTo: lastId }), { count: { count: 1 }, messages: [] })
  t.same(texts((await world.inbox.of(bob, {}, true)).messages), ['waits'], '/inbox shows it all the same')
})

t.test('where no lines are replayed, a list that somebody asks for has a page all the same', async (t) => {
  const world = await World.load({ replayLines: 0 })
  const [anna, bob] = [await world.account('anna'), await world.account('bob')]
  const tea = await world.join(anna, '#tea')
  await world.join(bob, '#tea')
  const said = Array.from({ length: 25 }, (_, index) => `@bob ${index}`)
  for (const text of said) await world.say(anna, tea, text)
  for (const text of said) await world.say(anna, bob, text)
  const last = said.slice(5)
  t.same(texts((await world.history.of(bob, '#tea')).messages), last)
  t.same(texts((await world.history.of(bob, 'anna')).messages), last)
  t.same(texts((await world.history.mentions(bob)).messages), last)
  t.same(texts((await world.inbox.of(bob, {}, true)).messages), said.slice(0, 20), 'the oldest unread ones')
  t.equal((await world.history.search(bob, { words: ['bob'], asked: 'bob', cursor: {} })).messages.length, 20)
})

t.test('who may read what', async (t) => {
  const world = await World.load()
  const [anna, bob] = [await world.account('anna'), await world.account('bob')]
  const guest = world.guest('carol')
  const den = await world.creating.create(anna, '#den', true)
  const tea = await world.join(anna, '#tea')
  await world.say(anna, den, 'secret word')
  await world.say(anna, tea, 'public word')
  await world.say(anna, anna, 'private word')
  t.equal(await codeOf(world.history.of(bob, '#den')), 'no-such-channel')
  t.equal(await codeOf(world.history.of(bob, '#tea')), 'not-a-member')
  t.equal(await codeOf(world.history.of(guest, 'anna')), 'not-allowed')
  t.equal(await codeOf(world.history.of(anna, '~carol')), 'not-allowed')
  const search = async (filter: object) =>
    texts((await world.history.search(bob, { words: ['word'], ...filter })).messages)
  t.same(await search({}), [])
  t.same(await search({ from: 'anna' }), [])
  t.equal(await codeOf(search({ in: '#den' })), 'no-such-channel')
  await world.join(bob, '#tea')
  t.same(await search({}), ['public word'])
  await world.leaving.leave(bob, tea)
  t.same(await search({}), [], 'who left reads no more')
})

t.test('a new channel of an old name shows nothing of the old one', async (t) => {
  const world = await World.load()
  const [anna, bob] = [await world.account('anna'), await world.account('bob')]
  const den = await world.creating.create(anna, '#den', true)
  await world.say(anna, den, 'secret word')
  await world.leaving.leave(anna, den, { sure: true })
  await world.join(bob, '#den')
  t.same((await world.history.of(bob, '#den')).messages, [])
  t.same((await world.history.search(bob, { words: ['word'] })).messages, [])
})

t.test('a search has few words, however they are written', async (t) => {
  const world = await World.load()
  const anna = await world.account('anna')
  const search = (...words: string[]) => codeOf(world.history.search(anna, { words }))
  const numbers = (count: number) => Array.from({ length: count }, (_, index) => `${index}`)
  t.equal(await search(...numbers(32)), undefined)
  t.equal(await search(numbers(32).join('.')), undefined)
  for (const words of [
    numbers(33),
    numbers(1_100),
    [numbers(33).join('.')],
    [numbers(20_000).join('-')],
    Array(33).fill('!'),
    Array(1_100).fill('茶'),
    ['茶'.repeat(1_001)],
    ['x'.repeat(60_000)],
  ])
    t.equal(await search(...words), 'bad-arguments', `${words.length} words`)
})
