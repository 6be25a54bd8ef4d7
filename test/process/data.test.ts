import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { startPartyline, temporaryFolder } from './program.ts'
import { startServer } from './server.ts'

/** The program, started with a data directory that it cannot use, says why in one line and ends. */
async function refuses(t: Test, data: string, why: RegExp): Promise<void> {
  const { exit, stderr, stdout } = startPartyline(t, [
    'serve',
    '--host',
    '127.0.0.1',
    '--port',
    '0',
    '--data',
    data,
  ])
  t.strictSame(await exit, { code: 1, signal: null })
  t.match(stderr.text, /^partyline: [^\n]+\n$/, 'one line')
  t.match(stderr.text, why)
  t.notMatch(stdout.text, 'listening')
}

t.test('a file stands where the data directory should be', async (t) => {
  const data = join(temporaryFolder(t), 'data')
  writeFileSync(data, 'mine')
  await refuses(t, data, /data directory .*data: /)
  t.equal(readFileSync(data, 'utf8'), 'mine')
})

t.test('the data directory cannot be made', async (t) => {
  const file = join(temporaryFolder(t), 'file')
  writeFileSync(file, '')
  await refuses(t, join(file, 'data'), /data directory .*file\/data: /)
})

t.test('the database is garbage: it is refused, and left as it is', async (t) => {
  const garbage = Buffer.from(Array.from({ length: 10_000 }, (_, index) => (index * 37 + 11) % 256))
  const samples = { garbage, text: Buffer.from('not a database\n'), short: Buffer.from('SQLite format 3\0') }
  for (const [name, bytes] of Object.entries(samples)) {
    const data = temporaryFolder(t)
    const file = join(data, 'partyline.db')
    writeFileSync(file, bytes)
    await refuses(t, data, /partyline\.db is damaged or is no database; it was left as it is/)
    t.strictSame(readFileSync(file), bytes, name)
    t.strictSame(
      readdirSync(data),
      ['partyline.db', 'partyline.lock'],
      'and nothing but the lock is put beside it',
    )
  }
})

t.test('the port is in use', async (t) => {
  const { port } = await startServer(t)
  const args = ['serve', '--host', '127.0.0.1', '--port', String(port), '--data', temporaryFolder(t)]
  const { exit, stderr, stdout } = startPartyline(t, args)
  t.strictSame(await exit, { code: 1, signal: null })
  t.match(stderr.text, new RegExp(`^partyline: Port ${port} is in use\\.[^\n]*\n$`))
  t.match(
    stdout.text,
    /^[^\n]+"msg":"starting"\}\n[^\n]+"msg":"there was no database, a new one is made"\}\n$/,
    'nothing but this was done',
  )
})
