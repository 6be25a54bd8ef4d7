import fc from 'fast-check'
import t from 'tap'
import type { Account, Person } from '../../server/chat/model/people.ts'
import { contradictions } from '../support/invariants.ts'
import { MemoryStore } from '../support/memory-store.ts'
import { codeOf, TestListener, World } from '../support/world.ts'

const names = ['anna', 'bob', 'carol', 'dave'] as const
const rooms = ['#tea', '#den', '#lobby'] as const

const someone = fc.constantFrom(...names)
const somewhere = fc.constantFrom(...rooms)
const act = fc.oneof(
  { weight: 4, arbitrary: fc.record({ type: fc.constant('join' as const), who: someone, room: somewhere }) },
  { weight: 4, arbitrary: fc.record({ type: fc.constant('leave' as const), who: someone, room: somewhere }) },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('create' as const),
      who: someone,
      room: somewhere,
      isPrivate: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('sign-up' as const), who: someone }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('delete' as const), who: someone }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('enter' as const), who: someone }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('go' as const), who: someone }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('topic' as const), who: someone, room: somewhere }) },
)

type Act = typeof act extends fc.Arbitrary<infer T> ? T : never

/** Failures that a random act may meet; anything else is a defect. */
const usual = new Set([
  undefined,
  'already-logged-in',
  'invite-only',
  'name-taken',
  'no-such-channel',
  'no-such-user',
  'not-a-member',
  'not-allowed',
])

/** Who goes by that name now: an account, a guest, or nobody. */
function personOf(world: World, name: string): Person | undefined {
  return world.directory.find(name)
}

async function perform(world: World, one: Act): Promise<void> {
  const person = personOf(world, one.who)
  const account: Account | undefined = person?.kind === 'account' ? person : undefined
  switch (one.type) {
    case 'sign-up':
      if (person?.kind === 'guest') {
        const { account } = await world.accounts.signUp(
          { name: one.who, email: undefined, password: 'password' },
          person,
        )
        await world.joining.takeOver(account, person)
        for (const ear of [...person.listeners]) {
          world.presence.release(person, ear)
          world.presence.arrive(account, ear)
        }
        await world.guests.leave(person)
      } else if (!person) {
        await world.account(one.who, new TestListener())
      }
      break
    case 'enter':
      if (account) world.presence.arrive(account, new TestListener())
      else if (!person) world.guest(one.who)
      break
    case 'go':
      for (const ear of [...(person?.listeners ?? [])])
        if (account) world.presence.depart(account, ear, world.timeline.lastId)
      if (person?.kind === 'guest') {
        for (const ear of [...person.listeners]) world.presence.release(person, ear)
        await world.guests.leave(person)
      }
      break
    case 'delete':
      if (account) await world.deletion.delete(account)
      break
    case 'create':
      if (account) await world.creating.create(account, one.room, one.isPrivate)
      break
    case 'join':
      if (person) await world.joining.join(person, one.room)
      break
    case 'leave':
      if (person) await world.leaving.leave(person, world.channels.require(one.room, person))
      break
    case 'topic':
      if (account)
        await world.channelSettings.setTopic(account, world.channels.require(one.room, account), 'a topic')
      break
    default:
      one satisfies never
  }
}

async function checkAfter(world: World, store: MemoryStore, acts: readonly Act[]): Promise<void> {
  const wrong = await contradictions(world)
  if (wrong.length > 0) throw new Error(`${wrong.join('; ')} after ${JSON.stringify(acts)}`)
  const again = await contradictions(await World.load({ store: store.copy() }))
  if (again.length > 0) throw new Error(`reloaded: ${again.join('; ')} after ${JSON.stringify(acts)}`)
}

t.test('whatever people do, one after the other', async (t) => {
  const check = fc.asyncProperty(fc.array(act, { maxLength: 30 }), async (acts) => {
    const store = new MemoryStore()
    const world = await World.load({ store })
    for (const [index, one] of acts.entries()) {
      const code = await codeOf(perform(world, one))
      if (!usual.has(code)) throw new Error(`${code} on ${JSON.stringify(one)}`)
      await checkAfter(world, store, acts.slice(0, index + 1))
    }
  })
  await t.resolves(fc.assert(check, { numRuns: 150 }))
})

t.test('whatever people do at the same time', async (t) => {
  // Who is deleted or signs up in the middle of something else of theirs is not the subject here.
  const together = act.filter(({ type }) => !['delete', 'sign-up', 'go', 'enter'].includes(type))
  const check = fc.asyncProperty(
    fc.array(fc.array(together, { minLength: 1, maxLength: 6 }), { maxLength: 6 }),
    async (turns) => {
      const store = new MemoryStore()
      const world = await World.load({ store })
      for (const name of names.slice(0, 3)) await world.account(name, new TestListener())
      world.guest('dave')
      for (const acts of turns) {
        const codes = await Promise.all(acts.map((one) => codeOf(perform(world, one))))
        for (const code of codes) if (!usual.has(code)) throw new Error(`${code} in ${JSON.stringify(acts)}`)
        await checkAfter(world, store, acts)
      }
    },
  )
  await t.resolves(fc.assert(check, { numRuns: 150 }))
})
