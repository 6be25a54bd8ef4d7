import t from 'tap'
import { contradictions } from '../support/invariants.ts'
import { codeOf, TestListener, World } from '../support/world.ts'

const people = ['root', 'anna', 'bob', 'carol', 'dave'] as const

/** root is an operator and not in #tea; anna leads it, bob is a moderator, carol and dave are members. */
async function scene() {
  const world = await World.load()
  const account = async (name: string) => world.account(name, new TestListener())
  const [root, anna, bob] = [await account('root'), await account('anna'), await account('bob')]
  const accounts = { root, anna, bob, carol: await account('carol'), dave: await account('dave') }
  await world.operators.set(root, true)
  const tea = await world.creating.create(anna, '#tea', false)
  for (const one of [bob, accounts.carol, accounts.dave]) await world.join(one, '#tea')
  await world.moderation.setModerator(anna, tea, 'bob', true)
  return { world, tea, accounts }
}

/** Who may act on whom; everybody else is refused. */
const may: Readonly<Record<string, readonly string[]>> = {
  root: ['anna', 'bob', 'carol', 'dave'],
  anna: ['bob', 'carol', 'dave'],
  bob: ['carol', 'dave'],
  carol: [],
  dave: [],
}

for (const action of ['remove', 'ban', 'mute'] as const) {
  t.test(`${action}: those below only`, async (t) => {
    for (const actor of people) {
      for (const whom of people) {
        const { world, tea, accounts } = await scene()
        const act = {
          remove: () => world.moderation.remove(accounts[actor], tea, whom),
          ban: () => world.restraining.ban(accounts[actor], tea, whom),
          mute: () => world.restraining.mute(accounts[actor], tea, whom),
        }
        const code = await codeOf(act[action]())
        const outside = whom === 'root' && action !== 'ban'
        const refused = outside ? 'not-a-member' : 'not-allowed'
        t.equal(code, may[actor]?.includes(whom) ? undefined : refused, `${actor} on ${whom}`)
        t.same(await contradictions(world), [])
      }
    }
  })
}

t.test('a mute ends by itself', async (t) => {
  const { world, tea, accounts } = await scene()
  await world.restraining.mute(accounts.anna, tea, 'carol', { forMs: 1000 })
  t.equal(await codeOf(world.say(accounts.carol, tea, 'hello')), 'muted')
  world.clock.advance(999)
  t.equal(await codeOf(world.say(accounts.carol, tea, 'hello')), 'muted')
  world.clock.advance(1)
  t.equal(await codeOf(world.say(accounts.carol, tea, 'hello')), undefined)
})

t.test('an account that is deleted is nowhere banned or muted any more', async (t) => {
  const { world, tea, accounts } = await scene()
  await world.restraining.ban(accounts.anna, tea, 'carol')
  await world.restraining.mute(accounts.anna, tea, 'dave')
  await world.deletion.delete(accounts.carol)
  await world.deletion.delete(accounts.dave)
  t.same([tea.ban.accounts.size, tea.mute.accounts.size], [0, 0])
  t.same(await contradictions(world), [])
})

t.test('somebody is removed while they delete their account, or go', async (t) => {
  const { world, tea, accounts } = await scene()
  const guest = world.guest('zoe')
  await world.join(guest, '#tea')
  const codes = await Promise.all([
    codeOf(world.moderation.remove(accounts.anna, tea, 'carol')),
    codeOf(world.deletion.delete(accounts.carol)),
    codeOf(world.moderation.remove(accounts.anna, tea, '~zoe')),
    codeOf(world.guests.leave(guest)),
  ])
  t.same(codes, [undefined, undefined, 'no-such-user', undefined])
  t.notOk(world.directory.find('carol') ?? world.directory.find('zoe'))
  t.same([accounts.carol.channels.size, guest.channels.size], [0, 0])
  t.same(await contradictions(world), [])
})

/** carol is connected from somewhere; guests come from there, and one from elsewhere. */
async function fromOneAddress() {
  const { world, tea, accounts } = await scene()
  const away = new TestListener()
  world.presence.arrive(accounts.carol, Object.assign(away, { address: '192.0.2.7' }))
  for (const listener of accounts.carol.listeners)
    if (listener !== away) world.presence.release(accounts.carol, listener)
  const guestFrom = (nick: string, address: string) => {
    const guest = world.guests.enter(nick, address)
    world.presence.arrive(guest, new TestListener())
    return guest
  }
  return { world, tea, accounts, away, guestFrom }
}

t.test('who is muted does not speak as a guest from the same address for an hour', async (t) => {
  const { world, tea, accounts, away, guestFrom } = await fromOneAddress()
  const before = guestFrom('before', '192.0.2.7')
  await world.join(before, '#tea')
  await world.restraining.mute(accounts.anna, tea, 'carol')
  const [sneaky, other] = [guestFrom('sneaky', '192.0.2.7'), guestFrom('other', '192.0.2.8')]
  const dave = new TestListener()
  world.presence.arrive(accounts.dave, Object.assign(dave, { address: '192.0.2.7' }))
  world.presence.depart(accounts.carol, away, 0)
  for (const guest of [sneaky, other]) await world.join(guest, '#tea')
  const may = async () =>
    Promise.all([before, sneaky, other, accounts.dave].map((one) => codeOf(world.say(one, tea, 'hello'))))
  t.same(await may(), ['muted', 'muted', undefined, undefined], 'nobody else, and no older account')
  t.equal(await codeOf(world.guests.rename(sneaky, 'shout')), 'muted')
  const { account } = await world.accounts.signUp({ name: 'newer', email: undefined, password: 'password' })
  await world.newcomers.restrain(account, sneaky)
  await world.join(account, '#tea')
  t.equal(await codeOf(world.say(account, tea, 'hello')), 'muted', 'nor by a new account')
  const lobby = await world.join(sneaky, '#lobby')
  t.equal(await codeOf(world.say(sneaky, lobby, 'hello')), undefined, 'elsewhere')
  await world.lifting.unmute(accounts.anna, tea, 'carol')
  t.same(await may(), [undefined, undefined, undefined, undefined], 'it ends with the mute')
  t.same(await contradictions(world), [])
})

t.test('who is banned does not come in as a guest from the same address for an hour', async (t) => {
  const { world, tea, accounts, guestFrom } = await fromOneAddress()
  const before = guestFrom('before', '192.0.2.7')
  await world.join(before, '#tea')
  await world.restraining.ban(accounts.anna, tea, 'carol')
  const [sneaky, other] = [guestFrom('sneaky', '192.0.2.7'), guestFrom('other', '192.0.2.8')]
  t.equal(await codeOf(world.join(sneaky, '#tea')), 'banned')
  t.equal(await codeOf(world.say(before, tea, 'hello')), 'muted', 'who is in already does not speak')
  t.equal(await codeOf(world.join(other, '#tea')), undefined)
  world.clock.advance(3_600_000 - 1)
  t.equal(await codeOf(world.join(sneaky, '#tea')), 'banned')
  world.clock.advance(1)
  t.equal(await codeOf(world.join(sneaky, '#tea')), undefined)
  await world.lifting.unban(accounts.anna, tea, 'carol')
  await world.restraining.ban(accounts.anna, tea, 'carol')
  await world.lifting.unban(accounts.anna, tea, 'carol')
  t.equal(await codeOf(world.join(guestFrom('third', '192.0.2.7'), '#tea')), undefined)
  t.equal(await codeOf(world.say(before, tea, 'hello')), undefined)
  t.same(await contradictions(world), [])
})

t.test('a guest who may not be in a default channel comes in all the same', async (t) => {
  const { world, accounts, away, guestFrom } = await fromOneAddress()
  const lobby = await world.join(accounts.carol, '#lobby')
  await world.restraining.ban(accounts.root, lobby, 'carol')
  const guest = guestFrom('sneaky', '192.0.2.7')
  t.same((await world.entrance.welcomeGuest(guest, away)).rooms, [])
})
