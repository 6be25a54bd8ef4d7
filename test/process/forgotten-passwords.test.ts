import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { connectMember, connectPerson, type Person } from './person.ts'
import { mainFile, startProgram, temporaryFolder } from './program.ts'

t.setTimeout(120_000)

const password = 'Zq7-unforgettable'

t.test('a password that was typed is in no object of the server any more', async (t) => {
  const folder = temporaryFolder(t)
  const serve = ['serve', '--host', '127.0.0.1', '--port', '0', '--data', join(folder, 'data')]
  const command = [process.execPath, '--heapsnapshot-signal=SIGUSR2', mainFile, ...serve]
  const env = { PARTYLINE_ACCOUNTS_BCRYPT_COST: '4', PARTYLINE_LIMITS_BURST: '0' }
  const { child, stdout } = startProgram(t, command, { env, cwd: folder })
  const [, found] = await stdout.expect(/"port":(\d+).*"msg":"listening"/)
  const port = Number(found)

  const signed = await connectMember(t, port, 'remembered', password)
  const atOnce = await connectPerson(t, port, { lines: [`/login remembered ${password}`] })
  await atOnce.expect('Welcome back')
  const asked = await connectPerson(t, port, { lines: ['/login remembered'] })
  await asked.expect('Password: ')
  asked.type(password)
  await asked.expect('Welcome back')
  const people = [signed, atOnce, asked]
  const all = () => Promise.all(people.map((person) => settled(person)))
  await all()

  child.kill('SIGUSR2')
  // It is written in one turn: whoever is answered when it is there has waited for the whole of it.
  const snapshot = () => readdirSync(folder).find((name) => name.endsWith('.heapsnapshot'))
  while (snapshot() === undefined) await all()
  await all()
  const objects = readFileSync(join(folder, snapshot() ?? ''), 'utf8')
  t.ok(objects.includes('"remembered"'), 'what the server has is in it')
  t.notOk(objects.includes(password))
})

async function settled(person: Person): Promise<void> {
  person.type('a word')
  await person.settle()
}
