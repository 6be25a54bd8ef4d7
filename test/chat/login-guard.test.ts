import t from 'tap'
import { LoginGuard, type Standing } from '../../server/chat/accounts/login-guard.ts'
import { fail } from '../../server/chat/model/failures.ts'
import { ManualClock } from '../support/clock.ts'
import { codeOf, thrownCode, World } from '../support/world.ts'

const right = async () => 'in'
const wrong = async (): Promise<string> => {
  throw fail({ code: 'bad-login' })
}

/** How an attempt ended: `in`, `bad-login`, or for how many seconds one has to wait. */
async function attempt(
  guard: LoginGuard,
  check: () => Promise<string>,
  name = 'anna',
  address = 'localhost',
  standing: Standing = 'stranger',
) {
  try {
    return await guard.attempt({ name, address, standing }, check)
  } catch (error) {
    const problem = error instanceof Error && 'problem' in error ? error.problem : error
    const { code, seconds } = problem as { code: string; seconds?: number }
    return seconds ?? code
  }
}

t.test('waiting times grow, and a right password waits as a wrong one does', async (t) => {
  const clock = new ManualClock()
  const guard = new LoginGuard(clock)
  for (let failure = 1; failure <= 4; failure++) t.equal(await attempt(guard, wrong), 'bad-login')
  const waits: unknown[] = []
  let looked = 0
  const counted = async () => {
    looked++
    return 'in'
  }
  for (let failure = 5; failure <= 17; failure++) {
    t.equal(await attempt(guard, wrong), 'bad-login', `failure ${failure}`)
    const wait = await attempt(guard, counted)
    waits.push(wait)
    t.equal(await attempt(guard, wrong), wait, 'a wrong one learns the same')
    clock.advance(Number(wait) * 1000 - 1)
    t.equal(await attempt(guard, counted), 1, 'up to the last moment')
    clock.advance(1)
  }
  t.equal(looked, 0, 'nothing was looked at meanwhile')
  t.same(waits, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900])
  t.equal(await attempt(guard, right), 'in')
  t.same(guard.list(), [], 'who is in begins anew')
})

t.test('others do not wait; unknown names wait as known ones do', async (t) => {
  const guard = new LoginGuard(new ManualClock())
  for (let failure = 1; failure <= 6; failure++) await attempt(guard, wrong, 'anna')
  t.equal(await attempt(guard, right, 'bob'), 'in')
  for (let failure = 1; failure <= 5; failure++) await attempt(guard, wrong, 'nobody')
  t.equal(await attempt(guard, wrong, 'nobody'), 1)
})

t.test('an address waits too, whatever names it tries', async (t) => {
  const clock = new ManualClock()
  const guard = new LoginGuard(clock)
  for (let index = 1; index <= 20; index++)
    t.equal(await attempt(guard, wrong, `name${index}`, '192.0.2.1'), 'bad-login')
  t.equal(await attempt(guard, right, 'anna', '192.0.2.1'), 1)
  t.equal(await attempt(guard, right, 'anna', '192.0.2.2'), 'in', 'from elsewhere it works')
  clock.advance(1000)
  t.equal(await attempt(guard, right, 'mallory', '192.0.2.1'), 'in')
  t.equal(await attempt(guard, wrong, 'name30', '192.0.2.1'), 'bad-login')
  t.equal(await attempt(guard, wrong, 'name31', '192.0.2.1'), 2, 'an account of one’s own does not help')
})

t.test('many at once are counted before they are answered', async (t) => {
  const guard = new LoginGuard(new ManualClock())
  const release: (() => void)[] = []
  const slow = () =>
    new Promise<string>((_resolve, reject) => release.push(() => reject(fail({ code: 'bad-login' }))))
  const all = Array.from({ length: 30 }, () => attempt(guard, slow))
  t.equal(release.length, 5, 'so many are looked at')
  for (const go of release) go()
  t.same((await Promise.all(all)).filter((answer) => answer === 'bad-login').length, 5)
})

t.test('many at once with the right password are all let in', async (t) => {
  const guard = new LoginGuard(new ManualClock())
  let running = 0
  let most = 0
  const slow = async () => {
    most = Math.max(most, ++running)
    await new Promise((resolve) => setImmediate(resolve))
    running--
    return 'in'
  }
  const all = await Promise.all(Array.from({ length: 100 }, () => attempt(guard, slow, 'anna', '192.0.2.1')))
  t.same(new Set(all), new Set(['in']))
  t.equal(most, 5, 'so many at a time as may fail')
  t.same(guard.list(), [])
})

t.test('what is no wrong password does not count', async (t) => {
  const guard = new LoginGuard(new ManualClock())
  for (let index = 1; index <= 30; index++) {
    await attempt(
      guard,
      async () => {
        throw fail({ code: 'unavailable' })
      },
      'anna',
      '192.0.2.1',
    )
  }
  t.same(guard.list(), [])
})

t.test('it is forgotten after an hour, and an operator can clear it', async (t) => {
  const clock = new ManualClock()
  const guard = new LoginGuard(clock)
  for (let failure = 1; failure <= 5; failure++) await attempt(guard, wrong)
  t.match(guard.list(), [{ of: 'anna', failures: 5, until: clock.now() + 1000 }])
  t.ok(guard.clear('anna'))
  t.notOk(guard.clear('anna'))
  t.equal(await attempt(guard, right), 'in')
  for (let failure = 1; failure <= 5; failure++) await attempt(guard, wrong)
  clock.advance(60 * 60_000 + 1001)
  t.same(guard.list(), [])
})

t.test('it does not grow without end', async (t) => {
  const guard = new LoginGuard(new ManualClock())
  for (let index = 0; index < 51_000; index++) await attempt(guard, wrong, `name${index}`)
  // A stranger's failure counts for the name at that address, and for the name.
  t.equal(guard.list().length, 25_000)
})

t.test('strangers keep out each other, not the member', async (t) => {
  const clock = new ManualClock()
  const guard = new LoginGuard(clock)
  for (let index = 1; index <= 40; index++) await attempt(guard, wrong, 'anna', `192.0.2.${index}`)
  t.equal(
    await attempt(guard, right, 'anna', '192.0.2.99'),
    300,
    'a name has an end for all strangers together',
  )
  t.equal(await attempt(guard, right, 'anna', '203.0.113.1', 'known'), 'in')
  t.equal(await attempt(guard, right, 'anna', '203.0.113.1', 'inside'), 'in')
  clock.advance(300_000)
  t.equal(await attempt(guard, right, 'anna', '192.0.2.99'), 'in', 'and goes on, by one each five minutes')
})

t.test('one failure in fifteen minutes keeps nobody out', async (t) => {
  const clock = new ManualClock()
  const guard = new LoginGuard(clock)
  for (let index = 1; index <= 100; index++) await attempt(guard, wrong, 'root', `192.0.2.${index}`)
  clock.advance(24 * 3_600_000)
  for (let quarter = 1; quarter <= 100; quarter++) {
    await attempt(guard, wrong, 'root', `198.51.100.${quarter}`)
    t.equal(await attempt(guard, right, 'root', '203.0.113.1'), 'in')
    clock.advance(15 * 60_000)
  }
})

t.test(
  'where an account has logged in before, strangers of that address are no reason to wait',
  async (t) => {
    const guard = new LoginGuard(new ManualClock())
    for (let index = 1; index <= 30; index++) await attempt(guard, wrong, `name${index}`, '192.0.2.1')
    t.equal(typeof (await attempt(guard, right, 'bob', '192.0.2.1')), 'number', 'the address waits')
    t.equal(await attempt(guard, right, 'anna', '192.0.2.1', 'known'), 'in')
    for (let failure = 1; failure <= 5; failure++) await attempt(guard, wrong, 'anna', '192.0.2.1', 'known')
    t.equal(await attempt(guard, right, 'anna', '192.0.2.1', 'known'), 1, 'but guessing there has an end')
    t.equal(await attempt(guard, right, 'anna', '192.0.2.1', 'inside'), 'in')
    for (let failure = 1; failure <= 9; failure++) await attempt(guard, wrong, 'anna', '192.0.2.1', 'inside')
    t.equal(await attempt(guard, right, 'anna', '192.0.2.1', 'inside'), 1, 'and in a connection too')
  },
)

t.test('name and number of an account count together', async (t) => {
  const world = await World.load()
  const anna = await world.account('anna')
  for (const name of ['anna', 'ANNA', '#1', 'Anna', '1'])
    t.equal(await codeOf(world.logins.logIn(name, 'wrong')), 'bad-login')
  for (const name of ['anna', '#1']) t.equal(await codeOf(world.logins.logIn(name, 'password')), 'try-later')
  await world.logins.prove(anna, 'password')
  world.logins.clearFailures('#1')
  t.equal((await world.logins.logIn('anna', 'password')).account, anna)
  t.equal(await thrownCode(() => world.logins.clearFailures('anna')), 'no-such-user')
})

t.test('tokens and recovery codes never wait; wrong codes count for the address', async (t) => {
  const world = await World.load()
  const { account: anna, recoveryCode } = await world.accounts.signUp({
    name: 'anna',
    email: undefined,
    password: 'password',
  })
  const { token } = await world.tokens.make(anna, 'bot')
  const at = '198.51.100.1'
  for (let guess = 1; guess <= 10; guess++) await codeOf(world.logins.logIn('anna', 'wrong', at))
  t.equal(await codeOf(world.logins.logIn('anna', 'password', at)), 'try-later')
  t.equal((await world.logins.logIn('#1', token, at)).grant?.token, 'bot')
  t.equal(await world.logins.checkRecovery('anna', recoveryCode, at), anna)
  t.equal((await world.logins.logIn('anna', 'password', at)).account, anna, 'who has the code begins anew')
  const answers = []
  for (let guess = 1; guess <= 25; guess++)
    answers.push(await codeOf(world.logins.checkRecovery(guess % 2 ? 'anna' : 'nobody', 'XXXX', at)))
  t.same([...new Set(answers)], ['bad-login', 'try-later'])
  t.equal(await world.logins.checkRecovery('anna', recoveryCode, at), anna)
  t.equal(await codeOf(world.logins.logIn('bob', 'wrong', at)), 'try-later')
  world.logins.clearFailures(at)
  t.equal(await codeOf(world.logins.logIn('bob', 'wrong', at)), 'bad-login')
})
