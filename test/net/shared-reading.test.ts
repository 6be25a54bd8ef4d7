import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { connect, createServer, Socket } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { sharingMemory, stopTaking, takeBytes } from '../../server/net/shared-reading.ts'
import { LineClient } from '../support/client.ts'
import { directoryFor } from '../support/directory.ts'
import { Random } from '../support/random.ts'
import { type Overrides, TestServer } from '../support/server.ts'

/*
 * All plain connections are read into the same memory. Here many of them send at once, cut anywhere: whatever one of them leaves
 * undone while another is read has to be its own.
 */

t.setTimeout(170_000)

async function start(t: Test, config: Overrides = {}): Promise<TestServer> {
  const server = await TestServer.start({ directory: directoryFor(t), config })
  t.teardown(() => server.stop())
  return server
}

/** Bytes that somebody sends, and that come in pieces between those of others. */
interface Sent {
  readonly client: LineClient
  readonly bytes: Buffer
  at: number
}

/** Sends all of them, a piece of each in turn. */
async function interleave(
  server: TestServer,
  all: readonly Sent[],
  random: Random,
  most = 40,
): Promise<void> {
  for (let open = [...all]; open.length > 0; open = open.filter(({ at, bytes }) => at < bytes.length)) {
    for (const sent of open) {
      const end = sent.at + random.integer(1, most)
      sent.client.write(sent.bytes.subarray(sent.at, end))
      sent.at = end
    }
    await nextTurn()
  }
  await server.activity.quiet()
}

const numbers = Array.from({ length: 30 }, (_, index) => index)
/** What a connection asks for, and what it reads of that: its own words. */
type Manner = (
  own: string,
  index: number,
) => { readonly line: string | Buffer; readonly answer: string | Buffer }
const pong = (text: string) => `* pong ${text}`
const manners: Readonly<Record<string, Manner>> = {
  lines: (own, index) => ({ line: `/ping ${own} ${index}\n`, answer: pong(`${own} ${index}`) }),
  'lines beyond ASCII': (own, index) => ({
    line: `/ping ${own} жёлтый 👩‍👩‍👧 ${index}\r\n`,
    answer: pong(`${own} жёлтый 👩‍👩‍👧 ${index}`),
  }),
  'keys that edit': (own, index) => ({
    line: `/pinx\x08g ${own} wrong\x17right é\x7f${index}\r`,
    answer: pong(`${own} right ${index}`),
  }),
  telnet: (own, index) => ({
    line: Buffer.concat([
      Buffer.from(`/ping ${own}`),
      Buffer.from([0xff, 0xfb, 0x18, 0xff, 0xfa, 0x1f, 0, 80, 0, 24, 0xff, 0xf0]),
      Buffer.from(' x€'),
      Buffer.from([0xff, 0xf7]),
      Buffer.from(`${index}\r\0`),
    ]),
    answer: pong(`${own} x${index}`),
  }),
  'another character set': (own, index) => ({
    line: Buffer.from(`/ping ${own} \xd6\xd0\xce\xc4 ${index}\n`, 'latin1'),
    answer: Buffer.from(pong(`${own} \xd6\xd0\xce\xc4 ${index}`), 'latin1'),
  }),
  JSON: (own, index) => ({
    line: `${JSON.stringify({ line: `/ping ${own} ${index}` })}\n`,
    answer: `"text":"${own} ${index}"`,
  }),
}
const begins: Readonly<Record<string, string>> = {
  'another character set': '/charset gbk\n',
  JSON: '/format json\n',
}

t.test('each connection reads of its own lines, however they come between those of others', async (t) => {
  const seed = Date.now() % 2 ** 32
  const random = new Random(seed)
  const server = await start(t)
  const entries = Object.entries(manners).flatMap((entry) =>
    [0, 1, 2].map((copy) => [copy, ...entry] as const),
  )
  const sent = await Promise.all(
    entries.map(async ([copy, name, manner], place) => {
      const own = `own-${place}-${'abc'.repeat(copy * 20)}`
      const asked = numbers.map((index) => manner(own, index))
      const lines = asked.map(({ line }) => Buffer.from(line))
      const client = await enter(server)
      const bytes = Buffer.concat([Buffer.from(begins[name] ?? '\n'), ...lines])
      return { name, client, asked, bytes, at: 0 }
    }),
  )
  await interleave(server, sent, random)
  for (const { asked, client, name } of sent) {
    const pongs = client.lines.filter((line) => line.includes('pong') || line.includes('"text":"own'))
    t.equal(pongs.length, asked.length, `${name}, seed ${seed}`)
    asked.forEach(({ answer }, index) => {
      if (!pongs[index]?.includes(asRead(answer))) t.fail(`${name}, seed ${seed}: ${pongs[index]}`)
    })
  }
})

/** A client that reads a character for each byte. */
function enter(server: TestServer): Promise<LineClient> {
  return LineClient.connect(server.port, server.activity, '127.0.0.1', 'latin1')
}

/** As such a client reads it. */
const asRead = (text: string | Buffer) => Buffer.from(text).toString('latin1')

t.test('files come whole beside them, raw and by HTTP', async (t) => {
  const seed = Date.now() % 2 ** 32
  const random = new Random(seed)
  const server = await start(t)
  const anna = await server.connect()
  await anna.ask('/signup anna\npassword\npassword')
  const ticket = async () =>
    /To send [^\n]*\n[^\n]*echo \/put (\w+)/.exec((await anna.ask('/filesend x.bin')).join('\n'))?.[1] ?? ''
  const ways: readonly ((token: string, body: Buffer) => Buffer)[] = [
    (token, body) => Buffer.concat([Buffer.from(`/put ${token} ${body.length} ${sha256(body)}\n`), body]),
    (token, body) =>
      Buffer.concat([
        Buffer.from(`PUT /put/${token} HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n`),
        body,
      ]),
    (token, body) => {
      const pieces: Buffer[] = []
      for (let at = 0; at < body.length; ) {
        const piece = body.subarray(at, at + random.integer(1, 5000))
        at += piece.length
        pieces.push(Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n'))
      }
      const head = `PUT /put/${token} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n`
      return Buffer.concat([Buffer.from(head), ...pieces, Buffer.from('0\r\n\r\n')])
    },
  ]
  const hashes: string[] = []
  const sent: Sent[] = []
  for (const [index, way] of ways.entries()) {
    // Each has bytes of its own, and all bytes that mean something in a line.
    const body = Buffer.from(Array.from({ length: 100_000 + index }, () => random.integer(0, 255)))
    hashes.push(sha256(body))
    sent.push({ client: await enter(server), bytes: way(await ticket(), body), at: 0 })
  }
  const talkers = await Promise.all(
    numbers.map(async (number) => ({
      client: await enter(server),
      bytes: Buffer.from(numbers.map((index) => `/ping t${number} ${index}\n`).join('')),
      at: 0,
    })),
  )
  await interleave(server, [...sent, ...talkers], random, 8000)
  for (const [index, { client }] of sent.entries()) {
    await client.closing()
    t.match(client.raw, hashes[index] ?? '', `seed ${seed}`)
  }
  t.same(
    talkers.map(({ client }) => client.lines.filter((line) => line.startsWith('* pong'))),
    numbers.map((number) => numbers.map((index) => `* pong t${number} ${index}`)),
    `seed ${seed}`,
  )
})

/** A connection to a server that reads into the shared memory, from both ends; what it takes, and what it tells. */
async function pair(t: Test) {
  const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (typeof address !== 'object' || !address) throw new Error('no port')
  const near = connect({ port: address.port, host: '127.0.0.1', noDelay: true })
  const [accepted] = (await once(server, 'connection')) as [Socket]
  const far = sharingMemory(accepted)
  t.teardown(() => {
    near.destroy()
    far.destroy()
    server.close()
  })
  const taken: string[] = []
  const told: string[] = []
  takeBytes(far, (bytes) => void taken.push(bytes.toString()))
  for (const name of ['end', 'error', 'close']) far.on(name, () => void told.push(name))
  near.on('error', () => undefined)
  return { far, near, taken, told }
}

/** The system may take some turns to bring what was sent. */
async function turnsUntil(isSo: () => boolean): Promise<void> {
  for (let turns = 0; turns < 10_000 && !isSo(); turns++) await nextTurn()
}

t.test('one that is paused hears of a reset, and keeps what came before it', async (t) => {
  const { far, near, taken, told } = await pair(t)
  far.pause()
  await new Promise<void>((resolve) => near.write('half a li', () => resolve()))
  await turnsUntil(() => far.readableLength > 0)
  near.resetAndDestroy()
  await turnsUntil(() => told.includes('close'))
  t.same(told, ['error', 'close'], 'it is no end: the line is cut off')
  t.same(taken, [])
  t.same(String(far.read()), 'half a li')
})

t.test(
  'one that is paused leaves to the system what is more than its buffer, and goes on in order',
  async (t) => {
    const { far, near, taken, told } = await pair(t)
    far.pause()
    const text = Array.from({ length: 200_000 }, (_, index) => `${index} `).join('')
    near.end(text)
    while (far.readableLength < far.readableHighWaterMark) await nextTurn()
    for (let turns = 0; turns < 20; turns++) await nextTurn()
    t.ok(far.readableLength < 200_000, `${far.readableLength} bytes`)
    t.same(taken, [])
    far.resume()
    let pauses = 0
    far.on('data', () => {
      if (pauses++ % 3 > 0) return
      far.pause()
      setImmediate(() => far.resume())
    })
    await once(far, 'end')
    t.ok(taken.join('') === text, 'all of it')
    t.ok(pauses > 0)
    far.end()
    await once(far, 'close')
    t.same(told, ['end', 'close'])
  },
)

t.test('a socket that Node.js would not hand over is read as it always was', async (t) => {
  const bare = new Socket()
  t.equal(sharingMemory(bare), bare)
  const taken: string[] = []
  const take = (bytes: Buffer) => void taken.push(bytes.toString())
  takeBytes(bare, take)
  bare.emit('data', Buffer.from('one'))
  stopTaking(bare, take)
  bare.emit('data', Buffer.from('two'))
  t.same(taken, ['one'])
})

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}
