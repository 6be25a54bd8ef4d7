import { readdirSync, statSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import type { Put } from '../../server/web/page/chat/uploads.ts'
import { directoryFor } from '../support/directory.ts'
import { TestServer } from '../support/server.ts'
import { PageClient } from './page-client.ts'
import { originOf, rawly, withPage } from './web-client.ts'

/** A browser's File, of bytes. */
class Bytes {
  readonly name: string
  readonly bytes: Buffer

  constructor(name: string, bytes: Buffer) {
    this.name = name
    this.bytes = bytes
  }

  get size(): number {
    return this.bytes.length
  }

  slice(from: number): Buffer {
    return this.bytes.subarray(from)
  }
}

/** How much there is of files that are not whole. */
function bytesOfParts({ config }: TestServer): number {
  const folder = join(config.dataDirectory, 'files')
  const parts = readdirSync(folder).filter((name) => name.endsWith('.part'))
  return parts.reduce(
    (sum, name) => sum + (statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0),
    0,
  )
}

/** Sends as a browser does; the first `breaks` attempts break off in the middle. */
function puts(server: TestServer, breaks: number): { put: Put; attempts: string[] } {
  const attempts: string[] = []
  const put: Put = (path, body, headers, onProgress) => {
    const bytes = body as Buffer
    attempts.push(headers['Content-Range'] ?? 'whole')
    const head = [
      `PUT ${path} HTTP/1.1`,
      `Host: 127.0.0.1:${server.webPort}`,
      `Origin: ${originOf(server)}`,
      `Content-Length: ${bytes.length}`,
      ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    ]
    const start = Buffer.from(`${head.join('\r\n')}\r\n\r\n`)
    const send = async () => {
      if (attempts.length > breaks) {
        onProgress(bytes.length)
        const { status, body: text } = await rawly(server, Buffer.concat([start, bytes]))
        return { status, text }
      }
      const socket = connect(server.webPort, '127.0.0.1')
      socket.on('error', () => undefined)
      const part = bytes.subarray(0, Math.floor(bytes.length / 2))
      await new Promise<void>((resolve) => socket.write(Buffer.concat([start, part]), () => resolve()))
      // What is not yet written when it breaks off may be lost.
      const begin = Number(/^bytes (\d+)/.exec(attempts.at(-1) ?? '')?.[1] ?? 0)
      while (bytesOfParts(server) < begin + part.length) await new Promise(setImmediate)
      socket.resetAndDestroy()
      return { status: 0, text: '' }
    }
    return { done: server.activity.during(send()), abort: () => undefined }
  }
  return { put, attempts }
}

t.test('a file that breaks off goes on where the server has it', async (t) => {
  const server = await TestServer.start({ directory: directoryFor(t), config: withPage })
  t.teardown(() => server.stop())
  const anna = await PageClient.signedUp(server, 'anna')
  const bob = await PageClient.signedUp(server, 'bob')
  t.teardown(() => {
    anna.chat.goOffline()
    bob.chat.goOffline()
  })
  await bob.look('#lobby')
  const { put, attempts } = puts(server, 3)
  anna.put = put
  const bytes = Buffer.from(Array.from({ length: 80_000 }, (_, at) => at % 251))
  anna.chat.uploads.send('#lobby', new Bytes('map.bin', bytes))
  await bob.until(() => bob.texts('#lobby').length === 1)
  t.match(bob.place('#lobby').log.messages[0]?.file, { name: 'map.bin', size: bytes.length })
  const rests = [40_000, 60_000, 70_000].map((from) => `bytes ${from}-79999/80000`)
  t.same(attempts, ['whole', ...rests], 'half of what was left, each time')
  const token = bob.place('#lobby').log.messages[0]?.file?.get
  const got = await rawly(server, `GET /get/${token} HTTP/1.1\r\nHost: 127.0.0.1:${server.webPort}\r\n\r\n`)
  t.same(Buffer.from(got.body, 'latin1'), bytes, 'and every byte is there')
  await anna.until(() => anna.chat.state.uploads.length === 0)
})

t.test('why a file cannot be sent is said, and it can be given up', async (t) => {
  const config = { ...withPage, 'files.maxBytes': 1000 }
  const server = await TestServer.start({ directory: directoryFor(t), config })
  t.teardown(() => server.stop())
  const anna = await PageClient.signedUp(server, 'anna')
  t.teardown(() => anna.chat.goOffline())
  anna.put = puts(server, 0).put
  const state = () => anna.chat.state.uploads[0]
  anna.chat.uploads.send('#lobby', new Bytes('large.bin', Buffer.alloc(5000)))
  await anna.until(() => state()?.state === 'failed')
  t.match(state()?.why, /at most/)
  anna.chat.uploads.cancel(state()?.number ?? 0)
  t.equal(state(), undefined)
  anna.chat.uploads.send('#nowhere', new Bytes('a.bin', Buffer.alloc(5)))
  await anna.until(() => state()?.state === 'failed')
  t.match(state()?.why, /There is no channel #nowhere/)
})
