import t, { type Test } from 'tap'
import { connectGuest, connectPerson, type Person } from '../process/person.ts'
import { quickSettings, type Server, startServer } from '../process/server.ts'
import { logIn, type Talker } from '../process/talker.ts'
import { fileSettings, get, put, someBytes, Wire } from '../process/transfer.ts'
import { descriptorsOf } from '../soak/measured-server.ts'
import { historyOf } from './faults.ts'

t.setTimeout(280_000)

const password = 'good-enough'

/** Asks until nobody but the two who stay is in #lobby, or gives up; answers how many are. */
async function leftInLobby(anna: Talker): Promise<number> {
  const end = performance.now() + 30_000
  for (;;) {
    const { total } = (await anna.data('/members #lobby')) as { total: number }
    if (total === 2 || performance.now() > end) return total
  }
}

/** Asks until a server has no more descriptors than that; answers how many there are when it has, or gives up. */
async function descriptorsBackTo(person: Person, { child }: Server, count: number): Promise<number> {
  const end = performance.now() + 30_000
  while (descriptorsOf(child.pid) > count && performance.now() < end) await person.settle()
  return descriptorsOf(child.pid)
}

/** There may be fewer: `before` may have counted a connection that was being closed, or a file that was read just then. */
async function checkDescriptors(t: Test, person: Person, server: Server, before: number): Promise<void> {
  const after = await descriptorsBackTo(person, server, before)
  t.ok(after <= before, `${after} descriptors, ${before} before`)
}

/** Far less than what a thousand people take. */
const fewDescriptors = 60

t.test('a thousand go at once', async (t) => {
  const server = await startServer(t, {
    settings: { ...quickSettings, LIMITS_CONNECTIONS: '1100' },
  })
  const { talker: anna } = await logIn(t, server.port, 'anna', password, true)
  const bob = await connectGuest(t, server.port, 'bob')
  // What is opened when it is first needed, and stays, is there after the first time.
  let before: number | undefined
  for (const how of ['reset', 'end', 'reset'] as const) {
    const people = await Promise.all(
      Array.from({ length: 1000 }, (_, index) =>
        connectPerson(t, server.port, { lines: [`/nick g${how}${index}`] }),
      ),
    )
    for (const person of people) await person.settle()
    const { total } = (await anna.data('/members #lobby')) as { total: number }
    t.equal(total, 1002)
    for (const { socket } of people) how === 'reset' ? socket.resetAndDestroy() : socket.end()
    await anna.data(`still here after ${how}`)
    await bob.expect(`still here after ${how}`)
    t.equal(await leftInLobby(anna), 2, 'nobody is left behind')
    const after = await descriptorsBackTo(bob, server, before ?? fewDescriptors)
    before ??= after
    t.ok(after <= before, `and no descriptor: ${after}, ${before} before`)
  }
  t.notMatch(server.stdout.text, /"level":[56]0/)
})

t.test('who stops reading in the middle of a line is cut off alone', async (t) => {
  const server = await startServer(t, {
    settings: {
      ...quickSettings,
      LIMITS_SEND_QUEUE_BYTES: '65536',
      LIMITS_LINE_BYTES: '65536',
    },
  })
  const { talker: anna } = await logIn(t, server.port, 'anna', password, true)
  await logIn(t, server.port, 'carol', password, true)
  const bob = await connectGuest(t, server.port, 'bob')
  const before = descriptorsOf(server.child.pid)
  const carol = await connectPerson(t, server.port, { lines: [`/login carol ${password}`] })
  await carol.settle()
  carol.socket.pause()
  const cut = server.stdout.expect('reader too slow, connection closed')
  let over = false
  void cut.then(() => {
    over = true
  })
  // As much as a program is sent of one message in one piece.
  const long = 'y'.repeat(35_000)
  let said = 0
  while (!over && said < 1000) await anna.data(`line ${++said} ${long}`)
  t.ok(over, `after ${said} lines`)
  await bob.expect(`line ${said} `)
  await anna.data('the last one')
  await bob.expect('the last one')
  await checkDescriptors(t, bob, server, before)
  carol.socket.resume()
  await carol.closed
  t.notMatch(carol.output.text, /\n$/, 'what reached the machine of the reader ends within a line')
  const { talker: again } = await logIn(t, server.port, 'carol', password)
  const history = await historyOf(again)
  t.equal(history.length, said + 1, 'all of it is there at the next login')
  t.equal(history.at(-1), 'the last one')
})

t.test('who sends half a line and stalls holds nobody up', async (t) => {
  const server = await startServer(t, { settings: { ...quickSettings, LIMITS_LOGIN_SECONDS: '1' } })
  const { talker: anna } = await logIn(t, server.port, 'anna', password, true)
  const bob = await connectGuest(t, server.port, 'bob')
  await historyOf(anna)
  const before = descriptorsOf(server.child.pid)
  const stalled = await Promise.all(
    ['/nick', '/nick eve\nhalf a li', '/put ', '/put x', 'GET /get/x HTTP/1.1\r\nHos'].map(async (text) => {
      const wire = new Wire(t, server.port)
      await wire.send(text)
      return wire
    }),
  )
  await anna.data('hello')
  await bob.expect('hello')
  await stalled[0]?.all
  await stalled[2]?.all
  await stalled[3]?.all
  for (const wire of stalled) wire.socket.destroy()
  await checkDescriptors(t, bob, server, before)
})

t.test('transfers that break off leave nothing open', async (t) => {
  const server = await startServer(t, { settings: { ...fileSettings, FILES_UPLOADS_PER_ACCOUNT: '0' } })
  const { talker: anna } = await logIn(t, server.port, 'anna', password, true)
  const bob = await connectGuest(t, server.port, 'bob')
  const bytes = someBytes(2_000_000)
  const whole = await anna.data('/filesend #lobby whole.bin')
  await put(t, server.port, `${whole['token']} ${bytes.length}`, bytes)
  const before = descriptorsOf(server.child.pid)
  for (let round = 0; round < 6; round++) {
    const { id, token } = await anna.data(`/filesend #lobby half${round}.bin`)
    const upload = new Wire(t, server.port)
    await upload.send(`/put ${token} ${bytes.length}\n`)
    await upload.send(bytes.subarray(0, 300_000))
    if (round % 2) upload.socket.resetAndDestroy()
    else upload.socket.end()
    await upload.all
    const { get: key } = await anna.data(`/fileget ${whole['id']}`)
    const download = new Wire(t, server.port)
    await download.send(`/get ${key}\n`)
    await download.received(1)
    if (round % 2) download.socket.resetAndDestroy()
    else download.socket.destroy()
    await anna.data(`/filedelete ${id}`)
  }
  await checkDescriptors(t, bob, server, before)
  const { get: key } = await anna.data(`/fileget ${whole['id']}`)
  t.equal((await get(t, server.port, String(key))).length, bytes.length)
})
