import t from 'tap'
import type { Dialect, Invocation } from '../../server/dialects/dialect.ts'
import { failureSamples } from '../../server/dialects/failure-samples.ts'
import { JsonDialect } from '../../server/dialects/json/dialect.ts'
import { events, place, replies } from './samples.ts'

const dialect: Dialect = new JsonDialect({
  eol: '\n',
  clock: '24',
  zone: 'UTC',
  color: false,
  width: 0,
  place,
})
const asked = { command: 'x', tag: 'y' }

/** What a line asks for: of JSON always one thing. */
function read(line: string): Invocation {
  const [step, ...more] = dialect.read(line)
  if (!step || 'answer' in step || more.length > 0) throw new Error(`That asks for no one thing: ${line}`)
  return step
}

/** One line, one object. */
function parsed(line: string): unknown {
  if (!/^\{[^\n]*\}\n$/.test(line)) throw new Error(`That is not one line: ${line}`)
  return JSON.parse(line)
}

t.test('every answer is one object on one line, and times are ISO 8601', async (t) => {
  for (const reply of Object.values(replies)) {
    const line = dialect.reply(asked, reply)
    t.match(parsed(line), { type: 'result', tag: 'y', command: 'x', ok: true, data: {} }, reply.code)
    t.notMatch(line, /"(at|since|lastSeen|now)":\d/, reply.code)
    t.notMatch(line, /"code":/, `${reply.code}: the command's name says what it is`)
  }
})

t.test('a failure has its code', async (t) => {
  for (const problem of Object.values(failureSamples)) {
    const { code } = problem
    t.match(parsed(dialect.failure(asked, problem)), { ok: false, tag: 'y', error: { code, message: /\w/ } })
  }
})

t.test('every event is one object on one line', async (t) => {
  for (const event of Object.values(events))
    t.match(parsed(dialect.event(event).toString()), { type: event.type }, event.type)
  t.same(parsed(dialect.event(events.message).toString()), {
    type: 'message',
    id: 7,
    at: '2026-11-20T18:00:00.000Z',
    from: 'anna',
    kind: 'text',
    text: 'hello',
    channel: '#tea',
  })
  const { message } = events.message
  const own = { type: 'message', message, own: true } as const
  t.same(dialect.event(own).toString(), dialect.event({ type: 'message', message }).toString())
})

t.test('a prompt and a note', async (t) => {
  t.same(parsed(dialect.prompt('Password: ', true)), { type: 'prompt', text: 'Password', secret: true })
  t.same(parsed(dialect.note('Still here.')), { type: 'note', text: 'Still here.' })
})

t.test('lines come bare or in an object', async (t) => {
  t.same(read('/join #tea'), { command: 'join', text: '#tea' })
  t.same(read('{"line":"/join #tea","tag":"1"}'), { command: 'join', text: '#tea', tag: '1' })
  t.same(read('{"line":"hi","tag":0}'), { command: undefined, text: 'hi', tag: 0 })
  t.same(read('{"line":"hi","tag":null}'), { command: undefined, text: 'hi' })
  t.same(read('{"line":"a\\tb\\u001b[2J\\u202e"}'), { command: undefined, text: 'a b[2J' })
  for (const line of [
    '{',
    ' {"line":"hi"',
    '}',
    '[1]',
    ']',
    '"hi"',
    '{}',
    '{"line":1}',
    '{"line":""}',
    '{"line":" "}',
    '{"line":"\\u202e"}',
    '{"line":["a"]}',
    '{"line":"hi","tag":true}',
    '{"line":"hi","tag":{}}',
    '{"line":"hi","tag":1e999}',
    '{"line":"hi","say":"hi"}',
    '{"line":"hi","to":"#tea"}',
    '{"say":"hi","to":""}',
    '{"say":"hi","to":["#tea"]}',
    '{"say":"hi","to":"#tea\\n"}',
  ])
    t.equal(read(line).refused?.code, 'bad-arguments', line)
  for (const line of ['42', 'true', 'null', 'hi {', "'"])
    t.same(read(line), { command: undefined, text: line })
})

t.test('what is said has rows, and its tabs where it has', async (t) => {
  t.same(read('{"say":"/a\\r\\r\\n\\tb\\u001b[2J\\rc"}'), { command: undefined, text: '/a\n\tb[2J\nc' })
  t.same(read('{"say":"a","to":"#tea","tag":1}'), { command: undefined, text: 'a', to: '#tea', tag: 1 })
  t.same(read('{"line":"/msg #tea\\na\\n"}'), { command: 'msg', text: '#tea\na\n' })
  t.equal(read('{"line":"/paste #tea","tag":[]}').command, 'paste', 'what it would have been')
})

t.test('an answer may come in an object, or be a password that looks like one', async (t) => {
  t.equal(dialect.readAnswer('secret'), 'secret')
  t.equal(dialect.readAnswer('{"line":"secret"}'), 'secret')
  t.equal(dialect.readAnswer('{"line":""}'), '')
  t.equal(dialect.readAnswer('{secret'), '{secret')
  t.equal(dialect.readAnswer('{"other":1}'), '{"other":1}')
})
