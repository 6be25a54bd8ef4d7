import { execFileSync } from 'node:child_process'
import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import t from 'tap'
import { certificateWarnings, readPair } from '../../server/net/certificate.ts'
import { makeCertificate } from '../support/certificate.ts'
import { directoryFor } from '../support/directory.ts'
import { TestServer } from '../support/server.ts'

t.setTimeout(280_000)

const folder = directoryFor(t)
const one = makeCertificate(folder, 'one')
const other = makeCertificate(folder, 'other')
const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'pipe' })

/** A file in the folder. */
function file(name: string, content: string | Buffer): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

/** A certificate with an RSA key of so many bits. */
function madeRsa(name: string, bits: number, ...more: string[]) {
  const pair = { cert: join(folder, `${name}.pem`), key: join(folder, `${name}-key.pem`) }
  const kind = ['req', '-x509', '-nodes', '-newkey', `rsa:${bits}`, '-subj', '/CN=x', ...more]
  openssl(...kind, '-keyout', pair.key, '-out', pair.cert)
  return pair
}

const textOf = (path: string) => readFileSync(path, 'utf8')

t.test('what is wrong with a file is said, and what to do', async (t) => {
  openssl('pkey', '-in', one.key, '-aes256', '-passout', 'pass:x', '-out', join(folder, 'locked.pem'))
  openssl('x509', '-in', one.cert, '-outform', 'der', '-out', join(folder, 'cert.der'))
  openssl('pkey', '-in', one.key, '-outform', 'der', '-out', join(folder, 'key.der'))
  openssl('req', '-new', '-key', one.key, '-subj', '/CN=x', '-out', join(folder, 'request.pem'))
  openssl('pkey', '-in', one.key, '-pubout', '-out', join(folder, 'public.pem'))
  openssl(
    'req',
    '-x509',
    '-nodes',
    '-newkey',
    'rsa:2048',
    '-subj',
    '/CN=x',
    '-keyout',
    join(folder, 'rsa-key.pem'),
    '-out',
    join(folder, 'rsa.pem'),
  )
  mkdirSync(join(folder, 'folder'))
  const cert = (name: string) => ({ cert: join(folder, name), key: one.key })
  const key = (name: string) => ({ cert: one.cert, key: join(folder, name) })
  file('empty.pem', '')
  file('text.pem', 'hello\n')
  file('half.pem', textOf(one.cert).slice(0, 200))
  file('damaged.pem', textOf(one.cert).replace(/.{20}\n-----END/, 'AAAA\n-----END'))
  file('damaged-key.pem', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n')
  file('chain.pem', textOf(other.cert) + textOf(one.cert))
  file('cut.pem', textOf(one.cert) + textOf(other.cert).slice(0, 200))
  const curve = makeCertificate(folder, 'curve', { curve: 'secp256k1' })
  const short = madeRsa('short', 512)
  const wrong: readonly [object: { cert: string; key: string }, said: RegExp][] = [
    [cert('none.pem'), /The certificate ".*none\.pem" is not there\./],
    [key('none.pem'), /The key ".*none\.pem" is not there\./],
    [cert('folder'), /is a directory, not a file/],
    [{ cert: one.cert, key: '' }, /TLS needs both, and there is no key/],
    [{ cert: '', key: one.key }, /TLS needs both, and there is no certificate/],
    [cert('empty.pem'), /is empty/],
    [cert('text.pem'), /is not PEM/],
    [key('text.pem'), /is not PEM/],
    [cert('cert.der'), /is not PEM.*openssl x509 -inform der/],
    [key('key.der'), /is not PEM.*openssl pkey -inform der/],
    [cert('half.pem'), /ends in the middle of a certificate/],
    [cert('damaged.pem'), /Certificate 1 in ".*damaged\.pem" is damaged/],
    [key('damaged-key.pem'), /is damaged/],
    [key('locked.pem'), /is encrypted.*openssl pkey/],
    [cert('request.pem'), /is a request for a certificate/],
    [key('public.pem'), /public key/],
    [{ cert: one.key, key: one.cert }, /has a key in it, and no certificate\. .*swapped/],
    [key('one-cert.pem'), /has a certificate in it, and no key\. .*swapped/],
    [key('other-key.pem'), /do not belong together/],
    [key('rsa-key.pem'), /do not belong together/],
    [cert('rsa.pem'), /do not belong together/],
    [cert('cut.pem'), /Of 2 certificates in ".*cut\.pem" only 1 are whole/],
    [curve, /on the curve secp256k1, which clients do not take/],
    [short, /key of the certificate .* is too short for TLS/],
    [cert('chain.pem'), /wrong order: the server's own comes first, and is number 2/],
  ]
  for (const [pair, said] of wrong) t.throws(() => readPair(pair), { name: 'ListenError', message: said })
  if (process.getuid?.() !== 0) {
    copyFileSync(one.key, join(folder, 'closed.pem'))
    chmodSync(join(folder, 'closed.pem'), 0)
    t.throws(() => readPair(key('closed.pem')), { message: /cannot be read by the server's user/ })
  }
  t.match(
    certificateWarnings(readPair(madeRsa('weak', 1024)), 'c', 0)[0],
    /has 1024 bits, and clients want 2048/,
  )
  t.match(
    certificateWarnings(
      readPair(madeRsa('client', 2048, '-addext', 'extendedKeyUsage=clientAuth')),
      'c',
      0,
    )[0],
    /not made for servers/,
  )
  const serves = readPair(madeRsa('serves', 2048, '-addext', 'extendedKeyUsage=serverAuth'))
  t.same(serves.weak, [])
  const both = { cert: file('both.pem', textOf(one.key) + textOf(one.cert)), key: join(folder, 'both.pem') }
  t.ok(readPair(both), 'one file may have both')
})

t.test('the time of a certificate', async (t) => {
  const pair = readPair(one)
  const at = (days: number) => certificateWarnings(pair, 'c.pem', pair.until - days * 86_400_000)
  t.same(at(15), [])
  t.match(at(14), [/^The certificate "c\.pem" expires in 14 days, on \d{4}-\d\d-\d\d: renew it\.$/])
  t.match(at(1), [/expires in 1 day,/])
  t.match(at(0.5), [/expires within a day,/])
  t.match(at(0), [/has expired on/])
  t.match(certificateWarnings(pair, 'c.pem', pair.from - 1), [/is not valid yet, only from/])
  t.match(certificateWarnings({ ...pair, inOrder: false }, 'c.pem', pair.from), [/wrong order/])
})

t.test('a reload keeps the old pair where the new one is none; operators are told of the end', async (t) => {
  const directory = directoryFor(t)
  const live = { cert: join(directory, 'cert.pem'), key: join(directory, 'key.pem') }
  const take = (cert: string, key: string) => {
    copyFileSync(cert, live.cert)
    copyFileSync(key, live.key)
  }
  take(one.cert, one.key)
  const host = '127.0.0.1'
  const server = await TestServer.start({
    directory: join(directory, 'data'),
    config: { listeners: [{ host, port: 0, tls: live }], 'http.listen': [{ host, port: 0 }] },
  })
  t.teardown(() => server.stop())
  const shown = async () => {
    const socket = connectTls({ port: server.port, host, rejectUnauthorized: false })
    await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject))
    const { CN } = socket.getPeerCertificate().subject
    socket.destroy()
    return String(CN)
  }
  t.equal(await shown(), 'one')
  take(other.cert, one.key)
  await server.running.reload()
  t.equal(server.count('not reloaded'), 1)
  t.equal(await shown(), 'one')
  await server.makeOperator('anna', 'password')
  const anna = await server.connect()
  await anna.ask('/login anna password')
  const told = async () => (await anna.ask('/stats')).join(' ').replace(/\s+/g, ' ')
  t.match(await told(), /the last reload was refused, .*do not belong together/)
  take(other.cert, other.key)
  await server.running.reload()
  t.equal(await shown(), 'other')
  t.notMatch(await told(), 'the last reload was refused')

  const { until } = readPair(other)
  const metrics = await (await fetch(`${server.http}/metrics`)).text()
  t.match(metrics, `partyline_certificate_end_timestamp_seconds ${until / 1000}`)
  await server.makeOperator('root', 'password')
  const early = await server.connect()
  t.notMatch((await early.ask('/login root password')).join('\n'), 'certificate')
  t.match((await early.ask('/stats')).join('\n'), /Certificate +valid until \d{4}-/)
  server.clock.shift(until - server.clock.now() - 13.5 * 86_400_000)
  const late = await server.connect()
  t.match(
    (await late.ask('/login root password')).join('\n'),
    /The certificate \S+cert\.pem is valid until .*: renew it\./,
  )
  t.match((await late.ask('/stats')).join('\n'), /Look after this: The certificate ".*" expires in 13 days/)
})
