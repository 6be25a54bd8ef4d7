import t from 'tap'
import { connectMember, connectPerson, type Person } from './person.ts'
import { startServer } from './server.ts'

t.setTimeout(280_000)

const people = 20
const password = 'a password'
t.test(`${people} logins at once do not hold up what others say`, async (t) => {
  const server = await startServer(t, { settings: { ACCOUNTS_BCRYPT_COST: '10', LIMITS_BURST: '0' } })
  await connectMember(t, server.port, 'member', password)
  const anna = await connectPerson(t, server.port, { lines: ['/nick anna'] })
  const ben = await connectPerson(t, server.port, { lines: ['/nick ben'] })
  await Promise.all([anna.settle(), ben.settle()])
  const chat = new Chat(anna, ben)

  const quiet = await chat.measure((count) => count < 200)
  // How long a hash takes, as busy as the machine is.
  const alone: number[] = []
  for (let time = 0; time < 5; time++) {
    const begin = performance.now()
    const person = await connectPerson(t, server.port, { lines: [`/login member ${password}`] })
    await person.expect('Welcome back')
    alone.push(performance.now() - begin)
  }
  // On the main thread each message would wait for one hash or more; in threads of their own they take only a turn of the
  // processor from it.
  const laterMs = percentile(alone, 50) / 2
  const connections = await Promise.all(Array.from({ length: people }, () => connectPerson(t, server.port)))
  const begin = performance.now()
  let left = people
  for (const person of connections) {
    person.type(`/login member ${password}`)
    void person.expect('Welcome back').then(() => left--)
  }
  const rush = await chat.measure(() => left > 0)
  const seconds = (performance.now() - begin) / 1000

  t.comment(`latency, nobody logging in: ${describe(quiet)}`)
  t.comment(`latency, ${people} logging in within ${seconds.toFixed(1)} s: ${describe(rush)}`)
  t.ok(rush.length >= 10, `${rush.length} messages went through meanwhile`)
  t.ok(
    percentile(rush, 50) < percentile(quiet, 50) + laterMs,
    `half of them at most ${laterMs.toFixed(1)} ms later`,
  )
})

/** Two people who take turns in saying something. */
class Chat {
  readonly #people: readonly [Person, Person]
  #said = 0

  constructor(...both: [Person, Person]) {
    this.#people = both
  }

  /** How long each message took from one to the other, in ms, while `more` says so. */
  async measure(more: (count: number) => boolean): Promise<number[]> {
    const times: number[] = []
    while (more(times.length)) {
      const [one, other] = this.#people
      const [from, to] = this.#said++ % 2 ? [one, other] : [other, one]
      const begin = performance.now()
      from.type(`message ${this.#said}.`)
      await to.expect(`message ${this.#said}.\n`)
      times.push(performance.now() - begin)
    }
    return times
  }
}

function percentile(times: readonly number[], percent: number): number {
  const sorted = times.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? Number.NaN
}

function describe(times: readonly number[]): string {
  const [half, most, all] = [50, 95, 100].map((percent) => percentile(times, percent).toFixed(1))
  return `p50 ${half} ms, p95 ${most} ms, max ${all} ms, of ${times.length} messages`
}
