import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { runAtDesk } from '../operator/desk.ts'
import { connectPerson } from './person.ts'
import { mainFile, startPartyline, startProgram, temporaryFolder } from './program.ts'

const serve = ['serve', '--port', '0', '--host', '127.0.0.1'] as const

function configFile(t: Test, text: string): { folder: string; file: string } {
  const folder = temporaryFolder(t)
  const file = join(folder, 'chat.yaml')
  writeFileSync(file, text)
  return { folder, file }
}

t.test('a wrong setting: one line with file and line, and nothing else', async (t) => {
  const { file, folder } = configFile(t, 'limits:\n  connections: 5\n  conections: 5\n')
  const { exit, stderr, stdout } = startPartyline(t, [...serve, '--config', file], { cwd: folder })
  t.strictSame(await exit, { code: 78, signal: null })
  t.equal(
    stderr.text,
    `partyline: ${file}:3: limits.conections is not a setting. Did you mean limits.connections?\n`,
  )
  t.equal(stdout.text, '')
})

t.test('a file that is not there', async (t) => {
  const folder = temporaryFolder(t)
  const { exit, stderr, stdout } = startPartyline(t, [...serve, '--config', 'no.yaml'], { cwd: folder })
  t.strictSame(await exit, { code: 78, signal: null })
  t.equal(stderr.text, 'partyline: no.yaml: There is no such file.\n')
  t.equal(stdout.text, '')
})

t.test('a wrong variable', async (t) => {
  const env = { PARTYLINE_LIMITS_LINE_BYTES: 'many' }
  const { exit, stderr, stdout } = startPartyline(t, serve, { cwd: temporaryFolder(t), env })
  t.strictSame(await exit, { code: 78, signal: null })
  t.match(
    stderr.text,
    /^partyline: PARTYLINE_LIMITS_LINE_BYTES: limits\.lineBytes must be [^\n]*, not "many"\.\n$/,
  )
  t.equal(stdout.text, '')
})

t.test('the working directory is gone', async (t) => {
  const folder = join(temporaryFolder(t), 'gone')
  const script = 'mkdir "$0" && cd "$0" && rmdir "$0" && exec "$@"'
  const command = ['sh', '-c', script, folder, process.execPath, mainFile, ...serve]
  const { exit, stderr } = startProgram(t, command)
  t.strictSame(await exit, { code: 1, signal: null })
  t.match(stderr.text, /^partyline: The working directory is not there any more [^\n]+\n$/)
})

t.test('PARTYLINE_CONFIG names the file, and --config overrides it', async (t) => {
  const named = configFile(t, 'channels: {default: "#tea"}\n')
  const other = configFile(t, 'channels: {default: "#coffee"}\n')
  const env = { PARTYLINE_CONFIG: named.file }
  for (const [args, channel] of [
    [serve, '#tea'],
    [[...serve, '--config', other.file], '#coffee'],
  ] as const) {
    const { stdout } = startPartyline(t, args, { cwd: temporaryFolder(t), env })
    const [, port] = await stdout.expect(/"port":(\d+).*"msg":"listening"/)
    const person = await connectPerson(t, Number(port), { lines: ['/nick sam'] })
    await person.expect(`What you type goes to ${channel}.`)
    t.pass(channel)
  }
})

t.test('two listeners of one port are seen before anything is opened', async (t) => {
  const lists = (listeners: string, http = '[]') =>
    configFile(t, `listeners: ${listeners}\nhttp: {listen: ${http}}\n`)
  const said = (file: string) => runAtDesk({ args: ['check-config', file], input: '' })
  const clashing: [listeners: string, http: string | undefined, says: RegExp][] = [
    ['[{port: 6667}, {port: 6667}]', undefined, /^partyline: listeners\[0\] and listeners\[1\] cannot both/],
    ['[{port: 6667}, {host: 0.0.0.0, port: 6667}]', undefined, /:: and 0\.0\.0\.0 have addresses in common/],
    ['[{host: 127.0.0.1}, {host: "0:0:0:0:0:0:0:0"}]', undefined, /listeners\[1\]/],
    ['[{host: 0.0.0.0}, {host: "::ffff:127.0.0.1"}]', undefined, /listeners\[1\]/],
    ['[{host: "::1"}, {host: "0::1"}]', undefined, /listeners\[1\]/],
    ['[{host: localhost}, {host: LOCALHOST}]', undefined, /listeners\[1\]/],
    [
      '[{port: 9667}]',
      '[{port: 9667}]',
      /listeners\[0\] and http\.listen\[0\] cannot both listen on port 9667/,
    ],
    ['[{}]', '[{port: 9}, {host: "::", port: 9}]', /http\.listen\[0\] and http\.listen\[1\]/],
  ]
  for (const [listeners, http, says] of clashing) {
    const { code, stderr, stdout } = await said(lists(listeners, http).file)
    t.equal(code, 78, listeners)
    t.match(stderr, says)
    t.match(stderr, /^[^\n]*Give one of them another port\.\n$/)
    t.equal(stdout, '')
  }
  for (const listeners of [
    '[{port: 0}, {port: 0}]',
    '[{host: 127.0.0.1}, {host: 127.0.0.2}, {host: "::1"}]',
    '[{host: 0.0.0.0}, {host: "::1"}, {port: 6668}]',
  ])
    t.match(await said(lists(listeners).file), { code: 0 }, listeners)

  const { file, folder } = lists('[{host: 127.0.0.1, port: 1}, {host: 127.0.0.1, port: 31017}]')
  const start = startPartyline(t, ['serve', '--config', file, '--port', '31017'], { cwd: folder })
  t.strictSame(await start.exit, { code: 78, signal: null })
  t.match(start.stderr.text, /cannot both listen on port 31017\. Give one/)
})

t.test('a database library that does not load: one line that says what to do', async (t) => {
  // As npm leaves it where it was told to run no scripts, or when Node.js or the system became another.
  const hook = `import module from 'node:module'
    const load = module._load
    module._load = (name, ...more) => {
      if (name === 'sqlite3') throw new Error('Could not locate the bindings file. Tried:\\n -> /a\\n -> /b')
      return load(name, ...more)
    }`
  const broken = ['--import', `data:text/javascript,${encodeURIComponent(hook)}`]
  const [data, beside] = [temporaryFolder(t), temporaryFolder(t)]
  writeFileSync(join(data, 'partyline.db'), '')
  for (const words of [
    serve,
    ['userlist'],
    ['backup', join(beside, 'x.tar')],
    ['export', join(beside, 'x.jsonl')],
  ]) {
    const command = [process.execPath, ...broken, mainFile, ...words, '--data', data]
    const { exit, stderr, stdout } = startProgram(t, command)
    t.match(await exit, { code: 1 }, words[0])
    t.match(
      stderr.text,
      /^partyline: The database library sqlite3 does not load .*Could not locate the bindings file.*npm rebuild sqlite3.*\n$/,
      words[0],
    )
    t.notMatch(stdout.text, /npm install|Knex/)
  }
})
