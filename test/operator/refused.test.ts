import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { mainFile, startPartyline, startProgram, temporaryFolder } from '../process/program.ts'
import {
  dataWithDatabase,
  environment,
  runCommand,
  runJson,
  runRefused,
  startLoggingServer,
  stopServer,
} from './cli.ts'

const password = 'good-enough'

/** Arguments, what comes from standard input, the code and the line. */
const refusals = [
  [
    ['deleteuser', 'nobody', '--yes'],
    '',
    'no-such-user',
    'There is no account nobody. "partyline userlist" lists them.',
  ],
  [['setpassword', 'nobody'], password, 'no-such-user', 'There is no account nobody.'],
  [['registeruser', 'Anna'], password, 'name-taken', 'Anna is taken.'],
  [['registeruser', '7up'], password, 'bad-name', '"7up" cannot be a name.'],
  [['createsuperuser', 'a b'], password, 'bad-name', '"a b" cannot be a name.'],
  [['registeruser', 'bob'], 'short', 'weak-password', 'A password has at least 8 characters.'],
  [['setpassword', 'anna'], 'x'.repeat(73), 'password-too-long', 'A password has at most 72 bytes.'],
  [['tokens', 'nobody'], '', 'no-such-user', 'There is no account nobody.'],
  [['tokens', 'anna', '--revoke', 'ci'], '', 'no-such-token', 'There is no such token: ci.'],
  [['messagelist', '--channel', '#none'], '', 'no-such-channel', 'There is no channel #none.'],
  [['messagelist', '--channel', 'none'], '', 'no-such-channel', 'There is no channel #none.'],
  [['messagelist', '--from', 'nobody'], '', 'no-such-user', 'There is no account nobody.'],
  [['messagelist', '--since', 'foo 1'], '', 'bad-arguments', '"foo 1" is no time. Use one like'],
  [['messagelist', '--since', '2026-02-30'], '', 'bad-arguments', '"2026-02-30" is no time.'],
  [['messagelist', '--limit', '0'], '', 'bad-arguments', 'limit: a number from 1 to 100000.'],
  [['messagelist', '--limit', 'ten'], '', 'bad-arguments', 'limit: a number from 1 to 100000.'],
  [['notice', ' '], '', 'bad-arguments', 'The notice has no text.'],
  [['notice', 'x'.repeat(5000)], '', 'line-too-long', 'That line is longer than 4000 bytes'],
] as const

t.test('refusals', { jobs: 2 }, async (t) => {
  for (const state of ['stopped', 'running'] as const) {
    t.test(`while the server is ${state}`, { buffered: true }, async (t) => {
      const data = temporaryFolder(t)
      t.equal((await runCommand(t, data, ['createsuperuser', 'anna'], password)).code, 0)
      const server = state === 'running' ? await startLoggingServer(t, data) : undefined
      const before = [await runJson(t, data, ['userlist']), await runJson(t, data, ['messagelist'])]
      for (const [index, [args, input, code, text]] of refusals.entries()) {
        // Each in one of the two ways; the other state has the other way.
        if ((index % 2 === 0) === (state === 'running')) {
          t.match(await runRefused(t, data, args, input), `partyline: ${text}`)
        } else {
          const { code: exit, stderr, stdout } = await runCommand(t, data, [...args, '--json'], input)
          t.equal(exit, 1)
          const { error } = JSON.parse(stdout) as { error: { code: string; message: string } }
          t.equal(error.code, code)
          t.match(error.message, text)
          t.equal(stderr, `partyline: ${error.message}\n`, 'a person reads the same')
        }
      }
      t.strictSame(
        [await runJson(t, data, ['userlist']), await runJson(t, data, ['messagelist'])],
        before,
        'and nothing is changed',
      )
      if (server) await stopServer(t, server, [password])
    })
  }
})

t.test('a notice where there is no operator', async (t) => {
  const data = await dataWithDatabase(t)
  await runCommand(t, data, ['registeruser', 'bob'], password)
  t.match(await runRefused(t, data, ['notice', 'hello']), 'there is none: createsuperuser makes one.')
})

t.test('what commander refuses', async (t) => {
  const data = temporaryFolder(t)
  t.equal(await runRefused(t, data, ['deleteuser']), "error: missing required argument 'name'")
  t.match(await runRefused(t, data, ['userlist', 'anna']), 'error: too many arguments')
})

t.test('a data directory that cannot be used', async (t) => {
  const folder = temporaryFolder(t)
  const missing = join(folder, 'missing')
  const file = join(folder, 'file')
  writeFileSync(file, 'mine')
  t.equal(await runRefused(t, missing, ['userlist']), `partyline: There is no data directory ${missing}.`)
  t.notOk(existsSync(missing), 'and it is not made')
  t.match(await runRefused(t, file, ['userlist']), `data directory ${file}: it is a file.`)
  t.match(await runRefused(t, file, ['createsuperuser', 'anna'], password), `data directory ${file}: `)
  t.match(await runRefused(t, join(file, 'x'), ['notice', 'hi']), `data directory ${file}/x: `)
  t.equal(readFileSync(file, 'utf8'), 'mine')
  const other = temporaryFolder(t)
  t.match(await runRefused(t, other, ['userlist']), `There is no database in ${other}.`)
  t.strictSame(readdirSync(other), [], 'and none is made')
  const { stdout } = await runCommand(t, missing, ['userlist', '--json'])
  t.match(JSON.parse(stdout), { error: { code: 'bad-data-directory' } })
  t.equal((await runCommand(t, missing, ['createsuperuser', 'anna'], password)).code, 0, 'to begin with')
  t.strictSame(readdirSync(missing).sort(), ['partyline.db', 'partyline.lock'], 'nothing else is left')
})

t.test('a configuration that cannot be used', async (t) => {
  const args = ['userlist', '--config', '/nowhere.yaml']
  t.match(await runRefused(t, temporaryFolder(t), args), 'partyline: /nowhere.yaml: There is no such file.')
})

t.test('whoever reads the output may stop', async (t) => {
  const data = await dataWithDatabase(t)
  await runCommand(t, data, ['registeruser', 'bob'], password)
  const pipe = join(temporaryFolder(t), 'pipe')
  // A pipe that somebody has read from, and nobody does any more.
  const script = 'mkfifo "$0"; exec 3<>"$0"; exec 4>"$0"; exec 3>&-; "$@" >&4; echo "code $?" >&2'
  const command = [process.execPath, mainFile, 'userlist', '--data', data]
  const program = startProgram(t, ['bash', '-c', script, pipe, ...command], { env: environment })
  await program.exit
  t.equal(program.stderr.text, 'code 0\n')
})

t.test('--help', async (t) => {
  const { exit, stdout } = startPartyline(t, ['--help'])
  t.match(await exit, { code: 0 })
  const commands = 'createsuperuser registeruser deleteuser setpassword userlist messagelist notice'.split(
    ' ',
  )
  for (const name of commands) t.match(stdout.text, new RegExp(`^  ${name} .*[a-z]{3}`, 'm'), name)
  for (const line of stdout.text.split('\n')) t.ok(line.length <= 80, line)
})
