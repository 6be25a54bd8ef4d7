import t, { type Test } from 'tap'
import { held, until } from './descriptors.ts'
import { announcedToken, put, startFileServer, ticketFor, Wire } from './transfer.ts'

t.setTimeout(280_000)

const onLinux = process.platform === 'linux' ? {} : { skip: 'only Linux tells descriptors' }
/** More than the kernel takes in for somebody who does not read. */
const size = 16_000_000

/** A server without limits that would be in the way, with a file that fits into no socket. */
async function startWithFile(t: Test) {
  const settings = { LIMITS_BURST: '0', FILES_UPLOADS_PER_ACCOUNT: '0' }
  const started = await startFileServer(t, { settings })
  const { server, anna, bob } = started
  const bytes = Buffer.alloc(size, 'partyline')
  t.match(await put(t, server.port, `${await ticketFor(anna, '@bob x.bin')} ${size}`, bytes), 'is there')
  return { ...started, bytes, token: await announcedToken(bob, 'x.bin') }
}

t.test('one connection gets one file, however many requests it sends at once', onLinux, async (t) => {
  const { server, anna, bytes, token } = await startWithFile(t)
  const wire = new Wire(t, server.port)
  await wire.send(`GET /get/${token} HTTP/1.1\r\nHost: x\r\n\r\n`.repeat(20))
  const answer = await wire.all
  const begin = answer.indexOf('\r\n\r\n') + 4
  t.ok(answer.subarray(begin).equals(bytes), 'the one answer comes whole, whatever is behind its request')
  const before = held(server)
  const request = (path: string, more = '') => `GET ${path} HTTP/1.1\r\nHost: x\r\n${more}\r\n`
  const floods: Record<string, string> = {
    files: request(`/get/${token}`).repeat(900),
    'files in HTTP/1.0': `GET /get/${token} HTTP/1.0\r\n\r\n`.repeat(900),
    'keep-alive': request(`/get/${token}`, 'Connection: keep-alive\r\n').repeat(900),
    heads: `HEAD /get/${token} HTTP/1.1\r\nHost: x\r\n\r\n`.repeat(900),
    nothing: request('/').repeat(900),
    'behind an empty body': `PUT /put/NONE HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n${request(`/get/${token}`).repeat(900)}`,
    'behind chunks': `PUT /put/NONE HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${request(`/get/${token}`).repeat(900)}`,
  }
  let most = before
  for (const [name, flood] of Object.entries(floods)) {
    const wires = Array.from({ length: 4 }, () => new Wire(t, server.port))
    for (const wire of wires) {
      wire.socket.pause()
      await wire.send(flood)
    }
    await anna.settle()
    await anna.settle()
    const now = held(server)
    if (now.files > most.files) most = now
    t.ok(now.files <= wires.length, `${name}: ${now.files} files for ${wires.length} connections`)
    for (const wire of wires) wire.socket.resetAndDestroy()
    const gone = await until(anna, () => held(server).files === 0 && held(server).sockets <= before.sockets)
    t.ok(gone, `${name}: nothing is left`)
  }
  const after = held(server)
  t.comment(
    `before ${JSON.stringify(before)}, at most ${JSON.stringify(most)}, after ${JSON.stringify(after)}`,
  )
})

t.test('nothing is open once the peer is gone in the middle of a transfer', onLinux, async (t) => {
  const { server, anna, token } = await startWithFile(t)
  const before = held(server)
  const get = async () => `/get ${token}\n`
  const httpGet = async () => `GET /get/${token} HTTP/1.1\r\nHost: x\r\n\r\n`
  let count = 0
  const ticket = async () => {
    const name = `up${++count}`
    anna.type(`/filesend @bob ${name}`)
    const [, token = ''] = await anna.expect(
      new RegExp(`To send "${name}" to [^\\n]*\\n[^\\n]*echo /put (\\w+)`),
    )
    return token
  }
  const putting = async () => `/put ${await ticket()} 1000\nhello`
  const http = (more: string) => async () => `PUT /put/${await ticket()} HTTP/1.1\r\nHost: x\r\n${more}`
  const begin = {
    get,
    'HTTP get': httpGet,
    put: putting,
    'HTTP put': http('Content-Length: 1000\r\n\r\nhello'),
    'HTTP chunks': http('Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n'),
  }
  for (const [name, bytes] of Object.entries(begin)) {
    for (const when of ['open', 'at once'] as const) {
      const wires = []
      for (let count = 0; count < 5; count++) {
        const wire = new Wire(t, server.port)
        wire.socket.pause()
        await wire.send(await bytes())
        wires.push(wire)
      }
      if (when === 'open') t.ok(await until(anna, () => held(server).files === 5), `${name}: five are open`)
      for (const wire of wires) wire.socket.resetAndDestroy()
      const gone = await until(anna, () => held(server).files === 0 && held(server).sockets <= before.sockets)
      t.ok(gone, `${name}, reset ${when}: nothing is left`)
    }
  }
})
