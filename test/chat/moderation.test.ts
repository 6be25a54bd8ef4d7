import t from 'tap'
import { contradictions } from '../support/invariants.ts'
import { codeOf, Ear, World } from '../support/world.ts'

const people = ['root', 'anna', 'bob', 'carol', 'dave'] as const

/** root is an operator and not in #tea; anna leads it, bob is a moderator, carol and dave are members. */
async function scene() {
  const world = await World.load()
  const account = async (name: string) => world.account(name, new Ear())
  const [root, anna, bob] = [await account('root'), await account('anna'), await account('bob')]
  const accounts = { root, anna, bob, carol: await account('carol'), dave: await account('dave') }
  await world.accounts.setOperator(root, true)
  const tea = await world.channels.create(anna, '#tea', false)
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
        const code = await codeOf(world.moderation[action](accounts[actor], tea, whom, undefined))
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
  await world.moderation.mute(accounts.anna, tea, 'carol', 1000)
  t.equal(await codeOf(world.say(accounts.carol, tea, 'hello')), 'muted')
  world.clock.advance(999)
  t.equal(await codeOf(world.say(accounts.carol, tea, 'hello')), 'muted')
  world.clock.advance(1)
  t.equal(await codeOf(world.say(accounts.carol, tea, 'hello')), undefined)
})

t.test('an account that is deleted is nowhere banned or muted any more', async (t) => {
  const { world, tea, accounts } = await scene()
  await world.moderation.ban(accounts.anna, tea, 'carol')
  await world.moderation.mute(accounts.anna, tea, 'dave', undefined)
  await world.accounts.delete(accounts.carol)
  await world.accounts.delete(accounts.dave)
  t.same([tea.banned.size, tea.muted.size], [0, 0])
  t.same(await contradictions(world), [])
})

t.test('somebody is removed while they delete their account, or go', async (t) => {
  const { world, tea, accounts } = await scene()
  const guest = world.guest('zoe')
  await world.join(guest, '#tea')
  const codes = await Promise.all([
    codeOf(world.moderation.remove(accounts.anna, tea, 'carol')),
    codeOf(world.accounts.delete(accounts.carol)),
    codeOf(world.moderation.remove(accounts.anna, tea, '~zoe')),
    codeOf(world.guests.leave(guest)),
  ])
  t.same(codes, [undefined, undefined, 'no-such-user', undefined])
  t.notOk(world.directory.find('carol') ?? world.directory.find('zoe'))
  t.same([accounts.carol.channels.size, guest.channels.size], [0, 0])
  t.same(await contradictions(world), [])
})
