import t from 'tap'
import { exclusively } from '../../server/chat/channels/exclusively.ts'
import type { Account, Channel } from '../../server/chat/model/people.ts'
import { Gate } from '../support/gated-store.ts'
import { contradictions } from '../support/invariants.ts'
import { MemoryStore } from '../support/memory-store.ts'
import { codeOf, TestListener, World } from '../support/world.ts'

/** anna has asked bob into the private #tea. */
async function asked(gate = new Gate()) {
  const world = await World.load({ store: gate.before(new MemoryStore()) })
  const ear = new TestListener()
  const [anna, bob] = [await world.account('anna', ear), await world.account('bob', new TestListener())]
  const tea = await world.creating.create(anna, '#tea', true)
  await world.invitations.invite(anna, tea, ['bob'])
  const request = world.invitations.waitingFor(bob)[0]?.request ?? 0
  ear.take()
  return { world, ear, anna, bob, tea, request, gate }
}

t.test('one answer counts of two that are given at once', async (t) => {
  for (const [first, second] of [
    ['accept', 'reject'],
    ['reject', 'accept'],
    ['accept', 'accept'],
    ['reject', 'reject'],
  ] as const) {
    const { world, ear, bob, tea, request } = await asked()
    const codes = await Promise.all(
      [first, second].map((answer) => codeOf(world.invitations[answer](bob, request))),
    )
    t.same(codes, [undefined, 'no-such-request'], `${first} before ${second}`)
    t.equal(tea.members.has(bob), first === 'accept')
    t.equal(ear.events.filter(({ type }) => type === 'answered').length, 1, 'told once')
    t.same(await contradictions(world), [])
  }
})

t.test('a request is withdrawn while it is being accepted', async (t) => {
  const { world, anna, bob, tea, request, gate } = await asked()
  gate.close()
  const banning = codeOf(world.restraining.ban(anna, tea, 'bob'))
  const accepting = codeOf(world.invitations.accept(bob, request))
  await Promise.resolve()
  gate.open()
  t.same(await Promise.all([banning, accepting]), [undefined, 'banned'])
  t.notOk(tea.members.has(bob))
  t.same(await contradictions(world), [])
})

t.test('the group goes away while somebody is asked or answers', async (t) => {
  const { world, anna, bob, tea, request, gate } = await asked()
  const carol = await world.account('carol')
  gate.close()
  const codes = [
    codeOf(world.leaving.leave(anna, tea)),
    codeOf(world.invitations.invite(anna, tea, ['carol'])),
    codeOf(world.invitations.accept(bob, request)),
  ]
  await Promise.resolve()
  gate.open()
  t.same(await Promise.all(codes), [undefined, 'no-such-channel', 'no-such-channel'])
  t.same([...world.invitations.list(bob), ...world.invitations.list(carol)], [])
  t.same(await contradictions(world), [])
})

t.test('two ask the same person at once: one request', async (t) => {
  const { world, anna, tea } = await asked()
  const carol = await world.account('carol')
  await Promise.all([
    world.invitations.invite(anna, tea, ['carol']),
    world.invitations.invite(anna, tea, ['#3']),
  ])
  t.equal(world.invitations.waitingFor(carol).length, 1)
  t.same(await contradictions(world), [])
})

t.test('an answer that came while nobody was there to hear it waits, also over a restart', async (t) => {
  const { world, ear, anna, bob, request } = await asked()
  world.presence.depart(anna, ear, 0)
  await world.invitations.reject(bob, request)
  t.same(ear.events, [])
  const again = await World.load({ store: world.store })
  const account = again.directory.findAccount('anna')
  if (!account) throw new Error('anna is gone')
  const rows = again.invitations.takeAnswers(account).map(({ user, answer }) => [user, answer])
  t.same(rows, [['bob', 'rejected']])
  t.same(again.invitations.takeAnswers(account), [], 'it is told once')
  t.same(await contradictions(again), [])
})

t.test(
  'an answer that was told is forgotten a while later: until then a crash takes nothing along',
  async (t) => {
    const { world, ear, anna, bob, request } = await asked()
    await world.invitations.reject(bob, request)
    t.match(ear.take(), [{ type: 'answered', user: 'bob', answer: 'rejected' }])
    t.same(world.invitations.list(anna), [], 'nobody sees it any more')
    t.same(world.invitations.takeAnswers(anna), [], 'and it is not told twice')
    const crashed = await World.load({ store: world.store })
    const account = crashed.directory.findAccount('anna')
    if (!account) throw new Error('anna is gone')
    t.equal(crashed.invitations.takeAnswers(account).length, 1, 'but once more after a crash')
    await crashed.invitations.forgetTold()
    t.same((await world.store.loadGroups()).requests, [])
    t.same(await contradictions(crashed), [])
  },
)

for (const [what, happens] of Object.entries({
  banned: (world: World, anna: Account, tea: Channel) => world.restraining.ban(anna, tea, 'mod'),
  removed: (world: World, anna: Account, tea: Channel) => world.moderation.remove(anna, tea, 'mod'),
  demoted: (world: World, anna: Account, tea: Channel) =>
    world.moderation.setModerator(anna, tea, 'mod', false),
  left: (world: World, _anna: Account, tea: Channel, mod: Account) => world.leaving.leave(mod, tea),
  'left everything': (world: World, _anna: Account, _tea: Channel, mod: Account) =>
    world.leaving.leaveAll(mod),
  deleted: (world: World, _anna: Account, _tea: Channel, mod: Account) => world.deletion.delete(mod),
  transferred: async (world: World, anna: Account, tea: Channel, mod: Account) => {
    await world.moderation.transfer(anna, tea, 'mod')
    await world.moderation.transfer(mod, tea, 'anna')
  },
}))
  t.test(`an invitation does not outlive that who made it was ${what}`, async (t) => {
    const { world, anna, tea } = await asked()
    const mod = await world.account('mod')
    const ear = new TestListener()
    const carol = await world.account('carol', ear)
    await world.invitations.invite(anna, tea, ['mod'])
    await world.invitations.accept(mod, world.invitations.waitingFor(mod)[0]?.request ?? 0)
    await world.moderation.setModerator(anna, tea, 'mod', true)
    await world.invitations.invite(mod, tea, ['carol'])
    const request = world.invitations.waitingFor(carol)[0]?.request ?? 0
    ear.take()
    await happens(world, anna, tea, mod)
    t.same(world.invitations.waitingFor(carol), [])
    t.same(ear.take(), [{ type: 'withdrawn', channel: '#tea', request }], 'who was asked is told')
    t.equal(await codeOf(world.invitations.accept(carol, request)), 'no-such-request')
    t.equal((await World.load({ store: world.store })).invitations.waitingFor(carol).length, 0)
    t.same(await contradictions(world), [])
  })

t.test('an invitation outlives neither the transfer of the channel nor that its admin leaves', async (t) => {
  for (const leaves of [false, true]) {
    const { world, anna, bob, tea, request } = await asked()
    const carol = await world.account('carol')
    await world.invitations.accept(bob, request)
    await world.invitations.invite(anna, tea, ['carol'])
    const open = world.invitations.waitingFor(carol)[0]?.request ?? 0
    if (leaves) await world.leaving.leave(anna, tea)
    else await world.moderation.transfer(anna, tea, 'bob')
    t.same(world.invitations.waitingFor(carol), [])
    t.equal(await codeOf(world.invitations.accept(carol, open)), 'no-such-request')
    t.notOk(tea.members.has(carol))
    t.same(await contradictions(world), [])
  }
})

t.test('what an operator asked stays while they are one, in the channel or not', async (t) => {
  const { world, anna, bob, tea, request } = await asked()
  const carol = await world.account('carol')
  await world.operators.set(anna, true)
  await world.invitations.accept(bob, request)
  await world.invitations.invite(anna, tea, ['carol'])
  await world.moderation.transfer(anna, tea, 'bob')
  await world.leaving.leave(anna, tea)
  t.equal(world.invitations.waitingFor(carol).length, 1)
  await world.operators.set(await world.account('other'), true)
  await world.operators.set(anna, false)
  // The withdrawal has its turn behind what else changes the channel.
  await exclusively(tea, async () => undefined)
  t.equal(world.invitations.waitingFor(carol).length, 0)
})

t.test('who leads a channel sees its open invitations, and withdraws them', async (t) => {
  const { world, anna, bob, tea, request } = await asked()
  const carol = await world.account('carol')
  const { account: root } = await world.accounts.register('root', 'password', true)
  t.match(world.invitations.listInto(anna, tea), [{ request, user: 'bob', by: 'anna' }])
  t.match(world.invitations.listInto(root, tea), [{ request }], 'operators lead all')
  t.throws(() => world.invitations.listInto(bob, tea))
  t.equal(await codeOf(world.invitations.reject(carol, request)), 'no-such-request', 'others do not')
  t.same(await world.invitations.reject(anna, request), { channel: '#tea', withdrawn: 'bob' })
  t.same(world.invitations.waitingFor(bob), [])
  t.equal(await codeOf(world.invitations.reject(anna, request)), 'no-such-request')
  t.same(await contradictions(world), [])
})

t.test('an operator who is one no more has nobody waiting where only operators invite', async (t) => {
  const { world, tea } = await asked()
  const lobby = world.channels.named('#lobby')
  const { account: root } = await world.accounts.register('root', 'password', true)
  await world.accounts.register('other', 'password', true)
  const dora = await world.account('dora')
  await world.joining.joinDefaults(root)
  if (lobby) await world.invitations.invite(root, lobby, ['dora'])
  t.equal(world.invitations.waitingFor(dora).length, 1)
  await world.operators.set(root, false)
  await exclusively(tea, async () => undefined)
  if (lobby) await exclusively(lobby, async () => undefined)
  t.same(world.invitations.waitingFor(dora), [])
})

t.test('a block ends the invitations between the two, in both directions', async (t) => {
  for (const blocker of ['anna', 'bob'] as const) {
    const { world, anna, bob, tea, request } = await asked()
    const own = await world.creating.create(bob, '#own', true)
    await world.invitations.invite(bob, own, ['anna'])
    const [account, other] = blocker === 'anna' ? [anna, 'bob'] : [bob, 'anna']
    await world.contacts.block(account, other)
    for (const one of [anna, bob]) t.same(world.invitations.list(one), [], one.name)
    t.equal(await codeOf(world.invitations.accept(bob, request)), 'no-such-request')
    await world.invitations.invite(anna, tea, ['bob'])
    t.same(world.invitations.waitingFor(bob), [], 'and no new one comes')
    t.same((await world.store.loadGroups()).requests, [])
    t.same(await contradictions(world), [])
  }
})
