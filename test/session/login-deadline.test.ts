import t from 'tap'
import { FairSlots } from '../../server/lib/fair-slots.ts'
import { LoginDeadline } from '../../server/session/login-deadline.ts'
import { ManualClock } from '../support/clock.ts'
import { openHasher } from '../support/world.ts'
import { Scene } from './scene.ts'

/** A hasher with one thread, which looks at passwords when the test lets it. */
function slowHasher() {
  const slots = new FairSlots(1)
  const waiting: (() => void)[] = []
  const looked: string[] = []
  return {
    looked,
    get queue() {
      return slots.waiting
    },
    next: () => waiting.shift()?.(),
    hasher: {
      ...openHasher,
      verify: (password: string, hash: string | undefined, turn = { flow: '', weight: 1 }) =>
        slots.run(async () => {
          looked.push(password)
          await new Promise<void>((resolve) => waiting.push(resolve))
          return openHasher.verify(password, hash)
        }, turn),
    },
  }
}

const idle = '* This connection is closed: you did not log in, and typed nothing for 10 seconds.'

async function begin(hasher = openHasher) {
  const scene = await Scene.set([], { 'limits.loginSeconds': 10, 'limits.connections': 100 }, hasher)
  const { session, ends } = scene.connect()
  const type = async (line: string) => {
    session.receive({ text: line })
    await scene.rest()
  }
  const pass = async (seconds: number) => {
    for (let second = 0; second < seconds; second++) {
      scene.clock.advance(1000)
      await scene.rest()
    }
  }
  return { ends, pass, scene, session, type }
}

t.test('it counts from the last line, and never more than five times that in all', async (t) => {
  const { ends, pass, type } = await begin()
  for (let count = 0; count < 5; count++) {
    await pass(9)
    await type('/ping')
  }
  t.equal(ends.gone, undefined)
  await pass(4)
  t.equal(ends.gone, undefined)
  await pass(1)
  t.equal(ends.gone, 'ended')
  t.equal(ends.take().at(-1), '* This connection is closed: you did not log in within 50 seconds.')
})

t.test('who typed something and stopped is told so', async (t) => {
  const { ends, pass, type } = await begin()
  await pass(9)
  await type('/signup anna')
  await pass(9)
  await type('')
  await pass(9)
  t.equal(ends.gone, undefined)
  await pass(1)
  t.equal(ends.take().at(-1), idle)
})

t.test('it begins anew for who logs out, and ends for who logs in', async (t) => {
  const { ends, pass, type } = await begin()
  await pass(9)
  await type('/nick sam')
  await pass(1000)
  t.equal(ends.gone, undefined)
  await type('/logout')
  await pass(9)
  t.equal(ends.gone, undefined)
  await pass(1)
  t.equal(ends.gone, 'ended')
})

t.test('it does not run out for a password that waits to be looked at', async (t) => {
  const slow = slowHasher()
  const { ends, pass, scene, type } = await begin(slow.hasher)
  await type('/login anna wrong')
  t.same(slow.looked, ['wrong'])
  await pass(200)
  t.equal(ends.gone, undefined, 'not even after five times that')
  slow.next()
  await scene.rest()
  await pass(1)
  t.match(ends.take(), [/Wrong name or password/, /did not log in within 50 seconds/])

  const other = await begin(slow.hasher)
  await other.type('/login anna wrong')
  await other.pass(30)
  slow.next()
  await other.scene.rest()
  await other.pass(9)
  t.equal(other.ends.gone, undefined, 'the person has time to try again')
  await other.pass(1)
  t.equal(other.ends.take().at(-1), idle)
})

t.test('who is asked for the password is not waited for', async (t) => {
  const slow = slowHasher()
  const { ends, pass, type } = await begin(slow.hasher)
  await type('/login anna')
  await pass(10)
  t.equal(ends.take().at(-1), idle)
})

t.test('a password whose connection is gone is not looked at any more', async (t) => {
  const slow = slowHasher()
  const { scene, type } = await begin(slow.hasher)
  await type('/login anna first')
  const others = ['second', 'third', 'fourth'].map((secret) => {
    const { session } = scene.connect()
    session.receive({ text: `/login anna ${secret}` })
    return session
  })
  await scene.rest()
  t.equal(slow.queue, 3)
  await others[0]?.closed(false)
  await others[2]?.closed(true)
  await scene.rest()
  t.equal(slow.queue, 1)
  for (let count = 0; count < 4; count++) {
    slow.next()
    await scene.rest()
  }
  t.same(slow.looked, ['first', 'third'])
  t.same(
    scene.parts.services.logins.failures().map(({ failures }) => failures),
    [2, 2],
    'what nobody looked at is no failure',
  )
})

t.test('another setting holds for who is connected', async (t) => {
  const limits = { loginSeconds: 10 }
  const scene = await Scene.set([], { 'limits.loginSeconds': 0 })
  Object.assign(scene.parts, { limits: Object.assign(Object.create(scene.parts.limits), limits) })
  const settings = scene.parts.limits as unknown as { loginSeconds: number }
  const { ends, session } = scene.connect()
  settings.loginSeconds = 0
  session.reconfigured()
  scene.clock.advance(1_000_000)
  t.equal(ends.gone, undefined)
  settings.loginSeconds = 20
  session.reconfigured()
  scene.clock.advance(0)
  await scene.rest()
  t.equal(ends.gone, 'ended')
})

t.test('one that begins anew has its whole time', async (t) => {
  const clock = new ManualClock()
  const closed: string[] = []
  const owner = { isAtWork: false, close: (reason: string) => void closed.push(reason) }
  const deadline = new LoginDeadline(clock, { loginSeconds: 10 }, owner)
  deadline.start()
  clock.advance(6_000)
  deadline.start()
  clock.advance(6_000)
  t.same(closed, [])
  clock.advance(4_000)
  t.same(closed, ['you did not log in within 10 seconds'])
})
