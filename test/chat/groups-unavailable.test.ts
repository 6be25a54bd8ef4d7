import t from 'tap'
import { contradictions } from '../support/invariants.ts'
import { MemoryStore } from '../support/memory-store.ts'
import { codeOf, TestListener, World } from '../support/world.ts'

/** anna leads the private #tea, bob is in it and muted, carol is asked, dave is banned; root is an operator. */
async function scene() {
  const store = new MemoryStore()
  const world = await World.load({ store, signup: 'open' })
  const ears = {
    anna: new TestListener(),
    bob: new TestListener(),
    carol: new TestListener(),
    dave: new TestListener(),
  }
  const anna = await world.account('anna', ears.anna)
  const bob = await world.account('bob', ears.bob)
  const carol = await world.account('carol', ears.carol)
  const dave = await world.account('dave', ears.dave)
  const root = await world.account('root')
  await world.operators.set(root, true)
  const tea = await world.creating.create(anna, '#tea', true)
  await world.invitations.invite(anna, tea, ['bob', 'carol'])
  const [request] = world.invitations.waitingFor(bob)
  await world.invitations.accept(bob, request?.request ?? 0)
  await world.restraining.mute(anna, tea, 'bob')
  await world.restraining.ban(anna, tea, 'dave')
  await world.contacts.add(anna, 'bob')
  await world.contacts.block(anna, 'dave')
  await world.addressBans.ban(root, '192.0.2.0/24', undefined, undefined)
  return { store, world, ears, anna, bob, carol, dave, root, tea }
}

type Scene = Awaited<ReturnType<typeof scene>>

const pending = ({ world, carol }: Scene) => world.invitations.waitingFor(carol)[0]?.request ?? 0

/** Everything that changes something stored. */
const changes: Readonly<Record<string, (scene: Scene) => Promise<unknown>>> = {
  invite: ({ world, anna, root, tea }) => world.invitations.invite(anna, tea, [root.name]),
  accept: (scene) => scene.world.invitations.accept(scene.carol, pending(scene)),
  reject: (scene) => scene.world.invitations.reject(scene.carol, pending(scene)),
  remove: ({ world, anna, tea }) => world.moderation.remove(anna, tea, 'bob'),
  'remove the admin': ({ world, root, tea }) => world.moderation.remove(root, tea, 'anna'),
  ban: ({ world, anna, tea }) => world.restraining.ban(anna, tea, 'bob'),
  'ban somebody outside': ({ world, anna, tea }) => world.restraining.ban(anna, tea, 'carol'),
  unban: ({ world, anna, tea }) => world.lifting.unban(anna, tea, 'dave'),
  mute: ({ world, root, tea }) => world.restraining.mute(root, tea, 'anna', { forMs: 1000 }),
  unmute: ({ world, anna, tea }) => world.lifting.unmute(anna, tea, 'bob'),
  promote: ({ world, anna, tea }) => world.moderation.setModerator(anna, tea, 'bob', true),
  transfer: ({ world, anna, tea }) => world.moderation.transfer(anna, tea, 'bob'),
  'add a contact': ({ world, bob }) => world.contacts.add(bob, 'anna'),
  'remove a contact': ({ world, anna }) => world.contacts.remove(anna, 'bob'),
  watch: ({ world, anna }) => world.contacts.setWatch(anna, true),
  block: ({ world, anna }) => world.contacts.block(anna, 'bob'),
  unblock: ({ world, anna }) => world.contacts.unblock(anna, 'dave'),
  'ban an address': ({ world, root }) => world.addressBans.ban(root, '198.51.100.1', undefined, undefined),
  'unban an address': ({ world }) => world.addressBans.unban('192.0.2.0/24'),
  notice: ({ world, root }) => world.talk.announce(root, 'hello'),
  'make an account': ({ world }) => world.accounts.register('eve', 'password'),
  'make an operator': ({ world, bob }) => world.operators.set(bob, true),
  "set somebody's password": ({ world, bob }) => world.passwords.setInitial(bob, 'new password'),
  'delete an account': ({ world, anna }) => world.deletion.delete(anna),
}

/** What anybody could see of the world. */
function visible({ world, anna, bob, carol, dave, root, tea }: Scene) {
  return {
    members: world.channelLists.members(tea),
    banned: [...tea.ban.accounts.keys()].map(({ name }) => name),
    muted: [...tea.mute.accounts].map(([{ name }, { until }]) => [name, until]),
    people: [anna, bob, carol, dave, root].map((account) => ({
      name: account.name,
      operator: account.operator,
      deleted: account.deleted,
      initialPassword: account.initialPassword,
      watch: account.watch,
      contacts: world.contacts.list(account),
      blocked: world.contacts.blocked(account),
      requests: world.invitations.list(account),
    })),
    addresses: world.addressBans.list(),
    accounts: [...world.directory.accounts()].map(({ name }) => name),
    lastId: world.timeline.lastId,
  }
}

for (const [name, change] of Object.entries(changes)) {
  t.test(`${name}: refused while nothing can be stored, and done afterwards`, async (t) => {
    const now = await scene()
    const before = visible(now)
    for (const ear of Object.values(now.ears)) ear.take()
    now.store.failing = true
    t.equal(await codeOf(change(now)), 'StoreUnavailable')
    now.store.failing = false
    t.same(visible(now), before, 'nothing is changed')
    t.same(
      Object.values(now.ears).flatMap((ear) => ear.events),
      [],
      'nobody is told',
    )
    t.same(await contradictions(now.world), [])
    t.equal(await codeOf(change(now)), undefined)
    t.notSame(visible(now), before)
    t.same(await contradictions(now.world), [])
  })
}
