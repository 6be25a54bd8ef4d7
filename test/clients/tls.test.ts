import { execFileSync } from 'node:child_process'
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { connect as connectPlain } from 'node:net'
import { join } from 'node:path'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import t, { type Test } from 'tap'
import { runCommand } from '../operator/cli.ts'
import { connectGuest, connectPerson, Person } from '../process/person.ts'
import { startProgram, temporaryFolder } from '../process/program.ts'
import { quickSettings, type Server, startServer } from '../process/server.ts'
import { put, someBytes, ticketFor } from '../process/transfer.ts'
import { scrape } from '../watch/scrape.ts'
import { type Client, testClient } from './clients.ts'

t.setTimeout(280_000)

const openssl: Client = {
  name: 'openssl s_client',
  package: 'openssl',
  file: 'openssl',
  args: (port) => ['s_client', '-quiet', '-connect', `127.0.0.1:${port}`],
}
const tlsClients: readonly Client[] = [
  openssl,
  { name: 'ncat --ssl', package: 'ncat', file: 'ncat', args: (port) => ['--ssl', '127.0.0.1', String(port)] },
  {
    name: 'socat openssl:',
    package: 'socat',
    file: 'socat',
    args: (port) => ['-t', '10', '-', `openssl:127.0.0.1:${port},verify=0`],
  },
  {
    name: 'curl https',
    package: 'curl',
    file: 'curl',
    args: (port) => ['-sk', `https://127.0.0.1:${port}/get/NONE`],
  },
]

/** Makes a certificate for some name in the folder, in the place of the one that is there. */
function makeCertificate(folder: string, name: string): void {
  const request = [
    'req',
    '-x509',
    '-nodes',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-days',
    '2',
  ]
  const files = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')]
  const names = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`]
  execFileSync('openssl', [...request, ...files, ...names], { stdio: 'pipe' })
}

async function startTlsServer(t: Test, settings: Record<string, string> = {}) {
  const folder = temporaryFolder(t)
  makeCertificate(folder, 'first')
  const tls = `tls: {cert: ${folder}/cert.pem, key: ${folder}/key.pem}`
  const server = await startServer(t, {
    settings: { ...quickSettings, LISTENERS: `[{host: 127.0.0.1, port: 0, ${tls}}]`, ...settings },
  })
  return { server, folder }
}

/** Somebody who speaks TLS, and the name in the certificate they were shown. */
async function connectSecurely(
  t: Test,
  { port }: Server,
  servername = '',
): Promise<{ person: Person; name: string }> {
  const socket: TLSSocket = connectTls({ port, host: '127.0.0.1', servername, rejectUnauthorized: false })
  const person = new Person(socket)
  t.teardown(() => socket.destroy())
  await new Promise<void>((resolve, reject) => {
    socket.once('secureConnect', resolve)
    socket.once('error', reject)
  })
  const { CN } = socket.getPeerCertificate().subject
  return { person, name: String(CN) }
}

t.test('TLS and plain text on one port', async (t) => {
  const { server } = await startTlsServer(t)
  const plain = await connectGuest(t, server.port, 'plain')
  for (const [index, client] of tlsClients.entries()) {
    await testClient(t, client, async (t) => {
      const program = startProgram(t, [client.file, ...client.args(server.port)])
      if (client.file === 'curl') {
        await program.exit
        t.match(program.stdout.text, /^That token is wrong/)
        return
      }
      await program.stdout.expect('Welcome to Partyline')
      t.pass('is greeted without having said anything')
      program.child.stdin.write(`/nick tls${index}\nüber TLS\n`)
      await plain.expect(`#lobby <~tls${index}> über TLS`)
      plain.type('heard you')
      await program.stdout.expect('<~plain> heard you')
      program.child.stdin.write('/quit\n')
      await program.stdout.expect('* Goodbye.')
    })
  }
})

t.test('a certificate is read again, and nobody is dropped', async (t) => {
  const { server, folder } = await startTlsServer(t)
  const { person: anna, name } = await connectSecurely(t, server)
  t.equal(name, 'first')
  anna.type('/nick anna')
  await anna.expect('You are ~anna')
  makeCertificate(folder, 'second')
  server.child.kill('SIGHUP')
  await server.stdout.expect('"msg":"reloaded"')
  t.equal((await connectSecurely(t, server)).name, 'second')
  writeFileSync(join(folder, 'cert.pem'), 'broken')
  server.child.kill('SIGHUP')
  await server.stdout.expect('"msg":"not reloaded"')
  t.equal((await connectSecurely(t, server)).name, 'second', 'the old one stays')
  await anna.settle()
  t.pass('who was there still is')
})

t.test('old versions, broken and unfinished handshakes', async (t) => {
  const { server } = await startTlsServer(t)
  const old = startProgram(t, [
    'openssl',
    's_client',
    '-tls1_1',
    '-cipher',
    'ALL@SECLEVEL=0',
    '-connect',
    `127.0.0.1:${server.port}`,
  ])
  old.child.stdin.end()
  t.not((await old.exit).code, 0, 'TLS 1.1 is refused')
  for (const bytes of [[0x16], [0x16, 3, 1, 0, 5, 1, 2, 3, 4, 5], [0x16, 0xff, 0xff, 0xff, 0xff]]) {
    const socket = connectPlain(server.port, '127.0.0.1')
    const person = new Person(socket)
    person.socket.write(Buffer.from(bytes))
    person.socket.end()
    await person.closed
    t.notMatch(person.output.text, /\*|Welcome/, 'nothing of the chat is told')
  }
  const guest = await connectGuest(t, server.port, 'guest')
  await guest.settle()
})

t.test('what is counted of TLS', async (t) => {
  const { server } = await startTlsServer(t, { HTTP_LISTEN: '{port: 0}' })
  const [, port] = await server.stdout.expect(/"port":(\d+),"msg":"listening for HTTP"/)
  const { person } = await connectSecurely(t, server)
  person.type('/nick anna')
  await person.settle()
  await connectGuest(t, server.port, 'plain')
  const broken = connectPlain({ port: server.port, host: '127.0.0.1' })
  t.teardown(() => broken.destroy())
  broken.on('error', () => undefined).write(Buffer.from([0x16, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]))
  await server.stdout.expect('no TLS came of it')
  const values = await scrape(`http://127.0.0.1:${port}`)
  t.equal(values.get('partyline_connections{dialect="text",transport="tls"}'), 1)
  t.equal(values.get('partyline_connections{dialect="text",transport="plain"}'), 1)
  t.equal(values.get('partyline_tls_handshakes_total{outcome="done"}'), 1)
  t.equal(values.get('partyline_tls_handshakes_total{outcome="failed"}'), 1)
})

t.test('a ClientHello where no TLS is spoken is closed at once', async (t) => {
  const server = await startServer(t, { settings: quickSettings })
  const program = startProgram(t, [openssl.file, ...openssl.args(server.port)])
  t.not((await program.exit).code, 0)
  t.notMatch(program.stdout.text, 'Welcome')
})

t.test('files over TLS, and by the same port in plain text', async (t) => {
  const { server } = await startTlsServer(t, { FILES_FREE_SPACE_BYTES: '0' })
  const { person: anna } = await connectSecurely(t, server)
  anna.type('/signup anna', 'good-enough', 'good-enough')
  const bytes = someBytes(300_000)
  const token = await ticketFor(anna, 'x.bin')
  const { person: upload } = await connectSecurely(t, server)
  upload.socket.write(Buffer.concat([Buffer.from(`/put ${token} ${bytes.length}\n`), bytes]))
  await upload.expect('"x.bin" is there, in #lobby: 300000 bytes (300 kB)')
  t.match(await put(t, server.port, `${await ticketFor(anna, 'y.bin')} 2`, Buffer.from('ok')), '2 bytes')
})

t.test('secrets over TLS only', async (t) => {
  // This machine's own connections are as good as TLS, so the plain ones have to come from elsewhere.
  const { server } = await startTlsServer(t, { ACCOUNTS_REQUIRE_TLS: 'true' })
  await runCommand(t, server.data, ['createsuperuser', 'root'], 'good-enough')
  const near = await connectPerson(t, server.port, { lines: ['/login root good-enough'] })
  await near.expect('Welcome back')
  const { person } = await connectSecurely(t, server)
  person.type('/login root good-enough')
  await person.expect('Welcome back')
})

t.test('a certificate that cannot be used', async (t) => {
  const folder = temporaryFolder(t)
  makeCertificate(folder, 'first')
  const other = temporaryFolder(t)
  makeCertificate(other, 'other')
  cpSync(join(other, 'key.pem'), join(folder, 'key.pem'))
  for (const files of [
    `cert: ${folder}/cert.pem, key: ${folder}/key.pem`,
    'cert: nowhere.pem, key: nowhere.pem',
    `cert: ${folder}/cert.pem`,
  ]) {
    const program = startProgram(
      t,
      [process.execPath, 'dist/main.js', 'serve', '--data', temporaryFolder(t)],
      {
        env: { PARTYLINE_LISTENERS: `[{host: 127.0.0.1, port: 0, tls: {${files}}}]` },
      },
    )
    t.match(await program.exit, { code: 1 })
    t.match(program.stderr.text, /^partyline: [^\n]*(certificate|tls\.cert)[^\n]*\.\n$/)
  }
})

t.test('a handshake on a connection that has had one is refused', async (t) => {
  const { server } = await startTlsServer(t)
  const client = startProgram(t, ['openssl', 's_client', '-tls1_2', '-connect', `127.0.0.1:${server.port}`])
  await client.stdout.expect('Welcome to Partyline')
  client.child.stdin.write('R\n')
  await client.stderr.expect('RENEGOTIATING')
  await client.exit
  t.match(client.stderr.text, /no renegotiation/)
  const { person } = await connectSecurely(t, server)
  person.type('/nick zoe')
  await person.expect('You are ~zoe')
})

t.test('who has come by TLS sends and gets files by it, under the name in the certificate', async (t) => {
  const { folder, server } = await startTlsServer(t, { FILES_FREE_SPACE_BYTES: '0' })
  makeCertificate(folder, 'localhost')
  server.child.kill('SIGHUP')
  await server.stdout.expect('"msg":"reloaded"')
  const { person: anna } = await connectSecurely(t, server, 'localhost')
  anna.type('/signup anna', 'good-enough', 'good-enough')
  await anna.expect('Welcome, anna')
  const bytes = someBytes(1000)
  const here = temporaryFolder(t)
  writeFileSync(join(here, 'x.bin'), bytes)
  const paste = async (line: string, cwd: string) => {
    const trusted = { SSL_CERT_FILE: join(folder, 'cert.pem'), CURL_CA_BUNDLE: join(folder, 'cert.pem') }
    const program = startProgram(t, ['sh', '-c', line], { cwd, env: trusted })
    program.child.stdin.end()
    t.match(await program.exit, { code: 0 }, `${line}: ${program.stderr.text}`)
    return program.stdout.text
  }
  for (const at of [0, 1]) {
    anna.type('/filesend x.bin')
    const [, ...up] = await anna.expect(/To send .*\n\* {3}(sh .*)\n\* {3}(curl .*)\n/)
    t.match(
      up[at],
      at === 0 ? ` | ncat --ssl-verify localhost ${server.port}'` : ` https://localhost:${server.port}/`,
    )
    t.match(await paste(up[at] ?? '', here), 'is there, in #lobby: 1000 bytes')
    anna.type(`/fileget ${at + 1}`)
    const [, ...down] = await anna.expect(/To get .*\n\* {3}(sh .*)\n\* {3}(curl .*)\n/)
    const there = temporaryFolder(t)
    await paste(down[at] ?? '', there)
    t.same(readFileSync(join(there, 'x.bin')), bytes)
  }
  const plain = await connectPerson(t, server.port, { lines: ['/login anna good-enough', '/filesend y.bin'] })
  await plain.expect(new RegExp(` \\| nc 127\\.0\\.0\\.1 ${server.port}' y\\.bin\n.* http://127`))
})
