import { createHash } from 'node:crypto'
import t, { type Test } from 'tap'
import { directoryFor } from '../support/directory.ts'
import { TestServer } from '../support/server.ts'
import { type Fields, originOf, request, WebClient, withPage } from './web-client.ts'

const password = "anna's password"
const png = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')

async function start(t: Test): Promise<{ server: TestServer; anna: WebClient }> {
  const server = await TestServer.start({ directory: directoryFor(t), config: withPage })
  t.teardown(() => server.stop())
  const anna = await WebClient.connect(server)
  await anna.data('/signup anna', password, password)
  return { server, anna }
}

async function upload(server: TestServer, anna: WebClient, name: string, bytes: string): Promise<Fields> {
  const { token } = await anna.data(`/filesend #lobby ${name}`)
  const put = await request(server, 'PUT', `/put/${token}`, { Origin: originOf(server) }, bytes)
  if (put.status !== 201) throw new Error(put.raw)
  return anna.event('file')
}

t.test('a file by the page: announced with its line, in the history with its fields', async (t) => {
  const { anna, server } = await start(t)
  const bob = await server.connect()
  await bob.ask('/nick bob')
  const file = await upload(server, anna, 'tea.txt', 'green tea')
  t.match(file, { name: 'tea.txt', size: 9, channel: '#lobby', message: Number })
  t.match(await bob.settled(), [/^\* anna sent "tea\.txt"/])
  const { messages } = await anna.data('/history #lobby')
  const [message] = (messages as Fields[]).slice(-1)
  const { get, id, name, sha256, size } = file
  t.match(message, { id: file['message'], kind: 'action', file: { get, id, name, sha256, size } })
  t.equal(sha256, createHash('sha256').update('green tea').digest('hex'))
  const got = await request(server, 'GET', `/get/${get}`)
  t.equal(got.status, 200)
  t.equal(got.body, 'green tea')
  t.match(got.headers.get('content-disposition'), /^attachment;/)
  t.equal(got.headers.get('content-type'), 'application/octet-stream')
  t.match(got.headers.get('content-security-policy'), /sandbox/)
  t.match(await anna.data(`/search tea`), { messages: [{ file: { id } }] })
  await anna.data(`/filedelete ${id}`)
  const later = await anna.data('/history #lobby')
  t.notHas((later['messages'] as Fields[]).at(-1), { file: {} }, 'gone with the file')
  t.equal((await request(server, 'GET', `/get/${get}`)).status, 404)
})

t.test('an upload that broke off goes on', async (t) => {
  const { anna, server } = await start(t)
  const { token } = await anna.data('/filesend #lobby long.txt')
  const half = await request(
    server,
    'PUT',
    `/put/${token}`,
    { Origin: originOf(server), 'Content-Length': '5', 'Content-Range': 'bytes 0-4/5' },
    'half.',
  )
  t.equal(half.status, 201)
  t.equal((await request(server, 'PUT', `/put/${token}`, {}, 'again')).status, 404, 'a ticket is good once')
  const { token: foreign } = await anna.data('/filesend #lobby evil.txt')
  t.equal(
    (await request(server, 'PUT', `/put/${foreign}`, { Origin: 'http://evil.example.org' }, 'x')).status,
    403,
  )
})

t.test('pictures are shown by what they are, and nothing else is', async (t) => {
  const { anna, server } = await start(t)
  const picture = await upload(server, anna, 'a.html', png.toString('latin1').replace(/[^\x00-\x7f]/g, '?'))
  t.equal((await request(server, 'GET', `/picture/${picture['get']}`)).status, 415, 'damaged')
  const kinds: readonly (readonly [string, string, number])[] = [
    ['tea.gif', 'GIF89a\x02\x00\x02\x00\x00', 200],
    ['short.gif', 'GIF89a', 415],
    ['page.gif', '<html><script>alert(1)</script>', 415],
    ['draw.svg', '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', 415],
    ['empty.png', '', 415],
    ['tea.webp', 'RIFFxxxxWEBPVP8X\n\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x01\x00\x00', 200],
    ['short.webp', 'RIFFxxxxWEBPVP8 ', 415],
    // Few bytes that every page would have to draw out to gigabytes.
    ['bomb.gif', 'GIF89a\x7f\x7f\x7f\x7f\x00', 415],
    ['bomb.webp', 'RIFFxxxxWEBPVP8X\n\x00\x00\x00\x00\x00\x00\x00\x00\x40\x00\x00\x40\x00', 415],
  ]
  for (const [name, bytes, status] of kinds) {
    const { token } = await anna.data(`/filesend #lobby ${name}`)
    await request(server, 'PUT', `/put/${token}`, { 'Content-Length': String(bytes.length) }, bytes)
    const { get } = await anna.event('file')
    const answer = await request(server, 'GET', `/picture/${get}`)
    t.equal(answer.status, status, name)
    t.equal(answer.headers.get('x-content-type-options'), 'nosniff')
    t.match(answer.headers.get('content-security-policy'), /sandbox/)
    if (status === 200) t.match(answer.headers.get('content-type'), /^image\/(gif|webp)$/)
  }
})
