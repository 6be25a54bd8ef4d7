import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { ConfigError, parseConfig } from '../../server/config/load.ts'
import { unusedConfigs } from '../../server/config/lookalikes.ts'
import { readPath } from '../../server/config/paths.ts'
import { directoryFor } from '../support/directory.ts'

t.test('a path as it was meant', async (t) => {
  const before = process.env['HOME']
  t.teardown(() => {
    if (before !== undefined) process.env['HOME'] = before
  })
  process.env['HOME'] = '/home/anna'
  for (const [text, path] of [
    ['~', '/home/anna'],
    ['~/chat', '/home/anna/chat'],
    ['$HOME/chat', '/home/anna/chat'],
    [`$\{HOME}/chat`, '/home/anna/chat'],
    ['/srv/chat\r', '/srv/chat'],
    ['/srv/chat\r\n', '/srv/chat'],
    ['./~', './~'],
    ['/srv/~x', '/srv/~x'],
    ['data', 'data'],
    ['/srv/100$', '/srv/100$'],
  ] as const)
    t.equal(readPath(text), path, JSON.stringify(text))
  for (const text of ['$DATA/chat', `/srv/$\{DATA}`, '~anna/chat', '/srv/a\rb', '$HOMES/x'])
    t.throws(() => readPath(text), { name: 'PathError' }, JSON.stringify(text))
  t.equal(parseConfig('dataDirectory: ~/chat', 'a.yaml').dataDirectory, '/home/anna/chat')
  t.throws(() => parseConfig('dataDirectory: $DATA/chat', 'a.yaml'), ConfigError)
})

t.test('a file of variables that was written on Windows', async (t) => {
  const config = parseConfig('', '', {
    PARTYLINE_LOG_LEVEL: 'debug\r',
    PARTYLINE_DATA_DIRECTORY: '"/srv/chat"\r\n',
    PARTYLINE_LIMITS_BURST: '7\r',
    PARTYLINE_TERMINAL_TIME_ZONE: '\r',
  })
  t.match(config, { dataDirectory: '/srv/chat', log: { level: 'debug' }, limits: { burst: 7 } })
})

t.test('what looks like the configuration, and is not used', async (t) => {
  const folder = directoryFor(t)
  for (const name of ['config', 'Conf']) mkdirSync(join(folder, name))
  const others = [
    'partyline.yml',
    'Partyline.YAML',
    'partyline.yaml.txt',
    'config/partyline.yml',
    'config/partyline-school.yaml',
    'Conf/partyline.json',
    'config/config.yaml',
    'Conf/settings.yml',
  ]
  const used = join(folder, 'config', 'partyline.yaml')
  for (const path of [...others.map((name) => join(folder, name)), used]) writeFileSync(path, '')
  for (const name of [
    'partyline.service',
    'notes.yaml',
    'config.yaml',
    'config/partyline.schema.json',
    'config/partyline.yaml~',
  ])
    writeFileSync(join(folder, name), '')
  const found = () => unusedConfigs(used, folder).filter((path) => path.startsWith(folder))
  t.strictSame(found().sort(), others.map((name) => join(folder, name)).sort())
  symlinkSync(used, join(folder, 'partyline.conf'))
  t.equal(found().length, others.length, 'a link to what is used is used')
  t.strictSame(
    unusedConfigs(undefined, join(folder, 'nowhere')).filter((path) => path.startsWith(folder)),
    [],
  )
})
