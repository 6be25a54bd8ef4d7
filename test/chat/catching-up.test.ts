import { join } from 'node:path'
import t from 'tap'
import type { Account, Channel } from '../../server/chat/model/people.ts'
import type { Store } from '../../server/chat/ports/store.ts'
import { openStore } from '../../server/store/open.ts'
import { directoryFor } from '../support/directory.ts'
import { MemoryStore } from '../support/memory-store.ts'
import { TestListener, World } from '../support/world.ts'

const stores: Readonly<Record<string, (directory: string) => Promise<Store>>> = {
  memory: async () => new MemoryStore(),
  sqlite: (directory) => openStore({ file: join(directory, 'chat.db'), synchronous: 'off' }),
}

/** What a program learns that goes on behind a number until there is no more. */
async function caughtUp(world: World, reader: Account, target: string, after: number, limit = 5) {
  const changes: string[] = []
  let pages = 0
  for (let from = after, more = true; more; pages++) {
    const found = await world.history.of(reader, target, limit, { after: from })
    const answer = await world.catchingUp.with(found, reader, target)
    if (!answer.complete || !answer.changes) return { changes: undefined, pages }
    for (const row of answer.changes)
      changes.push(
        row.type === 'edited'
          ? `edited ${row.message.id} ${row.message.text}`
          : row.type === 'deleted'
            ? `deleted ${row.id}`
            : `forgotten ${row.upTo}`,
      )
    more = answer.more
    const { next } = answer
    if (more && !(next && 'after' in next && next.after > from)) throw new Error('It does not go on')
    if (next && 'after' in next) from = next.after
  }
  return { changes, pages }
}

for (const [name, open] of Object.entries(stores)) {
  const load = async (directory: string) => {
    const store = await open(directory)
    t.teardown(() => store.close())
    const world = await World.load({ store })
    const [anna, dave] = [await world.account('anna', new TestListener()), await world.account('dave')]
    const tea = await world.creating.create(anna, '#tea', false)
    await world.join(dave, '#tea')
    return { store, world, anna, dave, tea }
  }
  const sayAll = async (world: World, from: Account, where: Channel, count: number) => {
    const ids = Array.from({ length: count }, (_, index) => world.say(from, where, `words ${index}`))
    return Promise.all(ids)
  }

  t.test(`${name}: who catches up learns what was erased`, async (t) => {
    const { world, anna, dave, tea } = await load(directoryFor(t))
    const ids = await sayAll(world, dave, tea, 30)
    await world.say(dave, anna, 'directly')
    const last = await world.say(anna, tea, 'stays')
    await world.forgetting.erase(dave)
    t.same(
      (await caughtUp(world, anna, '#tea', last)).changes,
      ids.map((id) => `deleted ${id}`),
    )
  })

  t.test(`${name}: and what goes with a deleted account`, async (t) => {
    const { world, anna, dave, tea } = await load(directoryFor(t))
    const ids = await sayAll(world, dave, tea, 30)
    const last = await world.say(anna, tea, 'stays')
    await world.deletion.delete(dave, 'remove')
    t.same(
      (await caughtUp(world, anna, '#tea', last)).changes,
      ids.map((id) => `deleted ${id}`),
    )
  })

  t.test(`${name}: and up to where messages are forgotten for their age`, async (t) => {
    const { world, anna, dave, tea } = await load(directoryFor(t))
    const ids = await sayAll(world, dave, tea, 50)
    await world.say(dave, anna, 'directly')
    await world.clock.advance(86_400_000)
    const last = await world.say(anna, tea, 'stays')
    await world.forgetting.prune(world.clock.now() - 1_000, '#tea')
    t.same((await caughtUp(world, anna, '#tea', last)).changes, [`forgotten ${ids.at(-1)}`])
    t.same((await caughtUp(world, anna, 'dave', last)).changes, [], 'elsewhere nothing is')
    await world.forgetting.prune(world.clock.now() - 1_000, undefined)
    t.match((await caughtUp(world, anna, 'dave', last)).changes, [/^forgotten /])
  })

  t.test(
    `${name}: a name that another channel has got is told, also where nothing was said since`,
    async (t) => {
      const { world, anna, dave, tea } = await load(directoryFor(t))
      const other = await world.creating.create(dave, '#other', false)
      await world.say(dave, other, 'of the other')
      const known = await world.say(anna, tea, 'of the first')
      t.same((await caughtUp(world, anna, '#tea', known)).changes, [])
      for (const person of [dave, anna]) await world.leaving.leave(person, tea, { sure: true })
      const anew = await world.creating.create(anna, '#tea', false)
      t.equal((await caughtUp(world, anna, '#tea', known)).changes, undefined, 'made anew')
      const { lastId } = world.timeline
      t.same((await caughtUp(world, anna, '#tea', 0)).changes, [], 'whoever has nothing misses nothing')
      const now = known + 1
      for (let time = 0; time < 3; time++)
        t.same((await caughtUp(world, anna, '#tea', now)).changes, [], 'and is told so once only')
      t.ok(lastId <= now)
      await world.leaving.leave(anna, anew, { sure: true })
      await world.channelSettings.rename(other, '#tea', dave, () => undefined)
      t.equal((await caughtUp(world, dave, '#tea', now)).changes, undefined, 'renamed')
    },
  )

  t.test(`${name}: a guest whom the reader has blocked says nothing in a change either`, async (t) => {
    const { world, anna, tea } = await load(directoryFor(t))
    const guest = world.guest('evil')
    await world.join(guest, '#tea')
    const id = await world.say(guest, tea, 'words')
    const last = await world.say(anna, tea, 'stays')
    await world.corrections.edit(guest, { id, target: tea }, 'words of somebody blocked')
    t.same((await caughtUp(world, anna, '#tea', last)).changes, [`edited ${id} words of somebody blocked`])
    await world.contacts.block(anna, '~evil')
    t.same((await caughtUp(world, anna, '#tea', last)).changes, [])
  })

  t.test(`${name}: many changes are read part by part, and each part at once`, async (t) => {
    const { store, world, anna, dave, tea } = await load(directoryFor(t))
    const ids = await sayAll(world, dave, tea, 3)
    const other = await world.creating.create(anna, '#other', false)
    const elsewhere = await world.say(anna, other, 'elsewhere')
    const last = await world.say(anna, tea, 'stays')
    const edits = Array.from({ length: 1_400 }, (_, index) => {
      const [message, channel] = index % 2 === 0 ? [ids[index % 3] ?? 0, tea.id] : [elsewhere, other.id]
      return store.editMessage(
        { id: message, text: `edit ${index}`, edited: 5, mentions: [] },
        { log: [{ kind: 'edited', channel, account: dave.id, message }], tell: () => undefined },
      )
    })
    await Promise.all(edits)
    let asked = 0
    const read = store.correctionsAfter.bind(store)
    const sizes: number[] = []
    store.correctionsAfter = async (page) => {
      asked++
      const found = await read(page)
      sizes.push(found.changes.length)
      return found
    }
    store.message = async () => {
      throw new Error('one by one')
    }
    const { changes, pages } = await caughtUp(world, anna, '#tea', last)
    t.ok(pages > 1)
    t.equal(asked, pages)
    t.ok(sizes.every((size) => size <= 501))
    const newest = new Map<string, string>()
    for (const change of changes ?? []) {
      const [, id = '', text = ''] = /^edited (\d+) (.*)$/.exec(change) ?? []
      newest.set(id, text)
    }
    for (const { id, text } of await store.channelHistory(tea.id, { limit: 9 }))
      t.equal(newest.get(`${id}`), id === last ? undefined : text)
    t.notOk(newest.has(`${elsewhere}`))
  })
}
