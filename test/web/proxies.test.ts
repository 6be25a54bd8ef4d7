import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { WebSocket } from 'ws'
import { blocksIn, have } from '../docs/tools.ts'
import { startProgram, temporaryFolder } from '../process/program.ts'
import { makeCertificate } from '../support/certificate.ts'
import { freePort } from '../support/free-port.ts'
import { TestServer } from '../support/server.ts'

const document = readFileSync('docs/operating.md', 'utf8')

/** The piece of configuration that the document shows. */
function shown(language: string): string {
  const [text = ''] = blocksIn(document, language)
  return text
}

/** The page behind a proxy, set up as the document says. */
async function begin(t: Test): Promise<{ server: TestServer; folder: string; pem: string; port: number }> {
  const folder = temporaryFolder(t)
  const server = await TestServer.start({
    directory: join(folder, 'data'),
    config: {
      'web.listen': [{ host: '127.0.0.1', port: 0 }],
      'web.origins': ['https://chat.example.org'],
      'web.proxy': ['127.0.0.1'],
      'accounts.requireTls': true,
    },
  })
  t.teardown(() => server.stop())
  const { cert, key } = makeCertificate(folder, 'chat.example.org')
  const pem = join(folder, 'both.pem')
  writeFileSync(pem, `${readFileSync(cert, 'utf8')}${readFileSync(key, 'utf8')}`)
  return { server, folder, pem, port: await freePort() }
}

/** Somebody opens the page through the proxy, and signs up: the server knows from where, and that it was over TLS. */
async function comeThrough(t: Test, server: TestServer, port: number): Promise<void> {
  const from = '127.0.0.5'
  const ws = new WebSocket(`wss://127.0.0.1:${port}/socket`, {
    origin: 'https://chat.example.org',
    headers: { Host: 'chat.example.org' },
    localAddress: from,
    rejectUnauthorized: false,
  })
  t.teardown(() => ws.terminate())
  const lines: string[] = []
  const came = (part: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = () => {
        if (lines.some((line) => line.includes(part))) resolve()
      }
      ws.on('message', look).on('close', () => reject(new Error(`Closed behind ${lines.join('\n')}`)))
      look()
    })
  ws.on('message', (data) => lines.push(String(data)))
  await once(ws, 'open')
  await came('"hello"')
  for (const line of ['/signup anna', 'password', 'password']) ws.send(line)
  await came('"recoveryCode"')
  const connected = server.logged.filter(({ message }) => message === 'connected').map(({ fields }) => fields)
  t.match(connected.at(-1), { address: from })
}

t.test('nginx', async (t) => {
  if (!have(t, 'nginx')) return
  const { folder, pem, port, server } = await begin(t)
  const own = shown('nginx')
    .replace(/^ *listen \[::\]:443 ssl;\n/m, '')
    .replace('listen 443 ssl', `listen 127.0.0.1:${port} ssl`)
    .replaceAll(/\/etc\/letsencrypt\/live\/chat\.example\.org\/\w+\.pem/g, pem)
    .replace('127.0.0.1:8667', `127.0.0.1:${server.webPort}`)
  const file = join(folder, 'nginx.conf')
  const around = [`pid ${join(folder, 'pid')};`, 'error_log stderr notice;', 'events {}']
  writeFileSync(file, [...around, `http {\naccess_log off;\n${own}\n}`].join('\n'))
  execFileSync('nginx', ['-t', '-q', '-c', file])
  const nginx = startProgram(t, ['nginx', '-c', file, '-g', 'daemon off;'], { group: true })
  await nginx.stderr.expect('start worker process')
  await comeThrough(t, server, port)
})

t.test('haproxy', async (t) => {
  if (!have(t, 'haproxy')) return
  const { folder, pem, port, server } = await begin(t)
  const own = shown('haproxy')
    .replace(':::443 v4v6', `127.0.0.1:${port}`)
    .replace('/etc/haproxy/chat.example.org.pem', pem)
    .replace('127.0.0.1:8667', `127.0.0.1:${server.webPort}`)
  const file = join(folder, 'haproxy.cfg')
  writeFileSync(file, `global\n  maxconn 100\ndefaults\n  timeout connect 5s\n${own}`)
  execFileSync('haproxy', ['-c', '-q', '-f', file])
  const haproxy = startProgram(t, ['haproxy', '-W', '-db', '-f', file], { group: true })
  await haproxy.stderr.expect('Loading success')
  await comeThrough(t, server, port)
})
