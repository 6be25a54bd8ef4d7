import t from 'tap'
import type { Grant } from '../../server/chat/model/grant.ts'
import { connectionsOf } from '../../server/chat/model/grants.ts'
import { codeOf, TestListener, World } from '../support/world.ts'

const grant = (more: Partial<Grant>): Grant => ({
  token: 'bot',
  since: 0,
  scope: 'all',
  channels: undefined,
  ...more,
})

t.test(
  'a connection that hears less than its person makes nobody online and marks nothing as shown',
  async (t) => {
    const world = await World.load()
    const watcher = new TestListener()
    const bob = await world.account('bob', watcher)
    const anna = await world.account('anna')
    const ci = await world.join(anna, '#ci')
    await world.join(bob, '#ci')
    const tea = await world.join(anna, '#tea')
    await world.join(bob, '#tea')
    watcher.take()
    const ears = {
      writer: new TestListener(grant({ scope: 'write' })),
      channelWriter: new TestListener(grant({ scope: 'write', channels: ['#ci'] })),
      reader: new TestListener(grant({ scope: 'read', channels: ['#CI'] })),
      all: new TestListener(grant({ channels: ['#ci'] })),
    }
    const { seen } = anna
    for (const ear of Object.values(ears)) world.presence.arrive(anna, ear)
    t.same(watcher.take(), [], 'nobody is told')
    t.same(
      world.presence.online().map(({ name }) => name),
      ['bob'],
    )
    t.equal(connectionsOf(anna).length, 4, 'and yet they are connections of hers')

    await world.say(bob, ci, 'in #ci')
    await world.say(bob, tea, 'in #tea')
    await world.say(bob, anna, 'to anna')
    world.directory.setOperator(bob, true)
    await world.talk.announce(bob, 'a notice')
    const heard = (ear: TestListener) =>
      ear.take().map((event) => event.type === 'message' && event.message.text)
    t.same(heard(ears.writer), [])
    t.same(heard(ears.channelWriter), [])
    t.same(heard(ears.reader), ['in #ci'])
    t.same(heard(ears.all), ['in #ci'])
    t.match(await world.talk.say(bob, anna, 'text', 'are you there?'), { waits: 'anna' })

    await world.leaving.leave(anna, ci)
    t.same(heard(ears.reader), [false], 'it hears that it left')
    await world.say(bob, ci, 'without her')
    t.same(heard(ears.reader), [], 'and what follows no more')
    await world.join(anna, '#ci')
    await world.say(bob, ci, 'with her again')
    t.same(heard(ears.reader), [false, 'with her again'])

    watcher.take()
    for (const ear of Object.values(ears)) world.presence.depart(anna, ear, world.timeline.lastId)
    t.same(watcher.take(), [])
    t.equal(anna.seen, seen)
    t.equal(connectionsOf(anna).length, 0)
    await world.say(bob, ci, 'after all')
    t.same(heard(ears.reader), [])
  },
)

t.test('who is blocked is not heard by scripts either', async (t) => {
  const world = await World.load()
  const bob = await world.account('bob')
  const anna = await world.account('anna')
  const ci = await world.join(anna, '#ci')
  await world.join(bob, '#ci')
  const ear = new TestListener(grant({ channels: ['#ci'] }))
  world.presence.arrive(anna, ear)
  await world.contacts.block(anna, 'bob')
  await world.say(bob, ci, 'hello')
  t.same(ear.messages, [])
})

t.test('a token is for channels that its maker is in, by their names', async (t) => {
  const world = await World.load()
  const anna = await world.account('anna')
  const bob = await world.account('bob')
  await world.creating.create(bob, '#den', true)
  await world.join(bob, '#Tea')
  t.equal(await codeOf(world.tokens.make(anna, 'ci', 'read', ['#den'])), 'no-such-channel')
  t.equal(await codeOf(world.tokens.make(anna, 'ci', 'read', ['#tea'])), 'not-a-member')
  const { grant } = await world.tokens.make(bob, 'ci', 'read', ['#tea', '#den', '#TEA'])
  t.same(grant.channels, ['#Tea', '#den'])
})

t.test('an account has no more than so many tokens', async (t) => {
  const world = await World.load()
  const anna = await world.account('anna')
  for (let index = 0; index < 100; index++) await world.tokens.make(anna, `bot${index}`)
  t.equal(await codeOf(world.tokens.make(anna, 'one-more')), 'quota-exceeded')
  await world.tokens.revoke(anna, 'bot7')
  t.equal(await codeOf(world.tokens.make(anna, 'one-more')), undefined)
})

t.test('revoking ends the connections of that token, and of no other', async (t) => {
  const world = await World.load()
  const anna = await world.account('anna')
  const ears = {
    person: new TestListener(),
    loud: new TestListener(grant({})),
    quiet: new TestListener(grant({ scope: 'write' })),
    other: new TestListener(grant({ token: 'other' })),
  }
  for (const ear of Object.values(ears)) world.presence.arrive(anna, ear)
  await world.tokens.make(anna, 'bot')
  await world.tokens.revoke(anna, 'bot')
  t.same(
    Object.values(ears).map(({ closedFor }) => closedFor),
    [undefined, 'the token bot is revoked', 'the token bot is revoked', undefined],
  )
})

t.test('a token that is revoked while somebody comes in by it is of no use', async (t) => {
  const world = await World.load()
  const anna = await world.account('anna')
  const { token } = await world.tokens.make(anna, 'bot')
  const { grant: found } = await world.logins.logIn('anna', token)
  t.match(found, { token: 'bot', scope: 'all' })
  if (!found) return
  t.equal(await world.tokens.used(anna, found, '192.0.2.7'), true)
  t.match(await world.tokens.list(anna), [{ name: 'bot', lastUsed: world.clock.now(), address: '192.0.2.7' }])
  await world.tokens.revoke(anna, 'bot')
  t.equal(await world.tokens.used(anna, found, '192.0.2.7'), false)
  world.clock.advance(1)
  await world.tokens.make(anna, 'bot')
  t.equal(await world.tokens.used(anna, found, '192.0.2.7'), false, 'nor is a new one of that name meant')
})
