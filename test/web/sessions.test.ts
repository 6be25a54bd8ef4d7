import t, { type Test } from 'tap'
import { directoryFor } from '../support/directory.ts'
import { TestServer } from '../support/server.ts'
import {
  answerOf,
  cookieFor,
  everything,
  open,
  originOf,
  postSession,
  request,
  WebClient,
  withPage,
} from './web-client.ts'

const password = "anna's password"

async function start(t: Test, config: Readonly<Record<string, unknown>> = {}): Promise<TestServer> {
  const server = await TestServer.start({ directory: directoryFor(t), config: { ...withPage, ...config } })
  t.teardown(() => server.stop())
  return server
}

/** Somebody who has just signed up in a browser and stays logged in. */
async function signedUp(
  server: TestServer,
  name = 'anna',
): Promise<{ client: WebClient; cookie: string | undefined }> {
  const client = await WebClient.connect(server)
  await client.data(`/signup ${name}`, password, password)
  const { ticket } = await client.data('/session ticket')
  return { client, cookie: await cookieFor(server, ticket) }
}

t.test('a browser stays logged in over a reload, and over a restart of the server', async (t) => {
  const server = await start(t)
  const { client, cookie } = await signedUp(server)
  t.match(cookie, new RegExp(`^partyline-${server.webPort}=[0-9A-Z]{32}$`))
  await client.end()
  const again = await WebClient.connect(server, { cookie })
  t.match(await again.hello(), { session: 'anna' })
  t.match(await again.data('/session'), { name: 'anna', id: 1, target: '#lobby' })
  t.equal(await again.refusal('/session'), 'already-logged-in')
  const tokens = await again.data('/tokens', password)
  t.match(tokens, { tokens: [{ name: 'browser:1', scope: 'browser', address: '127.0.0.1', here: true }] })
  await again.end()
  await server.stop()
  await server.start()
  const later = await WebClient.connect(server, {
    cookie: cookie?.replace(/^partyline-\d+/, `partyline-${server.webPort}`),
  })
  t.match(await later.hello(), { session: 'anna' })
  t.match(await later.data('/session'), { name: 'anna' })
})

t.test('the cookie is one of the origin, and no script reads it', async (t) => {
  const server = await start(t)
  const client = await WebClient.connect(server)
  await client.data('/signup anna', password, password)
  const { ticket } = await client.data('/session ticket')
  const answer = await postSession(
    server,
    { ticket },
    { 'User-Agent': 'Mozilla/5.0 (X11; Linux) Firefox/140.0' },
  )
  t.equal(answer.status, 204)
  t.match(
    answer.headers.get('set-cookie'),
    /^partyline-\d+=[0-9A-Z]{32}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=\d+$/,
  )
  t.match(await client.data('/tokens'), { tokens: [{ agent: 'Firefox on Linux', here: true }] })
  const [cookie = ''] = (answer.headers.get('set-cookie') ?? '').split(';')
  const [name = '', secret = ''] = cookie.split('=')
  const other = `partyline-${server.webPort + 1}=${secret}`
  for (const [one, why] of [
    [other, 'of another port'],
    [`${cookie}; ${cookie}`, 'twice'],
    [`${name}=${secret.slice(1)}`, 'another secret'],
    [`${name}=`, 'nothing'],
    [`x=${cookie}`, 'of another name'],
  ] as const) {
    const foreign = await WebClient.connect(server, { cookie: one })
    t.notHas(await foreign.hello(), { session: 'anna' }, why)
    t.equal(await foreign.refusal('/session'), 'bad-login', why)
    await foreign.end()
  }
  const noPage = await WebClient.connect(server, { cookie, origin: false })
  t.notHas(await noPage.hello(), { session: 'anna' }, 'no Origin, no cookie')
})

t.test('a ticket is good once, for a minute, for who made it', async (t) => {
  const server = await start(t)
  const { client } = await signedUp(server)
  const { ticket } = await client.data('/session ticket')
  t.type(await cookieFor(server, ticket), 'string')
  t.equal(await cookieFor(server, ticket), undefined, 'twice')
  const { ticket: late } = await client.data('/session ticket')
  server.clock.advance(61_000)
  t.equal(await cookieFor(server, late), undefined, 'late')
  const { ticket: first } = await client.data('/session ticket')
  const { ticket: second } = await client.data('/session ticket')
  t.equal(await cookieFor(server, first), undefined, 'another was made')
  await client.data('/logout')
  t.equal(await cookieFor(server, second), undefined, 'logged out')
  await client.data(`/login anna ${password}`)
  const { ticket: gone } = await client.data('/session ticket')
  await client.end()
  t.equal(await cookieFor(server, gone), undefined, 'gone')
  const visitor = await WebClient.connect(server)
  t.equal(await visitor.refusal('/session ticket'), 'not-logged-in')
  await visitor.data('/nick sam')
  t.equal(await visitor.refusal('/session ticket'), 'not-allowed')
  for (const body of [{}, { ticket: 7 }, [], 'x', { ticket: 'x'.repeat(2000) }])
    t.match((await postSession(server, body)).status, /^4\d\d$/, JSON.stringify(body).slice(0, 20))
})

t.test('a browser has one session of an account, however often somebody logs in there', async (t) => {
  const server = await start(t)
  const { client, cookie = '' } = await signedUp(server)
  await client.end()
  const again = await WebClient.connect(server, { cookie })
  await again.data(`/login anna ${password}`)
  const { ticket } = await again.data('/session ticket')
  const answer = await postSession(server, { ticket }, { Cookie: cookie })
  t.equal(answer.status, 204)
  t.match(await again.data('/tokens'), { total: 1, tokens: [{ name: 'browser:2', here: true }] })
  const old = await WebClient.connect(server, { cookie })
  t.equal(await old.refusal('/session'), 'bad-login')
})

t.test('the tabs of a browser belong to the session that it has now, and end with it', async (t) => {
  const server = await start(t)
  const { client, cookie = '' } = await signedUp(server)
  const tabs = await Promise.all(['b', 'c'].map(() => WebClient.connect(server, { cookie })))
  for (const tab of tabs) await tab.data('/session')
  const { ticket } = (await tabs[0]?.data('/session ticket', password)) ?? {}
  t.equal((await postSession(server, { ticket }, { Cookie: cookie })).status, 204)
  const elsewhere = await server.connect()
  await elsewhere.ask('/format json')
  elsewhere.send(`/login anna ${password}`)
  elsewhere.send('/token browser:2 revoke')
  for (const tab of [client, ...tabs])
    t.match(await tab.event('closing'), { reason: 'this browser was logged out' })
})

t.test('browsers that go because there are too many take their tabs along', async (t) => {
  const server = await start(t)
  const { client, cookie } = await signedUp(server)
  const tab = await WebClient.connect(server, { cookie })
  await tab.data('/session')
  const others: WebClient[] = []
  for (let count = 0; count < 20; count++) {
    server.clock.advance(1_000)
    const other = await WebClient.connect(server)
    await other.data(`/login anna ${password}`)
    const { ticket } = await other.data('/session ticket')
    t.ok(await cookieFor(server, ticket))
    others.push(other)
  }
  for (const one of [client, tab])
    t.match(await one.event('closing'), { reason: 'this browser was logged out' })
  t.match(await others.at(-1)?.data('/ping there'), { text: 'there' })
  t.match(await others[0]?.data('/ping there'), { text: 'there' })
})

t.test('while nothing can be stored, the browser at least is logged out', async (t) => {
  const server = await start(t)
  const { client, cookie = '' } = await signedUp(server)
  server.disk.full = true
  t.match(await client.data('/logout'), { name: 'anna' })
  const gone = await request(server, 'DELETE', '/session', { Origin: originOf(server), Cookie: cookie })
  t.equal(gone.status, 503)
  t.match(gone.headers.get('set-cookie'), /^partyline-\d+=; .*Max-Age=0/)
  server.disk.full = false
  t.equal(server.logged.filter(({ level }) => level === 'error').length, 0, 'and it is no defect')
})

t.test('whoever asks first whether to send the ticket is told', async (t) => {
  const server = await start(t)
  const client = await WebClient.connect(server)
  await client.data('/signup anna', password, password)
  const { ticket } = await client.data('/session ticket')
  const { raw } = await postSession(server, { ticket }, { Expect: '100-continue' })
  t.match(raw, /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 204 /)
})

t.test('a ticket whose end is not clear, or that does not come, is refused with words', async (t) => {
  const server = await start(t)
  const { client } = await signedUp(server)
  const body = JSON.stringify({ ticket: (await client.data('/session ticket'))['ticket'] })
  const chunks = `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`
  const cases: readonly (readonly [string, string, number, RegExp, string?])[] = [
    ['X: y', '', 411, /as application\/json/],
    ['Content-Length: 1001', '', 413, /as application\/json/],
    ['Transfer-Encoding: chunked', `3e9\r\n${'x'.repeat(1001)}\r\n`, 413, /as application\/json/],
    ['Transfer-Encoding: chunked', chunks, 400, /HTTP\/1\.0 has no chunks/, '1.0'],
    ['Transfer-Encoding: gzip, chunked', chunks, 501, /chunked here/],
    ['Transfer-Encoding: gzip', chunks, 501, /chunked here/],
    [`Content-Encoding: gzip\r\nContent-Length: ${body.length}`, body, 415, /must not be compressed/],
    [`Content-Length: ${body.length + 1}`, body, 400, /ended too soon, so nobody is logged in/],
    ['Transfer-Encoding: chunked', chunks.slice(0, -3), 400, /ended too soon/],
    ['Transfer-Encoding: chunked', 'zz\r\n', 400, /not in chunks/],
  ]
  const post = async (headers: string, sent: string, version = '1.1') => {
    const socket = await open(server)
    const host = `Host: 127.0.0.1:${server.webPort}\r\nOrigin: ${originOf(server)}`
    const head = `POST /session HTTP/${version}\r\n${host}\r\nContent-Type: application/json`
    socket.end(`${head}\r\n${headers}\r\n\r\n${sent}`)
    return answerOf(await everything(socket))
  }
  for (const [headers, sent, status, words, version] of cases) {
    const answer = await post(headers, sent, version)
    t.match(answer, { status, body: words }, `${headers}: ${sent.slice(0, 20)}`)
    t.equal(answer.raw.match(/HTTP\/1\.1/g)?.length, 1, 'one answer')
  }
  t.equal((await post('Transfer-Encoding: chunked', chunks)).status, 204, 'and it was good all the time')
})

t.test('no token makes a browser stay logged in', async (t) => {
  const server = await start(t)
  const { client } = await signedUp(server)
  const { token } = await client.data('/token bot')
  const bot = await server.connect()
  await bot.ask(`/login anna ${token}`)
  t.match(await bot.ask('/session ticket'), [/^! /])
})

t.test('only the pages of the server itself get a cookie', async (t) => {
  const server = await start(t)
  const { client } = await signedUp(server)
  const { ticket } = await client.data('/session ticket')
  for (const origin of [
    'http://evil.example.org',
    `http://127.0.0.1:${server.webPort + 1}`,
    `https://127.0.0.1:${server.webPort}`.replace('127.0.0.1', '127.0.0.2'),
    'null',
    `${originOf(server)}.evil.example.org`,
    `${originOf(server)}/`,
  ])
    t.equal((await postSession(server, { ticket }, { Origin: origin })).status, 403, origin)
  const without = await request(
    server,
    'POST',
    '/session',
    { 'Content-Type': 'application/json' },
    JSON.stringify({ ticket }),
  )
  t.equal(without.status, 403, 'no Origin')
  const form = { 'Content-Type': 'application/x-www-form-urlencoded' }
  t.equal((await postSession(server, { ticket }, form)).status, 415, 'no form posts it')
  t.type(await cookieFor(server, ticket), 'string', 'and it was good all the time')
})

t.test('/passwd logs all browsers out, and the one that did it gets another cookie', async (t) => {
  const server = await start(t)
  const { client, cookie } = await signedUp(server)
  const other = await WebClient.connect(server)
  await other.data(`/login anna ${password}`)
  const otherCookie = await cookieFor(server, (await other.data('/session ticket'))['ticket'])
  await client.data('/passwd', password, 'another password', 'another password')
  t.match(await other.event('closing'), { reason: 'the password was changed' })
  t.equal(await other.closed(), 1000)
  for (const old of [cookie, otherCookie]) {
    const back = await WebClient.connect(server, { cookie: old })
    t.equal(await back.refusal('/session'), 'bad-login')
    await back.end()
  }
  const { ticket } = await client.data('/session ticket')
  const fresh = await WebClient.connect(server, { cookie: await cookieFor(server, ticket) })
  t.match(await fresh.data('/session'), { name: 'anna' })
})

t.test('logging out ends it in all tabs, and the cookie is good for nothing', async (t) => {
  const server = await start(t)
  const { client, cookie } = await signedUp(server)
  const tab = await WebClient.connect(server, { cookie })
  await tab.data('/session')
  const elsewhere = await WebClient.connect(server)
  await elsewhere.data(`/login anna ${password}`)
  await client.data('/logout')
  t.match(await tab.event('closing'), { reason: 'this browser was logged out' })
  t.equal(elsewhere.code, undefined, 'who logged in there by the password stays')
  const back = await WebClient.connect(server, { cookie })
  t.equal(await back.refusal('/session'), 'bad-login')
  const gone = await request(server, 'DELETE', '/session', { Origin: originOf(server), Cookie: cookie ?? '' })
  t.equal(gone.status, 204)
  t.match(gone.headers.get('set-cookie'), /^partyline-\d+=; .*Max-Age=0/)
})

t.test('whatever ends access ends browsers', async (t) => {
  const server = await start(t)
  const { client: rita } = await signedUp(server, 'rita')
  const { client, cookie } = await signedUp(server, 'anna')
  const listed = await client.data('/tokens')
  const [{ name } = { name: '' }] = listed['tokens'] as { name: string }[]
  t.match(await client.data(`/token ${name} revoke`), { name })
  const back = await WebClient.connect(server, { cookie })
  t.equal(await back.refusal('/session'), 'bad-login', 'revoked')
  t.equal(await rita.refusal(`/token ${name} revoke`), 'no-such-token', 'nobody ends those of others')
  const { ticket } = await client.data('/session ticket')
  const again = await cookieFor(server, ticket)
  await client.data('/deleteaccount', password)
  const deleted = await WebClient.connect(server, { cookie: again })
  t.notHas(await deleted.hello(), { session: 'anna' })
  t.equal(await deleted.refusal('/session'), 'bad-login', 'deleted')
})

t.test('what needs the password asks for it, and not again for ten minutes', async (t) => {
  const server = await start(t)
  const { cookie, client } = await signedUp(server)
  t.match(await client.data('/email anna@example.org'), { email: 'anna@example.org' }, 'just logged in')
  const tab = await WebClient.connect(server, { cookie })
  await tab.data('/session')
  t.equal(await tab.refusal('/email none', 'a wrong guess'), 'bad-login')
  t.match(await tab.event('prompt'), { text: 'Password', secret: true })
  t.match(await tab.data('/profile'), { email: 'anna@example.org' }, 'nothing has changed')
  t.match(await tab.data('/email none', password), {})
  tab.takeLines()
  t.match(await tab.data('/token bot'), { name: 'bot' })
  t.same(
    tab.lines.filter((line) => line.includes('prompt')),
    [],
  )
  for (let half = 0; half < 20; half++) {
    server.clock.advance(30_000)
    await tab.settled()
  }
  t.equal(await tab.refusal('/session ticket', 'a wrong guess'), 'bad-login', 'ten minutes later')
  t.match(await tab.data('/join #tea'), { made: true }, 'all else needs none')
})

t.test('wrong passwords count as over nc', async (t) => {
  const server = await start(t)
  const { client } = await signedUp(server)
  await client.end()
  const thief = await WebClient.connect(server)
  const codes: unknown[] = []
  for (let count = 0; count < 12; count++) codes.push(await thief.refusal(`/login anna guess${count}`))
  t.equal(codes[0], 'bad-login')
  t.equal(codes.at(-1), 'try-later')
  const nc = await server.connect()
  t.match(await nc.ask(`/login anna ${password}`), [/^! /], 'wherever they go')
})
