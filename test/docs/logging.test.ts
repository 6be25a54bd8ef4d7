import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { connectPerson } from '../process/person.ts'
import { temporaryFolder } from '../process/program.ts'
import { quickPasswords, startServer } from '../process/server.ts'
import { blocksIn, have } from './tools.ts'

const document = readFileSync('docs/logging.md', 'utf8')
const [filter = ''] = blocksIn(document, 'ini')
const queries = [...document.matchAll(/^ {4}journalctl .* \| (jq .*)$/gm)].map(([, query = '']) => query)

t.test('what the document reads the log with finds what it says', async (t) => {
  const server = await startServer(t, { settings: quickPasswords })
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
    const [trouble = '', logins = ''] = queries.map((query) =>
      String(execFileSync('sh', ['-c', query], { input: server.stdout.text })),
    )
    t.equal(queries.length, 2)
    t.match(trouble, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z login failed 127\.0\.0\.1$/m)
    t.equal(trouble.trimEnd().split('\n').length, lines.filter((line) => /"level":[456]0/.test(line)).length)
    t.match(logins, /^anna 127\.0\.0\.1 password$/m)
  }
})
