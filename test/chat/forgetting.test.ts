import t from 'tap'
import { StoreUnavailable } from '../../server/chat/ports/store-errors.ts'
import type { MemoryStore } from '../support/memory-store.ts'
import { codeOf, TestListener, World } from '../support/world.ts'
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
  const ear = new TestListener()
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
  t.match(await world.inbox.of(carl, {}, true), { messages: [{ text: 'carl is away' }] })
  world.clock.advance(10 * dayMs)
  t.equal((await world.forgetting.tidy()).messages, 1, 'and no longer')
  t.match(await world.missed.directly(carl, { seen: carl.seen, upTo: world.timeline.lastId }), {
    count: { count: 0 },
  })
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
  const room = await world.missed.onReturning(bob, tea, { seen: bob.seen, upTo: tea.lastId })
  t.match(room, { unread: { count: 1 }, messages: [{ text: '@bob three' }] })
  t.match(await world.missed.news(bob, { seen: bob.seen, upTo: tea.lastId }), { mentions: { count: 1 } })
  t.equal((await world.forgetting.prune(world.clock.now() + 1, undefined)).messages, 1)
  t.match(await world.missed.onReturning(bob, tea, { seen: bob.seen, upTo: tea.lastId }), {
    unread: { count: 0 },
  })
  const entered = { channel: tea, upTo: tea.lastId, made: false }
  t.same((await world.missed.onEntering(bob, entered)).messages, [])
  t.ok((await world.say(anna, tea, 'four')) > 3, 'numbers go on')
})

t.test('who is erased is nowhere any more', async (t) => {
  const scene = await fileScene()
  const { anna, bob, store, tea, vault, world } = scene
  await world.ownSettings.setEmail(anna, 'anna@example.org')
  await world.say(anna, tea, 'said in tea')
  await world.say(anna, bob, 'said to bob')
  await world.say(bob, anna, 'said to anna')
  await world.say(bob, tea, 'said by bob')
  await sent(world, anna, tea, 'own.pdf')
  await sent(world, bob, anna, 'for-anna.pdf')
  await sent(world, bob, tea, 'kept.pdf')
  const erased = await world.forgetting.erase(anna)
  t.strictSame(erased, { messages: 5, files: 2, bytesLeft: 0, scrubbed: true })
  t.strictSame(
    store.messages.map(({ text }) => text),
    ['said by bob', 'sent "kept.pdf" (5 bytes): file 3'],
  )
  t.equal(vault.whole.size, 1)
  t.equal(world.directory.findAccount('anna'), undefined)
  t.notOk(anna.channels.size)
  t.equal(tea.members.get(bob)?.role, 'admin', 'somebody else leads the channel')
  t.equal(await codeOf(world.logins.logIn('anna', 'password')), 'bad-login')
  const again = await restarted(scene)
  t.equal(again.world.directory.nameOf(anna.id), `deleted user #${anna.id}`)
  t.equal(
    await codeOf(again.world.history.of(again.person('bob'), `#${anna.id}`)),
    'no-such-user',
    'not even by number',
  )
  t.same(
    await again.world.overview.of(again.person('bob'), new TestListener()).then(({ people }) => people),
    [],
  )
  t.ok(await world.account('anna'), 'the name is free')
})

t.test('what cannot be erased whole is erased later, by itself', async (t) => {
  const scene = await fileScene()
  const { anna, store, tea, world } = scene
  await world.say(anna, tea, 'said')
  store.failing = true
  t.equal(await codeOf(world.forgetting.erase(anna)), 'StoreUnavailable', 'nothing of it was done')
  store.failing = false
  t.notOk(anna.deleted)
  t.ok((await world.logins.logIn('anna', 'password')).account)

  const remove = store.removeMessages.bind(store)
  store.removeMessages = async (ids) => {
    await remove(ids)
    store.failing = true
  }
  t.equal(await codeOf(world.forgetting.erase(anna)), 'half-done')
  store.failing = false
  store.removeMessages = remove
  t.equal(await codeOf(world.logins.logIn('anna', 'password')), 'bad-login', 'nobody can use it')
  const again = await restarted(scene)
  t.equal(await codeOf(again.world.logins.logIn('anna', 'password')), 'bad-login', 'nor after a restart')
  await again.world.forgetting.finish()
  t.equal(again.world.directory.findAccount('anna'), undefined)
  t.strictSame(await store.endings(), [])
  t.equal(await store.scrubNeed(), 'none')
  t.ok(await again.world.account('anna'), 'the name is free')
})

t.test('an account that is deleted in part ends in any case', async (t) => {
  const world = await World.load()
  const store = world.store as MemoryStore
  const anna = await world.account('anna')
  await world.join(anna, '#tea')
  const close = store.closeChannel.bind(store)
  store.closeChannel = async () => {
    throw new StoreUnavailable('no room')
  }
  t.equal(await codeOf(world.deletion.delete(anna)), 'half-done')
  store.closeChannel = close
  await world.forgetting.finishEndings()
  t.equal(world.directory.findAccount('anna'), undefined)
  t.equal(world.channels.named('#tea'), undefined)
})

t.test('what was pruned before the store failed is told', async (t) => {
  const world = await World.load()
  const store = world.store as MemoryStore
  const anna = await world.account('anna')
  const tea = await world.join(anna, '#tea')
  for (let line = 0; line < 30; line++) await world.say(anna, tea, `line ${line}`)
  world.clock.advance(1)
  const remove = store.removeMessages.bind(store)
  store.removeMessages = async (ids) => {
    await remove(ids)
    store.failing = true
  }
  const problem = await world.forgetting.prune(world.clock.now(), undefined).catch((error: unknown) => error)
  t.match(problem, { problem: { code: 'half-done', detail: '20 messages are removed; then the database' } })
  store.failing = false
  store.removeMessages = remove
  t.match(await world.forgetting.prune(world.clock.now(), undefined), { messages: 10, scrubbed: true })
})

t.test('traces are removed later, however often it fails', async (t) => {
  const world = await World.load()
  const { deletion, forgetting } = world
  const store = world.store as MemoryStore
  const scrub = store.scrub.bind(store)
  const done = [false, true]
  let scrubs = 0
  store.scrub = async (rewrite) => (done[scrubs++] ? scrub(rewrite) : false)
  await deletion.delete(await world.account('anna'), 'keep')
  await forgetting.sweep()
  t.equal(scrubs, 0, 'nothing was removed')
  await deletion.delete(await world.account('bob'), 'remove')
  for (const turn of [1, 2, 2]) {
    await forgetting.sweep()
    t.equal(scrubs, turn)
  }
  store.scrub = () => Promise.reject(new StoreUnavailable('no room to rewrite'))
  t.match(await forgetting.erase(await world.account('carl')), { scrubbed: false, left: 'failed' })
  t.equal(world.directory.findAccount('carl'), undefined, 'that much was done')
  t.equal(await store.scrubNeed(), 'all')
  store.scrub = scrub
  await forgetting.finish()
  t.equal(await store.scrubNeed(), 'none')
})

t.test('bytes that cannot be removed are removed later, also behind a restart', async (t) => {
  const scene = await fileScene()
  const { anna, bob, store, tea, vault, world } = scene
  const own = await sent(world, anna, tea, 'own.pdf')
  await sent(world, bob, tea, 'kept.pdf')
  await sent(world, bob, tea, 'late.pdf')
  vault.keeping = true
  await world.files.delete(anna, own.id)
  t.equal(await world.fileRemoval.undiscarded(), 1)
  t.equal(await world.fileRemoval.discard(), 1, 'it fails again')
  t.match(await world.forgetting.erase(anna), { files: 0, bytesLeft: 1 })
  t.equal(vault.whole.size, 3)
  const again = await restarted(scene)
  t.equal(vault.whole.size, 3, 'nothing of it is set aside')
  t.equal(vault.aside.size, 0)
  vault.keeping = false
  t.equal(await again.world.fileRemoval.discard(), 0)
  t.equal(vault.whole.size, 2, 'and nobody else’s is touched')
  t.same(await store.discarded(), [])
  await again.world.files.delete(again.person('bob'), 3)
  await again.world.fileRemoval.settled()
  t.same([vault.whole.size, await store.discarded()], [1, []], 'what goes at once leaves no note')
})
