import t from 'tap'
import type { Grant } from '../../server/chat/model/grant.ts'
import { catalogOf, commands } from '../../server/commands/index.ts'
import { dispatch } from '../../server/session/dispatch.ts'
import { Scene } from '../session/scene.ts'

const catalog = catalogOf(commands)

/** How `text` is said in each way that there is: as the lines of a program, the first of them by a key. */
const ways: Readonly<Record<string, (text: string, once?: string) => readonly string[]>> = {
  say: (say, once) => [JSON.stringify({ say, once })],
  msg: (text, once) => [JSON.stringify({ line: `/msg #tea ${text}`, once })],
  r: (text, once) => [JSON.stringify({ line: `/r ${text}`, once })],
  me: (text, once) => [JSON.stringify({ line: `/me ${text}`, once })],
  paste: (text, once) => [JSON.stringify({ line: '/paste', once }), text, '.'],
  notice: (text, once) => [JSON.stringify({ line: `/notice ${text}`, once })],
}

const reader: Grant = { token: 'ci', since: 0, scope: 'read', channels: undefined }

interface Result {
  readonly type: string
  readonly ok: boolean
  readonly error?: { readonly code: string }
  readonly data?: { readonly id?: number }
}

/** Anna, an operator in #tea to whom bob has written, on as many connections as are wanted. */
async function begin() {
  const scene = await Scene.set()
  const { accounts, joining, talk } = scene.parts.services
  const signUp = async (name: string) =>
    (await accounts.signUp({ name, email: undefined, password: 'password' })).account
  const [anna, bob] = [await signUp('anna'), await signUp('bob')]
  anna.operator = true
  const { channel: tea } = await joining.join(anna, '#tea')
  await talk.say(bob, anna, 'text', 'hello')
  const connect = async (who: 'anna' | 'guest' | 'nobody', grant?: Grant) => {
    const { ends, session } = scene.connect()
    if (who === 'guest') session.receive({ text: '/nick sam' })
    await scene.rest()
    if (who === 'anna') await session.terminal.become(anna, grant)
    if (who === 'anna') session.terminal.talkTo(tea)
    session.terminal.speak('json')
    ends.take()
    /** The result of the last of these lines. */
    return async (lines: readonly string[]): Promise<Result | undefined> => {
      for (const text of lines) session.receive({ text })
      await scene.rest()
      const read = ends.take().map((line) => JSON.parse(line) as Result)
      return read.filter(({ type }) => type === 'result').at(-1)
    }
  }
  return { connect, scene }
}

t.test('these are all the ways', async (t) => {
  const says = [catalog.say, ...commands.filter((command) => command.says)].map(({ name }) => name)
  t.same(says.sort(), Object.keys(ways).sort())
  t.equal(catalog.find('say'), undefined, 'plain words have no name to type')
})

t.test('nobody says anything, in no way, who is nobody or may only read', async (t) => {
  const { connect } = await begin()
  const [nobody, program] = [await connect('nobody'), await connect('anna', reader)]
  for (const [name, way] of Object.entries(ways)) {
    t.equal((await nobody(way('hi')))?.error?.code, 'not-logged-in', name)
    t.equal((await program(way('hi')))?.error?.code, 'token-limited', name)
  }
})

t.test('what is said by a key is said once, in every way, by who proves who they are', async (t) => {
  const { connect, scene } = await begin()
  const [anna, again, guest] = [await connect('anna'), await connect('anna'), await connect('guest')]
  for (const [name, way] of Object.entries(ways)) {
    const first = await anna(way(`hi by ${name}`, `key ${name}`))
    t.match(first, { ok: true, data: { id: Number } }, name)
    const before = scene.parts.timeline.lastId
    t.equal((await again(way('something else', `key ${name}`)))?.data?.id, first?.data?.id, name)
    t.equal(scene.parts.timeline.lastId, before, `${name}: nothing more was said`)
    t.equal((await guest(way('hi', 'key')))?.error?.code, 'not-allowed', name)
  }
  t.equal((await anna([JSON.stringify({ line: '/who', once: 'key' })]))?.error?.code, 'bad-arguments')
})

t.test('each row costs what a line costs', async (t) => {
  const { scene } = await begin()
  const { session } = scene.connect()
  const context = { ...scene.parts.shared, terminal: session.terminal }
  for (const command of [undefined, 'msg', 'r', 'notice'] as const) {
    const costOf = (text: string) => dispatch(context, { command, text }).cost
    t.equal(costOf('one'), 1, command ?? 'say')
    t.equal(costOf('one\ntwo\nthree'), 3, command ?? 'say')
  }
})
