import t from 'tap'
import { StoreUnavailable } from '../../server/chat/ports/store-errors.ts'
import { Readiness } from '../../server/operator/watching/readiness.ts'
import { ManualClock } from '../support/clock.ts'
import { directoryFor } from '../support/directory.ts'
import { TestServer } from '../support/server.ts'
import { scrape } from './scrape.ts'

t.test('/readyz', async (t) => {
  const server = await TestServer.start({
    directory: directoryFor(t),
    config: { 'http.listen': { port: 0 } },
  })
  const ask = async () => {
    server.clock.advance(1_000)
    const response = await fetch(`${server.http}/readyz`)
    return [response.status, await response.text()]
  }
  t.same(await ask(), [200, 'ready\n'])
  server.disk.full = true
  t.same(await ask(), [503, 'not ready: nothing can be stored: The disk is full\n'])
  t.equal((await scrape(server.http)).get('partyline_ready'), 0)
  t.equal((await fetch(`${server.http}/healthz`)).status, 200, 'it is alive all the same')
  server.disk.full = false
  t.same(await ask(), [200, 'ready\n'])
  t.equal((await scrape(server.http)).get('partyline_ready'), 1)

  // Somebody who does not close the own side holds the server up for a while.
  const anna = await server.connect()
  await anna.ask('/nick anna')
  anna.pause()
  const stopped = server.running.stop('the end')
  t.same(await ask(), [503, 'not ready: the server is stopping\n'])
  anna.reset()
  server.clock.advance(10_000)
  await stopped
})

/** A store that answers when the test wants it to. */
function slowStore() {
  const asked: { resolve: () => void; reject: (error: Error) => void }[] = []
  return { asked, ping: () => new Promise<void>((resolve, reject) => asked.push({ resolve, reject })) }
}

t.test('many who ask at once or soon after share one answer', async (t) => {
  const clock = new ManualClock()
  const store = slowStore()
  const readiness = new Readiness(store, clock)
  const all = [readiness.problem(), readiness.problem()]
  t.equal(store.asked.length, 1)
  store.asked[0]?.resolve()
  t.same(await Promise.all(all), [undefined, undefined])
  clock.advance(999)
  t.equal(await readiness.problem(), undefined)
  t.equal(store.asked.length, 1)
  clock.advance(1)
  const next = readiness.problem()
  t.equal(store.asked.length, 2)
  store.asked[1]?.reject(
    new StoreUnavailable('no', { cause: Object.assign(new Error('full'), { code: 'SQLITE_FULL' }) }),
  )
  t.equal(await next, 'nothing can be stored: the disk is full; make room')
  t.equal(clock.waiting, 0)
})

t.test('a disk that does not answer is waited for two seconds, and asked once', async (t) => {
  const clock = new ManualClock()
  const store = slowStore()
  const readiness = new Readiness(store, clock)
  for (let round = 0; round < 3; round++) {
    const asked = readiness.problem()
    clock.advance(2_000)
    t.equal(await asked, 'nothing can be stored: the disk has not answered for 2 seconds')
  }
  t.equal(store.asked.length, 1)
  store.asked[0]?.resolve()
  const asked = readiness.problem()
  t.equal(await asked, undefined, 'it is back')
  readiness.stop()
  t.equal(await readiness.problem(), 'the server is stopping')
})

t.test('a defect is no answer', async (t) => {
  const readiness = new Readiness({ ping: () => Promise.reject(new TypeError('oops')) }, new ManualClock())
  await t.rejects(readiness.problem(), TypeError)
  await t.rejects(readiness.problem(), TypeError)
})
