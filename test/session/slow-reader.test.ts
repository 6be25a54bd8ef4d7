import t from 'tap'
import { directoryFor } from '../support/directory.ts'
import { TestServer } from '../support/server.ts'
import { scrape } from '../watch/scrape.ts'

/** More than the kernel keeps for a connection whose peer does not read. */
const lines = 3000
const text = 'x'.repeat(4000)

t.test('who does not read is cut off, alone, and finds all of it at the next login', async (t) => {
  const server = await TestServer.start({
    directory: directoryFor(t),
    config: {
      'limits.sendQueueBytes': 65536,
      'limits.lineBytes': 8192,
      'history.replayLines': 5,
      'http.listen': { port: 0 },
    },
  })
  t.teardown(() => server.stop())
  const [anna, bob, carol] = [await server.connect(), await server.connect(), await server.connect()]
  await bob.ask('/signup bob\npassword\npassword')
  await carol.ask('/nick carol')
  await anna.ask('/nick anna')
  carol.takeLines()
  bob.pause()

  let sent = 0
  while (server.count('reader too slow, connection closed') === 0 && sent < lines) {
    anna.write(`${text}\n`.repeat(10))
    await anna.settled()
    sent += 10
  }
  t.equal(server.count('reader too slow, connection closed'), 1)
  t.ok(sent < lines, `after ${sent} lines`)
  t.equal((await scrape(server.http)).get('partyline_slow_readers_total'), 1)
  await server.activity.until(() => server.count('disconnected') > 0)
  t.same(await anna.settled(), [])
  const heard = (await carol.settled()).filter((line) => line.includes('<~anna>'))
  t.equal(heard.length, sent, 'others heard every line')

  bob.reset()
  const again = await server.connect()
  const welcome = await again.ask('/login bob password')
  const missed = welcome.find((line) => line.startsWith('* You missed')) ?? ''
  const count = Number(/missed (\d+)/.exec(missed)?.[1])
  t.ok(count >= Math.min(sent, 1000), missed)
})

t.test('who reads slowly but steadily stays', async (t) => {
  const server = await TestServer.start({
    directory: directoryFor(t),
    config: { 'limits.sendQueueBytes': 65536, 'limits.lineBytes': 8192 },
  })
  t.teardown(() => server.stop())
  const [anna, bob] = [await server.connect(), await server.connect()]
  await anna.ask('/nick anna')
  await bob.ask('/nick bob')
  let heard = 0
  for (let round = 0; round < 20; round++) {
    bob.pause()
    anna.write(`${text}\n`.repeat(10))
    await anna.settled()
    bob.resume()
    heard += (await bob.settled()).filter((line) => line.includes('<~anna>')).length
  }
  t.equal(heard, 200)
})
