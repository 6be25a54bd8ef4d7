import t from 'tap'
import type { Account } from '../../server/chat/model/people.ts'
import { codeOf, TestListener, World } from '../support/world.ts'

/** Each list that a person can grow: the ceiling of it, one more of it, and how one goes. */
const lists: Record<
  string,
  {
    more: (world: World, anna: Account, n: number) => Promise<unknown>
    less: (world: World, anna: Account) => Promise<unknown>
    /** All of it goes at once. */
    clears?: true
  }
> = {
  channelsOwned: {
    more: (world, anna, n) => world.creating.create(anna, `#own${n}`, n % 2 === 0),
    less: (world, anna) => world.leaving.leave(anna, [...anna.channels].at(-1) ?? raise()),
  },
  channelsJoined: {
    more: async (world, anna, n) => {
      const other = await world.account(`other${n}`)
      await world.creating.create(other, `#room${n}`, false)
      return world.joining.join(anna, `#room${n}`)
    },
    less: (world, anna) => world.leaving.leave(anna, [...anna.channels].at(-1) ?? raise()),
  },
  tokens: {
    more: (world, anna, n) => world.tokens.make(anna, `bot${n}`),
    less: (world, anna) => world.tokens.revoke(anna, 'bot1'),
  },
  invitationsMade: {
    more: async (world, anna, n) => {
      const tea = world.channels.named('#tea') ?? (await world.creating.create(anna, '#tea', true))
      await world.account(`guest${n}`)
      return world.invitations.invite(anna, tea, [`guest${n}`])
    },
    less: (world, anna) => world.invitations.reject(anna, world.invitations.list(anna)[0]?.request ?? 0),
  },
  invitationsWaiting: {
    more: async (world, _anna, n) => {
      const host = await world.account(`host${n}`)
      return world.invitations.invite(host, await world.creating.create(host, `#of${n}`, true), ['anna'])
    },
    less: (world, anna) => world.invitations.reject(anna, world.invitations.list(anna)[0]?.request ?? 0),
  },
  inviteCodes: {
    more: (world, anna) => world.accounts.makeInvite(anna),
    less: async (world) => world.clock.advance(8 * 24 * 3_600_000),
    clears: true,
  },
  contacts: {
    more: async (world, anna, n) => {
      await world.account(`friend${n}`)
      return world.contacts.add(anna, `friend${n}`)
    },
    less: (world, anna) => world.contacts.remove(anna, 'friend1'),
  },
  blocks: {
    more: async (world, anna, n) => {
      await world.account(`pest${n}`)
      return world.contacts.block(anna, `pest${n}`)
    },
    less: (world, anna) => world.contacts.unblock(anna, 'pest1'),
  },
  channelBans: {
    more: async (world, anna, n) => {
      const tea = world.channels.named('#tea') ?? (await world.creating.create(anna, '#tea', false))
      await world.account(`pest${n}`)
      return world.restraining.ban(anna, tea, `pest${n}`)
    },
    less: (world, anna) => world.lifting.unban(anna, world.channels.named('#tea') ?? raise(), 'pest1'),
  },
  channelMutes: {
    more: async (world, anna, n) => {
      const tea = world.channels.named('#tea') ?? (await world.creating.create(anna, '#tea', false))
      const pest = world.guests.enter(`pest${n}`, `192.0.2.${n}`)
      world.presence.arrive(pest, new TestListener())
      await world.join(pest, '#tea')
      return world.restraining.mute(anna, tea, `pest${n}`, { forMs: 60_000 })
    },
    less: async (world) => world.clock.advance(60_001),
    clears: true,
  },
  addressBans: {
    more: (world, anna, n) => world.addressBans.ban(anna, `192.0.2.${n}`, undefined, undefined),
    less: (world) => world.addressBans.unban('192.0.2.1'),
  },
  files: {
    async more(world, anna, n) {
      await world.joining.joinDefaults(anna)
      const { token } = await world.tickets.offer(
        anna,
        world.channels.named('#lobby') ?? raise(),
        `empty${n}`,
      )
      const upload = await world.uploads.begin(token, { size: 0, offset: 0 })
      return upload.finish()
    },
    less: (world, anna) => world.files.delete(anna, world.files.list(anna, undefined)[0]?.id ?? 0),
  },
  channels: {
    more: (world, anna, n) => world.creating.create(anna, `#room${n}`, true),
    less: (world, anna) => world.leaving.leave(anna, [...anna.channels].at(-1) ?? raise()),
  },
}

function raise(): never {
  throw new Error('It is not there.')
}

for (const [name, { more, less, clears }] of Object.entries(lists)) {
  t.test(`${name}: no more than the ceiling, and one more when one is gone`, async (t) => {
    // The lobby counts among all channels.
    const limit = name === 'channels' ? 4 : 3
    const settings = { [`ceilings.${name}`]: limit }
    const world = await World.load({ settings, signup: name === 'inviteCodes' ? 'invite' : 'open' })
    const { account: anna } = await world.accounts.register('anna', 'password', true)
    for (let n = 1; n <= 3; n++) t.equal(await codeOf(more(world, anna, n)), undefined, `${n}`)
    t.equal(await codeOf(more(world, anna, 4)), 'quota-exceeded')
    await less(world, anna)
    t.equal(await codeOf(more(world, anna, 5)), undefined, 'one is gone')
    if (!clears) t.equal(await codeOf(more(world, anna, 6)), 'quota-exceeded')
  })

  t.test(`${name}: 0 is no limit, and what is there stays when the ceiling comes down`, async (t) => {
    const world = await World.load({
      settings: { [`ceilings.${name}`]: 0, 'files.uploadsPerAccount': 0 },
      signup: name === 'inviteCodes' ? 'invite' : 'open',
    })
    const { account: anna } = await world.accounts.register('anna', 'password', true)
    for (let n = 1; n <= 6; n++) t.equal(await codeOf(more(world, anna, n)), undefined, `${n}`)
    const again = await World.load({
      settings: { [`ceilings.${name}`]: 2 },
      signup: name === 'inviteCodes' ? 'invite' : 'open',
      store: world.store,
      clock: world.clock,
    })
    const same = again.directory.findAccount('anna') ?? raise()
    t.equal(same.channels.size, anna.channels.size)
    if (name !== 'channelMutes') t.equal(await codeOf(more(again, same, 7)), 'quota-exceeded')
  })
}

t.test('of many asked for at once none slips through', async (t) => {
  const world = await World.load({ settings: { 'ceilings.channelsOwned': 3, 'ceilings.tokens': 3 } })
  const anna = await world.account('anna')
  const numbers = Array.from({ length: 10 }, (_, index) => index)
  const made = await Promise.all(numbers.map((n) => codeOf(world.creating.create(anna, `#own${n}`, false))))
  t.equal(made.filter((code) => code === undefined).length, 3)
  const tokens = await Promise.all(numbers.map((n) => codeOf(world.tokens.make(anna, `bot${n}`))))
  t.equal(tokens.filter((code) => code === undefined).length, 3)
})

t.test('a channel cannot be handed on to who has as many as one may have', async (t) => {
  const world = await World.load({ settings: { 'ceilings.channelsOwned': 1 } })
  const [anna, bob] = [await world.account('anna'), await world.account('bob')]
  const tea = await world.join(anna, '#tea')
  await world.join(bob, '#tea')
  await world.join(bob, '#own')
  t.equal(await codeOf(world.moderation.transfer(anna, tea, 'bob')), 'quota-exceeded')
})

t.test('many invitations at once are refused before any is made', async (t) => {
  const world = await World.load({ settings: { 'ceilings.invitationsMade': 2 } })
  const anna = await world.account('anna')
  for (const name of ['bob', 'carol', 'dave']) await world.account(name)
  const tea = await world.join(anna, '#tea')
  t.equal(await codeOf(world.invitations.invite(anna, tea, ['bob', 'carol', 'dave'])), 'quota-exceeded')
  t.same(world.invitations.list(anna), [])
  t.same(await world.invitations.invite(anna, tea, ['bob', 'carol']), ['bob', 'carol'])
  t.same(
    await world.invitations.invite(anna, tea, ['bob', 'carol']),
    ['bob', 'carol'],
    'asked again is no more',
  )
})
