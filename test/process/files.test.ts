import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { connectMember, connectPerson } from './person.ts'
import { startServer } from './server.ts'
import {
  announcedToken,
  fileSettings,
  get,
  password,
  put,
  sha256,
  someBytes,
  startFileServer,
  ticketFor,
  Wire,
} from './transfer.ts'

t.setTimeout(280_000)

t.test('an upload split anywhere, and with telnet bytes in it', async (t) => {
  const { server, anna, bob } = await startFileServer(t, { settings: { FILES_UPLOADS_PER_ACCOUNT: '0' } })
  // IAC and what a telnet client could mean by it, line ends, and a second first line.
  const bytes = Buffer.concat([
    Buffer.from([255, 253, 6, 255, 255, 255, 251, 1, 13, 10, 13, 0, 0, 27, 155]),
    Buffer.from('/quit\n/get x\n.\n'),
    someBytes(300),
  ])
  const line = Buffer.from(`/put TOKEN ${bytes.length}\n`)
  for (let cut = 1; cut < line.length + 20; cut += 3) {
    const token = await ticketFor(anna, 'x.bin')
    const all = Buffer.concat([Buffer.from(`/put ${token} ${bytes.length}\n`), bytes])
    const wire = new Wire(t, server.port)
    await wire.send(all.subarray(0, cut))
    await wire.send(all.subarray(cut))
    t.equal(
      await wire.text,
      `* "x.bin" is there, in #lobby: ${bytes.length} bytes, SHA-256 ${sha256(bytes)}\n`,
    )
    t.same(await get(t, server.port, await announcedToken(bob, 'x.bin')), bytes)
  }
})

t.test('what comes behind the file is nobody’s', async (t) => {
  const { server, anna, bob } = await startFileServer(t)
  const token = await ticketFor(anna, 'five.txt')
  t.match(await put(t, server.port, `${token} 5`, Buffer.from('hello/nick mallory\nhi all\n')), '5 bytes')
  t.equal((await get(t, server.port, await announcedToken(bob, 'five.txt'))).toString(), 'hello')
  await bob.settle()
  t.notMatch(bob.output.text, 'mallory')
})

t.test('an upload breaks off, and goes on', async (t) => {
  const { server, anna, bob } = await startFileServer(t, { settings: { FILES_STALL_SECONDS: '0.3' } })
  const bytes = someBytes(200_000)
  const token = await ticketFor(anna, '@bob half.bin')
  const parts = readdirSync(join(server.data, 'files')).filter((name) => name !== 'partyline.id')
  t.same(parts, [], 'nothing is on the disk before the first byte')

  // The peer ends its side too early.
  const first = new Wire(t, server.port)
  await first.send(`/put ${token} ${bytes.length}\n`)
  await first.send(bytes.subarray(0, 70_000))
  first.socket.end()
  t.match(
    await first.text,
    new RegExp(
      `^! The upload broke off at 70000 of 200000 bytes. Go on at offset 70000.\n\\*   sh -c '.*\\(echo /put ${token} \\$\\(wc -c <"\\$0"\\) 70000; tail -c \\+70001 "\\$0"\\) \\| nc 127.0.0.1 ${server.port}' half.bin\n$`,
    ),
  )
  await anna.expect(
    /\* "half.bin" broke off at 35 % of 200 kB. To go on, run one .*:\n\* {3}sh .*\(echo \/put .*\n\* {3}curl -C 70000 -T half\.bin http/,
  )
  anna.type('/files')
  await anna.expect(
    /"half\.bin" {2}to bob: broke off at 35 % of 200 kB\. To go on:\n- {3}sh .*\(echo .*\n- {3}curl -C 70000 /,
  )

  t.match(await put(t, server.port, `${token} 200000`, bytes), /^! 70000 bytes of that file are here/)
  t.match(await put(t, server.port, `${token} 200000 70001`, bytes), /^! 70000 bytes of that file are here/)
  t.match(
    await put(t, server.port, `${token} 200001 70000`, bytes),
    /^! This upload began with a size of 200000/,
  )
  t.match(
    await put(t, server.port, `${token} 60000 70000`, bytes),
    /^! This upload began with a size of 200000/,
  )

  // The connection is torn, and then nothing comes for too long.
  const second = new Wire(t, server.port)
  await second.send(`/put ${token} 200000 70000\n`)
  await second.send(bytes.subarray(70_000, 90_000))
  second.socket.end()
  t.match(await second.text, 'at 90000 of 200000 bytes')
  const third = new Wire(t, server.port)
  await third.send(`/put ${token} 200000 90000\n`)
  await third.send(bytes.subarray(90_000, 120_000))
  t.match(await third.text, 'at 120000 of 200000 bytes', 'stalled')

  t.match(
    await put(t, server.port, `${token} 200000 120000`, bytes.subarray(120_000)),
    `* "half.bin" is there, for bob: 200000 bytes (200 kB), SHA-256 ${sha256(bytes)}\n`,
  )
  const getToken = await announcedToken(bob, 'half.bin')
  t.same(await get(t, server.port, getToken), bytes)
  t.same(await get(t, server.port, `${getToken} 150000`), bytes.subarray(150_000), 'a download goes on too')
  t.same(await get(t, server.port, `${getToken} 200000`), Buffer.alloc(0))
  t.equal((await get(t, server.port, `${getToken} 200001`)).toString(), '')
  t.match(await put(t, server.port, `${token} 200000`, bytes), /^! That token is wrong, used or expired/)
})

t.test('kill -9 in the middle, and at the end', async (t) => {
  const { server, anna } = await startFileServer(t)
  const bytes = someBytes(3_000_000)
  const token = await ticketFor(anna, '@bob big.bin')
  const wire = new Wire(t, server.port)
  await wire.send(`/put ${token} ${bytes.length}\n`)
  await wire.send(bytes.subarray(0, 1_000_000))
  // All that was sent is on its way to the disk; a file of that size shows that it is there.
  const folder = join(server.data, 'files')
  const size = () => readdirSync(folder).map((name) => statSync(join(folder, name)).size)[0] ?? 0
  while (size() < 1_000_000) await anna.settle()
  server.child.kill('SIGKILL')
  await server.exit

  const again = await startServer(t, { settings: fileSettings, data: server.data })
  t.match(await put(t, again.port, `${token} ${bytes.length}`), '! 1000000 bytes of that file are here')
  t.match(
    await put(t, again.port, `${token} ${bytes.length} 1000000`, bytes.subarray(1_000_000)),
    `SHA-256 ${sha256(bytes)}\n`,
  )
  again.child.kill('SIGKILL')
  await again.exit

  const last = await startServer(t, { settings: fileSettings, data: server.data })
  const bob = await connectPerson(t, last.port, { lines: [`/login bob ${password}`, '/files', '/fileget 1'] })
  await bob.expect(/sent "big\.bin" \(3\.0 MB\): file 1/)
  const [, getToken = ''] = await bob.expect(/echo \/get (\w+)/)
  t.same(sha256(await get(t, last.port, getToken)), sha256(bytes))
})

t.test('one uploader at a time; the server stops under one', async (t) => {
  const { server, anna } = await startFileServer(t)
  const bytes = someBytes(100_000)
  const token = await ticketFor(anna, 'slow.bin')
  const wire = new Wire(t, server.port)
  await wire.send(`/put ${token} 100000\n`)
  await wire.send(bytes.subarray(0, 40_000))
  const folder = join(server.data, 'files')
  while (!readdirSync(folder).some((name) => name.endsWith('.part'))) await anna.settle()
  t.equal(
    await put(t, server.port, `${token} 100000`, bytes),
    '! An upload with that token is running already.\n',
  )
  server.child.kill('SIGTERM')
  t.match(await wire.text, 'at 40000 of 100000 bytes')
  t.strictSame(await server.exit, { code: 0, signal: null })
  const again = await startServer(t, { settings: fileSettings, data: server.data })
  t.match(await put(t, again.port, `${token} 100000 40000`, bytes.subarray(40_000)), sha256(bytes))
})

t.test('two uploads of one account at once, and a reader who takes nothing', async (t) => {
  const { server, anna, bob } = await startFileServer(t, { settings: { FILES_STALL_SECONDS: '1' } })
  const files = [someBytes(2_000_000, 1), someBytes(2_000_000, 2)]
  const tokens = [await ticketFor(anna, 'one.bin'), await ticketFor(anna, 'two.bin')]
  const answers = await Promise.all(
    files.map((bytes, index) => put(t, server.port, `${tokens[index]} ${bytes.length}`, bytes)),
  )
  t.same(
    answers.map((text) => /SHA-256 (\w+)/.exec(text)?.[1]),
    files.map(sha256),
  )
  const big = someBytes(30_000_000)
  await put(t, server.port, `${await ticketFor(anna, 'big.bin')} ${big.length}`, big)
  const getToken = await announcedToken(bob, 'big.bin')
  const stuck = new Wire(t, server.port)
  stuck.socket.pause()
  await stuck.send(`/get ${getToken}\n`)
  t.equal(sha256(await get(t, server.port, getToken)), sha256(big), 'others are not held up')
  await server.stdout.expect('"msg":"download broken off"')
  t.pass('who does not read is cut off')
})

t.test('wrong, guessed and malformed first lines', async (t) => {
  const { server, anna } = await startFileServer(t)
  const token = await ticketFor(anna, 'x')
  const lines: [string, RegExp][] = [
    ['/put ABCDEFGHJKMNPQRSTVWXYZ0123456789 5', /^! That token is wrong, used or expired/],
    // What is got goes into a file, and no words do.
    ['/get ABCDEFGHJKMNPQRSTVWXYZ0123456789', /^$/],
    [`/get ${token}`, /^$/],
    ['/get', /^$/],
    [`/get ${token} x`, /^$/],
    [`/put ${token}`, /^! The size is missing, so nothing was sent\. Is the file in this folder/],
    [`/put ${token} `, /^! The size is missing/],
    ['/put', /^! A transfer begins with/],
    [`/put ${token} -5`, /^! A transfer begins with/],
    [`/put ${token} 5 5 5`, /^! A transfer begins with/],
    [`/put ${token} 5 6`, /^! 0 bytes of that file are here/],
    ['/get ../../etc/passwd', /^$/],
  ]
  for (const [line, answer] of lines) {
    const wire = new Wire(t, server.port)
    await wire.send(`${line}\n`)
    t.match(await wire.text, answer, line)
  }
  t.match(
    await put(t, server.port, `${token} 2`, Buffer.from('ok')),
    '2 bytes',
    'the ticket is as good as before',
  )
})

t.test('somebody who was removed gets nothing by the old token', async (t) => {
  const { server, anna, bob } = await startFileServer(t)
  anna.type('/create #cn private bob')
  const [, request = ''] = await bob.expect(/\/accept (\d+)/)
  bob.type(`/accept ${request}`)
  await bob.expect('#cn: 2 members')
  await put(t, server.port, `${await ticketFor(anna, 'secret.txt')} 6`, Buffer.from('secret'))
  const token = await announcedToken(bob, 'secret.txt')
  bob.type('/fileget 1')
  const [, personal = ''] = await bob.expect(/echo \/get (\w+)/)
  t.equal((await get(t, server.port, token)).toString(), 'secret')
  t.equal((await get(t, server.port, personal)).toString(), 'secret')
  anna.type('/remove #cn bob')
  await bob.expect('removed')
  t.equal((await get(t, server.port, token)).toString(), '')
  t.equal((await get(t, server.port, personal)).toString(), '')
  const carol = await connectMember(t, server.port, 'carol', password)
  carol.type('/fileget 1', '/files')
  await carol.expect('! There is no file 1 for you')
  await carol.expect('* No files.')
})

t.test('progress is told to the terminal and to the chat', async (t) => {
  const { server, anna } = await startFileServer(t)
  const token = await ticketFor(anna, 'slow.bin')
  const wire = new Wire(t, server.port)
  await wire.send(`/put ${token} 1000\n`)
  await wire.send(someBytes(400))
  // After two seconds, which is what the issue of this is.
  await anna.expect(/\* "slow\.bin": 40 % of 1\.0 kB, \d+ bytes\/s, \d seconds left\n/)
  t.match((await wire.received(5)).toString(), /^\* 40 % of 1\.0 kB, \d+ bytes\/s, \d seconds left\n/)
  anna.type('/files')
  await anna.expect(/"slow\.bin" {2}to #lobby: 40 %/)
  await wire.send(someBytes(600))
  t.match(await wire.text, 'is there, in #lobby: 1000 bytes (1.0 kB)')
})
