import { setImmediate as nextTurn } from 'node:timers/promises'
import t from 'tap'
import type { Invocation } from '../../server/dialects/dialect.ts'
import type { Backlog } from '../../server/session/backlog.ts'
import type { Task } from '../../server/session/dispatch.ts'
import { Input } from '../../server/session/input.ts'
import { LineQueue } from '../../server/session/line-queue.ts'
import type { Output } from '../../server/session/output.ts'
import type { Toll } from '../../server/session/toll.ts'
import { Scene } from './scene.ts'

/** A queue whose lines cost nothing but what a test says, and are done when it says so. */
async function begin(run: (task: Task) => Promise<void>) {
  const scene = await Scene.set()
  const turns: Promise<void>[] = []
  const done: string[] = []
  const ending = { isClosed: false, isPlanned: false, linesDone: async () => void done.push('all') }
  const input = new Input({ pause() {}, resume() {}, waitingLines: 0 })
  const output = {
    hold: false,
    busy: false,
    isBehind: false,
    dialect: { manner: { wrapped: false } },
    endAs: () => undefined,
    release: () => void done.push('released'),
    print: (text: string) => void done.push(text),
    failed: (error: unknown) => void done.push(String(error)),
  }
  const queue = new LineQueue({
    aim: { nextLine() {} },
    backlog: { wait: (turn: Promise<void>) => turn.then(() => false) } as unknown as Backlog,
    context: { ...scene.parts.shared, terminal: scene.connect().session.terminal },
    encoding: { takeAdvice: () => undefined },
    editing: { ready: undefined },
    ending,
    input,
    output: output as unknown as Output,
    reading: {
      steps: ({ text = '' }): Invocation[] =>
        text
          .split('; ')
          .filter((part) => part !== '')
          .map((part) => ({ command: part.slice(1), text: '' })),
    },
    tasks: {
      run: async (task) => {
        await run(task)
        done.push(task.asked.command)
      },
    },
    toll: {
      take: () => turns.shift(),
      charge: async () => void done.push('charged'),
      caughtUp: async () => void done.push('caught up'),
    } as unknown as Toll,
  })
  const send = (...lines: string[]) => {
    for (const text of lines) input.add({ text })
    queue.start()
  }
  const rest = async () => {
    for (let turn = 0; turn < 10; turn++) await nextTurn()
    return done.splice(0)
  }
  return { done, ending, output, queue, rest, send, turns }
}

t.test('a line is done before the next one begins', async (t) => {
  let resolve = () => {}
  const { queue, rest, send, output } = await begin(
    () =>
      new Promise((done) => {
        resolve = done
      }),
  )
  send('/who', '/help')
  t.same(await rest(), [])
  output.busy = true
  t.ok(queue.isAtWork)
  resolve()
  t.same(await rest(), ['who'])
  send('/ping')
  resolve()
  t.same(await rest(), ['help'])
  resolve()
  t.same(await rest(), ['ping', 'all'])
})

t.test(
  'lines wait for their turn, and for a reader who is behind; an empty one costs a trifle',
  async (t) => {
    const { output, rest, send, turns } = await begin(async () => undefined)
    let allow = () => {}
    turns.push(
      new Promise((done) => {
        allow = done
      }),
    )
    send('/who')
    t.same(await rest(), [])
    allow()
    t.same(await rest(), ['who', 'all'])
    output.isBehind = true
    output.hold = true
    send('')
    t.same(await rest(), ['released', 'caught up', 'charged', 'all'], 'Enter shows what was held')
  },
)

t.test('what one line throws costs no other, and all that one line asks for is done in order', async (t) => {
  const { output, rest, send } = await begin(async ({ asked }) => {
    if (asked.command === 'who') throw new Error('a defect')
  })
  output.busy = true
  send('/who', '/ping; /help')
  t.same(await rest(), ['Error: a defect', 'ping', 'help', 'all'])
  t.notOk(output.busy)
})

t.test('nothing more is done once the person goes, or nothing can be told to anybody', async (t) => {
  const { ending, rest, send } = await begin(async () => {
    ending.isPlanned = true
  })
  send('/quit; /ping', '/who')
  t.same(await rest(), ['quit', 'all'])
  ending.isPlanned = false
  ending.isClosed = true
  send('/who')
  t.same(await rest(), ['all'])
})
