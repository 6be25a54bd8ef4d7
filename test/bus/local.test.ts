import t from 'tap'
import { LocalBus } from '../../server/bus/local.ts'
import { Counts } from '../../server/chat/counts.ts'
import type { ChatEvent } from '../../server/chat/events.ts'
import { Feed } from '../../server/chat/feed.ts'
import { Random } from '../support/random.ts'
import { Ear } from '../support/world.ts'

/** A bus whose turns end when the test says so. */
function setUp() {
  const tasks: (() => void)[] = []
  const bus = new LocalBus(new Counts(), (task) => tasks.push(task))
  const endTurn = () => {
    for (const task of tasks.splice(0)) task()
  }
  return { bus, endTurn, tasks }
}

function said(user: string): ChatEvent {
  return { type: 'presence', user, status: 'online' }
}

/** Who it was about, of what was heard. */
function heard(ear: Ear): string {
  return ear
    .take()
    .map((event) => (event.type === 'presence' ? event.user : '?'))
    .join('')
}

t.test('what a turn tells a channel comes at its end, but to who said it', async (t) => {
  const { bus, endTurn, tasks } = setUp()
  const [one, two] = [new Ear(), new Ear()]
  const listeners = new Feed([one, two])
  bus.publish(said('a'), [{ listeners }], one)
  bus.publish(said('b'), [{ listeners }])
  t.equal(tasks.length, 1, 'one task a turn')
  t.equal(heard(two), '', 'not before')
  endTurn()
  t.same([heard(one), heard(two)], ['b', 'ab'])
  endTurn()
  t.same([heard(one), heard(two)], ['', ''], 'once')
})

t.test('who comes in hears what comes later, who goes what came before', async (t) => {
  const { bus, endTurn } = setUp()
  const [early, late] = [new Ear(), new Ear()]
  const listeners = new Feed([early])
  bus.publish(said('a'), [{ listeners }])
  listeners.add(late)
  listeners.add(early)
  bus.publish(said('b'), [{ listeners }])
  listeners.delete(early)
  t.equal(heard(early), 'ab')
  bus.publish(said('c'), [{ listeners }])
  endTurn()
  t.same([heard(early), heard(late)], ['', 'bc'])
  bus.publish(said('d'), [{ listeners }])
  endTurn()
  t.equal(heard(late), 'd')
})

t.test('somebody for whom other things come behind it hears it before', async (t) => {
  const { bus, endTurn } = setUp()
  const [one, two] = [new Ear(), new Ear()]
  const listeners = new Feed([one, two])
  bus.publish(said('a'), [{ listeners }])
  bus.settle(one)
  t.same([heard(one), heard(two)], ['a', ''])
  bus.publish(said('b'), [{ listeners }])
  endTurn()
  t.same([heard(one), heard(two)], ['b', 'ab'])
})

t.test('an event for several audiences is heard once, behind what came before', async (t) => {
  const { bus, endTurn } = setUp()
  const ear = new Ear()
  const [tea, milk] = [new Feed([ear]), new Feed([ear])]
  bus.publish(said('a'), [{ listeners: tea }])
  bus.publish(said('b'), [{ listeners: tea }, { listeners: milk }])
  endTurn()
  t.equal(heard(ear), 'ab')
})

t.test(
  'whatever happens in a turn, everybody hears what was said while they were in, in order',
  async (t) => {
    const random = new Random(20_261_121)
    const upTo = (count: number) => random.integer(0, count - 1)
    for (let round = 0; round < 200; round++) {
      const { bus, endTurn } = setUp()
      const ears = Array.from({ length: 4 }, () => new Ear())
      const rooms = [new Feed(), new Feed()]
      const wanted = new Map(ears.map((ear) => [ear, rooms.map(() => '')]))
      for (let step = 0; step < 60; step++) {
        const room = upTo(rooms.length)
        const listeners = rooms[room] as Feed
        const ear = ears[upTo(ears.length)] as Ear
        const what = upTo(8)
        if (what === 0) listeners.add(ear)
        else if (what === 1) listeners.delete(ear)
        else if (what === 2) bus.settle(ear)
        else if (what === 3) endTurn()
        else {
          const except = what === 4 ? ear : undefined
          bus.publish(said(`${room}:${step} `), [{ listeners }], except)
          for (const listener of listeners) {
            const rows = wanted.get(listener as Ear)
            if (rows && listener !== except) rows[room] += `${room}:${step} `
          }
        }
      }
      endTurn()
      for (const [index, ear] of ears.entries()) {
        const all = heard(ear).split(' ')
        const found = rooms.map((_, room) =>
          all.flatMap((word) => (word.startsWith(`${room}:`) ? [`${word} `] : [])).join(''),
        )
        t.same(found, wanted.get(ear), `round ${round}, listener ${index}`)
      }
    }
  },
)
