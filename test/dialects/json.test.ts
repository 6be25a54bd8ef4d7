import t from 'tap'
import type { Dialect, Invocation } from '../../server/dialects/dialect.ts'
import { failureSamples } from '../../server/dialects/failure-samples.ts'
import { replyData } from '../../server/dialects/json/data.ts'
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
    const line = dialect.reply(asked, reply, () => 0)
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
      () => 0,
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

const longest = 48 * 1024

/** The same with thousands of different things in each of its lists, and in the lists in the first of these. */
function huge(value: unknown): unknown {
  if (Array.isArray(value)) {
    const [first] = value as unknown[]
    if (first === undefined) return value
    return Array.from({ length: 300 }, (_, index) => {
      if (typeof first === 'object' && first !== null)
        return index === 0
          ? huge(first)
          : { ...first, name: `n${index}`, topic: '\u{1F600}'.repeat(30), channels: undefined, messages: [] }
      return `${String(first)}${index}`
    })
  }
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, huge(inner)]))
}

type Data = Record<string, unknown>

/** As docs/protocol.md says: what is in the lists of a part follows in the same lists. */
function joined(data: Data, part: Data): Data {
  const result = { ...data }
  for (const [name, value] of Object.entries(part)) {
    const there = result[name]
    if (Array.isArray(value)) result[name] = [...((there ?? []) as unknown[]), ...(value as unknown[])]
    else if (typeof value === 'object' && value !== null)
      result[name] = joined((there ?? {}) as Data, value as Data)
    else result[name] = value
  }
  return result
}

t.test('no line is longer than 48 KiB, and all parts together are the whole answer', async (t) => {
  let cut = 0
  for (const sample of Object.values(replies)) {
    if (sample.code === 'messages' || sample.code === 'file-inline' || sample.code === 'rest') continue
    const reply = huge(sample) as typeof sample
    const { rest: _, ...whole } = JSON.parse(JSON.stringify(replyData(reply, place))) as Data
    let waiting: readonly object[] = []
    const first = dialect.reply(asked, reply, (parts) => {
      waiting = parts
      return 1
    })
    const lines = [first]
    for (const [index, data] of waiting.entries()) {
      const last = index === waiting.length - 1
      lines.push(dialect.reply(asked, { code: 'rest', data, ...(last ? {} : { rest: index + 2 }) }, () => 0))
    }
    const answers = lines.map((line) => (parsed(line) as { data: Data }).data)
    const longestOf = Math.max(...lines.map((line) => Buffer.byteLength(line)))
    if (longestOf > longest) t.fail(`${reply.code}: a line has ${longestOf} bytes`)
    if (lines.length === 1) continue
    cut++
    for (const [index, data] of answers.slice(0, -1).entries())
      if (data['more'] !== true || data['rest'] !== index + 1) t.fail(`${reply.code}: no number to go on`)
    const { rest, ...all } = answers.reduce(joined)
    // A room that is too long by its messages comes several times.
    const [read, written] = [all, whole].map((data) => JSON.stringify(withoutTwice({ more: false, ...data })))
    t.ok(read === written, reply.code)
  }
  t.ok(cut > 12, `${cut} answers have lists`)
})

/** What comes as several because of its own lists is one again: what has the same fields but for these. */
function withoutTwice(value: unknown): unknown {
  if (Array.isArray(value)) {
    const merged: unknown[] = []
    let before: string | undefined
    for (const one of value as unknown[]) {
      const fields = fieldsBesidesLists(one)
      if (fields !== undefined && fields === before)
        merged.push(joined(merged.pop() as Data, listsOf(one as Data)))
      else merged.push(one)
      before = fields
    }
    return merged
  }
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withoutTwice(inner)]))
}

function listsOf(data: Data): Data {
  return Object.fromEntries(Object.entries(data).filter(([, value]) => Array.isArray(value)))
}

function fieldsBesidesLists(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  return JSON.stringify(Object.entries(value).filter(([, inner]) => !Array.isArray(inner)))
}

t.test('a list of messages is cut where one goes on by their numbers', async (t) => {
  for (const size of [300, 4000, 12_001, 65_536])
    for (const letter of ['x', '"', '\u20ac', '\u{1F600}', '\n']) {
      const text = letter.repeat(Math.floor(size / Buffer.byteLength(letter)) || 1)
      const all = Array.from({ length: 12 }, (_, index) => ({
        ...events.message.message,
        id: index + 1,
        text,
      }))
      for (const side of ['after', 'before'] as const) {
        const seen: { id: number; text: string }[] = []
        let [from, to] = [0, all.length]
        while (from < to) {
          const messages = all.slice(from, to)
          const next = side === 'after' ? { after: to } : undefined
          const reply = {
            code: 'messages',
            list: 'history',
            reader: 'bob',
            messages,
            more: false,
            ...(next ? { next } : {}),
          } as const
          const lines: string[] = []
          const answer = dialect.reply(asked, reply, (parts) => {
            lines.push(...parts.map((data) => dialect.reply(asked, { code: 'rest', data }, () => 0)))
            return 1
          })
          lines.unshift(...answer.split(/(?<=\n)/))
          if (lines.some((line) => Buffer.byteLength(line) > longest)) t.fail(`a line of ${size} is too long`)
          const answers = lines.map((line) => (parsed(line) as { data: { messages: [] } & Data }).data)
          const found: { id: number; text: string }[] = []
          for (const piece of answers.flatMap(
            ({ messages }) => messages as { id: number; text: string; cut?: true }[],
          )) {
            const last = found.at(-1)
            if (last?.id === piece.id) found[found.length - 1] = { ...last, text: last.text + piece.text }
            else found.push(piece)
          }
          if (side === 'after') {
            seen.push(...found)
            from = answers[0]?.['more'] ? Number(answers[0][side]) : to
          } else {
            seen.unshift(...found)
            to = answers[0]?.['more'] ? Number(answers[0][side]) - 1 : from
          }
          if (found.length === 0) break
        }
        t.same(
          seen.map(({ id, text }) => `${id} ${text.length}`),
          all.map(({ id }) => `${id} ${text.length}`),
        )
        if (seen.some((one) => one.text !== text)) t.fail('another text')
      }
      const told = dialect.event({ type: 'message', message: { ...events.message.message, text } }).toString()
      const pieces = told.split('\n').slice(0, -1)
      if (pieces.some((line) => Buffer.byteLength(line) >= longest)) t.fail('an event is too long')
      t.equal(pieces.map((line) => (JSON.parse(line) as { text: string }).text).join(''), text)
    }
})

t.test(
  'the bytes of an inline file come in front of the result, and typed words do not fill an error',
  async (t) => {
    const bytes = Buffer.from(Array.from({ length: 100_000 }, (_, index) => index % 251))
    const sample = replies['file-inline']
    const lines = dialect
      .reply(asked, { ...sample, base64: bytes.toString('base64') }, () => 0)
      .split(/(?<=\n)/)
    t.ok(lines.every((line) => Buffer.byteLength(line) <= longest))
    const events = lines
      .slice(0, -1)
      .map((line) => parsed(line) as { type: string; offset: number; base64: string })
    const whole = Buffer.alloc(bytes.length)
    for (const { base64, offset } of events) Buffer.from(base64, 'base64').copy(whole, offset)
    t.ok(whole.equals(bytes))
    t.match(parsed(lines.at(-1) ?? ''), { type: 'result', ok: true, data: { id: sample.file.id } })
    t.notMatch(lines.at(-1), /base64/)
    const typed = { code: 'unknown-command', command: '"'.repeat(65_536), nearest: undefined } as const
    t.ok(dialect.failure({ command: 'x'.repeat(65_536), tag: '\u0001'.repeat(1000) }, typed).length < longest)
  },
)
