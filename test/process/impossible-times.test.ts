import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sqlite3 from 'sqlite3'
import t from 'tap'
import { runCommand, runRefused, stopServer } from '../operator/cli.ts'
import { connectMember, connectPerson } from './person.ts'
import { temporaryFolder } from './program.ts'
import { quickSettings, startServer } from './server.ts'

const password = 'good-enough'

/** Does something with a database that nobody uses. */
async function change(data: string, sql: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const database = new sqlite3.Database(join(data, 'partyline.db'), (error) => error && reject(error))
    database.exec(sql, (error) => {
      if (error) reject(error)
      else database.close(() => resolve())
    })
  })
}

t.setTimeout(280_000)

t.test('no length of time ends the server', async (t) => {
  const server = await startServer(t, { settings: quickSettings })
  const anna = await connectMember(t, server.port, 'anna', password)
  const [dupe, bot] = [await connectPerson(t, server.port), await connectPerson(t, server.port)]
  dupe.type('/nick dupe')
  await dupe.settle()
  bot.type('/nick bot', '/format json')
  await bot.settle()
  anna.type('/create #x')
  await anna.settle()
  for (const guest of [dupe, bot]) {
    guest.type('/join #x')
    await guest.settle()
  }
  for (const time of [
    '999999w',
    '999999w'.repeat(15),
    '522w',
    '99999d'.repeat(60),
    '3651d',
    '1w'.repeat(522),
  ]) {
    anna.type(`/mute #x ~dupe ${time}`)
    await anna.expect('at most ten years')
    await anna.settle()
  }
  anna.type('/mute #x ~dupe 3650d')
  await bot.expect(/"type":"muted".*"until":"20\d\d-/)
  for (const person of [anna, dupe, bot]) await person.settle()
  server.child.kill('SIGTERM')
  t.strictSame(await server.exit, { code: 0, signal: null })
  t.notMatch(server.stdout.text, /"level":[56]0/)
})

t.test('what a database holds of impossible times is shown and exported, and comes in again', async (t) => {
  const data = temporaryFolder(t)
  const settings = quickSettings
  const server = await startServer(t, { data, settings })
  const anna = await connectMember(t, server.port, 'anna', password)
  const bob = await connectMember(t, server.port, 'bob', password)
  anna.type('/create #tea')
  await anna.settle()
  bob.type('/join #tea', 'hello')
  await bob.settle()
  anna.type('/mute #tea bob 1h')
  await anna.settle()
  await stopServer(t, server, [])
  await change(
    data,
    `UPDATE mutes SET until = 9071990928000000;
     INSERT INTO address_bans (cidr, "by", at, until) VALUES ('203.0.113.0/24', 1, -99999999999999999, 604799395200000000);
     UPDATE messages SET at = 9e17;
     UPDATE accounts SET since = -1e16, seen_at = 9e15;`,
  )

  const folder = temporaryFolder(t)
  const file = join(folder, 'chat.jsonl')
  t.equal((await runCommand(t, data, ['export', file])).code, 0)
  const lines = readFileSync(file, 'utf8')
  t.match(lines, /"type":"mute".*"until":"9999-12-31T23:59:59.999Z"/)
  const other = join(folder, 'other')
  t.equal((await runCommand(t, other, ['import', file])).code, 0)
  for (const at of ['+275760-09-13T00:00:00.000Z', '0001-01-01T00:00:00.000Z', '1969-12-31T23:59:59.999Z']) {
    writeFileSync(join(folder, 'bad.jsonl'), lines.replace(/"until":"[^"]*"/, `"until":"${at}"`))
    const told = await runRefused(t, join(folder, 'none'), ['import', join(folder, 'bad.jsonl')])
    t.match(told, /until: .*/)
  }

  const again = await startServer(t, { data, settings })
  const root = await connectPerson(t, again.port)
  for (const format of ['json', 'text']) {
    root.type(
      `/format ${format}`,
      `/login bob ${password}`,
      '/history #tea',
      '/profile',
      '/whois anna',
      '/mydata',
    )
    await root.settle()
    root.type('/join #tea', '/msg #tea may I?', '/logout')
    await root.settle()
  }
  t.notMatch(root.output.text, /went wrong|An error in the server|could not be shown|internal/)
  await stopServer(t, again, [])
})
