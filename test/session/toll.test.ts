import t from 'tap'
import { addressBlock } from '../../server/lib/addresses.ts'
import { Allowances } from '../../server/session/allowances.ts'
import type { Backlog } from '../../server/session/backlog.ts'
import { Toll } from '../../server/session/toll.ts'
import { codeOf, World } from '../support/world.ts'

const rate = { messagesPerSecond: 1, burst: 2, addressMessagesPerSecond: 1, addressBurst: 2 }

async function begin() {
  const world = await World.load()
  const state = { behind: false, dropped: false, closed: false, drained: 0 }
  const toll = new Toll(world, {
    allowance: new Allowances(rate, world.clock, addressBlock).at('192.0.2.7'),
    backlog: { wait: (turn: Promise<void>) => turn.then(() => state.dropped) } as unknown as Backlog,
    connection: { address: '192.0.2.7' },
    ending: {
      get isClosed() {
        return state.closed
      },
    },
    identity: { person: undefined },
    output: {
      get isBehind() {
        return state.behind
      },
      drained: async () => {
        state.behind = false
        state.drained++
      },
    },
  })
  return { state, toll, world }
}

t.test('a line is done at once as long as the allowance lasts, and then in its turn', async (t) => {
  const { toll, world } = await begin()
  t.equal(toll.take(1), undefined)
  t.equal(toll.take(1), undefined)
  const turn = toll.take(1)
  t.ok(turn)
  world.clock.advance(1_000)
  await turn
  const beside = toll.charge(1)
  t.ok(beside, 'what is no command is paid from the same allowance')
  world.clock.advance(1_000)
  await beside
})

t.test(
  'who logs in gets back what that cost, once, and no other allowance for what they say as a guest',
  async (t) => {
    const world = await World.load()
    const [anna, bob] = [await world.account('anna'), await world.account('bob')]
    const allowance = new Allowances({ ...rate, addressBurst: 9 }, world.clock, addressBlock).at('192.0.2.7')
    for (let count = 0; count < rate.burst; count++) t.equal(allowance.take(1, undefined), undefined)
    for (const account of [anna, bob]) void allowance.takeAs(account)
    t.equal(allowance.take(1, undefined), undefined)
    t.ok(allowance.take(1, undefined), 'the next one waits')

    while (!allowance.takeReading(1, anna));
    t.equal(allowance.takeReading(1, bob), undefined, 'who looks at something pays for themselves')
  },
)

t.test('more is asked for only by who has read what there was', async (t) => {
  const { state, toll } = await begin()
  state.behind = true
  await toll.charge(1)
  t.equal(state.drained, 1)
  t.equal(toll.charge(0), undefined)
})

t.test(
  'a command that pays is given up with what waits, or with the line; what it reads is not',
  async (t) => {
    const { state, toll, world } = await begin()
    const pay = async (what: 'command' | 'payload') => {
      const paid = codeOf(toll.pay(2, what))
      world.clock.advance(10_000)
      return await paid
    }
    t.equal(await pay('command'), undefined)
    toll.take(2)
    state.dropped = true
    t.equal(await pay('command'), 'cancelled')
    toll.take(2)
    t.equal(await pay('payload'), undefined)
    state.closed = true
    t.equal(await pay('payload'), 'cancelled')
  },
)
