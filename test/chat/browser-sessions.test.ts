import t from 'tap'
import { hashSecret } from '../../server/chat/accounts/tokens.ts'
import { Chores } from '../../server/operator/watching/chores.ts'
import { MemoryStore } from '../support/memory-store.ts'
import { World } from '../support/world.ts'
import { hourMs, minuteMs } from './file-scene.ts'

const dayMs = 24 * hourMs

t.test('a browser that nobody comes back with for 90 days is forgotten by the chores', async (t) => {
  const store = new MemoryStore()
  const world = await World.load({ store })
  const anna = await world.account('anna')
  const add = (secret: string) => {
    const at = world.clock.now()
    const browser = { createdAt: at, usedAt: at, usedFrom: undefined, agent: 'Firefox on Linux' }
    return store.addBrowser({ ...browser, account: anna.id, hash: hashSecret(secret) }, 9)
  }
  const told: [object, string][] = []
  const note = (fields: object, text: string) => void told.push([fields, text])
  const log = { info: note, warn: note, error: note, debug: note, trace: note, fatal: note }
  const chores = new Chores(world, store, { gone: () => [] }, log as never)
  const left = async () => (await store.browsersOf(anna.id)).map(({ id }) => id)
  const first = await add('first')
  world.clock.advance(dayMs)
  const second = await add('second')
  world.clock.advance(89 * dayMs)
  await chores.tidy()
  t.same(await left(), [first, second], 'both may still come back')
  world.clock.advance(minuteMs)
  t.equal(await world.browserSessions.find('first'), undefined, 'it is over before it is removed')
  await chores.tidy()
  t.same(await left(), [second])
  t.same(told, [[{ browsers: 1 }, 'old browser sessions removed']])
  const back = await world.browserSessions.find('second')
  t.ok(back && (await world.browserSessions.used(back, undefined)), 'who comes back stays')
  world.clock.advance(80 * dayMs)
  await chores.tidy()
  t.same(await left(), [second])

  world.clock.shift(400 * dayMs)
  await chores.tidy()
  t.same(await left(), [second], 'a clock that is wrong removes nothing')
  await world.clockTrust.accept()
  store.failing = true
  await chores.tidy()
  store.failing = false
  t.match(told.at(-1), [{ err: { name: 'StoreUnavailable' } }, 'old browser sessions not removed'])
  await chores.tidy()
  t.same(await left(), [], 'it is tried again')
})
