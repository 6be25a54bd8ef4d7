import { readdirSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { Server } from '../process/server.ts'
import { startServer } from '../process/server.ts'
import { logIn, type Talker } from '../process/talker.ts'
import { fileSettings, get, password, put, sha256, someBytes, Wire } from '../process/transfer.ts'
import { codeOf, limitFileSize, readDatabase } from './faults.ts'

t.setTimeout(280_000)

interface Ticket {
  readonly id: number
  readonly token: string
}

async function setUp(t: Test) {
  const server = await startServer(t, { settings: fileSettings })
  const { talker: anna } = await logIn(t, server.port, 'anna', password, true)
  const { talker: bob } = await logIn(t, server.port, 'bob', password, true)
  const offered: string[] = []
  bob.onEvent = (event) => {
    if (event.type === 'file') offered.push(String(event['name']))
  }
  return { server, anna, bob, offered }
}

async function ticket(talker: Talker, name: string): Promise<Ticket> {
  return (await talker.data(`/filesend #lobby ${name}`)) as unknown as Ticket
}

function blobOf({ data }: Server, { id }: Ticket): Promise<string> {
  return readDatabase(data, async (db) =>
    String(
      await db('files')
        .where({ id })
        .first('blob')
        .then((row) => row.blob),
    ),
  )
}

/** Gets a file as bob, whom it was offered to. */
async function download(t: Test, server: Server, bob: Talker, { id }: Ticket): Promise<Buffer> {
  const fresh = await bob.data(`/fileget ${id}`)
  return get(t, server.port, String(fresh['get']))
}

t.test('the disk is full', async (t) => {
  const { server, anna, bob, offered } = await setUp(t)
  const bytes = someBytes(100_000)
  const full = await ticket(anna, 'full.bin')
  const other = await ticket(anna, 'other.bin')
  const part = join(server.data, 'files', `${await blobOf(server, full)}.part`)
  // Whatever is written there, the kernel answers ENOSPC.
  symlinkSync('/dev/full', part)
  const told = await put(t, server.port, `${full.token} ${bytes.length}`, bytes)
  t.match(told, /^! The server's disk is full\. .*\n\* {3}.*\/put/)
  t.match(await put(t, server.port, `${other.token} 7`, Buffer.from('another')), '"other.bin" is there')
  t.equal(codeOf(await anna.ask('messages go on, too')), 'ok')
  await bob.data('/ping')
  t.strictSame(offered, ['other.bin'])
  t.strictSame((await bob.ask(`/fileget ${full.id}`))?.error?.code, 'no-such-file')

  rmSync(part)
  t.match(await put(t, server.port, `${full.token} ${bytes.length}`, bytes), '"full.bin" is there')
  await bob.data('/ping')
  t.strictSame(offered, ['other.bin', 'full.bin'])
  t.equal(sha256(await download(t, server, bob, full)), sha256(bytes))
})

t.test('writing fails in the middle of a file', async (t) => {
  const { server, anna, bob, offered } = await setUp(t)
  const bytes = someBytes(3_000_000)
  const file = await ticket(anna, 'large.bin')
  limitFileSize(server, 1_000_000)
  const told = await put(t, server.port, `${file.token} ${bytes.length}`, bytes)
  t.match(told, /^! The server's disk is full\./)
  t.match(told, new RegExp(`/put ${file.token} .* 1000000;`), 'it can go on where the disk was full')
  t.equal(codeOf(await anna.ask('messages go on')), 'ok')
  await bob.data('/ping')
  t.strictSame(offered, [])
  limitFileSize(server)
  const rest = bytes.subarray(1_000_000)
  t.match(await put(t, server.port, `${file.token} ${bytes.length} 1000000`, rest), '"large.bin" is there')
  t.equal(sha256(await download(t, server, bob, file)), sha256(bytes))
})

t.test('the folder of files cannot be written', async (t) => {
  const { server, anna, bob, offered } = await setUp(t)
  const file = await ticket(anna, 'a.txt')
  const part = join(server.data, 'files', `${await blobOf(server, file)}.part`)
  // As with a disk that answers with errors: opening it fails for everybody, root too.
  symlinkSync(part, part)
  const told = await put(t, server.port, `${file.token} 5`, Buffer.from('hello'))
  t.match(told, /^! The server cannot store anything just now/)
  // For the operator.
  await server.stdout.expect(/ELOOP.*"msg":"transfer failed"/)
  rmSync(part)
  t.match(await put(t, server.port, `${file.token} 5`, Buffer.from('hello')), '"a.txt" is there')
  await bob.data('/ping')
  t.strictSame(offered, ['a.txt'])
})

t.test('all bytes are there, and the database does not take the file', async (t) => {
  const { server, anna, bob, offered } = await setUp(t)
  const bytes = someBytes(5000)
  const file = await ticket(anna, 'last.bin')
  const wire = new Wire(t, server.port)
  await wire.send(`/put ${file.token} ${bytes.length}\n`)
  await wire.send(bytes.subarray(0, 4000))
  for (;;) {
    const { uploads } = (await anna.data('/files')) as { uploads: { received: number }[] }
    if (uploads[0]?.received === 4000) break
  }
  // Room for the file, but not at the end of the database's log, which is longer.
  limitFileSize(server, 6000)
  await wire.send(bytes.subarray(4000))
  const told = await wire.text
  t.match(told, /^! The server cannot store anything just now/m)
  t.strictSame((await bob.data('/files'))['files'], [])
  t.strictSame(
    readdirSync(join(server.data, 'files')).map((name) => name.replace(/^\w{32}/, 'BLOB')),
    ['BLOB.part', 'partyline.id'],
    'it is no whole file',
  )
  limitFileSize(server)
  const again = await put(t, server.port, `${file.token} ${bytes.length} ${bytes.length}`)
  t.match(again, '"last.bin" is there')
  await bob.data('/ping')
  t.strictSame(offered, ['last.bin'])
  t.equal(sha256(await download(t, server, bob, file)), sha256(bytes))
})
