import { execFileSync } from 'node:child_process'
import {
  closeSync,
  cpSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { connectPerson } from '../process/person.ts'
import { startProgram, temporaryFolder } from '../process/program.ts'
import { quickSettings, startServer } from '../process/server.ts'
import { blocksIn, have, pathOf } from './tools.ts'

const document = readFileSync('docs/logging.md', 'utf8')
const operating = readFileSync('docs/operating.md', 'utf8')
const [filter = ''] = blocksIn(document, 'ini filter')
const [jail = ''] = blocksIn(document, 'ini jail')
const [rotation = ''] = blocksIn(document, 'logrotate')
const queries = [...document.matchAll(/^ {4}journalctl .* \| (jq .*)$/gm)].map(([, query = '']) => query)

/** What the server says on standard error when it does not start. */
const complaint = 'partyline: Port 6667 is in use. Stop what listens there, or choose another with --port.'

/** The log as `journalctl -o cat` prints it: with lines of systemd, of Node.js and of others between. */
function inJournal(log: string): string {
  const around = [
    'Starting partyline.service - Partyline chat server...',
    'Started partyline.service - Partyline chat server.',
    complaint,
    'partyline.service: Main process exited, code=exited, status=1/FAILURE',
    '(node:4711) Warning: something',
    '    at Object.<anonymous> (/opt/partyline/dist/main.js:1:1)',
    '42',
    '"text"',
    'null',
    '[40, 50]',
    '[214B blob data]',
    '{"level":50,"time":17',
    '',
    '-- Boot 3d1219c7c4c5404aaa1f6d2a48adfda4 --',
  ]
  const lines = log.trimEnd().split('\n')
  return [...around, ...lines.flatMap((line, index) => [line, around[index % around.length]]), ''].join('\n')
}

t.setTimeout(280_000)

t.test('what the document reads the log with finds what it says', async (t) => {
  const server = await startServer(t, { settings: quickSettings })
  const anna = await connectPerson(t, server.port, {
    lines: ['/signup anna', 'password', 'password', '/logout'],
  })
  anna.type('/login anna password', '/logout', '/login anna wrong-password', '/login nobody wrong-password')
  for (let attempt = 0; attempt < 6; attempt++) anna.type('/recover anna WRONG-CODE long-enough long-enough')
  anna.type('/login anna', '/cancel', '/quit')
  await anna.closed
  server.child.kill('SIGTERM')
  await server.exit
  const lines = server.stdout.text.trimEnd().split('\n')
  const failed = lines.filter((line) => /"msg":"login (failed|has to wait)"/.test(line))
  t.ok(failed.length >= 2)

  const regex = /^failregex = (.*)$/m.exec(filter)?.[1] ?? ''
  // fail2ban takes the time out of the line before it looks at the rest.
  const found = lines.filter((line) =>
    new RegExp(regex.replace('<ADDR>', '(?:127\\.0\\.0\\.1)')).test(line.replace(/"time":\d+/, '')),
  )
  t.same(found, failed, 'the filter finds the lines of failed logins, and no others')

  if (have(t, 'fail2ban-regex')) {
    const folder = temporaryFolder(t)
    mkdirSync(join(folder, 'filter.d'))
    writeFileSync(join(folder, 'filter.d', 'partyline.conf'), filter)
    writeFileSync(join(folder, 'log'), server.stdout.text)
    const printed = execFileSync('fail2ban-regex', ['-c', folder, join(folder, 'log'), 'partyline'])
    t.match(String(printed), `Failregex: ${failed.length} total`)
    t.match(String(printed), `, ${failed.length} matched, ${lines.length - failed.length} missed`)
  }

  if (have(t, 'jq')) {
    const input = inJournal(server.stdout.text)
    const [trouble = '', logins = ''] = queries.map((query) =>
      String(execFileSync('sh', ['-c', `set -e; ${query}`], { input })),
    )
    t.equal(queries.length, 2)
    t.match(trouble, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z login failed 127\.0\.0\.1$/m)
    t.equal(trouble.trimEnd().split('\n').length, lines.filter((line) => /"level":[456]0/.test(line)).length)
    t.match(logins, /^anna 127\.0\.0\.1 password$/m)
    const [, inOperating = ''] = /^journalctl -u partyline [^|]*\| (jq .*)$/m.exec(operating) ?? []
    const found = String(execFileSync('sh', ['-c', inOperating], { input }))
    t.equal(found.trimEnd().split('\n').length, trouble.trimEnd().split('\n').length)
    const [, reasons = ''] = /^ {4}journalctl .* \| (grep .*)$/m.exec(document) ?? []
    t.equal(
      new Set(
        String(execFileSync('sh', ['-c', reasons], { input }))
          .trimEnd()
          .split('\n'),
      ).size,
      1,
    )
  }
})

t.test(
  'fail2ban starts with it on a Debian without rsyslog, and the log is rotated under a server',
  async (t) => {
    const folder = temporaryFolder(t)
    const log = join(folder, 'partyline.log')
    writeFileSync(log, '{"level":30}\n', { mode: 0o600 })
    if (have(t, 'fail2ban-server')) {
      cpSync('/etc/fail2ban', join(folder, 'fail2ban'), { recursive: true })
      const place = (name: string) => join(folder, 'fail2ban', name)
      writeFileSync(place('filter.d/partyline.conf'), filter)
      writeFileSync(place('jail.d/partyline.conf'), jail.replace('/var/log/partyline.log', log))
      // As Debian ships it, with the jail of sshd on; what others have set up on this machine stays outside.
      for (const name of readdirSync(place('jail.d')))
        if (!['partyline.conf', 'defaults-debian.conf'].includes(name)) rmSync(place(`jail.d/${name}`))
      const where = ['-c', place(''), '-s', place('sock'), '-p', place('pid')]
      const command = ['fail2ban-server', ...where, '--logtarget', 'STDOUT', '-xf', 'start']
      const fail2ban = startProgram(t, command, { group: true })
      await fail2ban.stdout.expect(/Jail 'partyline' started/)
      t.match(String(execFileSync('fail2ban-client', [...where, 'get', 'partyline', 'logpath'])), log)
      fail2ban.child.kill('SIGTERM')
      await fail2ban.exit
    }
    if (have(t, 'logrotate')) {
      const file = join(folder, 'rotation')
      writeFileSync(file, rotation.replace('/var/log/partyline.log', log), { mode: 0o600 })
      // Opened as systemd does for append:, before it is rotated.
      const opened = openSync(log, 'a')
      execFileSync(pathOf('logrotate'), ['-f', '-s', join(folder, 'state'), file])
      writeSync(opened, 'later\n')
      closeSync(opened)
      t.equal(readFileSync(log, 'utf8'), 'later\n')
      t.equal(readFileSync(`${log}.1`, 'utf8'), '{"level":30}\n')
    }
  },
)
