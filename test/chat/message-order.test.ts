import { join } from 'node:path'
import t from 'tap'
import type { Account } from '../../server/chat/model/people.ts'
import type { Store } from '../../server/chat/ports/store.ts'
import { openStore } from '../../server/store/open.ts'
import { directoryFor } from '../support/directory.ts'
import { MemoryStore } from '../support/memory-store.ts'
import { TestListener, World } from '../support/world.ts'

const senders = 50
const rounds = 4

const stores: Readonly<Record<string, (directory: string) => Promise<Store>>> = {
  memory: async () => new MemoryStore(),
  sqlite: (directory) => openStore({ file: join(directory, 'chat.db'), synchronous: 'off' }),
}

for (const [name, open] of Object.entries(stores)) {
  t.test(`${name}: everybody hears everything once, in the order of the numbers`, async (t) => {
    const store = await open(directoryFor(t))
    t.teardown(() => store.close())
    const world = await World.load({ store, replayLines: 500 })
    const crowd: Account[] = []
    for (let index = 0; index < senders; index++) crowd.push(await world.account(`sender${index}`))
    const ear = new TestListener()
    const anna = await world.account('anna', ear)
    const tea = await world.join(anna, '#tea')
    for (const one of crowd) await world.join(one, '#tea')

    const joiners: Promise<{ early: number[]; ear: TestListener }>[] = []
    const enter = async (index: number) => {
      const ear = new TestListener()
      const joiner = await world.account(`joiner${index}`, ear)
      const entered = await world.joining.join(joiner, '#tea')
      const room = await world.missed.onEntering(joiner, entered)
      return { early: room.messages.map(({ id }) => id), ear }
    }
    const said: Promise<number>[] = []
    for (let round = 0; round < rounds; round++) {
      for (const [index, one] of crowd.entries()) {
        said.push(world.say(one, tea, `${round} ${index}`))
        if (index % 10 === 5) joiners.push(enter(round * senders + index))
      }
      await said.at(-1)
    }
    const ids = (await Promise.all(said)).sort((a, b) => a - b)
    t.equal(ids.length, senders * rounds)

    t.same(
      ear.messages.map(({ id }) => id),
      ids,
      'who was there from the beginning',
    )
    let caught = 0
    for (const { early, ear } of await Promise.all(joiners)) {
      const live = ear.messages.map(({ id }) => id)
      t.same([...early, ...live], ids, 'who joined in between')
      if (early.length > 0 && live.length > 0) caught++
    }
    t.ok(caught > 0, 'some of them joined in the middle')
  })
}

t.test('a message that is stored and not yet shown is history for nobody', async (t) => {
  const store = new MemoryStore()
  const world = await World.load({ store })
  const anna = await world.account('anna')
  const tea = await world.join(anna, '#tea')
  await world.say(anna, tea, 'one')
  const from = { from: anna.id, fromGuest: undefined, toGuest: undefined, blocked: false, mentions: [] }
  const message = { at: 0, kind: 'text', text: 'under way', ...from } as const
  await store.append({ ...message, channel: tea.id, to: undefined })
  await store.append({ ...message, channel: undefined, to: anna.id })
  const texts = ({ messages }: { messages: readonly { text: string }[] }) => messages.map(({ text }) => text)
  t.same(texts(await world.history.of(anna, '#tea')), ['one'])
  t.same(texts(await world.inbox.of(anna, {}, true)), [])
  t.same(texts(await world.history.search(anna, { words: ['way'] })), [])
  t.same(texts(await world.missed.onEntering(anna, await world.joining.join(anna, '#tea'))), ['one'])
})
