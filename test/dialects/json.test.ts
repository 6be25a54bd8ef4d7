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
  // A tag is exact: what is sent, once more as JSON reads it.
  const exact: readonly string[] = [
    ...[
      '"\\ud800"',
      '"\\udc00\\ud800"',
      '"\\u0000"',
      '"\u200e \u2028 \u{e0041}"',
      '"a\\/b\\t"',
      '" x "',
      '""',
    ],
    ...[
      '"a\\"tag\\":1"',
      `"${'x'.repeat(1000)}"`,
      '9007199254740991',
      '-1',
      '0',
      '0.5',
      '1e+21',
      '"１"',
      '"e\u0301"',
    ],
  ]
  for (const source of exact) {
    const { tag } = read(`{"line":"hi", "x": {"tag": [1, "}"]}, "tag" : ${source} }`)
    const line = dialect.reply(
      { command: 'ping', ...(tag === undefined ? {} : { tag }) },
      { code: 'pong', text: '' },
    )
    t.equal((JSON.parse(line) as { tag: unknown }).tag, JSON.parse(source), encodeURI(source).slice(0, 40))
  }
  t.same(read('{"line":"a\tb","tag":"c"}'), { command: undefined, text: 'a b', tag: 'c' }, 'elsewhere')
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
    '{"line":"hi","tag":1e400}',
    '{"line":"hi","tag":-1e400}',
    '{"line":"hi","tag":1.0}',
    '{"line":"hi","tag":1e2}',
    '{"line":"hi","tag":-0}',
    '{"line":"hi","tag":0.0}',
    '{"line":"hi","tag":9007199254740993}',
    '{"line":"hi","tag":0.1000000000000000055}',
    '{"line":"hi","tag":1,"tag":2}',
    '{"tag":"a","line":"hi","\\u0074ag":"a"}',
    '{"tag":null,"line":"hi","tag":2}',
    '{"tag":2,"line":"hi","tag":null}',
    '{"line":"hi","tag":"a\tb"}',
    `{"line":"hi","tag":"${'x'.repeat(1001)}"}`,
    `{"line":"hi","tag":${'['.repeat(50_000)}${']'.repeat(50_000)}}`,
    `{"line":"hi","tag":${'{"tag":'.repeat(10_000)}1${'}'.repeat(10_000)}}`,
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
