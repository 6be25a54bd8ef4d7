import t from 'tap'
import type { ChatEvent } from '../../server/chat/model/events.ts'
import { failureSamples } from '../../server/dialects/failure-samples.ts'
import { TextDialect } from '../../server/dialects/text/dialect.ts'
import { widthOf } from '../../server/dialects/text/layout.ts'
import { events, place, replies, room } from './samples.ts'

const options = {
  eol: '\n',
  clock: '24',
  zone: 'UTC',
  color: false,
  width: 0,
  place,
} as const
const dialect = new TextDialect(options)
const asked = { command: 'x' }

t.test('the first character of every line tells what it is', async (t) => {
  for (const reply of Object.values(replies)) {
    const text = dialect.reply(asked, reply)
    t.match(text, /^([[*-] ?[^\n]+\n)+$/, reply.code)
    t.notMatch(text, / \n|undefined|\[object|NaN/, `${reply.code}: nothing odd in it`)
    const last = text.trimEnd().split('\n').at(-1) ?? ''
    // The menu is followed by a question.
    t.match(last, reply.code === 'menu' ? /^- / : /^\* /, `${reply.code}: the last line is information`)
  }
  const forPrograms = ['read', 'typing']
  for (const { type } of [events.read, events.typing])
    t.equal(dialect.event(events[type]).toString(), '', 'what is for programs only')
  for (const event of Object.values(events).filter(({ type }) => !forPrograms.includes(type)))
    t.match(
      dialect.event(event).toString(),
      ['message', 'edited'].includes(event.type) ? /^\[[^\n]+\n$/ : /^(?:\* [^\n]+\n)+$/,
    )
  for (const problem of Object.values(failureSamples))
    t.match(dialect.failure(asked, problem), /^! [^\n]+\n$/, problem.code)
  t.equal(dialect.prompt('Name: '), '? Name: ')
})

t.test('lists and help fit the screen, whatever its width', async (t) => {
  for (const width of [40, 80, 132]) {
    for (const code of ['channels', 'members', 'who', 'help', 'help-command', 'tokens'] as const) {
      const rows = new TextDialect({ ...options, width }).reply(asked, replies[code]).split('\n')
      const wide = rows.filter((row) => widthOf(row) > width)
      t.same(wide, [], `${code} in ${width} columns`)
    }
  }
})

t.test(
  'a line to run is never broken: no shell would put an address, a name or a quoted text together again',
  async (t) => {
    const name = `it's | a; very long "report" of november, and more.pdf`
    const file = { ...events.file.file, name }
    const told = [
      { ...events.file, file },
      { ...events.upload, name, state: 'broken' },
    ] as const
    const answers = [
      { ...replies['file-ticket'], name },
      { ...replies['file-token'], file },
      { ...replies.files, uploads: replies.files.uploads.map((upload) => ({ ...upload, name })) },
      replies['token-made'],
    ]
    const shown = (width: number) => {
      const wide = new TextDialect({ ...options, width })
      const texts = [
        ...told.map((event) => wide.event(event).toString()),
        ...answers.map((reply) => wide.reply(asked, reply)),
      ]
      return texts.flatMap((text) => text.split('\n').filter((row) => /^[*-] {3}\S/.test(row)))
    }
    const whole = shown(0)
    t.ok(whole.length > 8 && whole.some((row) => row.endsWith("more.pdf'")), 'there are lines to run')
    for (const width of [20, 40, 60, 80, 100, 132]) t.same(shown(width), whole, `${width} columns`)
  },
)

t.test('an upload of which nothing is here is not said to have broken off', async (t) => {
  const upload = { ...events.upload, state: 'broken', received: 0 } as const
  for (const size of [undefined, 200]) {
    const told = [
      dialect.event({ ...upload, size }).toString(),
      dialect.reply(asked, {
        ...replies.files,
        uploads: replies.files.uploads.map((one) => ({ ...one, state: 'broken', received: 0, size })),
      }),
    ]
    for (const text of told) {
      t.match(text, /othing of .* is here\./)
      t.notMatch(text, 'broke off')
    }
  }
})

t.test('colours do not move the first character', async (t) => {
  const colored = new TextDialect({ ...options, color: true })
  for (const reply of Object.values(replies)) {
    const plain = dialect.reply(asked, reply)
    const text = colored.reply(asked, reply)
    t.equal(text.replace(/\u001b\[[\d;]+m/g, ''), plain, reply.code)
    for (const line of text.trimEnd().split('\n')) t.match(line, /^[[*-]/)
  }
  t.match(colored.failure(asked, { code: 'no-target' }), /^!\u001b\[31m .*\u001b\[0m\n$/)
})

t.test('who speaks, direct messages, mentions and notices are coloured, and nothing else', async (t) => {
  const { message } = events.message
  for (const width of [0, 20, 30, 80]) {
    const plain = new TextDialect({ ...options, width })
    const colored = new TextDialect({ ...options, width, color: true })
    const codes = (event: ChatEvent) => {
      const text = colored.event(event).toString()
      t.equal(text.replace(/\u001b\[[\d;]+m/g, ''), plain.event(event).toString(), `${event.type}, ${width}`)
      return [...new Set([...text.matchAll(/\u001b\[([\d;]+)m/g)].map(([, code]) => code))]
    }
    const said = (change: object) => codes({ type: 'message', message: { ...message, ...change } })
    const text = 'a <word> * of #tea <anna> and more of it, until it takes three rows'
    t.same(said({ text }), ['36', '0'])
    t.same(said({ text, kind: 'action', from: '~anna' }), ['36', '0'])
    t.same(said({ text, from: 'deleted user' }), ['36', '0'])
    t.same(said({ text, channel: undefined, to: 'bob' }), ['35', '0'])
    t.same(said({ text, channel: undefined, kind: 'notice' }), ['1;33', '0'])
    const pasted = 'if <x> * {\n\tpass <y>\n\n}'
    t.same(said({ text: pasted }), ['36', '0'])
    t.same(said({ text: pasted, channel: undefined, to: 'bob' }), ['35', '0'])
    t.same(codes(events.mention), ['1;35', '0'])
    for (const event of [events.joined, events.left, events.presence, events.topic, events.removed])
      t.same(codes(event), [], `${event.type} is noise`)
  }
})

t.test('every line ends as the client wants it', async (t) => {
  const telnet = new TextDialect({ ...options, eol: '\r\n' })
  for (const reply of Object.values(replies))
    t.equal(telnet.reply(asked, reply), dialect.reply(asked, reply).replaceAll('\n', '\r\n'), reply.code)
})

t.test('what is said, in all its kinds', async (t) => {
  const { message } = events.message
  const line = (change: object, own?: true) =>
    dialect.event({ type: 'message', message: { ...message, ...change }, ...(own ? { own } : {}) }).toString()
  const to = { channel: undefined, to: 'bob' }
  t.equal(line({}), '[18:00] #tea <anna> hello\n')
  t.equal(line({ kind: 'action' }), '[18:00] #tea * anna hello\n')
  t.equal(line({ kind: 'notice' }), '[18:00] NOTICE <anna> hello\n')
  t.equal(line(to), '[18:00] *anna* hello\n')
  t.equal(line(to, true), '[18:00] *anna -> bob* hello\n')
  t.equal(line({ ...to, kind: 'action' }), '[18:00] *anna* * anna hello\n')
})

t.test('presence, with and without a note', async (t) => {
  const line = (status: 'online' | 'away' | 'offline', note?: string) =>
    dialect.event({ type: 'presence', user: 'anna', status, ...(note ? { note } : {}) }).toString()
  t.equal(line('online'), '* anna is online\n')
  t.equal(line('away'), '* anna is away\n')
  t.equal(line('away', 'lunch'), '* anna is away: "lunch"\n')
  t.equal(line('offline'), '* anna went offline\n')
  t.equal(line('offline', 'bye'), '* anna went offline: "bye"\n')
})

t.test('one and many', async (t) => {
  const text = (count: number) =>
    dialect.reply(asked, { ...replies.who, members: Array(count).fill(replies.who.members[0]) })
  t.match(text(0), /^\* 0 people online/)
  t.match(text(1), /\* 1 person online/)
  t.match(text(2), /\* 2 people online/)
})

t.test('to lay out long rows full of tabs takes no longer than as much in short ones', async (t) => {
  const { message } = events.message
  const bytes = 64_000
  const ofRows = (length: number) =>
    ['a\t', '\u4e00\t'].map((pattern) => {
      const row = pattern.repeat(length / Buffer.byteLength(pattern))
      return Array.from({ length: bytes / length }, () => row).join('\n')
    })
  const dialects = [0, 20, 80].map((width) => new TextDialect({ ...options, width }))
  let written = 0
  /** Processor time: what else the machine does has no part in it. */
  const taken = (texts: readonly string[]) => {
    const begun = process.cpuUsage()
    for (const text of texts) {
      const event: ChatEvent = { type: 'message', message: { ...message, text } }
      for (const dialect of dialects) written += dialect.event(event).length
    }
    const { user, system } = process.cpuUsage(begun)
    return user + system
  }
  const long = ofRows(4_000)
  const short = ofRows(500)
  const ratios = Array.from({ length: 15 }, () => taken(long) / taken(short))
  const median = ratios.toSorted((a, b) => a - b)[7] ?? Number.NaN
  // Where each part of a row was gone through again for the next one, it was eight times as long.
  t.ok(written > 0 && median < 2.5, `${median.toFixed(1)} times as long`)
})

t.test('a login shows lines that were found behind a thousand that do not count', async (t) => {
  const written = (shown: number) => {
    const { messages } = room
    const lines = messages.slice(0, 1).flatMap((message) => Array.from({ length: shown }, () => message))
    const rooms = [{ ...room, messages: lines, unread: { count: 0, more: true } }]
    return dialect.reply(asked, { ...replies.welcome, rooms }).split('\n')
  }
  const rows = written(3)
  const missed = rows.findIndex((row) =>
    row.startsWith('* You missed 3 or more lines, these are the last 3; '),
  )
  t.ok(missed > 0)
  t.ok(rows.slice(missed + 1, missed + 4).every((row) => row.startsWith('[')))
  t.ok(written(0).includes('* You may have missed lines of #tea: /unread lists them.'))
})
