import t from 'tap'
import { graceMs } from '../../server/chat/presence/grace.ts'
import { TestListener, thrownCode, World } from '../support/world.ts'

async function three() {
  const world = await World.load()
  const ears = [new TestListener(), new TestListener(), new TestListener()] as const
  const people = [
    await world.account('anna', ears[0]),
    await world.account('bob', ears[1]),
    await world.account('carol', ears[2]),
  ] as const
  for (const ear of ears) ear.take()
  return { world, pairs: world.pairs, ears, people }
}

t.test('both choose at the same moment: the second choice begins the talk, for both', async (t) => {
  const { pairs, ears, people } = await three()
  t.same(pairs.choose(people[0], ears[0], 'bob'), { with: 'bob', begun: false })
  t.same(pairs.choose(people[1], ears[1], 'anna'), { with: 'anna', begun: true })
  t.equal(pairs.partnerOf(ears[0]), people[1])
  t.equal(pairs.partnerOf(ears[1]), people[0])
  t.same(ears[0].take(), [{ type: 'paired', with: 'bob' }])
  t.same(ears[1].take(), [{ type: 'chosen', by: 'anna' }])
  t.same(pairs.choose(people[0], ears[0], 'bob'), { with: 'bob', begun: true }, 'again: it goes on')
  t.same(ears[1].take(), [])
})

t.test('choosing again is one wish', async (t) => {
  const { pairs, ears, people } = await three()
  for (let time = 0; time < 2; time++)
    t.same(pairs.choose(people[0], ears[0], 'bob'), { with: 'bob', begun: false })
  t.same(ears[1].take(), [{ type: 'chosen', by: 'anna' }])
})

t.test('a third chooses one of a pair: nothing changes for the pair', async (t) => {
  const { pairs, ears, people } = await three()
  pairs.choose(people[0], ears[0], 'bob')
  pairs.choose(people[1], ears[1], 'anna')
  t.same(pairs.choose(people[2], ears[2], 'anna'), { with: 'anna', begun: false })
  t.equal(pairs.partnerOf(ears[0]), people[1])
  t.equal(pairs.partnerOf(ears[2]), undefined)
  ears[1].take()
  t.same(pairs.choose(people[0], ears[0], 'carol'), { with: 'carol', begun: true })
  t.match(ears[1].take(), [{ type: 'unpaired', with: 'anna' }])
  t.equal(pairs.partnerOf(ears[1]), undefined)
})

t.test('numbers are those of the list that this connection was shown last', async (t) => {
  const { pairs, ears, people } = await three()
  t.equal(
    thrownCode(() => pairs.choose(people[0], ears[0], '1')),
    'no-such-user',
    'no list yet',
  )
  t.same(pairs.list(people[0], ears[0]), ['bob', 'carol'])
  t.same(pairs.choose(people[0], ears[0], '2'), { with: 'carol', begun: false })
  t.equal(
    thrownCode(() => pairs.choose(people[0], ears[0], '3')),
    'no-such-user',
  )
})

t.test('somebody who is blocked waits for ever, and nobody hears of it', async (t) => {
  const { world, pairs, ears, people } = await three()
  await world.contacts.block(people[0], 'bob')
  t.same(pairs.choose(people[1], ears[1], 'anna'), { with: 'anna', begun: false })
  t.same(pairs.end(ears[1]), { with: 'anna', begun: false })
  t.same(ears[0].take(), [])
  pairs.choose(people[1], ears[1], 'anna')
  t.equal(
    thrownCode(() => pairs.choose(people[0], ears[0], 'bob')),
    'blocked',
  )
  t.equal(pairs.partnerOf(ears[1]), undefined)
})

t.test('a login beside a talk that goes on has nothing to ask', async (t) => {
  const { world, pairs, ears, people } = await three()
  pairs.choose(people[0], ears[0], 'bob')
  pairs.choose(people[1], ears[1], 'anna')
  const second = new TestListener()
  world.presence.arrive(people[0], second)
  t.equal(pairs.cameBack(people[0], second), undefined)
  t.equal(pairs.partnerOf(ears[0]), people[1], 'it is where it was')
  pairs.lineEnded(ears[0], true)
  const third = new TestListener()
  t.same(pairs.cameBack(people[0], third), { with: 'bob' }, 'a line that is lost is another thing')
})

t.test('of a talk that the other one has ended somebody is told once', async (t) => {
  const { world, pairs, ears, people } = await three()
  const [anna, bob] = people
  const talk = () => {
    pairs.choose(anna, ears[0], 'bob')
    pairs.choose(bob, ears[1], 'anna')
    t.equal(pairs.partnerOf(ears[0]), bob)
  }
  const logIn = () => pairs.cameBack(anna, new TestListener())

  talk()
  pairs.end(ears[1], 'bob ended it')
  t.equal(ears[0].talkEndedBy, 'bob')
  t.equal(logIn(), undefined, 'told where it was')

  talk()
  pairs.lineEnded(ears[1], true)
  world.clock.advance(graceMs)
  t.equal(logIn(), undefined, 'the same of who is gone')

  talk()
  pairs.lineEnded(ears[0], true)
  pairs.end(ears[1], 'bob ended it')
  t.same([logIn(), logIn()], [{ with: 'bob' }, undefined], 'told at the next login')

  talk()
  pairs.lineEnded(ears[1], false)
  t.same([logIn(), logIn()], [{ with: 'bob' }, undefined], 'who the server closed, maybe both of them')

  talk()
  pairs.lineEnded(ears[0], true)
  world.clock.advance(graceMs)
  t.same(
    [logIn(), logIn()],
    [{ with: 'bob' }, { with: 'bob' }],
    'but it is their own line: until they choose',
  )
  pairs.hasChosen(anna)

  const guestEar = new TestListener()
  const zoe = world.guest('zoe', guestEar)
  pairs.choose(anna, ears[0], '~zoe')
  pairs.choose(zoe, guestEar, 'anna')
  pairs.lineEnded(ears[0], true)
  pairs.lineEnded(guestEar, true)
  await world.guests.leave(zoe)
  t.same([logIn(), logIn()], [{ with: undefined }, undefined], 'a guest who is gone')
})
