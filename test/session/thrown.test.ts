import t from 'tap'
import { Counts } from '../../server/chat/machine/counts.ts'
import { Faults } from '../../server/chat/machine/faults.ts'
import type { ChatEvent } from '../../server/chat/model/events.ts'
import { type Failure, fail } from '../../server/chat/model/failures.ts'
import { Feed } from '../../server/chat/model/feed.ts'
import type { Reply } from '../../server/chat/model/replies.ts'
import { type Command, command } from '../../server/commands/command.ts'
import { failureSamples } from '../../server/dialects/failure-samples.ts'
import { events, replies } from '../dialects/samples.ts'
import { ManualClock } from '../support/clock.ts'
import { Scene } from './scene.ts'

/*
 * The rule: nothing thrown while something is rendered or delivered, for one listener or one event, ends the process, stops
 * the flusher or robs others of their lines; it is logged, counted, and that listener is told `internal`.
 */

const notShown = '! Something that was for you could not be shown. The operator finds it in the log.'
const internal = '! An error in the server prevented that. The operator finds it in the log.'

/** The same, but that whoever looks at more than its type or code meets an error. */
function broken<T extends object>(value: T): T {
  return new Proxy(value, {
    get(target, key) {
      if (key === 'type' || key === 'code') return Reflect.get(target, key)
      throw new RangeError(`${String(key)} is broken`)
    },
    ownKeys() {
      throw new RangeError('all of it is broken')
    },
  })
}

/** Not to be written as a text, though the types say so. */
const unwritable = {
  toString() {
    throw new RangeError('that is no text')
  },
  toJSON() {
    throw new RangeError('that is no text')
  },
  trim() {
    throw new RangeError('that is no text')
  },
} as unknown as string

function visitorsCommand(name: string, run: Command['execute'], payload?: true): Command {
  return command({
    ...(payload ? { payload } : {}),
    name,
    area: 'other',
    who: 'visitor',
    cost: 1,
    args: {},
    summary: 'For a test.',
    help: '',
    data: '{}',
    fails: [],
    run: (context) => run(context, ''),
  })
}

/** One of each way to write. */
async function room(scene: Scene) {
  const all = [
    { ...scene.connect(), setUp: [] },
    { ...scene.connect(), setUp: ['/format json'] },
    { ...scene.connect(), setUp: ['/color on'] },
  ]
  for (const { session, setUp } of all) for (const text of setUp) session.receive({ text })
  const telnet = scene.connect()
  telnet.session.telnetFound()
  const everybody = [...all, { ...telnet, setUp: [] }]
  await scene.rest()
  for (const { ends } of everybody) ends.take()
  return everybody
}

t.test('an event that cannot be rendered costs nobody any other line, in any view', async (t) => {
  const scene = await Scene.set()
  const people = await room(scene)
  const channel = { listeners: new Feed(people.map(({ session }) => session.terminal)) }
  const { bus } = scene.parts.services
  const before: ChatEvent = { type: 'joined', channel: '#tea', user: 'before' }
  const after: ChatEvent = { type: 'joined', channel: '#tea', user: 'after' }
  for (const event of Object.values(events)) {
    const noted = scene.noted
    for (const one of [before, broken(event), after]) bus.publish(one, [{ channel }])
    await scene.rest()
    // What people have read at a terminal, and who is typing, are events for programs: a terminal shows nothing of them.
    const isForPrograms = event.type === 'read' || event.type === 'typing'
    const shows = ({ session }: (typeof people)[number]) =>
      !isForPrograms || !session.terminal.manner.forPeople
    const told = (one: (typeof people)[number]) => (shows(one) ? [/could not be shown/] : [])
    for (const one of people) {
      const lines = one.ends.take()
      t.match(lines, [/before/, ...told(one), /after/], event.type)
      t.equal(lines.length, shows(one) ? 3 : 2)
    }
    t.equal(scene.noted, noted + people.filter(shows).length, `${event.type}: noted once for each view`)
    // To some connections, and not to a channel: at once.
    const [one] = people
    if (!one) return
    bus.publish(broken(event), [{ connections: new Set([one.session.terminal]) }])
    bus.publish(after, [{ connections: new Set(people.map(({ session }) => session.terminal)) }])
    await scene.rest()
    t.match(one.ends.take(), [...told(one), /after/], event.type)
    for (const { ends } of people.slice(1)) t.match(ends.take(), [/after/])
  }
  t.ok(scene.counts.faults.of('rendering') > 0)
  t.equal(scene.counts.faults.of('rendering'), scene.counts.faults.total)
})

t.test('a program is told in JSON', async (t) => {
  const scene = await Scene.set()
  const [, program] = await room(scene)
  program?.session.terminal.hear(broken(events.muted))
  await scene.rest()
  t.same(
    program?.ends.take().map((line) => JSON.parse(line)),
    [{ type: 'error', error: { code: 'internal', message: notShown.slice(2) } }],
  )
})

t.test('a reply that cannot be rendered is an internal error, and the next line is answered', async (t) => {
  let reply: Reply = replies.pong
  const scene = await Scene.set([visitorsCommand('broken', async () => reply)])
  const [person, program] = await room(scene)
  if (!person || !program) return
  for (const each of Object.values(replies)) {
    reply = broken(each)
    for (const { session } of [person, program]) {
      session.receive({ text: '/broken' })
      session.receive({ text: '/ping there' })
    }
    await scene.rest()
    t.match(person.ends.take(), [/^! An error in the server|^\* |^- /, '* pong there'], each.code)
    const [first, second] = program.ends.take().map((line) => JSON.parse(line))
    t.match(first, { type: 'result', command: 'broken' }, each.code)
    t.match(second, { ok: true, command: 'ping' }, each.code)
  }
  t.ok(scene.counts.failures.of('internal') > 50, 'counted as every other failure')
})

t.test('so is a failure that cannot be rendered', async (t) => {
  let problem = failureSamples['not-logged-in'] as Failure['problem']
  const fails = visitorsCommand('broken', async () => {
    throw fail(problem)
  })
  const scene = await Scene.set([fails])
  const [person, program] = await room(scene)
  if (!person || !program) return
  for (const each of Object.values(failureSamples)) {
    problem = broken(each)
    for (const { session } of [person, program]) {
      session.receive({ text: '/broken' })
      session.receive({ text: '/ping there' })
    }
    await scene.rest()
    for (const { ends } of [person, program]) {
      const lines = ends.take()
      t.equal(lines.length, 2, each.code)
      t.match(lines[1], /there/)
    }
  }
  t.ok(scene.counts.faults.of('delivery') > 0)
})

t.test('a prompt, a note, and what a command prints on its way', async (t) => {
  const scene = await Scene.set([
    visitorsCommand('asks', async ({ terminal }) => {
      await terminal.ask(unwritable, { check: (answer) => answer })
      return replies.pong
    }),
    visitorsCommand(
      'reads',
      async ({ terminal }) => {
        await terminal.readRows(unwritable, () => undefined)
        return replies.pong
      },
      true,
    ),
    visitorsCommand('shows', async ({ terminal }) => {
      terminal.show(broken(replies.whois))
      return replies.pong
    }),
    visitorsCommand('shows-failure', async ({ terminal }) => {
      terminal.showFailure(broken(failureSamples['no-such-user']))
      return replies.pong
    }),
  ])
  for (const { session, ends } of await room(scene)) {
    for (const name of ['asks', 'reads', 'shows', 'shows-failure']) {
      session.receive({ text: `/${name}` })
      if (name === 'reads') session.receive({ text: '.' })
      session.receive({ text: '/ping there' })
      await scene.rest()
      t.match(ends.take(), [/An error in the server/, /there/], name)
    }
    session.terminal.dismissed(unwritable)
    session.receive({ text: '/ping there' })
    await scene.rest()
    t.match(ends.take(), [/could not be shown/, /there/], 'a note')
    t.equal(ends.gone, undefined)
    session.close(unwritable)
    await scene.rest()
    t.match(ends.take(), [/could not be shown/], 'a farewell')
    t.equal(ends.gone, 'ended')
  }
})

t.test('a connection that cannot be written to is given up, alone', async (t) => {
  const scene = await Scene.set()
  const people = await room(scene)
  const [bad, ...others] = people
  if (!bad) return
  bad.ends.write = () => {
    throw new Error('there is no wire')
  }
  const channel = { listeners: new Feed(people.map(({ session }) => session.terminal)) }
  for (let turn = 0; turn < 3; turn++) {
    scene.parts.services.bus.publish(events.joined, [{ channel }])
    await scene.rest()
    for (const { ends } of others) t.match(ends.take(), [/anna/])
  }
  t.equal(bad.ends.gone, 'destroyed')
  t.equal(scene.counts.faults.of('turn'), 1)
})

t.test('what is thrown at the end of a turn keeps nothing else from being done', async (t) => {
  const scene = await Scene.set()
  const [person] = await room(scene)
  const { flusher } = scene.parts
  for (let turn = 1; turn <= 3; turn++) {
    flusher.beforeFlush(() => {
      throw new Error('no task')
    })
    flusher.beforeFlush(() => person?.session.terminal.hear(events.joined))
    await scene.rest()
    t.match(person?.ends.take(), [/anna/])
    t.equal(scene.counts.faults.of('turn'), turn)
  }
})

t.test('a listener that throws robs no other, whatever way the event takes', async (t) => {
  const scene = await Scene.set()
  const [bad, ...others] = await room(scene)
  if (!bad) return
  const { bus } = scene.parts.services
  const fault = () => {
    throw new Error('no ear')
  }
  Object.assign(bad.session.terminal, { hear: fault, hearBatch: fault })
  const all = [bad, ...others].map(({ session }) => session.terminal)
  const [tea, milk] = [new Feed(all), new Feed(all)]
  const settled = others[0]
  const ways: Readonly<Record<string, () => void>> = {
    'to a channel': () => bus.publish(events.joined, [{ channel: { listeners: tea } }]),
    'to two channels': () => {
      bus.publish(events.joined, [{ channel: { listeners: tea } }])
      bus.publish(events.joined, [{ channel: { listeners: milk } }])
    },
    'to each': () => bus.publish(events.joined, [{ connections: new Set(all) }]),
    'to several audiences': () =>
      bus.publish(events.joined, [{ channel: { listeners: tea } }, { channel: { listeners: milk } }]),
    'settled before': () => {
      bus.publish(events.joined, [{ channel: { listeners: tea } }])
      if (settled) bus.settle(settled.session.terminal)
      bus.settle(bad.session.terminal)
    },
    'gone before': () => {
      bus.publish(events.joined, [{ channel: { listeners: tea } }])
      tea.delete(bad.session.terminal)
    },
  }
  for (const [way, take] of Object.entries(ways)) {
    take()
    await scene.rest()
    for (const { ends } of others) {
      const lines = ends.take()
      t.ok(lines.length === (way === 'to two channels' ? 2 : 1), way)
      t.match(lines, [/anna/], way)
    }
    t.match(bad.ends.take(), [/could not be shown/], way)
  }
  t.ok(scene.counts.faults.of('delivery') >= Object.keys(ways).length)
})

t.test('a timer that throws is noted, and time goes on', async (t) => {
  const clock = new ManualClock()
  const counts = new Counts()
  const logged: object[] = []
  const log = { debug() {}, info() {}, warn() {}, error: (fields: object) => logged.push(fields) }
  const watched = new Faults(counts, log).watch(clock)
  let later = 0
  watched.after(1000, () => {
    throw new Error('no timer')
  })
  watched.after(1000, () => later++)
  watched.after(2000, () => later++)()
  clock.advance(5000)
  t.equal(later, 1, 'the one that was not cancelled')
  t.equal(counts.faults.of('timer'), 1)
  t.match(logged, [{ where: 'timer', err: { message: 'no timer' } }])
})

t.test('a line that throws outside of its command does not stop the others', async (t) => {
  const scene = await Scene.set()
  const [person] = await room(scene)
  if (!person) return
  const { dialects } = scene.parts
  const writing = {
    eol: '\n',
    clock: '24',
    zone: 'UTC',
    color: false,
    place: person.ends.place,
    width: 0,
  } as const
  const dialect = dialects.first.open(writing, { person: undefined })
  let thrown = 0
  const failure = dialect.failure.bind(dialect)
  dialect.failure = (asked, problem) => {
    if (thrown++ < 2) throw new Error('no sentence')
    return failure(asked, problem)
  }
  for (const line of [
    { error: 'bad-encoding', start: '' },
    { error: 'line-too-long', start: '' },
    { text: '/ping there' },
  ] as const)
    person.session.receive(line)
  person.session.endOfInput()
  await scene.rest()
  t.same(person.ends.take(), [notShown, notShown, '* pong there'])
  t.equal(person.ends.gone, 'ended')
  t.not(internal, notShown)
})
