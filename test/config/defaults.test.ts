import t from 'tap'
import { loadConfig, parseConfig } from '../../server/config/load.ts'
import { configSchema, defaultConfig } from '../../server/config/schema.ts'
import { directoryFor } from '../support/directory.ts'

const noTls = { cert: '', key: '' }
const defaults = {
  listeners: [{ host: '::', port: 6667, telnet: false, proxy: 'none', tls: noTls }],
  dataDirectory: 'data',
  greetingDelayMs: 200,
  server: { name: 'Partyline', welcome: '', publicHost: '', publicPort: 0 },
  web: { listen: [{ host: '::', port: 8667, tls: noTls }], origins: [], proxy: [] },
  http: { listen: [] },
  accounts: {
    guests: true,
    signup: 'open',
    bcryptCost: 10,
    passwordMinLength: 8,
    requireTls: false,
    reservedNames: 'admin administrator operator moderator root server system everyone here all',
    deletedMessages: 'keep',
    nameRestDays: 30,
  },
  channels: { default: '#lobby', create: 'members', announceUpTo: 200 },
  history: { keepDays: 0, channels: {}, editHours: 24, replayLines: 20 },
  files: {
    enabled: true,
    maxBytes: 2_000_000_000,
    accountBytes: 5_000_000_000,
    totalBytes: 20_000_000_000,
    keepHours: 168,
    freeSpaceBytes: 500_000_000,
    ticketMinutes: 10,
    uploadsPerAccount: 5,
    stallSeconds: 60,
  },
  limits: {
    connections: 1000,
    connectionsPerAddress: 64,
    membersPerAddress: 250,
    lineBytes: 4000,
    messagesPerSecond: 5,
    burst: 20,
    addressMessagesPerSecond: 20,
    addressBurst: 200,
    signupsPerHour: 40,
    sendQueueBytes: 1048576,
    loginSeconds: 120,
  },
  ceilings: {
    channels: 10_000,
    channelsOwned: 20,
    channelsJoined: 50,
    tokens: 100,
    invitationsMade: 100,
    invitationsWaiting: 50,
    inviteCodes: 20,
    contacts: 500,
    blocks: 500,
    channelBans: 500,
    channelMutes: 500,
    addressBans: 1_000,
    files: 500,
  },
  store: { freeSpaceBytes: 100_000_000, synchronous: 'full' },
  terminal: { concealPasswords: true, timeZone: '' },
  log: { level: 'info', pretty: false },
}

t.test('the defaults', async (t) => {
  t.strictSame(defaultConfig(), defaults)
  t.strictSame(configSchema.parse({}), defaults)
  t.strictSame(loadConfig({ env: {} }), defaults, 'without a file')
})

t.test('a text that sets nothing', async (t) => {
  const texts = {
    empty: '',
    blank: '\n  \n',
    'comments only': '# one\n# two\n',
    'a document mark': '---\n',
    'an empty group': '{}',
    'groups with nothing below them': 'limits:\n  # lineBytes: 1\nlog:\naccounts: {}\n',
    'a byte order mark': '\uFEFF# one\n',
  }
  for (const [what, text] of Object.entries(texts)) t.strictSame(parseConfig(text, 'a.yaml'), defaults, what)
})

t.test('what is set is set, and the rest stays', async (t) => {
  const config = parseConfig(
    'limits: {lineBytes: 8192}\nlisteners:\n  - port: 7000\n  - {host: 127.0.0.1, port: 0, telnet: true}\n',
    'a.yaml',
  )
  t.strictSame(config, {
    ...defaults,
    limits: { ...defaults.limits, lineBytes: 8192 },
    listeners: [
      { host: '::', port: 7000, telnet: false, proxy: 'none', tls: noTls },
      { host: '127.0.0.1', port: 0, telnet: true, proxy: 'none', tls: noTls },
    ],
  })
})

t.test('an HTTP listener may stand alone or in a list', async (t) => {
  const listen = [{ host: '127.0.0.1', port: 7000 }]
  t.strictSame(parseConfig('http: {listen: {port: 7000}}', 'a.yaml').http, { listen })
  t.strictSame(parseConfig('http: {listen: [{port: 7000}]}', 'a.yaml').http, { listen })
  const env = { PARTYLINE_HTTP_LISTEN: '{port: 7000}' }
  t.strictSame(parseConfig('http: {listen: {port: 1}}', 'a.yaml', env).http, { listen })
  t.strictSame(parseConfig('http:\n  # listen: []\n', 'a.yaml').http, { listen: [] })
})

t.test('no two configurations share anything', async (t) => {
  const [one, two] = [defaultConfig(), defaultConfig()]
  t.not(one.listeners, two.listeners)
  t.not(one.listeners[0], two.listeners[0])
  t.not(one.limits, two.limits)
})

t.test('anchors and aliases are fine', async (t) => {
  const { listeners } = parseConfig('listeners:\n  - &a {port: 1}\n  - *a\n', 'a.yaml')
  t.strictSame(
    listeners.map(({ port }) => port),
    [1, 1],
  )
})

t.test('files', async (t) => {
  const directory = directoryFor(t, { 'a.yaml': 'log: {level: debug}\n', 'b.yaml': '\nlig: {}\n' })
  t.equal(loadConfig({ file: `${directory}/a.yaml`, env: {} }).log.level, 'debug')
  t.throws(() => loadConfig({ file: `${directory}/b.yaml`, env: {} }), {
    name: 'ConfigError',
    message: `${directory}/b.yaml:2: lig is not a setting. Did you mean log?`,
  })
  t.throws(() => loadConfig({ file: `${directory}/c.yaml`, env: {} }), {
    name: 'ConfigError',
    message: `${directory}/c.yaml: There is no such file.`,
    problems: [`${directory}/c.yaml: There is no such file.`],
  })
  t.throws(() => loadConfig({ file: directory, env: {} }), {
    name: 'ConfigError',
    message: `${directory}: It is a directory, not a file.`,
  })
  t.throws(() => loadConfig({ file: `${directory}/a.yaml/x`, env: {} }), {
    name: 'ConfigError',
    message: `${directory}/a.yaml/x: It cannot be read (ENOTDIR).`,
  })
})
