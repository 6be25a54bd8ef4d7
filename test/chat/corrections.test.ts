import t from 'tap'
import { codeOf, TestListener, World } from '../support/world.ts'

/** anna leads #tea, where bob has said something that both heard. */
async function scene() {
  const world = await World.load()
  const ears = { anna: new TestListener(), bob: new TestListener() }
  const [anna, bob] = [await world.account('anna', ears.anna), await world.account('bob', ears.bob)]
  const tea = await world.creating.create(anna, '#tea', false)
  await world.join(bob, '#tea')
  const id = await world.say(bob, tea, 'first words')
  for (const ear of Object.values(ears)) ear.take()
  const which = { id, target: tea }
  /** What both were told of the message: the kinds of events. */
  const told = () => Object.values(ears).map((ear) => ear.take().map(({ type }) => type))
  return { world, anna, bob, tea, id, which, told }
}

t.test('of what is deleted and edited at once nobody reads words that are stored nowhere', async (t) => {
  for (let count = 0; count < 3; count++) {
    const { world, anna, bob, id, which, told } = await scene()
    const codes = await Promise.all([
      codeOf(world.corrections.delete(anna, which)),
      codeOf(world.corrections.edit(bob, which, 'edited words')),
    ])
    t.same(codes, [undefined, 'no-such-message'])
    t.same(told(), [['deleted'], ['deleted']])
    t.equal(await world.store.message(id), undefined)
  }
})

t.test('what is edited first is deleted as it reads then', async (t) => {
  const { world, anna, bob, which, told } = await scene()
  const editing = world.corrections.edit(bob, which, 'edited words')
  const deleted = world.corrections.delete(anna, which)
  await editing
  t.equal((await deleted).text, 'edited words')
  t.same(told(), [
    ['edited', 'deleted'],
    ['edited', 'deleted'],
  ])
})

t.test('two who delete the same at once: it is told once', async (t) => {
  const { world, anna, bob, id, which, told } = await scene()
  const codes = await Promise.all([
    codeOf(world.corrections.delete(bob, which)),
    codeOf(world.corrections.delete(anna, which)),
    codeOf(world.corrections.deleteAsOperator(id)),
  ])
  t.same(codes.sort(), ['no-such-message', 'no-such-message', undefined])
  t.same(told(), [['deleted'], ['deleted']])
})

t.test("the last of one's own words, deleted twice at once, takes no older one along", async (t) => {
  const { world, bob, tea, id } = await scene()
  const last = await world.say(bob, tea, 'second words')
  const which = { id: undefined, target: tea }
  const codes = await Promise.all([
    codeOf(world.corrections.delete(bob, which)),
    codeOf(world.corrections.delete(bob, which)),
  ])
  t.same(codes, [undefined, 'no-such-message'])
  t.same([await world.store.message(last), (await world.store.message(id))?.text], [undefined, 'first words'])
})

t.test('what the store has forgotten by itself is not told as edited', async (t) => {
  const { world, bob, which, told, id } = await scene()
  const { store } = world
  const edit = store.editMessage.bind(store)
  store.editMessage = async (change) => {
    await store.removeMessages([id])
    return edit(change)
  }
  t.equal(await codeOf(world.corrections.edit(bob, which, 'edited words')), 'no-such-message')
  t.same(told(), [[], []])
})

t.test('with the disk below its floor nothing is made longer by /edit, wherever it was said', async (t) => {
  const disk = { total: 1_000_000, free: 1_000_000, database: 0 }
  const world = await World.load({ space: async () => disk, settings: { 'store.freeSpaceBytes': 1000 } })
  const [anna, bob] = [
    await world.account('anna', new TestListener()),
    await world.account('bob', new TestListener()),
  ]
  const guest = world.guest('zoe')
  await world.operators.set(anna, true)
  const tea = await world.creating.create(anna, '#tea', false)
  const said = [
    { target: tea, id: await world.say(anna, tea, 'a') },
    { target: bob, id: await world.say(anna, bob, 'a') },
    { target: guest, id: await world.say(anna, guest, 'a') },
    { target: undefined, id: (await world.talk.announce(anna, 'a')).id },
  ]
  for (const which of said) await world.corrections.edit(anna, which, 'b')
  disk.free = 10
  await world.freeSpace.look()
  for (const which of said) {
    t.equal(await codeOf(world.corrections.edit(anna, which, 'c'.repeat(1000))), 'disk-full')
    t.equal((await world.store.message(which.id))?.text, 'b')
    t.equal(await codeOf(world.corrections.delete(anna, which)), undefined, 'what takes away is done')
  }
})

/** gustl, a guest in #tea, becomes the account gustav, as by /signup. */
async function signedUp() {
  const there = await scene()
  const { world, tea } = there
  const ear = new TestListener()
  const gustl = world.guest('gustl', ear)
  await world.join(gustl, '#tea')
  const signUp = async () => {
    const { account } = await world.accounts.signUp(
      { name: 'gustav', email: undefined, password: 'password' },
      gustl,
    )
    await world.joining.takeOver(account, gustl)
    gustl.became = account
    world.pairs.takeOver(account, gustl)
    world.guestWords.takeOver(account, gustl)
    world.presence.release(gustl, ear)
    await world.guests.leave(gustl)
    world.presence.arrive(account, ear)
    ear.take()
    return account
  }
  return { ...there, tea, ear, gustl, signUp }
}

t.test('who has signed up learns what becomes of what they got as a guest', async (t) => {
  const { world, anna, ear, gustl, signUp } = await signedUp()
  const [one, two] = [
    await world.say(anna, gustl, 'the PIN is 1111'),
    await world.say(anna, gustl, 'and 3333'),
  ]
  await signUp()
  // Another one has the old nick.
  const stranger = new TestListener()
  world.guest('gustl2', stranger)
  stranger.take()
  await world.corrections.edit(anna, { id: one, target: undefined }, 'the PIN is 2222')
  await world.corrections.delete(anna, { id: two, target: undefined })
  t.match(ear.take(), [
    { type: 'edited', message: { id: one, text: 'the PIN is 2222' } },
    { type: 'deleted', id: two },
  ])
  t.same(stranger.take(), [])
})

t.test('who has signed up takes back what they said as a guest', async (t) => {
  const { world, anna, bob, tea, gustl, told, signUp } = await signedUp()
  const first = await world.say(gustl, tea, 'guest words')
  const last = await world.say(gustl, tea, 'more guest words')
  const alone = await world.say(gustl, anna, 'for you')
  const gustav = await signUp()
  told()
  const { message } = await world.corrections.edit(gustav, { id: undefined, target: tea }, 'mended words')
  t.equal(message.id, last)
  await world.corrections.delete(gustav, { id: first, target: tea })
  t.same(told(), [
    ['edited', 'deleted'],
    ['edited', 'deleted'],
  ])
  await world.corrections.delete(gustav, { id: undefined, target: anna })
  t.equal(await world.store.message(alone), undefined)
  t.same(told(), [['deleted'], []])
  const own = await world.say(gustav, tea, 'own words')
  t.equal(
    (await world.corrections.delete(gustav, { id: undefined, target: tea })).id,
    own,
    'the newest first',
  )
  t.equal(await codeOf(world.corrections.edit(bob, { id: last, target: tea }, 'not mine')), 'not-allowed')
})
