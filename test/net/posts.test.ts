import { once } from 'node:events'
import { connect } from 'node:net'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { cleanRows, cleanText, isBlank } from '../../server/lib/clean.ts'
import type { LineClient } from '../support/client.ts'
import { directoryFor } from '../support/directory.ts'
import { type Overrides, TestServer } from '../support/server.ts'
import { answerOf, everything, type WebAnswer } from '../web/web-client.ts'

const password = 'a password'

/** A server with #ci, where ci is admin and bob a guest, and another listener that a proxy tells addresses on. */
class Stage {
  readonly server: TestServer
  readonly ci: LineClient
  readonly bob: LineClient
  /** For everything. */
  readonly token: string

  private constructor(server: TestServer, ci: LineClient, bob: LineClient, token: string) {
    this.server = server
    this.ci = ci
    this.bob = bob
    this.token = token
  }

  static async open(t: Test, config: Overrides = {}): Promise<Stage> {
    const host = '127.0.0.1'
    const server = await TestServer.start({
      directory: directoryFor(t),
      config: {
        listeners: [
          { host, port: 0 },
          { host, port: 0, proxy: 'tcp' },
          { host, port: 0, telnet: true },
        ],
        'web.listen': [{ host, port: 0 }],
        ...config,
      },
    })
    t.teardown(() => server.stop())
    const ci = await server.connect()
    await ci.ask(`/signup ci\n${password}\n${password}`)
    await ci.ask('/create #ci')
    const token = await tokenOf(ci, 'all')
    const bob = await server.connect()
    await bob.ask('/nick bob')
    await bob.ask('/join #ci')
    await ci.settled()
    return new Stage(server, ci, bob, token)
  }

  /** Sends bytes, and answers all that comes until the server closes. */
  async send(bytes: string | Buffer, port = this.server.port): Promise<WebAnswer> {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => undefined)
    await once(socket, 'connect')
    socket.write(bytes)
    return answerOf(await everything(socket))
  }

  post(
    path: string,
    body: string | Buffer = 'disk full',
    { headers = {}, from, method = 'POST', port }: Sending = {},
  ): Promise<WebAnswer> {
    const all = { Host: 'chat.example.org', 'Content-Length': String(Buffer.byteLength(body)), ...headers }
    const lines = Object.entries(all).flatMap(([name, value]) => (value === '' ? [] : [`${name}: ${value}`]))
    const head = `${[`${method} ${path} HTTP/1.1`, ...lines].join('\r\n')}\r\n\r\n`
    const proxy = from === undefined ? '' : `PROXY TCP4 ${from} 203.0.113.5 54321 6667\r\n`
    const where = from === undefined ? port : this.server.running.ports[1]
    return this.send(Buffer.concat([Buffer.from(proxy + head), Buffer.from(body)]), where)
  }

  /** Posts to #ci by the token in the path. */
  say(body: string | Buffer, sending: Sending = {}): Promise<WebAnswer> {
    return this.post(`/say/ci/${this.token}`, body, sending)
  }

  /** The lines that bob read since, without the time. */
  async heard(): Promise<string[]> {
    return (await this.bob.settled()).map((line) => line.replace(/^\[\d\d:\d\d\] /, ''))
  }
}

interface Sending {
  /** Besides the usual ones; an empty one leaves that out. */
  readonly headers?: Readonly<Record<string, string>>
  readonly method?: string
  readonly port?: number
  /** The address that a proxy tells. */
  readonly from?: string
}

async function tokenOf(owner: LineClient, name: string, made = ''): Promise<string> {
  const told = (await owner.ask(`/token ${name} ${made}`)).join('\n')
  const [, token] = /^\* Token \S+: (\w+)/m.exec(told) ?? []
  if (token === undefined) throw new Error(told)
  return token
}

function basic(name: string, token: string): { Authorization: string } {
  return { Authorization: `Basic ${Buffer.from(`${name}:${token}`).toString('base64')}` }
}

t.test('what is posted is said, and nobody is told that somebody comes and goes', async (t) => {
  const stage = await Stage.open(t)
  const { bob, ci, server, token } = stage
  const program = await server.connect()
  await program.ask('/nick watcher')
  await program.ask('/join #ci')
  await program.ask('/format json')
  await ci.ask('/quit')
  await bob.settled()
  await program.settled()
  const ways: readonly (readonly [string, Sending])[] = [
    ['/say/ci', { headers: basic('ci', token) }],
    ['/say/CI', { headers: basic('CI', token.toLowerCase()) }],
    ['/say/ci', { headers: basic('#1', token) }],
    ['/say/ci', { headers: basic('', token) }],
    ['/say/%23ci', { headers: basic('ci', token) }],
    [`/say/ci/${token}`, {}],
    [`/say/ci/${token}/`, {}],
    [`/say/ci/${token}?source=x`, {}],
    [`http://chat.example.org/say/ci/${token}`, {}],
    [`/say/ci/${token}`, { from: '192.0.2.7' }],
    [`/say/ci/${token}`, { port: server.webPort, headers: { Host: `127.0.0.1:${server.webPort}` } }],
  ]
  for (const [path, sending] of ways) {
    const answer = await stage.post(path, 'disk full', sending)
    t.equal(answer.status, 200, `${path}: ${answer.raw}`)
    t.match(answer.body, /^\* Message \d+ is said in #(?:ci|CI)\.\n$/)
    t.same(await stage.heard(), ['#ci <ci> disk full'])
  }
  const events = (await program.settled()).filter((line) => !line.includes('"pong"'))
  t.equal(events.length, ways.length, 'and nothing else is told')
  for (const event of events) t.match(JSON.parse(event), { type: 'message', from: 'ci', bot: true })
  t.match((await stage.post(`/say/@~bob/${token}`)).body, /^\* Message \d+ is said to ~bob\.\n$/)
  t.same(await stage.heard(), ['*ci* disk full'])
  const json = await stage.say('once more', { headers: { Accept: 'application/json' } })
  t.equal(json.headers.get('content-type'), 'application/json')
  t.match(JSON.parse(json.body), { ok: true, data: { id: Number, at: String } })
  await server.activity.until(() => server.count('disconnected') === server.count('connected') - 2)
  t.equal(server.count('something was thrown'), 0)
  t.notMatch(JSON.stringify(server.logged), token, 'no log has the token')
})

t.test('the body is text, whatever it looks like', async (t) => {
  const stage = await Stage.open(t)
  const bodies: readonly (readonly [string | Buffer, readonly string[]])[] = [
    ['/quit', ['/quit']],
    ['//me', ['//me']],
    ['QUIT', ['QUIT']],
    ['/cancel', ['/cancel']],
    ['text=disk+full&x=1', ['text=disk+full&x=1']],
    ['payload={"text":"x"}', ['payload={"text":"x"}']],
    ['{"line":"/quit","tag":1}', ['{"line":"/quit","tag":1}']],
    ['{"text": "disk full"}', ['{"text": "disk full"}']],
    ['"quoted" \\ $(reboot) `x`', ['"quoted" \\ $(reboot) `x`']],
    ['disk full\n', ['disk full']],
    ['disk full\r\n\r\n', ['disk full']],
    ['one\r\ntwo\r/quit\n\n.\n..', ['one', '| two', '| /quit', '|', '| .', '| ..']],
    ['\x1b[31mred\x07\0 \xc2\x9b', ['[31mred Â']],
    ['\ufeff🔥 é 漢字', ['🔥 é 漢字']],
    [Buffer.from([0xff, 0xfe, 0x41]), []],
    [Buffer.from('caf\xe9', 'latin1'), []],
    ['', []],
    [' \t\n\u200b\n', []],
    ['x'.repeat(4_001), []],
    [`ok\n${'x'.repeat(4_001)}`, []],
    ['x\n'.repeat(201), []],
    ['x'.repeat(200_000), []],
  ]
  const codes = new Map<string, number>()
  for (const [body, rows] of bodies) {
    const answer = await stage.say(body, { headers: { Accept: 'application/json' } })
    const shown = String(body).slice(0, 30)
    const { error, ok } = JSON.parse(answer.body) as { ok: boolean; error?: { code: string } }
    t.equal(ok, rows.length > 0, `${shown}: ${answer.raw}`)
    t.equal(answer.status === 200, ok)
    if (error) codes.set(error.code, answer.status)
    const heard = await stage.heard()
    const expected = rows.map((row, index) => (index === 0 ? `#ci <ci> ${row}` : row))
    t.same(
      heard.map((line) => line.trimEnd()),
      expected.map((line) => line.trimEnd()),
      shown,
    )
  }
  t.same(Object.fromEntries(codes), {
    'bad-encoding': 422,
    'bad-arguments': 422,
    'line-too-long': 413,
    'text-too-long': 413,
  })
  t.equal(stage.server.count('something was thrown'), 0)
})

t.test('whatever bytes come, there is one message of them or a refusal, and never a command', async (t) => {
  const stage = await Stage.open(t)
  const reader = await stage.server.connect()
  await reader.ask('/nick reader')
  await reader.ask('/join #ci')
  await reader.ask('/format json')
  await reader.settled()
  const piece = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 8 }),
    fc.constantFrom(
      '/quit',
      '\r',
      '\n',
      '\r\n',
      '\0',
      '{"line":"/quit"}',
      '\x1b]0;x\x07',
      '\u202e',
      '.',
      '"',
    ),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 12 }), async (pieces) => {
      const text = pieces.join('').toWellFormed()
      const answer = await stage.say(text)
      const events = (await reader.settled()).map(
        (line) => JSON.parse(line) as { type: string; text: string },
      )
      const body = Buffer.from(text)
        .toString()
        .replace(/^\ufeff/, '')
        .replace(/[\r\n]+$/, '')
      const expected = /[\r\n]/.test(body) ? cleanRows(body) : cleanText(body)
      if (answer.status !== 200) {
        t.equal(answer.status, 422)
        t.ok(isBlank(expected), JSON.stringify(text))
        t.same(events, [])
      } else t.match(events, [{ type: 'message', text: expected }], JSON.stringify(text))
      return t.passing()
    }),
    { numRuns: 25 },
  )
})

t.test('bodies come in every way that HTTP has', async (t) => {
  const stage = await Stage.open(t)
  const { server, token } = stage
  const head = `POST /say/ci/${token} HTTP/1.1\r\nHost: x\r\n`
  const latin = Buffer.from('caf\xe9', 'latin1')
  const good: readonly (readonly [string, Promise<WebAnswer>])[] = [
    [
      'in chunks',
      stage.send(`${head}Transfer-Encoding: chunked\r\n\r\n3\r\nin \r\n6\r\nchunks\r\n0\r\n\r\n`),
    ],
    ['café', stage.say(latin, { headers: { 'Content-Type': 'text/plain; charset=ISO-8859-1' } })],
    [
      'wide',
      stage.say(Buffer.from('wide', 'utf16le'), {
        headers: { 'Content-Type': 'text/plain;charset="utf-16le"' },
      }),
    ],
    ['form', stage.say('form', { headers: { 'Content-Type': 'application/x-www-form-urlencoded' } })],
  ]
  for (const [, answer] of good) t.equal((await answer).status, 200, (await answer).raw)
  t.same((await stage.heard()).sort(), good.map(([text]) => `#ci <ci> ${text}`).sort())

  const waiting = connect(server.port, '127.0.0.1')
  waiting.write(`${head}Content-Length: 5\r\nExpect: 100-continue\r\n\r\n`)
  const [interim] = (await once(waiting, 'data')) as [Buffer]
  t.match(String(interim), /^HTTP\/1\.1 100 Continue\r\n/)
  waiting.write('later')
  t.match(await everything(waiting), /^HTTP\/1\.1 200 OK/)
  t.same(await stage.heard(), ['#ci <ci> later'])

  const coded = (version: string, coding: string) =>
    `${head.replace('HTTP/1.1', `HTTP/${version}`)}Transfer-Encoding: ${coding}\r\n\r\n1\r\nx\r\n0\r\n\r\n`
  const bad: readonly (readonly [number, Promise<WebAnswer>])[] = [
    [411, stage.send(`${head}\r\n`)],
    [413, stage.send(`${head}Content-Length: 9999999\r\nExpect: 100-continue\r\n\r\n`)],
    [413, stage.send(`${head}Transfer-Encoding: chunked\r\n\r\n30d40\r\n${'x'.repeat(200_000)}\r\n`)],
    [415, stage.say('--x\r\n', { headers: { 'Content-Type': 'multipart/form-data; boundary=x' } })],
    [415, stage.say('x', { headers: { 'Content-Type': 'text/plain; charset=klingon' } })],
    [415, stage.say('x', { headers: { 'Content-Encoding': 'gzip' } })],
    // Whoever is between may have seen another end, or other bytes.
    [400, stage.send(coded('1.0', 'chunked'))],
    [400, stage.send(coded('1.0', 'gzip, chunked'))],
    [400, stage.send(coded('1.1', 'chunked, chunked'))],
    [501, stage.send(coded('1.1', 'gzip, chunked'))],
    [501, stage.send(coded('1.1', 'x, chunked'))],
  ]
  for (const [status, answer] of bad) t.equal((await answer).status, status, (await answer).raw)
  for (const method of ['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS']) {
    const answer = await stage.say('', { method })
    t.equal(answer.status, 405)
    t.equal(answer.headers.get('allow'), 'POST')
  }
  for (const path of [
    '/say',
    '/say/',
    `/say//${token}`,
    '/say/%',
    '/say/%23',
    '/say/@',
    `/say/ci/${token}/more`,
  ])
    t.equal((await stage.post(path)).status, 404, path)
  t.equal((await stage.post(`/say/1/${token}`)).status, 404, 'no account by its number')
  const telnet = server.running.ports[2]
  t.match((await stage.send(`${head}Content-Length: 1\r\n\r\nx`, telnet)).raw, /HTTP\/1\.1 400 /)

  const closed = connect(server.port, '127.0.0.1')
  closed.end(`${head}Content-Length: 11\r\n\r\nhalf closed`)
  t.match(await everything(closed), /^HTTP\/1\.1 200 /)
  t.same(await stage.heard(), ['#ci <ci> half closed'])

  for (const [body, words] of [
    ['Content-Length: 50\r\n\r\nonly half of', /ended too soon, so nothing was said/],
    ['Content-Length: 50\r\n\r\n', /ended too soon/],
    ['Transfer-Encoding: chunked\r\n\r\n', /ended too soon/],
    ['Transfer-Encoding: chunked\r\n\r\n4\r\nonly\r\n', /ended too soon/],
    ['Transfer-Encoding: chunked\r\n\r\n9\r\nonly', /ended too soon/],
    ['Transfer-Encoding: chunked\r\n\r\n4\r\nonly\r\n0\r\n', /ended too soon/],
    ['Transfer-Encoding: chunked\r\n\r\n4\r\nonlyX', /not in chunks as HTTP has them, so nothing was said/],
    ['Transfer-Encoding: chunked\r\n\r\nzz\r\nonly\r\n', /not in chunks/],
  ] as const)
    for (const port of [server.port, server.webPort]) {
      const cut = connect(port, '127.0.0.1')
      cut.end(head.replace('Host: x', `Host: 127.0.0.1:${port}`) + body)
      const answer = answerOf(await everything(cut))
      t.match(answer, { status: 400, body: words }, `${port === server.port ? 'chat' : 'page'}: ${body}`)
      t.equal(answer.raw.match(/HTTP\/1\.1/g)?.length, 1, 'one answer')
    }
  const slow = connect(server.port, '127.0.0.1')
  slow.write(`${head}Content-Length: 50\r\n\r\nonly half of`)
  const answered = everything(slow)
  await server.activity.until(() => false, 200)
  server.clock.advance(20_000)
  t.match(await answered, /^HTTP\/1\.1 408 /)
  const pair = await stage.send(`${head}Content-Length: 3\r\n\r\none${head}Content-Length: 3\r\n\r\ntwo`)
  t.equal(pair.raw.match(/HTTP\/1\.1/g)?.length, 1, 'one request a connection')
  t.same(await stage.heard(), ['#ci <ci> one'], 'nothing of the others was said')
})

t.test('no page of a browser posts, by no cookie and not with a token', async (t) => {
  const stage = await Stage.open(t)
  const { server } = stage
  const own = `127.0.0.1:${server.webPort}`
  for (const port of [server.port, server.webPort])
    for (const headers of [
      { Origin: 'http://evil.example' },
      { Origin: 'null' },
      { Origin: `http://${own}` },
      { 'Sec-Fetch-Site': 'cross-site' },
    ] as const)
      t.equal((await stage.say('x', { port, headers: { Host: own, ...headers } })).status, 403)
  const cookie = { Host: own, Cookie: `partyline-${server.webPort}=${'A'.repeat(32)}` }
  const answer = await stage.post('/say/ci', 'x', { port: server.webPort, headers: cookie })
  t.equal(answer.status, 401)
  t.match(answer.headers.get('www-authenticate'), /^Basic /)
  t.same(await stage.heard(), [])
})

t.test('the rules of the chat hold, with their words', async (t) => {
  const stage = await Stage.open(t)
  const { ci, server } = stage
  const carol = await server.connect()
  await carol.ask(`/signup carol\n${password}\n${password}`)
  const carols = await tokenOf(carol, 'carol')
  const reads = await tokenOf(ci, 'reads', 'read')
  const bound = await tokenOf(ci, 'bound', 'write #ci')
  const old = await tokenOf(ci, 'old')
  await ci.ask('/token old revoke')
  await server.makeOperator('root', password)
  const root = await server.connect()
  await root.ask(`/login root ${password}`)
  await root.ask('/join #ci')
  const roots = await tokenOf(root, 'root')
  await stage.heard()
  const refusal = async (path: string, headers: Record<string, string> = {}) => {
    const answer = await stage.post(path, 'x', { headers: { Accept: 'application/json', ...headers } })
    const { error } = JSON.parse(answer.body) as { error?: { code: string } }
    return [answer.status, error?.code]
  }
  t.same(await refusal(`/say/nowhere/${stage.token}`), [404, 'no-such-channel'])
  t.same(await refusal(`/say/ci/${carols}`), [403, 'not-a-member'])
  t.same(await refusal(`/say/ci/${reads}`), [403, 'token-limited'])
  t.same(await refusal(`/say/lobby/${bound}`), [403, 'token-limited'])
  t.same(await refusal(`/say/@carol/${bound}`), [403, 'token-limited'])
  t.same(await refusal(`/say/@nobody/${stage.token}`), [404, 'no-such-user'])
  t.same(await refusal(`/say/ci/${old}`), [401, 'bad-login'])
  t.same(await refusal('/say/ci', basic('ci', password)), [401, 'bad-login'], 'a password is no token')
  t.same(await refusal('/say/ci', basic('carol', bound)), [401, 'bad-login'], 'somebody else’s token')
  t.same(await refusal(`/say/ci/${bound}`), [200, undefined])
  t.same(await refusal(`/say/ci/${roots}`), [200, undefined], 'an operator’s writes, too')
  await carol.ask('/join #ci')
  await ci.ask('/mute #ci carol')
  t.same(await refusal(`/say/ci/${carols}`), [403, 'muted'])
  const text = await stage.post(`/say/ci/${carols}`)
  t.match(text.body, /^! You may read #ci, but not speak there/)
  t.match(
    (await stage.heard()).filter((line) => line.includes('#ci <')),
    ['#ci <ci> x', '#ci <root> x'],
  )
  t.match((await stage.post(`/say/@carol/${stage.token}`)).body, /is said to carol\.\n$/)
  await carol.ask('/quit')
  t.match(
    (await stage.post(`/say/@carol/${stage.token}`)).body,
    /is said to carol\.\n\* carol is offline; the message waits\.\n$/,
  )
  server.disk.full = true
  const full = await stage.say('x')
  server.disk.full = false
  t.equal(full.status, 503)
  t.match(full.headers.get('retry-after'), /^\d+$/)
})

t.test('a key says it once, also when the answer was lost', async (t) => {
  const stage = await Stage.open(t)
  const key = { 'Idempotency-Key': '"build 7"' }
  const first = await stage.say('failed', { headers: key })
  const again = await stage.say('failed', { headers: key })
  t.equal(first.status, 200)
  t.equal(again.body, first.body)
  t.same(await stage.heard(), ['#ci <ci> failed'])
  t.equal((await stage.say('x', { headers: { 'Idempotency-Key': 'k'.repeat(65) } })).status, 400)
})

t.test('wrong tokens count as wrong passwords, and a right one does not wait', async (t) => {
  const stage = await Stage.open(t)
  const statuses: number[] = []
  let last: WebAnswer | undefined
  for (let attempt = 0; attempt < 8; attempt++) {
    last = await stage.post('/say/ci', 'x', { headers: basic('ci', 'WRONG'), from: '192.0.2.7' })
    statuses.push(last.status)
  }
  t.same(statuses, [401, 401, 401, 401, 401, 429, 429, 429])
  t.match(last?.headers.get('retry-after'), /^[1-9]\d*$/)
  const visitor = await stage.server.connect(undefined, stage.server.running.ports[1])
  visitor.write('PROXY TCP4 192.0.2.7 203.0.113.5 54321 6667\r\n')
  t.match(await visitor.ask(`/login ci ${password}`), [/^! Too many wrong passwords/])
  t.equal((await stage.say('x', { from: '192.0.2.7' })).status, 200)
  t.ok(stage.server.count('login failed') >= 5)
})

t.test('a flood waits for its turn as over nc, and what has waited too long is not said', async (t) => {
  const warnings: string[] = []
  const warn = ({ message }: Error) => warnings.push(message)
  process.on('warning', warn)
  t.teardown(() => process.off('warning', warn))
  const stage = await Stage.open(t)
  const { server } = stage
  server.clock.advance(3_600_000)
  await server.reload({ 'limits.burst': 5, 'limits.messagesPerSecond': 1, 'limits.addressBurst': 0 })
  await stage.heard()
  const posts = Array.from({ length: 20 }, (_, index) => stage.say(`post ${index}`))
  await server.activity.until(() => server.count('login') >= 20, 500)
  for (let second = 0; second < 10; second++) {
    await server.activity.until(() => false, 50)
    server.clock.advance(1_000)
  }
  const answers = await Promise.all(posts)
  const said = answers.filter(({ status }) => status === 200)
  const late = answers.filter(({ status }) => status === 429)
  t.equal(said.length + late.length, 20)
  t.ok(said.length >= 5 && late.length >= 5, `${said.length} said, ${late.length} too late`)
  t.match(late[0]?.headers.get('retry-after'), '10')
  t.match(late[0]?.body, /^! You say more than the server takes from you/)
  server.clock.advance(60_000)
  t.equal((await stage.heard()).length, said.length, 'whatever was refused was said to nobody')
  t.same(warnings, [], 'and Node.js takes many that wait for no leak')
})

t.test('over plain text a token is refused where TLS is asked for, before anybody looks at it', async (t) => {
  const stage = await Stage.open(t, { 'accounts.requireTls': true, 'web.proxy': ['127.0.0.1'] })
  const { server } = stage
  for (const token of [stage.token, 'WRONG']) {
    const answer = await stage.post(`/say/ci/${token}`, 'x', { from: '192.0.2.7' })
    t.equal(answer.status, 403)
    t.match(answer.body, /^! .*TLS/)
  }
  t.equal(server.count('login failed'), 0)
  t.equal((await stage.say('from this machine')).status, 200)
  const relayed = (scheme: string) =>
    stage.say('by a proxy', {
      port: server.webPort,
      headers: { 'X-Forwarded-For': '192.0.2.7', 'X-Forwarded-Proto': scheme, Host: '127.0.0.1' },
    })
  t.equal((await relayed('http')).status, 403)
  t.equal((await relayed('https')).status, 200)
  t.equal((await stage.heard()).length, 2)
})

t.test('a bot with the same token misses nothing by a post', async (t) => {
  const stage = await Stage.open(t)
  const { ci, server, token } = stage
  await ci.ask('/quit')
  const bot = await server.connect()
  await bot.ask(`/format json\n/login ci ${token}`)
  await bot.ask('/quit')
  await stage.bob.ask('missed')
  await stage.say('posted meanwhile')
  const again = await server.connect()
  const [welcome = ''] = (await again.ask(`/format json\n/login ci ${token}`)).filter((line) =>
    line.includes('"login"'),
  )
  t.match(welcome, '"text":"missed"')
})
