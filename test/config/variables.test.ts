import t from 'tap'
import { loadConfig, parseConfig } from '../../server/config/load.ts'
import { defaultConfig } from '../../server/config/schema.ts'
import { dotted, settingAt, settingPaths, variableOf } from '../../server/config/settings.ts'
import { problemsOf } from './problems.ts'

const withEnv = (env: NodeJS.ProcessEnv, text = '') => parseConfig(text, 'a.yaml', env)

t.test('each setting has one variable, and no two the same', async (t) => {
  const names = [...settingPaths()].map(variableOf)
  t.equal(new Set(names).size, names.length)
  for (const name of names) t.match(name, /^PARTYLINE_[A-Z]+(_[A-Z]+)*$/)
  t.equal(variableOf(['limits', 'lineBytes']), 'PARTYLINE_LIMITS_LINE_BYTES')
  t.equal(variableOf(['listeners', 0, 'port']), 'PARTYLINE_LISTENERS')
})

t.test('a variable overrides the file, which overrides the default', async (t) => {
  const env = {
    PARTYLINE_LIMITS_LINE_BYTES: '8192',
    PARTYLINE_DATA_DIRECTORY: '/data',
    PARTYLINE_LOG_LEVEL: 'debug',
    PARTYLINE_LOG_PRETTY: 'true',
    PARTYLINE_ACCOUNTS_SIGNUP: 'closed',
    PARTYLINE_ACCOUNTS_GUESTS: 'false',
    PARTYLINE_LIMITS_MESSAGES_PER_SECOND: '0.5',
    PARTYLINE_TERMINAL_TIME_ZONE: 'Europe/Berlin',
    HOME: '/root',
  }
  const config = withEnv(env, 'limits: {lineBytes: 512, burst: 3}\nlog:\ndataDirectory: x\n')
  const defaults = defaultConfig()
  t.strictSame(config, {
    ...defaults,
    dataDirectory: '/data',
    limits: { ...defaults.limits, lineBytes: 8192, burst: 3, messagesPerSecond: 0.5 },
    log: { level: 'debug', pretty: true },
    accounts: { ...defaults.accounts, signup: 'closed', guests: false },
    terminal: { ...defaults.terminal, timeZone: 'Europe/Berlin' },
  })
  t.strictSame(loadConfig({ env: { PARTYLINE_LOG_LEVEL: 'warn' } }).log.level, 'warn')
})

t.test('a list replaces the whole list', async (t) => {
  const text = 'listeners: [{port: 1}, {port: 2}]'
  t.strictSame(withEnv({ PARTYLINE_LISTENERS: '[{port: 3, telnet: true}]' }, text).listeners, [
    { host: '::', port: 3, telnet: true, proxy: 'none', tls: { cert: '', key: '' } },
  ])
})

t.test('text is taken as it stands, or in quotes', async (t) => {
  for (const text of ['#dev', '"#dev"', "'#dev'"]) {
    t.equal(withEnv({ PARTYLINE_CHANNELS_DEFAULT: text }).channels.default, '#dev', text)
  }
  for (const text of ['123', 'true', '{a: b}', 'a: b', '"a', "it's"]) {
    t.equal(withEnv({ PARTYLINE_DATA_DIRECTORY: text }).dataDirectory, text)
  }
})

t.test('an empty variable is not set', async (t) => {
  const empty = Object.fromEntries([...settingPaths()].map((path) => [variableOf(path), '']))
  t.strictSame(withEnv(empty), defaultConfig())
  t.strictSame(withEnv({ PARTYLINE_LOG_LEVEL: undefined, PARTYLINE_LIMITSES: '' }), defaultConfig())
})

t.test('variables that are none of ours', async (t) => {
  const env = {
    PARTYLINE_CONFIG: '/etc/partyline.yaml',
    PARTYLINE_SERVICE_HOST: '10.0.0.7',
    PARTYLINE_SERVICE_PORT: '6667',
    PARTYLINE_SERVICE_PORT_CHAT: '6667',
    PARTYLINE_PORT: 'tcp://10.0.0.7:6667',
    PARTYLINE_PORT_6667_TCP: 'tcp://10.0.0.7:6667',
    PARTYLINE_PORT_6667_TCP_PROTO: 'tcp',
    PARTYLINE_PORT_6667_TCP_PORT: '6667',
    PARTYLINE_PORT_6667_TCP_ADDR: '10.0.0.7',
    PARTYLINES: 'x',
    MY_PARTYLINE_LOG: 'x',
  }
  t.strictSame(withEnv(env), defaultConfig())
})

t.test('a shared alias in the file is not set twice', async (t) => {
  const config = withEnv({ PARTYLINE_LIMITS_LINE_BYTES: '8192' }, 'accounts: &nothing {}\nlimits: *nothing\n')
  t.equal(config.limits.lineBytes, 8192)
  t.strictSame(config.accounts, defaultConfig().accounts)
})

t.test('unknown variables, and what was meant', async (t) => {
  const cases: [name: string, meant?: string][] = [
    ['PARTYLINE_LIMIT_LINE_BYTES', 'PARTYLINE_LIMITS_LINE_BYTES'],
    ['PARTYLINE_LIMITS_LINEBYTES', 'PARTYLINE_LIMITS_LINE_BYTES'],
    ['PARTYLINE_LINE_BYTES', 'PARTYLINE_LIMITS_LINE_BYTES'],
    ['PARTYLINE_PORT', 'PARTYLINE_LISTENERS'],
    ['PARTYLINE_DATA', 'PARTYLINE_DATA_DIRECTORY'],
    ['PARTYLINE_log_level', 'PARTYLINE_LOG_LEVEL'],
    ['PARTYLINE_QWERTY'],
    ['PARTYLINE_'],
  ]
  for (const [name, meant] of cases) {
    const hint = meant ? ` Did you mean ${meant}?` : ''
    t.strictSame(problemsOf('', { [name]: '1' }), [`${name} is not a setting.${hint}`])
  }
})

t.test('wrong values', async (t) => {
  t.strictSame(
    problemsOf('', {
      PARTYLINE_LIMITS_LINE_BYTES: 'many',
      PARTYLINE_LOG_LEVEL: 'inof',
      PARTYLINE_LISTENERS: '[{port: 1}, {prot: 2}]',
      PARTYLINE_ACCOUNTS_GUESTS: '[1',
      PARTYLINE_HISTORY_REPLAY_LINES: '# twenty',
    }),
    [
      'PARTYLINE_LIMITS_LINE_BYTES: limits.lineBytes must be a whole number from 256 to 65536, not "many".',
      'PARTYLINE_LOG_LEVEL: log.level must be fatal, error, warn, info, debug, trace or silent, not "inof". Did you mean info?',
      'PARTYLINE_LISTENERS: listeners[1].prot is not a setting. Did you mean listeners[1].port?',
      'PARTYLINE_ACCOUNTS_GUESTS: Flow sequence must end with a ].',
      'PARTYLINE_HISTORY_REPLAY_LINES: history.replayLines must be a whole number from 0 to 500, not empty.',
    ],
  )
})

t.test('every variable refuses a wrong value', async (t) => {
  for (const path of settingPaths()) {
    // Any text but an empty one, which is the same as none, is the name of a directory or of the place.
    if (['dataDirectory', 'server.name', 'server.welcome'].includes(dotted(path))) continue
    const name = variableOf(path)
    t.match(problemsOf('', { [name]: '~?~' }), [
      `${name}: ${dotted(path)} must be ${settingAt(path)?.allowed}, not`,
    ])
  }
})

t.test("the file's problems come first, also those that a variable overrides", async (t) => {
  t.strictSame(problemsOf('log: {level: 3}\n', { PARTYLINE_LOG_LEVEL: 'info', PARTYLINE_QWERTY: '1' }), [
    'a.yaml:1: log.level must be fatal, error, warn, info, debug, trace or silent, not 3.',
    'PARTYLINE_QWERTY is not a setting.',
  ])
})
