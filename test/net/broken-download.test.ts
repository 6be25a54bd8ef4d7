import { connect, createServer, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import { Counts } from '../../server/chat/machine/counts.ts'
import { fail } from '../../server/chat/model/failures.ts'
import { giveDownload, type TransferParts } from '../../server/net/raw-transfer.ts'
import { ManualClock } from '../support/clock.ts'

const log = { info() {}, warn() {}, error() {} }

interface Got {
  readonly bytes: string
  /** How the connection ended, for who reads it. */
  readonly ended: 'whole' | 'reset'
}

/** What somebody gets of a file whose bytes are read like that. */
async function got(t: Test, parts: Partial<TransferParts>): Promise<Got> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    const all = { clock: new ManualClock(), counts: new Counts(), log, rules: { stallSeconds: 5 } }
    giveDownload(
      { ...all, lostFiles: { require: async () => {} }, ...parts } as unknown as TransferParts,
      {
        socket,
        address: '127.0.0.1',
        place: { host: 'localhost', port: 6667 },
      },
      { kind: 'get', token: 'TOKEN', offset: 0 },
    ).catch(t.error)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const { port } = server.address() as { port: number }
  const socket: Socket = connect(port, '127.0.0.1')
  let bytes = ''
  return new Promise((resolve) => {
    socket.on('data', (chunk) => {
      bytes += chunk.toString()
    })
    socket.once('end', () => resolve({ bytes, ended: 'whole' }))
    socket.once('error', () => resolve({ bytes, ended: 'reset' }))
  })
}

const file = { id: 1, blob: 'blob', size: 10, sha256: 'x' }
const tokens = (download: () => unknown) => ({ download }) as unknown as TransferParts['fileTokens']
const vault = (read: () => AsyncIterable<Buffer>) => ({ read }) as unknown as TransferParts['vault']

t.test('what is whole ends as it should', async (t) => {
  async function* bytes() {
    yield Buffer.from('hello')
  }
  t.same(await got(t, { fileTokens: tokens(() => file), vault: vault(bytes) }), {
    bytes: 'hello',
    ended: 'whole',
  })
})

t.test('what breaks in the middle, or is refused, has no words in it and no end', async (t) => {
  async function* broken() {
    yield Buffer.from('hel')
    throw new Error('EIO: the disk')
  }
  const result = await got(t, { fileTokens: tokens(() => file), vault: vault(broken) })
  t.equal(result.ended, 'reset')
  t.ok('hel'.startsWith(result.bytes), `nothing but bytes of the file: ${result.bytes}`)
  const refused = tokens(() => {
    throw fail({ code: 'bad-ticket' })
  })
  t.same(await got(t, { fileTokens: refused }), { bytes: '', ended: 'reset' })
})
