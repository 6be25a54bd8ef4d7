import { join } from 'node:path'
import t from 'tap'
import type { ChatEvent } from '../../server/chat/model/events.ts'
import type { Account, Channel } from '../../server/chat/model/people.ts'
import type { Store } from '../../server/chat/ports/store.ts'
import { openStore } from '../../server/store/open.ts'
import { directoryFor } from '../support/directory.ts'
import { MemoryStore } from '../support/memory-store.ts'
import { codeOf, TestListener, World } from '../support/world.ts'

const stores: Readonly<Record<string, (directory: string) => Promise<Store>>> = {
  memory: async () => new MemoryStore(),
  sqlite: (directory) => openStore({ file: join(directory, 'chat.db'), synchronous: 'off' }),
}

interface Scene {
  readonly world: World
  readonly anna: Account
  readonly bob: Account
  readonly tea: Channel
  /** What bob said before. */
  readonly id: number
  readonly ear: TestListener
}

async function scene(store: Store, room: string): Promise<Scene> {
  const world = await World.load({ store })
  const ear = new TestListener()
  const anna = await world.account(`anna${room}`, ear)
  const bob = await world.account(`bob${room}`, new TestListener())
  const tea = await world.creating.create(anna, `#tea${room}`, false)
  await world.join(bob, tea.name)
  const id = await world.say(bob, tea, 'before')
  ear.take()
  return { world, anna, bob, tea, id, ear }
}

/** So many other tasks have their turn. */
async function turns(count: number, isLong: boolean): Promise<void> {
  for (let turn = 0; turn < count; turn++)
    await (isLong ? new Promise((resolve) => setImmediate(resolve)) : undefined)
}

const closing: Readonly<Record<string, (scene: Scene) => Promise<unknown>>> = {
  muted: ({ world, anna, bob, tea }) => world.restraining.mute(anna, tea, bob.name),
  banned: ({ world, anna, bob, tea }) => world.restraining.ban(anna, tea, bob.name),
  removed: ({ world, anna, bob, tea }) => world.moderation.remove(anna, tea, bob.name),
}

const saying: Readonly<Record<string, (scene: Scene) => Promise<unknown>>> = {
  said: ({ world, bob, tea }) => world.say(bob, tea, 'behind'),
  edited: ({ world, bob, tea, id }) => world.corrections.edit(bob, { id, target: tea }, 'behind'),
}

/** Whether these are words of bob's. */
const isSpoken = ({ type }: ChatEvent) => type === 'message' || type === 'edited'

for (const [name, open] of Object.entries(stores)) {
  for (const [closed, close] of Object.entries(closing)) {
    for (const [spoken, speak] of Object.entries(saying)) {
      t.test(`${name}: nothing is ${spoken} behind that who says it is ${closed}`, async (t) => {
        const store = await open(directoryFor(t))
        t.teardown(() => store.close())
        const codes = new Set<string | undefined>()
        for (let delay = 0; delay < 60; delay++) {
          const one = await scene(store, `${delay}`)
          const done = close(one)
          await turns(delay % 30, delay >= 30)
          // Several at once, from several connections: some of them go into the same batch.
          for (const code of await Promise.all([codeOf(speak(one)), codeOf(speak(one))])) codes.add(code)
          await done
          const heard = one.ear.take()
          const end = heard.findIndex(({ type }) => type === 'muted' || type === 'removed')
          t.ok(end >= 0)
          t.notOk(heard.slice(end).some(isSpoken), `delay ${delay}`)
          const told = heard.filter(isSpoken).length
          const records = await store.channelHistory(one.tea.id, { limit: 10 })
          const stored = records.filter(({ text }) => text === 'behind').length
          t.equal(stored, spoken === 'said' ? told : Math.min(told, 1), 'and nothing of it is stored')
        }
        codes.delete(undefined)
        const expected = closed === 'muted' ? ['muted'] : spoken === 'said' ? ['not-a-member'] : undefined
        if (expected) t.same([...codes], expected)
        t.ok(codes.size > 0, 'some were refused')
      })
    }
  }

  t.test(`${name}: nothing is stored in a channel behind its end`, async (t) => {
    const store = await open(directoryFor(t))
    t.teardown(() => store.close())
    let refused = 0
    for (let delay = 0; delay < 60; delay++) {
      const { world, anna, bob, tea } = await scene(store, `${delay}`)
      await world.leaving.leave(bob, tea)
      const left = world.leaving.leave(anna, tea, { sure: true })
      await turns(delay % 30, delay >= 30)
      const code = await codeOf(world.say(anna, tea, 'behind'))
      await left
      if (code !== undefined) refused++
      const records = await store.channelHistory(tea.id, { limit: 10 })
      t.equal(
        records.some(({ text }) => text === 'behind'),
        code === undefined,
      )
      t.ok(code === undefined || code === 'not-a-member', `${code}`)
    }
    t.ok(refused > 0)
  })

  t.test(`${name}: what is told carries the names that hold by then`, async (t) => {
    const store = await open(directoryFor(t))
    t.teardown(() => store.close())
    let behind = 0
    for (let delay = 0; delay < 60; delay++) {
      const { world, anna, bob, tea, id, ear } = await scene(store, `${delay}`)
      await world.operators.set(anna, true)
      ear.take()
      const before = { channel: tea.name, name: bob.name }
      const after = { channel: `#coffee${delay}`, name: `bert${delay}` }
      const renamed = world.renaming.channel(tea, after.channel, anna)
      const called = world.renaming.account(bob, after.name, anna)
      await turns(delay % 30, delay >= 30)
      const which = { id, target: tea }
      await Promise.all([
        renamed,
        called,
        world.say(bob, tea, 'in the channel'),
        world.say(bob, anna, 'to anna'),
        world.corrections.edit(bob, which, 'said differently'),
      ])
      const holds = { ...before }
      for (const event of ear.take()) {
        if (event.type === 'channel') holds.channel = after.channel
        if (event.type === 'renamed') holds.name = after.name
        if (event.type !== 'message' && event.type !== 'edited') continue
        const { from, channel = holds.channel } = event.message
        t.same({ channel, name: from }, holds, `delay ${delay}: ${event.message.text}`)
        if (holds.channel !== before.channel) behind++
      }
    }
    t.ok(behind > 0, 'some was told behind the new name')
  })
}

t.test('the last line of a guest who is gone at once is said', async (t) => {
  const world = await World.load()
  const ear = new TestListener()
  const anna = await world.account('anna', ear)
  const lobby = await world.join(anna, '#lobby')
  const own = new TestListener()
  const guest = world.guest('visitor', own)
  await world.join(guest, '#lobby')
  ear.take()
  const said = world.say(guest, lobby, 'bye')
  world.presence.release(guest, own)
  await world.guests.leave(guest)
  await said
  t.match(
    ear.take().filter(({ type }) => type === 'message'),
    [{ message: { text: 'bye', from: '~visitor' } }],
  )
})
