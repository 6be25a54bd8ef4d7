import t from 'tap'
import { Dialects } from '../../server/dialects/dialects.ts'
import { Aim } from '../../server/session/aim.ts'
import { Encoding } from '../../server/session/encoding.ts'
import { Identity } from '../../server/session/identity.ts'
import { LoginDeadline } from '../../server/session/login-deadline.ts'
import { Flusher } from '../../server/session/outbox.ts'
import { Output } from '../../server/session/output.ts'
import { codeOf, TestListener, World } from '../support/world.ts'
import { Ends } from './scene.ts'

const all = { token: 'ci', since: 0, scope: 'all', channels: undefined } as const

/** What one connection is, without a session around it. */
async function identityOf(loginSeconds = 0) {
  const world = await World.load()
  const { clock } = world
  const ear = Object.assign(new TestListener(), {
    person: undefined,
    isDeserted: false,
    isAtWork: false,
    overflowed() {},
    unwritable() {},
  })
  const ends = new Ends()
  const flush: (() => void)[] = []
  const aim = new Aim(world, { waiting: 0 }, ear)
  const deadline = new LoginDeadline(clock, { loginSeconds }, ear)
  const encoding = new Encoding({ connection: ends })
  const output = new Output(
    {
      faults: { note: (error) => void t.error(error) },
      services: world,
      dialects: new Dialects(),
      flusher: new Flusher((task) => flush.push(task)),
      limits: { sendQueueBytes: 1000 },
      terminal: { timeZone: 'UTC' },
    },
    { aim, connection: ends, encoding, terminal: ear },
  )
  const parts = {
    services: world,
    timeline: world.timeline,
    log: { error: (_: object, message: string) => void t.fail(message) },
  }
  const identity = new Identity(parts, { aim, deadline, encoding, output, terminal: ear })
  const anna = await world.account('anna')
  const room = await world.join(anna, '#tea')
  return { aim, anna, clock, ear, ends, identity, output, room, world }
}

t.test('it speaks and hears for a person, then for another one, and remembers the accounts', async (t) => {
  const { aim, anna, ear, identity, room, world } = await identityOf()
  const upTo = await identity.become(anna)
  t.equal(upTo, world.timeline.lastId)
  t.ok(anna.listeners.has(ear))
  t.equal(identity.person, anna)
  t.equal(identity.lastName, 'anna')
  aim.target = room
  aim.said(7)
  const bob = await world.account('bob')
  await identity.become(bob)
  t.notOk(anna.listeners.has(ear))
  t.ok(bob.listeners.has(ear))
  t.equal(aim.target, undefined, 'who is another one has chosen nothing')
  t.equal(aim.lastSaid, undefined)
  await identity.become(undefined)
  t.equal(identity.person, undefined)
  t.same(
    identity.formerly.map(({ name }) => name),
    ['anna', 'bob'],
  )
})

t.test('what an account has chosen is how it is written; a program presses no Enter', async (t) => {
  const { anna, identity, output } = await identityOf()
  anna.settings = { clock: '12', color: true, hold: true, zone: 'Asia/Tokyo' }
  await identity.become(anna)
  t.match(output.dialect.writing, { clock: '12', color: true, zone: 'Asia/Tokyo' })
  t.ok(output.hold)
  t.ok(output.dated)
  const other = await identityOf()
  other.anna.settings = { hold: true, zone: 'Nowhere/Else' }
  await other.identity.become(other.anna, all)
  t.equal(other.identity.grant, all)
  t.equal(other.output.dialect.writing.zone, 'UTC', 'a zone that is none is left out')
  t.notOk(other.output.hold)
  t.notOk(other.output.dated)
})

t.test('nobody is left connected by a line that is gone', async (t) => {
  const { anna, ear, identity } = await identityOf()
  ear.isDeserted = true
  t.equal(await codeOf(identity.become(anna)), 'cancelled')
  t.equal(anna.listeners.size, 0)
})

t.test('what reached the person is what was out when they showed a sign of life', async (t) => {
  const { anna, ends, identity, output, room, world } = await identityOf()
  const bob = await world.account('bob')
  await world.join(bob, '#tea')
  await identity.become(anna)
  const first = await world.say(bob, room, 'one')
  t.ok(identity.seen < first)
  identity.showsLife()
  t.equal(identity.seen, first)
  ends.queuedBytes = 10
  const second = await world.say(bob, room, 'two')
  identity.showsLife()
  t.equal(identity.seen, first, 'what waits in the system is not seen')
  ends.queuedBytes = 0
  output.hold = true
  output.hear({ type: 'closing', reason: 'x' })
  identity.showsLife()
  t.equal(identity.seen, first, 'nor what is held')
  identity.noteSaid(second + 1)
  t.equal(identity.seen, first, 'one has seen one’s own words only where nothing came between')
  output.release()
  identity.showsLife()
  identity.noteSaid(second + 1)
  t.equal(identity.seen, second + 1)
  await identity.depart(undefined, 'ended')
  t.equal(anna.seen, second + 1)
})

t.test('who has to go speaks for nobody, and has as long to be somebody', async (t) => {
  const { anna, clock, ear, identity } = await identityOf(10)
  await identity.become(anna)
  const { gone } = identity
  clock.advance(60_000)
  t.equal(ear.closedFor, undefined)
  identity.dismissed()
  t.equal(identity.person, undefined)
  t.equal(anna.listeners.size, 0)
  t.ok(gone.aborted, 'nobody waits for what takes long')
  t.notOk(identity.gone.aborted)
  clock.advance(11_000)
  t.match(ear.closedFor, /10 seconds/)
})

t.test('what led to nothing is taken back', async (t) => {
  const { anna, ear, identity } = await identityOf()
  await identity.become(anna, all)
  await identity.withdraw()
  t.notOk(anna.listeners.has(ear))
  t.equal(identity.person, undefined)
  t.equal(identity.grant, undefined)
})
