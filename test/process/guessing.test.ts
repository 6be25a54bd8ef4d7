import t from 'tap'
import { connectMember, connectPerson } from './person.ts'
import { startServer } from './server.ts'

const password = 'good-enough'

t.test('known and unknown names take the same time', async (t) => {
  // The usual cost, so that a hash that is left out would show: it takes 50 ms and more.
  const server = await startServer(t, { settings: { ACCOUNTS_BCRYPT_COST: '10' } })
  const people = ['anna', 'bob', 'carol']
  for (const name of people) await connectMember(t, server.port, name, password)
  const timed = async (name: string) => {
    const person = await connectPerson(t, server.port)
    await person.expect('/quit')
    const begin = performance.now()
    person.type(`/login ${name} wrong`)
    await person.expect('Wrong name or password')
    return performance.now() - begin
  }
  const known: number[] = []
  const unknown: number[] = []
  // Fewer than make anybody wait, and by turns, so that the machine's moods meet both.
  for (let round = 0; round < 4; round++) {
    for (const name of people) {
      known.push(await timed(name))
      unknown.push(await timed(`no${name}`))
    }
  }
  const spread = (times: number[]) => {
    const sorted = times.toSorted((a, b) => a - b).map((ms) => ms.toFixed(0))
    return `least ${sorted[0]}, median ${sorted[6]}, most ${sorted[11]} ms`
  }
  t.comment(`known: ${spread(known)}; unknown: ${spread(unknown)}`)
  // The least of each: whatever else the machine does only adds to it. Without its hash one would be done at once.
  const [first, second] = [Math.min(...known), Math.min(...unknown)]
  t.ok(Math.max(first, second) / Math.min(first, second) < 3, 'no hash is left out for either')
})
