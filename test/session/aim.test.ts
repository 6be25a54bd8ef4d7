import t from 'tap'
import type { Person } from '../../server/chat/model/people.ts'
import { Aim } from '../../server/session/aim.ts'
import { TestListener, thrownCode, World } from '../support/world.ts'

/** Where anna's words go, who is in #tea and #milk; `waiting` lines of hers have come and are not done. */
async function begin() {
  const world = await World.load()
  const input = { waiting: 0 }
  const listener = Object.assign(new TestListener(), { person: undefined as Person | undefined })
  const aim = new Aim(world, input, listener)
  const anna = await world.account('anna', listener)
  listener.person = anna
  const [tea, milk] = [await world.join(anna, '#tea'), await world.join(anna, '#milk')]
  const check = () => thrownCode(() => aim.checkFor('words'))
  return { aim, anna, check, input, listener, milk, tea, world }
}

t.test('what was said last is forgotten with its place, and when it is taken back', async (t) => {
  const { aim, milk, tea } = await begin()
  aim.talkTo(tea)
  aim.said(5)
  t.equal(aim.lastSaid, 5)
  aim.takenBack(4)
  t.equal(aim.lastSaid, 5)
  aim.talkTo(milk)
  t.equal(aim.lastSaid, undefined)
  aim.talkTo(tea)
  aim.takenBack(5)
  t.equal(aim.lastSaid, undefined)
  aim.said(6)
  aim.reset()
  t.equal(aim.lastSaid, undefined)
  t.equal(aim.target, undefined)
})

t.test('who is taken out of a channel talks nowhere, and reads what has ended', async (t) => {
  const { aim, milk, tea } = await begin()
  aim.talkTo(tea)
  t.equal(aim.takenOut('#milk', undefined), '#tea', 'another channel is not where one talks')
  t.equal(aim.takenOut('#tea', '#milk'), undefined)
  t.same(aim.explained({ code: 'no-target' }), { code: 'no-target', ended: '#tea', back: '#milk' })
  aim.talkTo(milk)
  t.same(aim.explained({ code: 'no-target' }), { code: 'no-target' }, 'it was chosen where to go on')
  t.equal(aim.name, '#milk')
})

t.test(
  'words that were under way when a change of place failed go nowhere, and talk of a moment',
  async (t) => {
    const { aim, check, input, tea, world } = await begin()
    aim.talkTo(tea)
    input.waiting = 1
    aim.miss('missed', '/switch')
    aim.nextLine()
    t.equal(check(), 'not-said')
    world.clock.advance(1_500)
    t.equal(check(), 'not-said', 'and it begins anew with what is pasted')
    world.clock.advance(1_500)
    t.equal(check(), 'not-said')
    world.clock.advance(2_000)
    t.equal(check(), undefined)
    aim.miss('missed', '/switch', true)
    world.clock.advance(60_000)
    t.equal(check(), 'not-said', 'for a program for good')
    aim.talkTo(tea)
    t.equal(check(), undefined, 'until it chooses')
  },
)

t.test('a talk that another one has begun gets no words that were typed before it was told', async (t) => {
  const { aim, check, input, tea } = await begin()
  aim.talkTo(tea)
  aim.begin('bob')
  t.equal(check(), 'not-said')
  t.equal(
    thrownCode(() => aim.checkFor('channel')),
    undefined,
    'what is done to a channel is not meant for bob',
  )
  input.waiting = 1
  aim.told()
  input.waiting = 0
  aim.nextLine()
  t.equal(check(), 'not-said')
  aim.nextLine()
  aim.nextLine()
  t.equal(check(), undefined)
})

t.test(
  'words for a guest are for the account that the guest makes, and a talk comes before the target',
  async (t) => {
    const { aim, anna, listener, tea, world } = await begin()
    const ear = new TestListener()
    const sam = world.guest('sam', ear)
    aim.talkTo(sam)
    const account = await world.account('sam2')
    sam.became = account
    t.equal(aim.target, account)
    aim.talkTo(tea)
    const bob = await world.account('bob', ear)
    world.pairs.choose(anna, listener, 'bob')
    world.pairs.choose(bob, ear, 'anna')
    t.equal(aim.name, 'bob')
    aim.talkTo(tea)
    t.equal(aim.name, '#tea', 'whoever chooses another place has ended the talk')
  },
)
