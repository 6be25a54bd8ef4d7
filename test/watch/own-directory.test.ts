import { cpSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { directoryFor } from '../support/directory.ts'
import { TestServer } from '../support/server.ts'

const lost = 'data directory was removed or replaced'

t.test('a server says once that its data directory is not its own any more, and goes on', async (t) => {
  const directory = join(directoryFor(t), 'data')
  const server = await TestServer.start({ directory })
  t.teardown(() => server.stop())
  await server.makeOperator('root', 'password')
  const root = await server.connect()
  await root.ask('/login root password')
  const looked = async (times = 1) => {
    for (let minute = 0; minute < times; minute++) server.clock.advance(60_000)
    return root.ask('/stats')
  }
  t.notMatch((await looked()).join('\n'), 'removed or replaced')

  // As after "restore into it", or a folder of another day put in its place: the same names, other files.
  renameSync(directory, `${directory}.old`)
  cpSync(`${directory}.old`, directory, { recursive: true, filter: (file) => !file.endsWith('.sock') })
  const told = (await looked(3)).join(' ').replace(/\s+/g, ' ')
  t.match(told, /partyline\.db and \S+partyline\.lock were removed or replaced while the server has it open/)
  t.match(told, 'docs/operating.md says how')
  t.equal(server.count(lost), 1, 'once')
  t.match(server.logged.find(({ message }) => message === lost)?.fields, {
    files: [join(directory, 'partyline.db'), join(directory, 'partyline.lock')],
  })
  await root.ask('still said')
  t.ok((await root.ask('/history')).join('\n').includes('still said'), 'people talk on')
  const other = await server.connect()
  t.match((await other.ask('/login root password')).join(' ').replace(/\s+/g, ' '), lost)

  rmSync(directory, { recursive: true })
  renameSync(`${directory}.old`, directory)
  t.notMatch((await looked()).join('\n'), 'removed or replaced')
  t.equal(server.count('data directory is back'), 1)

  rmSync(join(directory, 'partyline.lock'))
  t.match((await looked(2)).join(' ').replace(/\s+/g, ' '), /partyline\.lock was removed or replaced/)
  t.equal(server.count(lost), 2)
})
