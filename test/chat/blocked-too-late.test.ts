import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { Account, Person } from '../../server/chat/model/people.ts'
import type { Store } from '../../server/chat/ports/store.ts'
import { openStore } from '../../server/store/open.ts'
import { directoryFor } from '../support/directory.ts'
import { MemoryStore } from '../support/memory-store.ts'
import { codeOf, TestListener, World } from '../support/world.ts'

const stores: Readonly<Record<string, (directory: string) => Promise<Store>>> = {
  memory: async () => new MemoryStore(),
  sqlite: (directory) => openStore({ file: join(directory, 'chat.db'), synchronous: 'off' }),
}

for (const [name, open] of Object.entries(stores)) {
  const load = async (t: Test) => {
    const store = await open(directoryFor(t))
    t.teardown(() => store.close())
    const world = await World.load({ store })
    const anna = await world.account('anna', new TestListener())
    /** What happens while the disk is slow, so that what is asked for first has its turn later. */
    const behind = async <T>(first: () => T): Promise<T> => {
      const tea = await world.creating.create(anna, '#tea', false)
      const said = world.say(anna, tea, 'slow')
      const answer = first()
      await said
      return answer
    }
    return { store, world, anna, behind }
  }

  const isBlocked = (account: Account, other: Person) =>
    account.blocked.has(other) || other.blockedBy.has(account)

  t.test(`${name}: a guest who is gone when the block's turn comes is not blocked for ever`, async (t) => {
    const { world, anna, behind } = await load(t)
    const guest = world.guest('jiji')
    const code = await behind(() => {
      const blocking = codeOf(world.contacts.block(anna, '~jiji'))
      guest.listeners = new Set()
      void world.guests.leave(guest)
      return blocking
    })
    t.equal(code, 'no-such-user')
    t.notOk(isBlocked(anna, guest))
    t.same(world.contacts.blocked(anna), [])
  })

  t.test(`${name}: words that wait behind a block do not reach who has blocked`, async (t) => {
    const { store, world, behind } = await load(t)
    const ear = new TestListener()
    const [carl, jojo] = [await world.account('carl', ear), await world.account('jojo', new TestListener())]
    const id = await behind(async () => {
      const blocking = world.contacts.block(carl, 'jojo')
      const said = world.say(jojo, carl, 'late')
      await blocking
      return said
    })
    t.same(ear.messages, [])
    t.equal((await store.message(id))?.blocked, true)
  })

  t.test(
    `${name}: a guest who has signed up when the block's turn comes is blocked as the account`,
    async (t) => {
      const { world, anna, behind } = await load(t)
      const guest = world.guest('jiji')
      const jiji = await world.account('jojo', new TestListener())
      const blocked = await behind(() => {
        const blocking = world.contacts.block(anna, '~jiji')
        guest.became = jiji
        return blocking
      })
      t.equal(blocked, 'jojo')
      t.same(world.contacts.blocked(anna), ['jojo'])
    },
  )

  t.test(
    `${name}: an account that is deleted when its turn comes is neither blocked nor a contact`,
    async (t) => {
      const { store, world, anna } = await load(t)
      const mallory = await world.account('mallory', new TestListener())
      const remove = store.deleteAccount.bind(store)
      const codes: Promise<string | undefined>[] = []
      store.deleteAccount = (...args) => {
        const removed = remove(...args)
        // The name still finds the account.
        codes.push(codeOf(world.contacts.block(anna, 'mallory')))
        codes.push(codeOf(world.contacts.add(anna, 'mallory')))
        return removed
      }
      await world.deletion.delete(mallory, 'keep')
      t.same(await Promise.all(codes), ['no-such-user', 'no-such-user'])
      t.notOk(isBlocked(anna, mallory))
      t.same(world.contacts.list(anna), [])
    },
  )
}
