import t from 'tap'
import type { ChatEvent } from '../../server/chat/model/events.ts'
import { codeOf, TestListener, World } from '../support/world.ts'

const words = 'read this'
const read = (events: readonly ChatEvent[]) => events.filter((event) => JSON.stringify(event).includes(words))

/** lea leads #tea; emil is muted there, and #pub is a room of emil and bob, where nobody is muted. */
async function scene() {
  const world = await World.load()
  const ears = {
    lea: new TestListener(),
    bob: new TestListener(),
    emil: new TestListener(),
    pat: new TestListener(),
  }
  const lea = await world.account('lea', ears.lea)
  const bob = await world.account('bob', ears.bob)
  const emil = await world.account('emil', ears.emil)
  const pat = await world.account('pat', ears.pat)
  const tea = await world.join(lea, '#tea')
  for (const one of [bob, emil]) await world.join(one, '#tea')
  const pub = await world.join(emil, '#pub')
  await world.join(pat, '#pub')
  await world.restraining.mute(lea, tea, 'emil')
  for (const ear of Object.values(ears)) ear.take()
  return { world, lea, bob, emil, pat, tea, pub, ears }
}

t.test('who is muted is not read there through what they say on being away or going', async (t) => {
  const { world, lea, bob, emil, pat, tea, ears } = await scene()
  await world.contacts.add(bob, 'emil')
  await world.contacts.setWatch(bob, true)
  world.presence.setAway(emil, words, ears.emil)
  t.same(read(ears.lea.events), [])
  t.same(read(ears.bob.events), [], 'nor as a contact')
  t.equal(read(ears.pat.events).length, 1, 'where they may speak they are read')
  t.match(ears.lea.take(), [{ type: 'presence', user: 'emil', status: 'away' }], 'that they are away is told')
  for (const [reader, seen] of [
    [lea, false],
    [bob, false],
    [undefined, false],
    [pat, true],
    [emil, true],
  ] as const) {
    const row = world.presence.list(reader).members.find(({ name }) => name === 'emil')
    t.equal(row?.note === words, seen, `/who of ${reader?.name}`)
  }
  t.notMatch(JSON.stringify([world.channelLists.members(tea, lea).members, world.contacts.list(bob)]), words)
  t.equal((await world.talk.say(bob, emil, 'text', 'hi')).away?.note, '')

  ears.pat.take()
  world.presence.depart(emil, ears.emil, 0, { note: words })
  t.same(read([...ears.lea.take(), ...ears.bob.take()]), [])
  t.equal(read(ears.pat.take()).length, 1)

  world.presence.arrive(emil, ears.emil)
  await world.lifting.unmute(lea, tea, 'emil')
  world.presence.setAway(emil, words, ears.emil)
  t.equal(read(ears.lea.take()).length, 1, 'unmuted, they are read')
})

t.test('who is blocked is not read at all', async (t) => {
  const { world, bob, emil, pub, ears } = await scene()
  const guestEar = new TestListener()
  const zoe = world.guest('zoe', guestEar)
  await world.join(zoe, '#pub')
  await world.join(bob, '#pub')
  await world.contacts.add(bob, 'emil')
  await world.contacts.setWatch(bob, true)
  for (const name of ['emil', 'zoe']) await world.contacts.block(bob, name)
  for (const ear of Object.values(ears)) ear.take()

  world.presence.setAway(emil, words, ears.emil)
  await world.channelSettings.setTopic(emil, pub, words)
  await world.leaving.leave(emil, pub, { reason: words })
  await world.join(emil, '#pub')
  await world.guests.rename(zoe, 'read-this')
  await world.guests.leave(zoe, words)
  t.same(
    ears.bob.take().map(({ type }) => type),
    ['admin'],
    'nothing of them reaches who has blocked them, but that the room has another admin now',
  )
  t.ok(read(ears.pat.take()).length >= 3, 'others read it')
  t.equal(world.presence.list(bob).members.find(({ name }) => name === 'emil')?.note, undefined)
  t.equal((await world.talk.say(bob, emil, 'text', 'hi')).away?.note, '')
})

t.test('a muted guest does not speak by another nick or connection, nor as a member', async (t) => {
  const { world, lea, tea } = await scene()
  const ear = (address: string) => Object.assign(new TestListener(), { address })
  const enter = async (nick: string, address: string) => {
    const guest = world.guests.enter(nick, address)
    world.presence.arrive(guest, ear(address))
    await world.join(guest, '#tea')
    return guest
  }
  // The name of one who said something rests when they are gone.
  for (const [name, address, near, far] of [
    ['newcomer', '192.0.2.7', '::ffff:192.0.2.7', '192.0.2.8'],
    ['newcomer2', '2001:db8::1', '2001:db8::ffff', '2001:db8:0:1::1'],
    ['newcomer3', '127.0.0.1', '::1', '198.51.100.1'],
  ] as const) {
    const zoe = await enter('zoe', address)
    const there = await enter('there', near)
    t.match(await world.restraining.mute(lea, tea, 'zoe', { forMs: 600_000 }), {
      name: '~zoe',
      guests: 'address',
    })
    t.equal(await codeOf(world.say(zoe, tea, words)), 'muted')
    t.equal(await codeOf(world.guests.rename(zoe, 'read-this')), 'muted', 'a nick is read, too')
    t.equal(await codeOf(world.say(there, tea, words)), 'muted', 'another connection that is there')
    await world.guests.leave(zoe)
    const again = await enter('yours-truly', near)
    t.equal(await codeOf(world.say(again, tea, words)), 'muted', 'one that comes back')
    const other = await enter('other', far)
    t.equal(await codeOf(world.say(other, tea, 'hello')), undefined, 'others speak')
    t.same(
      world.restraining.list(tea, 'mute').map(({ name }) => name),
      ['~zoe', 'emil'].sort((a, b) => a.localeCompare(b)),
    )

    const details = { name, email: undefined, password: 'password' }
    const { account } = await world.accounts.signUp(details, again)
    await world.newcomers.restrain(account, again, again)
    await world.joining.takeOver(account, again)
    t.equal(await codeOf(world.say(account, tea, words)), 'muted', 'nor as a member')
    const restarted = await World.load({ store: world.store, clock: world.clock })
    const stored = restarted.directory.findAccount(name)
    const room = restarted.channels.named('#tea')
    if (stored && room)
      t.equal(await codeOf(restarted.say(stored, room, words)), 'muted', 'also after a restart')

    world.clock.advance(600_001)
    t.equal(await codeOf(world.say(account, tea, 'sorry')), undefined, 'until the mute ends')
    // emil, who is muted too, may have been at this address: guests from there wait for an hour.
    world.clock.advance(3_600_000)
    t.equal(await codeOf(world.say(there, tea, 'sorry')), undefined)
    await world.deletion.delete(account, 'keep')
    for (const guest of [there, again, other]) await world.guests.leave(guest)
  }
})

t.test('a muted guest keeps the nick also where all guests are muted, for longer or not', async (t) => {
  const { world, lea, tea } = await scene()
  const zoe = world.guests.enter('zoe', '192.0.2.8')
  const other = world.guests.enter('other', '192.0.2.9')
  for (const guest of [zoe, other]) {
    world.presence.arrive(guest, new TestListener())
    await world.join(guest, '#tea')
  }
  for (const [own, all] of [
    [undefined, undefined],
    [600_000, undefined],
    [600_000, 600_000],
    [600_000, 60_000],
    [undefined, 60_000],
  ]) {
    await world.restraining.mute(lea, tea, 'zoe', own === undefined ? {} : { forMs: own })
    await world.restraining.mute(lea, tea, 'guests', all === undefined ? {} : { forMs: all })
    t.equal(await codeOf(world.guests.rename(zoe, 'read-this')), 'muted', `${own} ${all}`)
    t.equal(zoe.name, '~zoe')
    t.equal(await codeOf(world.guests.rename(other, 'another')), undefined, 'others may change theirs')
    t.equal(await codeOf(world.guests.rename(other, 'other')), undefined)
  }
  await world.lifting.unmute(lea, tea, '~zoe')
  t.equal(await codeOf(world.say(zoe, tea, words)), 'muted')
  t.equal(await codeOf(world.guests.rename(zoe, 'zoey')), undefined, 'as soon as only all guests are muted')
})

t.test('a guest who is gone can be unmuted, and whoever signs up stays blocked', async (t) => {
  const { world, lea, bob, tea } = await scene()
  const zoe = world.guest('zoe')
  await world.join(zoe, '#tea')
  await world.contacts.block(bob, 'zoe')
  await world.restraining.mute(lea, tea, 'zoe')
  t.equal(await world.lifting.unmute(lea, tea, '~ZOE'), '~zoe')
  const { account } = await world.accounts.signUp(
    { name: 'zoe', email: undefined, password: 'password' },
    zoe,
  )
  await world.contacts.follow(account, zoe, zoe)
  t.ok(bob.blocked.has(account))
  await world.guests.leave(zoe)
  t.ok(bob.blocked.has(account))
  t.equal(await codeOf(world.lifting.unmute(lea, tea, 'nobody')), 'no-such-user')
})

t.test('a talk ends when one blocks the other', async (t) => {
  const { world, bob, emil, ears } = await scene()
  world.pairs.choose(bob, ears.bob, 'emil')
  world.pairs.choose(emil, ears.emil, 'bob')
  await world.contacts.block(bob, 'emil')
  t.equal(world.pairs.partnerOf(ears.emil), undefined)
  t.equal(world.pairs.partnerOf(ears.bob), undefined)
})

t.test('a moderator who is muted is not read through the reasons of what they do', async (t) => {
  const { world, lea, bob, emil, tea, ears } = await scene()
  await world.moderation.setModerator(lea, tea, 'emil', true)
  const zoe = world.guest('zoe')
  await world.join(zoe, '#tea')
  for (const ear of Object.values(ears)) ear.take()
  for (const name of ['bob', '~zoe', 'guests'])
    for (const kind of ['mute', 'ban'] as const)
      t.equal(
        await codeOf(world.restraining[kind](emil, tea, name, { why: words })),
        'muted',
        `${kind} ${name}`,
      )
  t.equal(await codeOf(world.moderation.remove(emil, tea, 'bob', words)), 'muted')
  t.same([...ears.lea.take(), ...ears.bob.take()], [], 'and nothing is done')
  t.equal(
    await codeOf(world.restraining.mute(emil, tea, 'bob')),
    undefined,
    'without words they lead as before',
  )
  t.equal(await codeOf(world.moderation.remove(emil, tea, 'bob')), undefined)
  await world.join(bob, '#tea')
  await world.lifting.unmute(lea, tea, 'emil')
  t.equal(await codeOf(world.moderation.remove(emil, tea, 'bob', words)), undefined)
  t.equal(read(ears.lea.take()).length, 1)
})
