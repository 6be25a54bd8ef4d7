import fc from 'fast-check'
import t from 'tap'
import { stringify } from 'yaml'
import { printSample } from '../../server/config/reference.ts'
import { defaultConfig } from '../../server/config/schema.ts'
import { dotted, type Path, settingAt, settingPaths } from '../../server/config/settings.ts'
import { withValue } from '../../server/config/variables.ts'
import { problemsOf } from './problems.ts'

/** A configuration that says one thing, the first entry of a list included. */
function textWith(path: Path, value: unknown): string {
  const inside = path.findIndex((part) => typeof part === 'number')
  if (inside < 0) return stringify(withValue({}, path, value))
  const entry = withValue({}, path.slice(inside + 1), value)
  return stringify(withValue({}, path.slice(0, inside), [entry]))
}

/** What takes any text, because any text names a file, or the place. */
const anyText = [
  'server.name',
  'server.welcome',
  'dataDirectory',
  'listeners[0].tls.cert',
  'listeners[0].tls.key',
  'web.listen[0].tls.cert',
  'web.listen[0].tls.key',
]

t.test('every setting refuses every wrong type, and says what it takes', async (t) => {
  const wrong: Record<string, unknown> = {
    empty: null,
    'a list': [[]],
    'a group of settings': { x: 1 },
    '-1.5': -1.5,
    '"?"': '?',
  }
  for (const path of settingPaths(true)) {
    const setting = settingAt(path)
    t.ok(setting?.description.match(/^[A-Z].*\.$/), `${dotted(path)} is described`)
    t.notMatch(setting?.description, /\n/)
    for (const [shown, value] of Object.entries(wrong)) {
      // Those are no wrong types: any text names a file, the listeners are a list, and channels are under names.
      if (anyText.includes(dotted(path)) && value === '?') continue
      if (['listeners', 'web.origins', 'web.proxy'].includes(dotted(path)) && Array.isArray(value)) continue
      // One listener is as good as a list of one: what is wrong is inside.
      if (/^(http|web)\.listen$/.test(dotted(path)) && value !== null && typeof value === 'object') continue
      if (setting?.named && shown === 'a group of settings') continue
      t.match(
        problemsOf(textWith(path, value)),
        [`${dotted(path)} must be ${setting?.allowed}, not ${shown}.`],
        `${dotted(path)}: ${shown}`,
      )
      t.equal(problemsOf(textWith(path, value)).length, 1)
    }
  }
})

t.test('every number refuses what is just out of its range, and takes what is just in it', async (t) => {
  const ranges: [path: string, minimum: number, maximum?: number][] = [
    ['listeners[0].port', 0, 65535],
    ['greetingDelayMs', 0, 10000],
    ['server.publicPort', 0, 65535],
    ['web.listen[0].port', 0, 65535],
    ['http.listen[0].port', 0, 65535],
    ['accounts.bcryptCost', 4, 15],
    ['accounts.passwordMinLength', 1, 72],
    ['accounts.nameRestDays', 0, 36_500],
    ['channels.announceUpTo', 0],
    ['history.keepDays', 0, 36_500],
    ['history.editHours', 0, 876_000],
    ['history.replayLines', 0, 500],
    ['files.maxBytes', 0, 1e15],
    ['files.accountBytes', 0, 1e15],
    ['files.totalBytes', 0, 1e15],
    ['files.keepHours', 0, 1e6],
    ['files.freeSpaceBytes', 0, 1e15],
    ['files.ticketMinutes', 0.01, 100_000],
    ['files.uploadsPerAccount', 0, 10_000],
    ['files.stallSeconds', 0.1, 86_400],
    ['limits.connections', 1],
    ['limits.connectionsPerAddress', 0],
    ['limits.membersPerAddress', 0],
    ['limits.lineBytes', 256, 65536],
    ['limits.messagesPerSecond', 0, 10000],
    ['limits.burst', 0, 100000],
    ['limits.addressMessagesPerSecond', 0, 10000],
    ['limits.addressBurst', 0, 100000],
    ['limits.signupsPerHour', 0, 1_000_000],
    ['limits.sendQueueBytes', 4096, 1073741824],
    ['limits.loginSeconds', 0, 86400],
    ['ceilings.channels', 0, 1_000_000_000],
    ['ceilings.channelsOwned', 0, 1_000_000_000],
    ['ceilings.channelsJoined', 0, 1_000_000_000],
    ['ceilings.tokens', 0, 1_000_000_000],
    ['ceilings.invitationsMade', 0, 1_000_000_000],
    ['ceilings.invitationsWaiting', 0, 1_000_000_000],
    ['ceilings.inviteCodes', 0, 1_000_000_000],
    ['ceilings.contacts', 0, 1_000_000_000],
    ['ceilings.blocks', 0, 1_000_000_000],
    ['ceilings.channelBans', 0, 1_000_000_000],
    ['ceilings.channelMutes', 0, 1_000_000_000],
    ['ceilings.addressBans', 0, 1_000_000_000],
    ['ceilings.files', 0, 1_000_000_000],
    ['store.freeSpaceBytes', 0, 1e15],
  ]
  const numbers = [...settingPaths(true)].filter((path) => settingAt(path)?.allowed.includes(' number'))
  t.strictSame(
    numbers.map(dotted),
    ranges.map(([name]) => name),
    'no number is forgotten here',
  )
  for (const [name, minimum, maximum = Number.MAX_SAFE_INTEGER] of ranges) {
    const path = numbers.find((candidate) => dotted(candidate) === name) ?? []
    t.strictSame(problemsOf(textWith(path, minimum)), [], `${name}: ${minimum}`)
    t.strictSame(problemsOf(textWith(path, maximum)), [], `${name}: ${maximum}`)
    for (const value of [minimum - 1, maximum + 1, '.inf', '.nan', 'many']) {
      t.equal(problemsOf(textWith(path, value)).length, 1, `${name}: ${value}`)
    }
  }
})

t.test('the words of the messages', async (t) => {
  t.strictSame(problemsOf('\n\nlimits:\n  # why\n  burst: 5\n  lineBites: 4096\n  connections: many\n'), [
    'a.yaml:6: limits.lineBites is not a setting. Did you mean limits.lineBytes?',
    'a.yaml:7: limits.connections must be a whole number of at least 1, not "many".',
  ])
  t.strictSame(problemsOf('log:\n  level: inof\n  pretty: yes\naccounts: {signup: maybe}\n'), [
    'a.yaml:2: log.level must be fatal, error, warn, info, debug, trace or silent, not "inof". Did you mean info?',
    'a.yaml:3: log.pretty must be true or false, not "yes".',
    'a.yaml:4: accounts.signup must be open, invite or closed, not "maybe".',
  ])
  t.strictSame(problemsOf('history: 20\n'), [
    'a.yaml:1: history must be settings (keepDays, channels, editHours, replayLines), not 20.',
  ])
  const named = 'channels by name, each with its settings: {"#tea": {keepDays: 7}}'
  const keep = ['tea: {keepDays: 0}', 'x y: {keepDays: 1}', 'b: {kepDays: 3}', 'c: {keepDays: -1}', 'd: 3']
  t.strictSame(problemsOf(`history:\n  channels:\n${keep.map((line) => `    ${line}\n`).join('')}`), [
    `a.yaml:4: "x y" cannot stand in history.channels, which has ${named}.`,
    'a.yaml:5: history.channels.b.keepDays must be a number from 0 to 36500, not empty.',
    'a.yaml:5: history.channels.b.kepDays is not a setting. Did you mean history.channels.b.keepDays?',
    'a.yaml:6: history.channels.c.keepDays must be a number from 0 to 36500, not -1.',
    'a.yaml:7: history.channels.d must be settings (keepDays), not 3.',
  ])
  t.strictSame(
    problemsOf('history:\n  channels:\n    #tea: {keepDays: 7}\n'),
    [`a.yaml:2: history.channels must be ${named}, not empty.`],
    'a # without quotes begins a comment',
  )
  t.strictSame(problemsOf('listeners: []'), [
    'a.yaml:1: listeners must be a list of at least one listener, such as [{host: "::", port: 6667}], not a list.',
  ])
  t.strictSame(problemsOf('http:\n  listen: 9667'), [
    'a.yaml:2: http.listen must be a list of listeners, such as [{port: 9667}], or [], not 9667.',
  ])
  t.strictSame(problemsOf('http:\n  listen: {prot: 9667}'), [
    'a.yaml:2: http.listen[0].prot is not a setting. Did you mean http.listen[0].port?',
  ])
})

t.test('unknown keys, and what was meant', async (t) => {
  const cases: [text: string, problem: string][] = [
    ['limit: {}', 'limit is not a setting. Did you mean limits?'],
    ['log: {lvel: info}', 'log.lvel is not a setting. Did you mean log.level?'],
    ['limits: {line_bytes: 1}', 'limits.line_bytes is not a setting. Did you mean limits.lineBytes?'],
    ['lineBytes: 4096', 'lineBytes is not a setting. Did you mean limits.lineBytes?'],
    ['port: 6667', 'port is not a setting. Did you mean listeners[0].port?'],
    ['limits.lineBytes: 1', '"limits.lineBytes" is not a setting. Did you mean limits: {lineBytes: ...}?'],
    ['qwerty: 1', 'qwerty is not a setting.'],
    ['log: {qwerty: 1}', 'log.qwerty is not a setting.'],
    ['log: {a b: 1}', 'log "a b" is not a setting.'],
    ['__proto__: {log: 1}', '__proto__ is not a setting.'],
    ['constructor: 1', 'constructor is not a setting.'],
    ['log: {toString: 1}', 'log.toString is not a setting.'],
    ['1: 2', '1 is not a setting.'],
    ['"": 2', '"" is not a setting.'],
    ['"\\e[1m\\n\\u202e": 2', '"\\u001b[1m\\n\\u{202e}" is not a setting.'],
  ]
  for (const [text, problem] of cases) t.strictSame(problemsOf(text), [`a.yaml:1: ${problem}`], text)
})

t.test('the line of a problem', async (t) => {
  const typo = (line: number, index: number) =>
    `a.yaml:${line}: listeners[${index}].prot is not a setting. Did you mean listeners[${index}].port?`
  t.strictSame(problemsOf('listeners:\n  - port: 1\n  - host: "::"\n    prot: 2\n'), [typo(4, 1)])
  t.strictSame(problemsOf('listeners: [{port: 1},\n  {host: "::",\n   prot: 2}]\n'), [typo(3, 1)])
  t.strictSame(problemsOf('log: {}\nlisteners: [{prot: 1}, {prot: 2}]\n'), [typo(2, 0), typo(2, 1)])
  t.strictSame(problemsOf('x: &x\n  prot: 1\nlisteners:\n  - *x\n'), [
    'a.yaml:1: x is not a setting.',
    typo(2, 0),
  ])
  t.strictSame(problemsOf('listeners:\n  - port: 1\n  - 5\n'), [
    'a.yaml:3: listeners[1] must be settings (host, port, telnet, proxy, tls), not 5.',
  ])
  t.strictSame(problemsOf('{\n"log": {\n"pretty":\n3}}\n'), [
    'a.yaml:3: log.pretty must be true or false, not 3.',
  ])
  t.match(problemsOf('\n\n- log\n'), [
    /^a\.yaml:3: The configuration must be settings \(listeners, .*, not a list\.$/,
  ])
  t.match(problemsOf('# a\nhello\n'), [/^a\.yaml:2: The configuration must be .*, not "hello"\.$/])
})

t.test('texts', async (t) => {
  const takes: Record<string, string[]> = {
    'accounts.reservedNames': ['', 'root', 'admin  Root x_1', ' all '],
    'terminal.timeZone': ['', 'UTC', 'Europe/Berlin', 'America/Argentina/Buenos_Aires'],
    'channels.default': ['#a', '#Lobby', '#a-b_c.d9', `#${'a'.repeat(32)}`],
    'listeners[0].host': [
      '::',
      '0.0.0.0',
      '127.0.0.1',
      '::1',
      'fe80::1%eth0',
      'localhost',
      'chat.example.org',
    ],
    dataDirectory: ['.', '/var/lib/partyline', 'a b'],
    'listeners[0].tls.cert': ['', 'cert.pem', '/etc/a b/cert.pem'],
    'listeners[0].tls.key': ['', 'key.pem'],
    'server.name': ['x', 'The Tea House', 'Käsekuchen', 'a'.repeat(60)],
    'server.welcome': ['', 'one line', 'two\nlines\n', Array(10).fill('x').join('\n')],
    'server.publicHost': ['', 'chat.example.org', '192.0.2.1', '::1'],
    'web.listen[0].host': ['::', '0.0.0.0', '127.0.0.1', 'localhost'],
    'web.listen[0].tls.cert': ['', 'cert.pem'],
    'web.listen[0].tls.key': ['', 'key.pem'],
    'http.listen[0].host': ['::', '0.0.0.0', '127.0.0.1', 'localhost'],
  }
  const refuses: Record<string, string[]> = {
    'accounts.reservedNames': ['a, b', '7up', '-', 'ä'],
    'terminal.timeZone': ['Mars/Olympus', 'Berlin', ' '],
    'channels.default': ['', '#', 'lobby', '#1', '#-a', '#a b', '#a#b', `#${'a'.repeat(33)}`, '#a\n'],
    'listeners[0].host': ['', '*', 'a b', '[::]', '::1:6667x', '-a', 'a/24'],
    dataDirectory: [''],
    'server.name': ['', 'a\nb', 'a\u001b[1m', '\u202e', 'a'.repeat(61)],
    'server.welcome': ['a\u001b[1m', 'a\rb', Array(11).fill('x').join('\n'), 'x'.repeat(2001)],
    'server.publicHost': ['*', 'a b', '-a', '$(x)', 'a;b'],
    'web.listen[0].host': ['', '*', 'a b'],
    'http.listen[0].host': ['', '*', 'a b'],
  }
  const texts = [...settingPaths(true)].filter((path) => {
    const setting = settingAt(path)
    return setting?.isText && setting.choices.length === 0
  })
  t.strictSame(texts.map(dotted).sort(), Object.keys(takes).sort(), 'no text is forgotten here')
  for (const path of texts) {
    for (const value of takes[dotted(path)] ?? []) t.strictSame(problemsOf(textWith(path, value)), [], value)
    for (const value of refuses[dotted(path)] ?? [])
      t.equal(problemsOf(textWith(path, value)).length, 1, value)
  }
})

t.test('what is not YAML', async (t) => {
  const cases: [text: string, problem: string][] = [
    [
      'log: {}\nlimits: [1\n',
      '3: Flow sequence in block collection must be sufficiently indented and end with a ].',
    ],
    ['log:\n\tlevel: info\n', '2: Tabs are not allowed as indentation.'],
    ['log:\n  level: "info\n', '3: Missing closing "quote.'],
    ['log: {}\nhost: ::\n', '2: There is a second colon; a value with a colon in it must be in quotes.'],
    ['log: {}\n---\nlog: {}\n', '2: A second document (---) begins here; there must be only one.'],
    ['log: *level\n', '1: There is no &level above this.'],
    ['log: !level x\n', '1: Unresolved tag: !level.'],
    ['? [log]\n: 1\n', '1: With stringKeys, all keys must be strings.'],
  ]
  for (const [text, problem] of cases) t.strictSame(problemsOf(text), [`a.yaml:${problem}`], text)
})

t.test('a key that stands twice', async (t) => {
  t.strictSame(problemsOf('log: {}\nlimits: {}\nlog: {pretty: 1}\n'), [
    'a.yaml:3: log is set twice.',
    'a.yaml:3: log.pretty must be true or false, not 1.',
  ])
  t.strictSame(problemsOf('log: {pretty: true, "pretty": false}\n'), ['a.yaml:1: pretty is set twice.'])
})

t.test('aliases that would fill the memory', async (t) => {
  const ten = (name: string) => `[${`${name}, `.repeat(10)}]`
  const text = `a: &a ${ten('1')}\nb: &b ${ten('*a')}\nc: &c ${ten('*b')}\nd: ${ten('*c')}\n`
  t.strictSame(problemsOf(text), ['a.yaml:1: Excessive alias count indicates a resource exhaustion attack.'])
})

const keys = [...printSample().matchAll(/^ *(?:- )?(\w+):/gm)].map(([, key]) => String(key))

t.test('a mutated key is refused, and nothing but a ConfigError is ever thrown', async (t) => {
  const sample = printSample()
    .split('\n')
    .filter((line) => !line.trim().startsWith('#'))
    .join('\n')
  t.strictSame(problemsOf(sample), [])
  fc.assert(
    fc.property(fc.constantFrom(...keys), fc.string(), fc.nat(30), (key, junk, at) => {
      const place = at % (key.length + 1)
      const mutated = `${key.slice(0, place)}${junk}${key.slice(place)}`
      for (const problem of problemsOf(sample.replace(`${key}:`, `${mutated}:`))) {
        if (!/^a\.yaml:\d+: [^\n]+$/.test(problem)) return false
      }
      return true
    }),
  )
  fc.assert(
    fc.property(fc.constantFrom(...keys), fc.stringMatching(/^[a-z]{1,9}$/), (key, junk) => {
      return problemsOf(sample.replace(`${key}:`, `${key}${junk}:`)).some((problem) => problem.includes(junk))
    }),
  )
})

t.test('no text at all throws anything but a ConfigError', async () => {
  const piece = fc.oneof(
    fc.constantFrom(...keys, ...':,[]{}&*!|>\'"%@`#-?\n\t ', ': ', '- ', '\n  ', '&a ', '*a', '---\n'),
    fc.string({ maxLength: 4 }),
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      return problemsOf(pieces.join('')).every((problem) => !/[\n\r]/.test(problem))
    }),
    { numRuns: 2000 },
  )
})

t.test('nor does any tree of values', async () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(...Object.keys(defaultConfig())), (value, key) => {
      // A path is looked at last, when it may also be that of a variable.
      return problemsOf(stringify({ [key]: value })).every((problem) =>
        /^(a\.yaml:|dataDirectory: )/.test(problem),
      )
    }),
    { examples: [['~-', 'dataDirectory']] },
  )
})
