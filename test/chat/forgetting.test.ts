import t from 'tap'
import { codeOf, Ear, World } from '../support/world.ts'
import { fileScene, hourMs, restarted, sent } from './file-scene.ts'

const dayMs = 24 * hourMs

t.test('each channel keeps what it was told to, and the others what all do', async (t) => {
  const keep = {
    'history.keepDays': 10,
    'history.channels': { TEA: { keepDays: 2 }, '#gold': { keepDays: 0 } },
  }
  const world = await World.load({ settings: keep })
  const anna = await world.account('anna')
  const names = ['#tea', '#code', '#gold']
  const channels = await Promise.all(names.map((name) => world.join(anna, name)))
  const left = async () => {
    const all = await Promise.all(names.map((name) => world.history.of(anna, name, 9)))
    return all.map(({ messages }) => messages.map(({ text }) => text).join(' '))
  }
  for (const day of ['one', 'two', 'three']) {
    for (const channel of channels) await world.say(anna, channel, day)
    world.clock.advance(dayMs)
  }
  t.ok(world.forgetting.hasRules)
  t.strictSame(await world.forgetting.tidy(true), { messages: 1, scrubbed: true })
  t.strictSame(await left(), ['one two three', 'one two three', 'one two three'], 'that was to see how many')
  t.equal((await world.forgetting.tidy()).messages, 1)
  t.strictSame(await left(), ['two three', 'one two three', 'one two three'])
  t.same((await world.history.search(anna, { words: ['one'], in: '#tea' })).messages, [])
  world.clock.advance(9 * dayMs + 1)
  t.equal((await world.forgetting.tidy()).messages, 5)
  t.strictSame(await left(), ['', '', 'one two three'])
  t.equal((await world.forgetting.tidy()).messages, 0)
})

t.test('without rules nothing is forgotten', async (t) => {
  const world = await World.load()
  const anna = await world.account('anna')
  await world.say(anna, await world.join(anna, '#tea'), 'old')
  world.clock.advance(10_000 * dayMs)
  t.notOk(world.forgetting.hasRules)
  t.equal((await world.forgetting.tidy()).messages, 0)
})

t.test('a direct message waits for its reader up to twice as long', async (t) => {
  const world = await World.load({ settings: { 'history.keepDays': 10 } })
  const ear = new Ear()
  const anna = await world.account('anna')
  const bob = await world.account('bob', ear)
  const carl = await world.account('carl')
  await world.say(anna, bob, 'bob hears it')
  ear.seen = 1
  await world.presence.saveSeen()
  await world.say(anna, carl, 'carl is away')
  world.clock.advance(11 * dayMs)
  t.equal((await world.forgetting.tidy()).messages, 1)
  t.strictSame((await world.history.of(bob, 'anna')).messages, [])
  t.match(await world.history.inbox(carl), { messages: [{ text: 'carl is away' }] })
  world.clock.advance(10 * dayMs)
  t.equal((await world.forgetting.tidy()).messages, 1, 'and no longer')
  t.match(await world.history.waitingFor(carl, carl.seen, world.timeline.lastId), { count: { count: 0 } })
})

t.test('what is told at login is right after messages are gone', async (t) => {
  const world = await World.load()
  const anna = await world.account('anna')
  const bob = await world.account('bob')
  const tea = await world.join(anna, '#tea')
  await world.join(bob, '#tea')
  for (const text of ['@bob one', '@bob two']) await world.say(anna, tea, text)
  world.clock.advance(dayMs)
  await world.say(anna, tea, '@bob three')
  t.equal((await world.forgetting.prune(world.clock.now(), '#TEA')).messages, 2)
  const room = await world.history.onReturning(bob, tea, bob.seen, tea.lastId)
  t.match(room, { unread: { count: 1 }, messages: [{ text: '@bob three' }] })
  t.match(await world.history.newsFor(bob, bob.seen, tea.lastId), { mentions: { count: 1 } })
  t.equal((await world.forgetting.prune(world.clock.now() + 1, undefined)).messages, 1)
  t.match(await world.history.onReturning(bob, tea, bob.seen, tea.lastId), { unread: { count: 0 } })
  const entered = { channel: tea, upTo: tea.lastId, made: false }
  t.same((await world.history.onEntering(bob, entered)).messages, [])
  t.equal(await world.say(anna, tea, 'four'), 4, 'numbers go on')
})

t.test('who is erased is nowhere any more', async (t) => {
  const scene = await fileScene()
  const { anna, bob, store, tea, vault, world } = scene
  await world.accounts.setEmail(anna, 'anna@example.org')
  await world.say(anna, tea, 'said in tea')
  await world.say(anna, bob, 'said to bob')
  await world.say(bob, anna, 'said to anna')
  await world.say(bob, tea, 'said by bob')
  await sent(world, anna, tea, 'own.pdf')
  await sent(world, bob, anna, 'for-anna.pdf')
  await sent(world, bob, tea, 'kept.pdf')
  const erased = await world.forgetting.erase(anna)
  t.strictSame(erased, { messages: 5, files: 2, scrubbed: true })
  t.strictSame(
    store.messages.map(({ text }) => text),
    ['said by bob', 'sent kept.pdf (5 bytes): /fileget 3'],
  )
  t.equal(vault.whole.size, 1)
  t.equal(world.directory.findAccount('anna'), undefined)
  t.notOk(anna.channels.size)
  t.equal(tea.members.get(bob)?.role, 'admin', 'somebody else leads the channel')
  t.equal(await codeOf(world.accounts.logIn('anna', 'password')), 'bad-login')
  const again = await restarted(scene)
  t.equal(again.world.directory.nameOf(anna.id), 'deleted user')
  t.ok(await world.account('anna'), 'the name is free')
})

t.test('what cannot be erased whole can be erased again', async (t) => {
  const { anna, store, tea, world } = await fileScene()
  await world.say(anna, tea, 'said')
  const remove = store.removeMessages.bind(store)
  store.removeMessages = async (ids) => {
    await remove(ids)
    store.failing = true
  }
  t.equal(await codeOf(world.forgetting.erase(anna)), 'StoreUnavailable')
  store.failing = false
  store.removeMessages = remove
  t.equal(world.directory.findAccount('anna'), anna)
  t.equal((await world.forgetting.erase(anna)).messages, 0)
  t.equal(world.directory.findAccount('anna'), undefined)
})

t.test('traces of what was removed with an account are removed later, once', async (t) => {
  const world = await World.load()
  const { accounts, forgetting, store } = world
  const done = [false, true]
  let scrubs = 0
  store.scrub = async () => done[scrubs++] ?? false
  await accounts.delete(await world.account('anna'), 'keep')
  await forgetting.sweep()
  t.equal(scrubs, 0, 'nothing was removed')
  await accounts.delete(await world.account('bob'), 'remove')
  await forgetting.sweep()
  t.equal(scrubs, 1)
  await forgetting.sweep()
  t.equal(scrubs, 2, 'the first time it did not go')
  await forgetting.sweep()
  t.equal(scrubs, 2)
})
