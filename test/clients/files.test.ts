import { createHash, randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import t, { type Test } from 'tap'
import { curlLine, curlPutLine, getLine, putLine } from '../../server/dialects/paste.ts'
import { startProgram, temporaryFolder } from '../process/program.ts'
import { announcedToken, startFileServer, ticketFor } from '../process/transfer.ts'
import { busyboxTelnet, type Client, clients, testClient } from './clients.ts'

t.setTimeout(280_000)

const mebi = 1024 * 1024
const sizes = [0, 1, 65_535, 65_536, mebi + 1, 20 * mebi]
/** A file that takes its time, with the first client alone: what the others do with one shows with less. */
const large = 200 * mebi

/** What stands in for `nc` in the line to paste, or does the same by another protocol. */
interface Way {
  readonly client: Client
  /** The command that takes the place of `nc`, with the same arguments. */
  readonly nc?: string
}

function client(name: string): Client {
  const found = clients.find((one) => one.name === name)
  if (!found) throw new Error(`There is no client ${name}.`)
  return found
}

const ways: readonly Way[] = [
  { client: client('nc.openbsd'), nc: 'nc.openbsd "$@"' },
  { client: client('nc.traditional'), nc: 'nc.traditional "$@"' },
  { client: client('ncat'), nc: 'ncat "$@"' },
  { client: { ...busyboxTelnet, name: 'busybox nc' }, nc: 'busybox nc "$@"' },
  { client: client('socat'), nc: 'socat - "TCP:$1:$2"' },
  { client: { ...client('curl telnet://'), name: 'curl' } },
]

/** Makes a file of random bytes; answers its SHA-256. */
async function makeFile(path: string, size: number): Promise<string> {
  const hash = createHash('sha256')
  const file = await open(path, 'w')
  const block = randomBytes(mebi)
  for (let left = size; left > 0; left -= mebi) {
    // No two blocks are the same, so that none can change places unnoticed.
    block.writeUInt32LE(left >>> 0, 0)
    const part = block.subarray(0, Math.min(left, mebi))
    hash.update(part)
    await file.write(part)
  }
  await file.close()
  return hash.digest('hex')
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}

/** Runs a line as somebody who pastes it into a shell in that folder; answers what it printed. */
async function paste(t: Test, line: string, cwd: string, { nc }: Way): Promise<string> {
  const bin = temporaryFolder(t)
  if (nc !== undefined) await writeFile(join(bin, 'nc'), `#!/bin/sh\nexec ${nc}\n`, { mode: 0o755 })
  // curl tells of its progress, too.
  const quiet = line.replace(/^curl /, 'curl -sS ')
  const PATH = `${bin}:${process.env['PATH']}`
  const program = startProgram(t, ['sh', '-c', quiet], { cwd, group: true, env: { PATH } })
  program.child.stdin.end()
  const { code } = await program.exit
  t.equal(code, 0, line)
  t.equal(program.stderr.text, '', 'nothing to complain about')
  return program.stdout.text
}

t.test('files of every size, with every client', async (t) => {
  const { server, anna, bob } = await startFileServer(t, { settings: { FILES_UPLOADS_PER_ACCOUNT: '0' } })
  const folder = temporaryFolder(t)
  const hashes: string[] = []
  for (const size of [...sizes, large]) hashes.push(await makeFile(join(folder, `${size}.bin`), size))

  for (const [number, way] of ways.entries()) {
    await testClient(t, way.client, async (t) => {
      const into = join(folder, way.client.name.replaceAll(' ', '-'))
      await mkdir(into)
      for (const [index, size] of (number === 0 ? [...sizes, large] : sizes).entries()) {
        const name = `${size}.bin`
        const hash = hashes[index] ?? ''
        const place = { host: '127.0.0.1', port: server.port }
        const put = await ticketFor(anna, name)
        const upload = way.nc === undefined ? curlPutLine(put, name, place) : putLine(put, name, place)
        const printed = await paste(t, upload, folder, way)
        const token = await announcedToken(bob, name)
        // socat waits half a second for an answer, which the disk may take longer for.
        if (way.nc?.startsWith('socat')) t.ok(printed === '' || printed.includes(hash))
        else t.match(printed, hash, `${size} bytes are there`)
        const download = way.nc === undefined ? curlLine(token, place) : getLine(token, name, place)
        await paste(t, download, into, way)
        t.equal(await hashOf(join(into, name)), hash, `${size} bytes come out as they went in`)
        await rm(join(into, name))
      }
      anna.type('/files')
      await anna.expect(/\d+ files/)
    })
  }
})
