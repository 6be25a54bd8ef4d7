import t from 'tap'
import { LocalBus } from '../../server/bus/local.ts'
import { Counts } from '../../server/chat/machine/counts.ts'
import type { ChatEvent } from '../../server/chat/model/events.ts'
import { Feed } from '../../server/chat/model/feed.ts'
import { Random } from '../support/random.ts'
import { TestListener } from '../support/world.ts'

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
function heard(ear: TestListener): string {
  return ear
    .take()
    .map((event) => (event.type === 'presence' ? event.user : '?'))
    .join('')
}

t.test('what a turn tells a channel comes at its end, but to who said it', async (t) => {
  const { bus, endTurn, tasks } = setUp()
  const [one, two] = [new TestListener(), new TestListener()]
  const listeners = new Feed([one, two])
  bus.publish(said('a'), [{ channel: { listeners } }], one)
  bus.publish(said('b'), [{ channel: { listeners } }])
  t.equal(tasks.length, 1, 'one task a turn')
  t.equal(heard(two), '', 'not before')
  endTurn()
  t.same([heard(one), heard(two)], ['b', 'ab'])
  endTurn()
  t.same([heard(one), heard(two)], ['', ''], 'once')
})

t.test('who comes in hears what comes later, who goes what came before', async (t) => {
  const { bus, endTurn } = setUp()
  const [early, late] = [new TestListener(), new TestListener()]
  const listeners = new Feed([early])
  bus.publish(said('a'), [{ channel: { listeners } }])
  listeners.add(late)
  listeners.add(early)
  bus.publish(said('b'), [{ channel: { listeners } }])
  listeners.delete(early)
  t.equal(heard(early), 'ab')
  bus.publish(said('c'), [{ channel: { listeners } }])
  endTurn()
  t.same([heard(early), heard(late)], ['', 'bc'])
  bus.publish(said('d'), [{ channel: { listeners } }])
  endTurn()
  t.equal(heard(late), 'd')
})

t.test('somebody for whom other things come behind it hears it before', async (t) => {
  const { bus, endTurn } = setUp()
  const [one, two] = [new TestListener(), new TestListener()]
  const listeners = new Feed([one, two])
  bus.publish(said('a'), [{ channel: { listeners } }])
  bus.settle(one)
  t.same([heard(one), heard(two)], ['a', ''])
  bus.publish(said('b'), [{ channel: { listeners } }])
  endTurn()
  t.same([heard(one), heard(two)], ['b', 'ab'])
})

t.test('an event for several audiences is heard once, behind what came before', async (t) => {
  const { bus, endTurn } = setUp()
  const ear = new TestListener()
  const [tea, milk] = [new Feed([ear]), new Feed([ear])]
  bus.publish(said('a'), [{ channel: { listeners: tea } }])
  bus.publish(said('b'), [{ channel: { listeners: tea } }, { channel: { listeners: milk } }])
  endTurn()
  t.equal(heard(ear), 'ab')
})

t.test(
  'whatever happens in a turn, everybody hears all that was said while they were in, in order',
  async (t) => {
    const random = new Random(20_261_121)
    for (let round = 0; round < 200; round++) {
      const { bus, endTurn } = setUp()
      const ears = Array.from({ length: 4 }, () => new TestListener())
      const rooms = [new Feed(), new Feed(), new Feed()]
      const wanted = new Map<unknown, string>(ears.map((ear) => [ear, '']))
      for (let step = 0; step < 80; step++) {
        const listeners = random.pick(rooms)
        const ear = random.pick(ears)
        const what = random.integer(0, 10)
        if (what < 3) listeners.add(ear)
        else if (what === 3) {
          bus.settle(ear)
          listeners.delete(ear)
        } else if (what === 4) bus.settle(ear)
        else if (what === 5) endTurn()
        else if (what === 10) {
          bus.settle(ear)
          listeners.spare(ear, listeners.sparedOf(ear) === 'all' ? undefined : random.pick(['all', 'joins']))
        } else {
          const except = what === 6 ? ear : undefined
          const line = `${rooms.indexOf(listeners)}:${step} `
          bus.publish(said(line), [{ channel: { listeners } }], except)
          for (const listener of listeners)
            if (listener !== except && !listeners.spares(listener, said(line)))
              wanted.set(listener, wanted.get(listener) + line)
        }
      }
      endTurn()
      for (const [index, ear] of ears.entries())
        t.equal(heard(ear), wanted.get(ear), `round ${round}, listener ${index}`)
    }
  },
)
