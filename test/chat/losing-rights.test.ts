import { join } from 'node:path'
import t from 'tap'
import type { ChatEvent } from '../../server/chat/model/events.ts'
import type { Account, Channel, Guest } from '../../server/chat/model/people.ts'
import type { Store } from '../../server/chat/ports/store.ts'
import { StoreUnavailable } from '../../server/chat/ports/store-errors.ts'
import { openStore } from '../../server/store/open.ts'
import { directoryFor } from '../support/directory.ts'
import { MemoryStore } from '../support/memory-store.ts'
import { codeOf, TestListener, World } from '../support/world.ts'
import { begun, idsOf, sent } from './file-scene.ts'

const stores: Readonly<Record<string, (directory: string) => Promise<Store>>> = {
  memory: async () => new MemoryStore(),
  sqlite: (directory) => openStore({ file: join(directory, 'chat.db'), synchronous: 'off' }),
}

/** How often each of them is tried, with that many other tasks in between. */
const delays = 20

interface Scene {
  readonly world: World
  /** An operator, and the admin of the channel. */
  readonly anna: Account
  /** Another operator, and a moderator of the channel. */
  readonly bob: Account
  readonly carl: Account
  readonly gus: Guest
  readonly tea: Channel
  readonly ear: TestListener
}

/** The same with an operator who is not in the channel. */
interface Led extends Scene {
  readonly dora: Account
}

/** Each on people and a channel of its own. */
async function scene(world: World, number: number): Promise<Scene> {
  const ear = new TestListener()
  const anna = await world.account(`anna${number}`, ear)
  const bob = await world.account(`bob${number}`, new TestListener())
  const carl = await world.account(`carl${number}`, new TestListener())
  await world.operators.set(anna, true)
  const tea = await world.creating.create(anna, `#tea${number}`, false)
  const gus = world.guest(`gus${number}`, new TestListener())
  for (const one of [bob, carl, gus]) await world.join(one, tea.name)
  await world.moderation.setModerator(anna, tea, bob.name, true)
  ear.take()
  return { world, anna, bob, carl, gus, tea, ear }
}

/** So many other tasks have their turn. */
async function turns(count: number, isLong: boolean): Promise<void> {
  for (let turn = 0; turn < count; turn++)
    await (isLong ? new Promise((resolve) => setImmediate(resolve)) : undefined)
}

const keepingGuestsOut: Readonly<Record<string, (scene: Scene) => Promise<unknown>>> = {
  muted: ({ world, anna, gus, tea }) => world.restraining.mute(anna, tea, gus.name),
  banned: ({ world, anna, gus, tea }) => world.restraining.ban(anna, tea, gus.name),
  removed: ({ world, anna, gus, tea }) => world.moderation.remove(anna, tea, gus.name),
}

/** What takes bob's right away, and what he does at the same moment; `told` is what others read of it. */
const losing: Readonly<Record<string, (scene: Scene) => Promise<unknown>>> = {
  muted: ({ world, anna, bob, tea }) => world.restraining.mute(anna, tea, bob.name),
  removed: ({ world, anna, bob, tea }) => world.moderation.remove(anna, tea, bob.name),
  demoted: ({ world, anna, bob, tea }) => world.moderation.setModerator(anna, tea, bob.name, false),
}
const isLost = ({ type }: ChatEvent) => type === 'muted' || type === 'removed' || type === 'role'

const acting: Readonly<
  Record<
    string,
    { when: readonly string[]; told: string; act: (scene: Scene, id: number) => Promise<unknown> }
  >
> = {
  topic: {
    when: ['muted', 'removed'],
    told: 'topic',
    act: ({ world, bob, tea }) => world.channelSettings.setTopic(bob, tea, 'green'),
  },
  delete: {
    when: ['removed', 'demoted'],
    told: 'deleted',
    act: ({ world, bob, tea }, id) => world.corrections.delete(bob, { id, target: tea }),
  },
  remove: {
    when: ['removed', 'demoted'],
    told: 'removed',
    act: ({ world, bob, carl, tea }) => world.moderation.remove(bob, tea, carl.name),
  },
}

for (const [name, open] of Object.entries(stores)) {
  for (const [closed, close] of Object.entries(keepingGuestsOut))
    t.test(`${name}: a guest says nothing behind being ${closed}`, async (t) => {
      const store = await open(directoryFor(t))
      t.teardown(() => store.close())
      const world = await World.load({ store })
      const codes = new Set<string | undefined>()
      for (let delay = 0; delay < delays; delay++) {
        const one = await scene(world, delay)
        const said = [codeOf(world.say(one.gus, one.tea, 'words'))]
        await turns(delay % 10, delay >= 10)
        const done = close(one)
        await turns(delay % 10, false)
        said.push(codeOf(world.say(one.gus, one.tea, 'more words')))
        for (const code of await Promise.all(said)) codes.add(code)
        await done
        const heard = one.ear.take()
        const end = heard.findIndex(({ type }) => type === 'muted' || type === 'removed')
        t.ok(end >= 0)
        t.notOk(
          heard.slice(end).some(({ type }) => type === 'message'),
          `delay ${delay}`,
        )
        const records = await store.channelHistory(one.tea.id, { limit: 10 })
        t.equal(records.length, heard.filter(({ type }) => type === 'message').length, 'nor is it stored')
      }
      t.same(
        [...codes].filter((code) => code !== undefined),
        [closed === 'muted' ? 'muted' : 'not-a-member'],
      )
    })

  t.test(`${name}: what a guest has said before a new nick is told and stored before it`, async (t) => {
    const store = await open(directoryFor(t))
    t.teardown(() => store.close())
    const world = await World.load({ store })
    for (let delay = 0; delay < delays; delay++) {
      const { gus, tea, ear } = await scene(world, delay)
      const said = [world.say(gus, tea, 'words'), world.say(gus, tea, 'more words')]
      await turns(delay % 10, delay >= 10)
      await Promise.all([...said, world.guests.rename(gus, `gustav${delay}`)])
      const heard = ear.take()
      t.same(
        heard.map((event) => (event.type === 'message' ? event.message.from : event.type)),
        [`~gus${delay}`, `~gus${delay}`, 'renamed'],
      )
      const records = await store.channelHistory(tea.id, { limit: 10 })
      t.same(
        records.map(({ fromGuest }) => fromGuest),
        [`~gus${delay}`, `~gus${delay}`],
      )
    }
  })

  t.test(`${name}: two guests do not get the same nick`, async (t) => {
    const store = await open(directoryFor(t))
    t.teardown(() => store.close())
    const world = await World.load({ store })
    const [one, other] = [world.guest('one'), world.guest('other')]
    const renamed = Promise.all([one, other].map((guest) => codeOf(world.guests.rename(guest, 'nick'))))
    t.same(await renamed, [undefined, 'name-taken'])
  })

  t.test(`${name}: nothing is heard behind a block, and what is not heard waits nowhere`, async (t) => {
    const store = await open(directoryFor(t))
    t.teardown(() => store.close())
    const world = await World.load({ store })
    let hidden = 0
    for (let delay = 0; delay < delays; delay++) {
      const { anna, carl, gus, ear } = await scene(world, delay)
      for (const from of [carl, gus]) {
        const blocked = world.contacts.block(anna, from.name).then(() => ear.take().length)
        await turns(delay % 10, delay >= 10)
        const id = await world.say(from, anna, 'words')
        const before = await blocked
        t.same(ear.take(), [], `delay ${delay}`)
        t.equal((await store.message(id))?.blocked, before === 0, 'stored as it was told')
        if (before === 0) hidden++
      }
    }
    t.ok(hidden > 0)
  })

  for (const does of ['block', 'unblock'] as const)
    t.test(`${name}: a file is as blocked as its message behind a /${does}`, async (t) => {
      const store = await open(directoryFor(t))
      t.teardown(() => store.close())
      const world = await World.load({ store })
      const seen = new Set<boolean>()
      for (let delay = 0; delay < delays; delay++) {
        const { anna, carl, ear } = await scene(world, delay)
        if (does === 'unblock') await world.contacts.block(anna, carl.name)
        const upload = await begun(world, await world.tickets.offer(carl, anna, 'report.pdf'), 5, 'hello')
        const done = world.contacts[does](anna, carl.name)
        await turns(delay % 10, delay >= 10)
        const { id } = await upload.finish()
        await done
        const heard = ear.take().some(({ type }) => type === 'file')
        const [message] = await store.directHistory(carl.id, anna.id, { limit: 1 })
        const file = (await store.loadFiles()).files.find((one) => one.id === id)
        t.equal(message?.blocked, !heard, `the message, delay ${delay}`)
        t.equal(file?.blocked, !heard, `the file, delay ${delay}`)
        t.same(idsOf(world, anna), heard ? [id] : [], `who it is for, delay ${delay}`)
        t.same(idsOf(world, carl), [id])
        seen.add(heard)
      }
      t.ok(seen.has(does === 'unblock'), 'some were behind it')
    })

  for (const [what, act] of Object.entries({
    demotion: ({ world, dora, bob, tea }: Led) => world.moderation.setModerator(dora, tea, bob.name, false),
    removal: ({ world, dora, bob, tea }: Led) => world.moderation.remove(dora, tea, bob.name),
    ban: ({ world, dora, bob, tea }: Led) => world.restraining.ban(dora, tea, bob.name),
    transfer: ({ world, dora, carl, tea }: Led) => world.moderation.transfer(dora, tea, carl.name),
  }))
    t.test(`${name}: a ${what} that is refused withdraws no invitation`, async (t) => {
      const store = await open(directoryFor(t))
      t.teardown(() => store.close())
      const world = await World.load({ store })
      await world.operators.set(await world.account('root'), true)
      const codes = new Set<string | undefined>()
      for (let delay = 0; delay < delays; delay++) {
        const one = await scene(world, delay)
        const { anna, bob, tea } = one
        const by = what === 'transfer' ? anna : bob
        const dora = await world.account(`dora${delay}`, new TestListener())
        const ear = new TestListener()
        const emil = await world.account(`emil${delay}`, ear)
        // An operator who is not in the channel, and may lead it only as one; the one who invited is none.
        await world.operators.set(dora, true)
        await world.operators.set(anna, false)
        await world.invitations.invite(by, tea, [emil.name])
        ear.take()
        const acted = codeOf(act({ ...one, dora }))
        await turns(delay % 10, delay >= 10)
        if (delay === delays - 1) await acted
        const ended = world.operators.set(dora, false)
        const code = await acted
        await ended
        codes.add(code)
        const isOpen = code !== undefined
        t.equal(world.invitations.waitingFor(emil).length, isOpen ? 1 : 0, `delay ${delay}: ${code}`)
        t.equal(
          (await store.loadGroups()).requests.some(({ account }) => account === emil.id),
          isOpen,
        )
        t.same(
          ear.take().map(({ type }) => type),
          isOpen ? [] : ['withdrawn'],
        )
      }
      t.ok(codes.has('not-allowed'), 'some were refused')
      t.ok(codes.has(undefined), 'some were not')
    })

  t.test(`${name}: a deletion that is refused leaves the file`, async (t) => {
    const store = await open(directoryFor(t))
    t.teardown(() => store.close())
    const world = await World.load({ store })
    const codes = new Set<string | undefined>()
    for (let delay = 0; delay < delays * 2; delay++) {
      const { anna, bob, carl, tea } = await scene(world, delay)
      const { id: file } = await sent(world, carl, tea)
      const [message] = await store.channelHistory(tea.id, { limit: 1 })
      const which = { id: message?.id, target: tea }
      const promoting = () => world.moderation.setModerator(anna, tea, carl.name, true)
      // Now the one is asked for first, now the other.
      const isFirst = delay % 2 === 0
      const deleting = isFirst && codeOf(world.corrections.delete(bob, which))
      if (isFirst) await turns(delay % 20, delay >= delays)
      // However slow the disk is, one deletion is over before.
      if (delay === delays * 2 - 2) await deleting
      const promoted = promoting()
      if (!isFirst) await turns(delay % 20, delay >= delays)
      const code = await (deleting || codeOf(world.corrections.delete(bob, which)))
      await promoted
      codes.add(code)
      const isLeft = (await store.message(message?.id ?? 0)) !== undefined
      t.equal(isLeft, code !== undefined, `${code}`)
      t.same(idsOf(world, anna, tea), isLeft ? [file] : [], `the file, delay ${delay}`)
      t.equal(
        (await store.loadFiles()).files.some((one) => one.id === file),
        isLeft,
      )
    }
    t.same([...codes].sort(), ['not-allowed', undefined])
  })

  for (const [what, { when, told, act }] of Object.entries(acting))
    for (const closed of when)
      t.test(`${name}: ${what} is not told behind that who does it is ${closed}`, async (t) => {
        const store = await open(directoryFor(t))
        t.teardown(() => store.close())
        const world = await World.load({ store })
        for (let delay = 0; delay < delays; delay++) {
          const one = await scene(world, delay)
          const { bob, carl, ear, tea } = one
          const id = await world.say(carl, tea, 'words')
          ear.take()
          const lost = losing[closed]?.(one)
          await turns(delay % 10, delay >= 10)
          const code = await codeOf(act(one, id))
          await lost
          const heard = ear.take()
          const end = heard.findIndex((event) => isLost(event) && 'user' in event && event.user === bob.name)
          t.ok(end >= 0)
          t.notOk(
            heard.slice(end + 1).some(({ type }) => type === told),
            `delay ${delay}`,
          )
          t.equal(
            heard.some((event) => event.type === told && !('user' in event && event.user === bob.name)),
            code === undefined,
          )
          if (what === 'topic') t.equal(tea.topic, code === undefined ? 'green' : '')
          if (what === 'delete') t.equal((await store.message(id)) === undefined, code === undefined)
        }
      })

  t.test(`${name}: who is no operator any more does nothing as one`, async (t) => {
    const store = await open(directoryFor(t))
    t.teardown(() => store.close())
    const world = await World.load({ store, settings: { 'channels.create': 'operators' } })
    const doing: Readonly<Record<string, (scene: Scene, number: number) => Promise<unknown>>> = {
      notice: ({ world, carl }) => world.talk.announce(carl, 'words'),
      create: ({ world, carl }, number) => world.creating.create(carl, `#new${number}`, false),
      rename: ({ world, carl, bob }, number) => world.renaming.account(bob, `bert${number}`, carl),
      channel: ({ world, carl, tea }, number) => world.renaming.channel(tea, `#pot${number}`, carl),
      private: ({ world, carl, tea }) => world.channelSettings.setPrivate(tea, true, carl),
      role: ({ world, carl, bob, tea }) => world.moderation.setModerator(carl, tea, bob.name, false),
      transfer: ({ world, carl, bob, tea }) => world.moderation.transfer(carl, tea, bob.name),
      mute: ({ world, carl, bob, tea }) => world.restraining.mute(carl, tea, bob.name),
      guest: ({ world, carl, gus, tea }) => world.restraining.mute(carl, tea, gus.name),
      guests: ({ world, carl, tea }) => world.restraining.ban(carl, tea, 'guests'),
    }
    let number = 0
    for (const [what, act] of Object.entries(doing)) {
      let refused = 0
      for (let delay = 0; delay < 5; delay++) {
        const one = await scene(world, ++number)
        const { carl, ear } = one
        await world.operators.set(carl, true)
        ear.take()
        const acted = codeOf(act(one, number))
        if (delay > 0) await turns(delay - 1, false)
        await world.operators.set(carl, false)
        const code = await acted
        if (code !== undefined) refused++
        t.ok(code === undefined || code === 'not-allowed', `${what}: ${code}`)
        if (code !== undefined) t.same(ear.take(), [], what)
      }
      t.ok(refused > 0, what)
    }
  })
}

t.test('a channel with the name of a closed one is another one', async (t) => {
  const world = await World.load()
  const anna = await world.account('anna', new TestListener())
  const closed = await world.creating.create(anna, '#tea', false)
  const last = await world.say(anna, closed, 'of the one that is closed')
  const ask = async () =>
    world.catchingUp.with(await world.history.of(anna, '#tea', 5, { after: last }), anna, '#tea')
  t.match(await ask(), { messages: [], changes: [], complete: true })
  await world.leaving.leave(anna, closed, { sure: true })
  await world.creating.create(anna, '#tea', false)
  t.match(await ask(), { messages: [], complete: false })
})

t.test('and so is an account with the name of a deleted one', async (t) => {
  const world = await World.load()
  const anna = await world.account('anna', new TestListener())
  const bob = await world.account('bob')
  const last = await world.say(anna, bob, 'to the one that is deleted')
  const ask = async () =>
    world.catchingUp.with(await world.history.of(anna, 'bob', 5, { after: last }), anna, 'bob')
  t.match(await ask(), { messages: [], changes: [], complete: true })
  await world.deletion.delete(bob)
  await world.clock.advance(1)
  await world.account('bob')
  t.match(await ask(), { messages: [], complete: false })
})

t.test('a deletion that cannot be stored leaves the file', async (t) => {
  const store = new MemoryStore()
  const { world, anna, carl, tea, ear } = await scene(await World.load({ store }), 1)
  const { id } = await sent(world, carl, tea)
  const [message] = await store.channelHistory(tea.id, { limit: 1 })
  const which = { id: message?.id, target: tea }
  ear.take()
  const remove = store.removeMessages.bind(store)
  store.removeMessages = () => Promise.reject(new StoreUnavailable('The disk is full'))
  await t.rejects(world.corrections.delete(anna, which), StoreUnavailable)
  t.same(idsOf(world, anna, tea), [id])
  t.same(ear.take(), [])
  store.removeMessages = remove
  // The sender removes the file at the same moment.
  await Promise.all([world.files.delete(carl, id), world.corrections.delete(anna, which)])
  t.same(idsOf(world, anna, tea), [])
  t.equal(await store.message(which.id ?? 0), undefined)
  await world.fileRemoval.settled()
  t.same(await store.discarded(), [], 'and its bytes are gone')
})

t.test('a guest is muted though nothing can be stored', async (t) => {
  const store = new MemoryStore()
  const one = await scene(await World.load({ store }), 1)
  store.failing = true
  await keepingGuestsOut['muted']?.(one)
  store.failing = false
  t.equal(await codeOf(one.world.say(one.gus, one.tea, 'words')), 'muted')
})
