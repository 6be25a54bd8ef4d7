import { request as askPlain } from 'node:http'
import { request as askSecurely } from 'node:https'
import { join } from 'node:path'
import t from 'tap'
import { WebSocket } from 'ws'
import { readPair } from '../../server/net/certificate.ts'
import { makeCertificate } from '../support/certificate.ts'
import { directoryFor } from '../support/directory.ts'
import { TestServer } from '../support/server.ts'

interface Answer {
  readonly status: number | undefined
  readonly cookie: string | undefined
}

t.test('TLS and plain HTTP on one port, and a cookie that goes over TLS alone', async (t) => {
  const directory = directoryFor(t)
  const tls = makeCertificate(directory, 'localhost')
  const server = await TestServer.start({
    directory: join(directory, 'data'),
    config: {
      listeners: [{ host: '127.0.0.1', port: 0, tls }],
      'web.listen': [{ host: '127.0.0.1', port: 0 }],
      'accounts.requireTls': true,
    },
  })
  t.teardown(() => server.stop())
  const port = server.webPort
  const ask = (secure: boolean, method: string, path: string, body = ''): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const headers = { Origin: `https://127.0.0.1:${port}`, 'Content-Type': 'application/json' }
      const options = { host: '127.0.0.1', port, method, path, headers, rejectUnauthorized: false }
      const asked = (secure ? askSecurely : askPlain)(options, (response) => {
        response.resume().on('end', () => {
          const [cookie] = response.headers['set-cookie'] ?? []
          resolve({ status: response.statusCode, cookie })
        })
      })
      asked.on('error', reject).end(body)
    })
  t.match(await ask(true, 'GET', '/nothing'), { status: 404 }, 'with the certificate of the first listener')
  t.match(await ask(false, 'GET', '/nothing'), { status: 404 }, 'by the first byte')
  const lines: string[] = []
  const ws = new WebSocket(`wss://127.0.0.1:${port}/socket`, {
    origin: `https://127.0.0.1:${port}`,
    rejectUnauthorized: false,
  })
  ws.on('message', (data) => {
    lines.push(String(data))
    server.activity.note()
  })
  const came = async (part: string): Promise<string> => {
    await server.activity.until(() => lines.some((line) => line.includes(part)))
    return lines.find((line) => line.includes(part)) ?? ''
  }
  await came('"hello"')
  for (const line of ['/signup anna', 'password', 'password', '/session ticket']) ws.send(line)
  const { data } = JSON.parse(await came('"ticket"')) as { data: { ticket: string } }
  const { cookie, status } = await ask(true, 'POST', '/session', JSON.stringify({ ticket: data.ticket }))
  t.equal(status, 204)
  t.match(cookie, /^__Host-partyline-\d+=[0-9A-Z]{32}; Path=\/; HttpOnly; SameSite=Strict; .*; Secure$/)
  ws.terminate()

  const warnings = () => server.count('look after a certificate')
  const before = warnings()
  server.clock.shift(readPair(tls).until - server.clock.now())
  await server.running.reload()
  t.equal(warnings() - before, 1, 'a certificate of two listeners that expires is told once')
})
