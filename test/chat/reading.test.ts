import t from 'tap'
import { portionOf } from '../../server/chat/history/reading.ts'
import type { Message } from '../../server/chat/model/events.ts'
import type { Reply } from '../../server/chat/model/replies.ts'
import { TestListener, World } from '../support/world.ts'

/*
 * A page holds what the reader may see, however much there is beside it that is not for them; and where it ends, it says
 * from where to go on.
 */

type Messages = Reply & { code: 'messages' }
const texts = (messages: readonly Message[]) => messages.map(({ text }) => text)

/** All pages to the end, and how many there were. */
async function all(ask: (on: { before?: number; after?: number }) => Promise<Messages>) {
  const pages: string[][] = []
  let on: { before?: number; after?: number } = {}
  for (;;) {
    const { messages, more, next } = await ask(on)
    pages.push(texts(messages))
    if (!more || pages.length > 100) return pages
    on = next ?? {}
  }
}

t.test('what a troll said takes no place on a page', async (t) => {
  const world = await World.load({ replayLines: 3 })
  const [anna, bob, troll] = [
    await world.account('anna'),
    await world.account('bob'),
    await world.account('troll'),
  ]
  const tea = await world.join(anna, '#tea')
  for (const one of [bob, troll]) await world.join(one, '#tea')
  for (const text of ['1 kettle', '2 kettle', '3 kettle', '4 kettle', '5 kettle']) {
    await world.say(bob, tea, `@anna ${text}`)
    for (let index = 0; index < 7; index++) await world.say(troll, tea, '@anna ha kettle')
  }
  for (let index = 0; index < 5; index++) await world.say(troll, anna, 'ha')
  await world.say(bob, anna, 'psst')
  for (let index = 0; index < 5; index++) await world.say(troll, anna, 'ha')
  await world.contacts.block(anna, 'troll')

  const kept = [1, 2, 3, 4, 5].map((number) => `@anna ${number} kettle`)
  const [history, search, mentions] = [
    await all((on) => world.history.of(anna, '#tea', 2, on)),
    await all((on) => world.history.search(anna, { words: ['kettle'], cursor: on })),
    await all((on) => world.history.mentions(anna, on)),
  ]
  t.same(history.slice(0, 3), [kept.slice(3), kept.slice(1, 3), kept.slice(0, 1)])
  t.same(search, [kept.slice(2), kept.slice(0, 2)])
  t.same(mentions.slice(0, 2), [kept.slice(2), kept.slice(0, 2)])
  for (const list of [history, search, mentions]) t.same(list.toReversed().flat(), kept)
  // Forwards from the beginning, and from the end on later.
  const forwards = [
    await all((on) => world.history.of(anna, '#tea', 2, { after: 0, ...on })),
    await all((on) => world.history.search(anna, { words: ['kettle'], cursor: { after: 0, ...on } })),
    await all((on) => world.history.mentions(anna, { after: 0, ...on })),
  ]
  t.same(forwards[0]?.[0], kept.slice(0, 2))
  for (const list of forwards) t.same(list.flat(), kept)
  const { next } = await world.history.of(anna, '#tea', 500, { after: 0 })
  t.same(next, { after: world.timeline.lastId })
  t.match(await world.history.of(anna, '#tea', 500, next), { messages: [], more: false, next })
  t.same(texts((await world.history.of(anna, 'troll')).messages), [])
  t.same(texts((await world.inbox.of(anna, {}, true)).messages), ['psst'], 'nor in what was said directly')

  const upTo = world.timeline.lastId
  const room = await world.missed.onReturning(anna, tea, { seen: 0, upTo })
  t.same([room.unread, texts(room.messages)], [{ count: 5, more: false }, kept.slice(2)])
  const waiting = await world.missed.directly(anna, { seen: 0, upTo })
  t.same([waiting.count, texts(waiting.messages)], [{ count: 1, more: false }, ['psst']])
  t.match(await world.missed.news(anna, { seen: 0, upTo }), { mentions: { count: 5, more: false } })
  const entered = await world.missed.onEntering(anna, { channel: tea, upTo, made: false })
  t.same(texts(entered.messages), kept.slice(2))
})

t.test('a page that finds nothing for long says where to go on', async (t) => {
  const world = await World.load({ replayLines: 5 })
  const [anna, bob, troll] = [
    await world.account('anna'),
    await world.account('bob'),
    await world.account('troll'),
  ]
  const tea = await world.join(anna, '#tea')
  for (const one of [bob, troll]) await world.join(one, '#tea')
  await world.say(bob, tea, 'hello')
  await Promise.all(Array.from({ length: 5_000 }, () => world.say(troll, tea, 'ha')))
  await world.contacts.block(anna, 'troll')
  const first = await world.history.of(anna, '#tea')
  t.match(first, { messages: [], more: true, next: { before: Number } })
  const pages = await all((on) => world.history.of(anna, '#tea', 5, on))
  t.same(pages, [[], [], ['hello']])
})

t.test('one page looks at a bounded number of messages', async (t) => {
  let looked = 0
  const read = async ({ limit, before = 0 }: { limit: number; before?: number | undefined }) => {
    looked += limit
    return Array.from({ length: limit }, (_, index) => ({
      id: before - limit + index,
      at: 0,
      kind: 'text' as const,
      text: 'ha',
      from: 1,
      fromGuest: undefined,
      channel: 1,
      to: undefined,
      toGuest: undefined,
      blocked: false,
    }))
  }
  const portion = await portionOf(read, { limit: 25, before: 1_000_000, keeps: () => false })
  t.ok(looked < 2_500, `${looked}`)
  t.same(portion, { records: [], more: true, next: 1_000_000 - looked })
})

t.test('an inbox of more than a thousand begins with the oldest', async (t) => {
  const world = await World.load({ replayLines: 25 })
  const [anna, bob] = [await world.account('anna'), await world.account('bob')]
  for (let index = 1; index <= 1_100; index++) await world.say(anna, bob, `${index}`)
  const upTo = world.presence.arrive(bob, new TestListener())
  t.same((await world.missed.directly(bob, { seen: bob.seen, upTo })).count, { count: 1_000, more: true })
  const wanted = Array.from({ length: 1_100 }, (_, index) => `${index + 1}`)

  // A script reads nothing for the person, and has a second page all the same.
  const script = await all((on) => world.inbox.of(bob, on, false))
  t.same(script.flat(), wanted)
  t.match(await world.inbox.of(bob, {}, false), { messages: [{ text: '1' }], unreadFrom: 0 })
  const terminal = new TestListener()
  world.presence.arrive(bob, terminal)
  await world.marking.readsAlong(bob, terminal)
  const person = await all(async () => {
    const answer = await world.inbox.of(bob, {}, true)
    await world.marking.looked(bob, terminal, answer)
    world.readMarkers.shown(terminal, world.timeline.lastId)
    return answer
  })
  t.same(person.flat(), wanted)
  const last = await all((on) => world.inbox.of(bob, on, true))
  t.same(last.toReversed().flat(), wanted, 'and afterwards it is read backwards')
})

t.test('what waited from somebody who is blocked by now waits no more', async (t) => {
  const world = await World.load({ replayLines: 2 })
  const [anna, troll] = [await world.account('anna'), await world.account('troll')]
  for (const text of ['1', '2', '3', '4']) await world.say(troll, anna, text)
  await world.contacts.block(anna, 'troll')
  t.match(await world.inbox.of(anna, {}, true), { messages: [], more: false, unreadFrom: undefined })
})

t.test('more new notices than are shown say so', async (t) => {
  const world = await World.load({ replayLines: 2 })
  const [root, bob] = [await world.account('root'), await world.account('bob')]
  world.directory.setOperator(root, true)
  for (const text of ['1', '2', '3']) await world.talk.announce(root, text)
  const news = await world.missed.news(bob, { seen: 0, upTo: world.timeline.lastId })
  t.same([texts(news.notices), news.moreNotices], [['2', '3'], true])
  t.same(await all((on) => world.history.notices(bob, on)), [['2', '3'], ['1']])
})
