import t from 'tap'
import { directoryFor } from '../support/directory.ts'
import { TestServer } from '../support/server.ts'

const blanks = {
  nbsp: '\u00a0',
  mark: '\ufeff',
  ideographic: '\u3000',
  zeroWidth: '\u200b',
  braille: '\u2800',
}

/** What nobody is to read; each of these is meant as a command. */
const commands = [
  ...Object.values(blanks).flatMap((blank) => [
    `${blank}/login anna PASSWORD`,
    `/login${blank}anna${blank}PASSWORD`,
    ` ${blank}\t／login anna PASSWORD`,
  ]),
  '／login anna PASSWORD',
  '／ｌｏｇｉｎ anna PASSWORD',
  '\u001b[200~/login anna PASSWORD',
  '\u001b[200~\u00a0/login anna PASSWORD\u001b[201~',
  '{"line":"/login anna PASSWORD"}',
  ' {"tag":1,"line": "/login anna PASSWORD"}',
]
const inJson = [
  ' {"line":"/login anna PASSWORD"}',
  '\ufeff{"line":"/login anna PASSWORD"}',
  '\u00a0{"line":"/login anna PASSWORD"}',
  '\u2800["/login anna PASSWORD"]',
  '[{"line":"/login anna PASSWORD"}]',
  '{',
  '  "line": "/login anna PASSWORD"',
  '}',
  ' ]',
  JSON.stringify({ line: '\u00a0/login anna PASSWORD' }),
  JSON.stringify({ line: '/login\u200banna\u200bPASSWORD' }),
  JSON.stringify({ line: '\ufeff／login anna PASSWORD' }),
]

t.test('what is meant as a command is never said', async (t) => {
  const server = await TestServer.start({ directory: directoryFor(t) })
  t.teardown(() => server.stop())
  const watcher = await server.connect()
  await watcher.ask('/nick watcher')
  for (const [format, lines] of [
    ['text', commands],
    ['json', inJson],
  ] as const) {
    for (const line of lines) {
      const guest = await server.connect()
      await guest.ask('/nick sam')
      if (format === 'json') await guest.ask('/format json')
      await guest.ask(line)
      t.match(guest.raw.split('\n').at(-3), /^! |"ok":false|pong/, JSON.stringify(line))
      await guest.ask('/quit')
    }
  }
  t.notMatch(watcher.raw, /PASSWORD/)
  t.notMatch(watcher.raw, /<~sam>/)
})

t.test('what shows nothing parts arguments, in text and in JSON', async (t) => {
  const server = await TestServer.start({ directory: directoryFor(t) })
  t.teardown(() => server.stop())
  const bob = await server.connect()
  await bob.ask('/nick bob')
  const anna = await server.connect()
  await anna.ask('/signup anna\npassword\npassword')
  await bob.settled()
  for (const blank of Object.values(blanks)) {
    const lines = [`/msg${blank}＠bob${blank}in ${blank} words`, `/msg ＃lobby${blank}aloud`]
    for (const line of lines) await anna.ask(line)
    await anna.ask('/format json')
    for (const line of lines) await anna.ask(JSON.stringify({ line }))
    await anna.ask(JSON.stringify({ say: 'aloud', to: '＃lobby' }))
    await anna.ask('/format text')
    const read = (await bob.settled()).map((line) => line.replace(/^\[.*?\] /, '').replace(/[^!-~]+/g, ' '))
    const [word, aloud] = ['*anna* in words', '#lobby <anna> aloud']
    t.same(read, [word, aloud, word, aloud, aloud], JSON.stringify(blank))
  }
  await anna.ask('/join\u3000＃tea\u00a0')
  t.match(await anna.ask('＠end '), [/no private talk|not talking/i])
})

t.test('a face of full width can be said', async (t) => {
  const server = await TestServer.start({ directory: directoryFor(t) })
  t.teardown(() => server.stop())
  const bob = await server.connect()
  await bob.ask('/nick bob')
  const anna = await server.connect()
  await anna.ask('/nick anna')
  await bob.settled()
  t.match(await anna.ask('／(^o^)＼'), [/^! There is no command .*\/\//])
  await anna.ask('／／(^o^)＼')
  t.match(await bob.settled(), [/<~anna> ／\(\^o\^\)＼$/])
})

t.test('a mark in front of all that a connection sends is no part of it', async (t) => {
  const server = await TestServer.start({ directory: directoryFor(t) })
  t.teardown(() => server.stop())
  const mark = Buffer.from('\ufeff')
  const sent = {
    talk: ['/nick sam\n', /You are ~sam/],
    JSON: ['/format json\n{"line":"/nick sam","tag":1}\n', /"tag":1,"command":"nick","ok":true/],
    // It ends without a word, which would be in the file.
    '/get': ['/get NOSUCHTOKEN\n', /^ended/],
    '/put': ['/put NOSUCHTOKEN 5\nhello', /^! /],
    HTTP: ['GET / HTTP/1.1\r\nHost: x\r\n\r\n', /^HTTP\/1.1 /],
    telnet: [Buffer.from('\xff\xfb\x1f/nick sam\r\n', 'latin1'), /You are ~sam/],
  } as const
  for (const [name, [bytes, answer]] of Object.entries(sent)) {
    for (const cut of [0, 1, 3]) {
      const client = await server.connect()
      const all = Buffer.concat([mark, Buffer.from(bytes)])
      client.write(all.subarray(0, cut))
      await server.activity.quiet()
      client.write(all.subarray(cut))
      t.ok(
        await server.activity.until(() =>
          answer.test((client.raw || (client.ended ? 'ended' : '')).replace(/\xff.*?(?=[*!])/s, '')),
        ),
        `${name}, cut at ${cut}`,
      )
      if (name === '/get' || name === '/put') t.notMatch(client.raw, 'Who are you', 'as a transfer')
      client.end()
    }
  }
})
