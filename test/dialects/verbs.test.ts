import t from 'tap'
import { Batch } from '../../server/chat/model/batch.ts'
import { Dialects, dialectsThereAre } from '../../server/dialects/dialects.ts'
import { Session } from '../../server/session/session.ts'
import { Ends, Scene } from '../session/scene.ts'
import { TestListener } from '../support/world.ts'
import { Verbs } from './verbs.ts'

/** A room with anna, who chats in text and has made two channels, and whoever comes by what they speak. */
async function setUp() {
  const scene = await Scene.set()
  const parts = {
    ...scene.parts,
    dialects: new Dialects([...dialectsThereAre(scene.parts.faults), new Verbs()]),
  }
  const connect = () => {
    const ends = new Ends()
    const session = new Session(parts, ends)
    const say = async (...lines: string[]) => {
      for (const text of lines) session.receive({ text })
      await scene.rest()
      return ends.take()
    }
    return { ends, say, session }
  }
  const anna = connect()
  await anna.say('/signup anna', 'password', 'password', '/create #a', '/create #b')
  return { anna, connect, scene }
}

t.test('a connection registers step by step, and the dialect answers by itself meanwhile', async (t) => {
  const { connect } = await setUp()
  const sam = connect()
  t.equal(sam.session.dialect, 'text', 'as everybody at first')
  t.same(await sam.say('CAP REQ numbers'), [':chat CAP * ACK numbers'])
  t.equal(sam.session.dialect, 'verbs')
  t.same(await sam.say('JOIN #a'), [':chat 451 * You have not registered'])
  t.same(await sam.say('NICK sam'), [], 'half of it asks for nothing')
  t.same(await sam.say('USER sam', 'WHAT'), [':chat 001 ~sam Welcome', ':chat 421 ~sam WHAT is unknown'])
})

t.test(
  'a line may ask for several things, done in this order, and what fails stops none of them',
  async (t) => {
    const { anna, connect } = await setUp()
    const sam = connect()
    await sam.say('NICK sam', 'USER sam')
    await anna.say('/msg #a still alone')
    t.same(await sam.say('JOIN #a,#none,#b'), [
      ':chat 300 ~sam join joined',
      ':chat 400 ~sam join no-such-channel',
      ':chat 300 ~sam join joined',
    ])
    await anna.say()
    t.same(await sam.say('PRIVMSG #a,#b :hello all'), [])
    const heard = (await anna.say()).map((line) => line.replace(/^\[[\d:]+\] /, ''))
    t.same(heard, ['#a <~sam> hello all', '#b <~sam> hello all'])
    await sam.say('QUIT')
    t.equal(sam.ends.gone, 'ended')
    t.notMatch((await anna.say()).join(), /behind the end/, 'nothing is done behind that')
  },
)

t.test('what it keeps stays when it is written to in another way', async (t) => {
  const { anna, connect } = await setUp()
  const sam = connect()
  await sam.say('CAP REQ numbers', 'NICK sam')
  sam.session.windowFound(40)
  sam.session.telnetFound()
  sam.session.reconfigured()
  t.same(await sam.say('USER sam'), [':chat 001 ~sam Welcome'], 'also half of a registration')
  await sam.say('JOIN #a')
  await anna.say('/msg #a hello')
  t.match((await sam.say()).at(-1), /^@\d+ :anna PRIVMSG #a :hello$/)
})

t.test('a line that begins another dialect does that as the first one only', async (t) => {
  const { connect } = await setUp()
  const person = connect()
  await person.say('/nick tom')
  await person.say('NICK is a nice word')
  t.equal(person.session.dialect, 'text')
})

t.test('each has its own state, and what is the same for many is rendered once', async (t) => {
  const kind = new Verbs()
  const place = { host: 'chat.example.org', port: 6667 }
  const writing = { eol: '\n', clock: '24', zone: 'UTC', color: false, width: 0, place } as const
  const [one, two, other] = [1, 2, 3].map(() => kind.open(writing, { person: undefined }))
  if (!one || !two || !other) return
  other.read('CAP REQ numbers')
  const message = { id: 7, at: 0, kind: 'text', text: 'hello', from: 'anna', channel: '#a' } as const
  const event = { type: 'message', message } as const
  t.equal(one.event(event), two.event(event), 'the very same bytes')
  t.equal(other.event(event).toString(), '@7 :anna PRIVMSG #a :hello\r\n')
  const batch = new Batch()
  batch.add(event, undefined)
  batch.add(event, undefined)
  const [first, second] = [one, two].map((each) => each.batch(batch, 0, 2, new TestListener())[0])
  t.ok(first && second && first.buffer === second.buffer && first.byteOffset === second.byteOffset)
})
