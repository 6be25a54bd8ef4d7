import { setImmediate as nextTurn } from 'node:timers/promises'
import t from 'tap'
import { fail } from '../../server/chat/model/failures.ts'
import type { Reply } from '../../server/chat/model/replies.ts'
import type { Task } from '../../server/session/dispatch.ts'
import { Wiring } from '../../server/session/wiring.ts'
import { thrownCode } from '../support/world.ts'
import { Ends, Scene, unreached } from './scene.ts'

const done: Reply = { code: 'pong', text: 'there' }

/** A task runner among the other parts of its connection, which has no queue that would begin anything. */
async function begin() {
  const scene = await Scene.set([], { 'terminal.concealPasswords': true })
  const ends = new Ends()
  const own = new Wiring(scene.parts, ends, unreached)
  const account = await scene.parts.services.accounts.signUp({
    name: 'anna',
    email: undefined,
    password: 'password',
  })
  await own.terminal.become(account.account)
  const { channel } = await scene.parts.services.joining.join(account.account, '#tea')
  own.terminal.talkTo(channel)
  const read = async () => {
    await scene.rest()
    return ends.take()
  }
  await read()
  const run = (task: Partial<Task>) =>
    own.tasks.run({
      asked: { command: 'ping' },
      counted: 'ping',
      cost: 1,
      payload: false,
      quick: false,
      run: async () => done,
      ...task,
    })
  return { ends, own, read, run, scene }
}

const joined = { type: 'joined', channel: '#tea', user: 'bob' } as const

t.test('what happens while a command runs comes behind its answer', async (t) => {
  const { own, read, run, scene } = await begin()
  await run({
    run: async () => {
      own.output.hear(joined)
      return done
    },
  })
  t.match(await read(), [/there/, /bob/])
  t.equal(scene.counts.commands.of('ping'), 1)
})

t.test('what a command throws is its result, and is counted', async (t) => {
  const { own, read, run, scene } = await begin()
  await run({
    moves: true,
    run: () => {
      throw fail({ code: 'no-such-channel', channel: '#milk', mayCreate: true })
    },
  })
  t.match(await read(), [/#milk/])
  t.equal(scene.counts.failures.of('no-such-channel'), 1)
  t.equal(
    thrownCode(() => own.aim.checkFor('words')),
    'not-said',
    'words are not said elsewhere',
  )
  await run({ run: () => Promise.reject(new Error('a defect')) })
  t.match(await read(), [/An error in the server/])
  t.match(scene.logged.at(-1), { level: 'error', message: 'command failed' })
})

t.test('a question is answered by the next line, and given up by an interrupt', async (t) => {
  const { own, read, run } = await begin()
  const asking = run({
    run: async () => ({ ...done, text: await own.tasks.ask('Which? ', { check: (answer) => answer }) }),
  })
  t.match(await read(), [/Which/])
  t.notOk(own.tasks.conceals)
  own.input.add({ text: 'that one' })
  await asking
  t.match(await read(), [/that one/])
  const hiding = run({
    run: async () => ({ ...done, text: await own.tasks.ask('Secret? ', { secret: true, check: (a) => a }) }),
  })
  await read()
  t.ok(own.tasks.conceals)
  own.input.interrupt(() => fail({ code: 'cancelled' }))
  await hiding
  t.notOk(own.tasks.conceals)
})

t.test('a password that was just given is not said, nor talk behind a question that ended', async (t) => {
  const { own, read, run, scene } = await begin()
  own.input.add({ text: 'secret' })
  await run({
    run: async () => ({ ...done, text: await own.tasks.ask('? ', { secret: true, check: () => 'ok' }) }),
  })
  t.equal(
    thrownCode(() => own.tasks.checkNoAnswer('secret')),
    'not-said',
  )
  own.tasks.checkNoAnswer('something else')
  own.tasks.checkNoAnswer('secret')
  await run({ run: () => Promise.reject(fail({ code: 'cancelled', mistakes: 3 })) })
  await read()
  t.equal(
    thrownCode(() => own.tasks.checkNoAnswer('late')),
    'not-said',
  )
  scene.clock.advance(2_500)
  own.tasks.checkNoAnswer('hello')
})

t.test('what is pasted behind a command that does not work goes nowhere', async (t) => {
  const { own, read, run } = await begin()
  const running = run({
    payload: true,
    run: () => {
      throw fail({ code: 'no-such-channel', channel: '#milk', mayCreate: true })
    },
  })
  for (const text of ['one', 'two', '.']) {
    await nextTurn()
    own.input.add({ text })
  }
  await running
  t.match((await read()).at(-1), /2 lines that you pasted went nowhere/)
  t.equal(own.input.length, 0)
})
