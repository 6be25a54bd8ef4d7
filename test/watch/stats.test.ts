import t, { type Test } from 'tap'
import { directoryFor } from '../support/directory.ts'
import { TestServer } from '../support/server.ts'

const password = 'password'

async function start(t: Test, config = {}) {
  const server = await TestServer.start({ directory: directoryFor(t), config })
  t.teardown(() => server.stop())
  await server.makeOperator('root', password)
  const root = await server.connect()
  await root.ask(`/login root ${password}`)
  return { server, root }
}

t.test('/stats, for people', async (t) => {
  const { server, root } = await start(t, { 'http.listen': { port: 0 } })
  const anna = await server.connect()
  await anna.ask('/nick anna')
  await anna.ask('hello')
  await anna.ask('hello again')
  await root.settled()
  server.clock.advance(26 * 3_600_000)
  await anna.ask('the next day')
  await root.settled()
  const other = await server.connect()
  for (let guess = 1; guess <= 6; guess++) await other.ask(`/login root wrong-${guess}`)
  const lines = await root.ask('/stats')
  const shown = lines.join('\n')
  t.match(shown, /^- Version +\d+\.\d+\.\d+, on Node\.js v\d+\.\S+, up 1 day 2 hours$/m)
  t.match(
    shown,
    new RegExp(
      `^- Listening +127\\.0\\.0\\.1:${server.port}, 127\\.0\\.0\\.1:${new URL(server.http).port} \\(http\\)$`,
      'm',
    ),
  )
  t.match(shown, /^- Online +2 people \(1 guest\)$/m)
  t.match(shown, /^- Connections +3, at most 3 so far, limit 1,000$/m)
  t.match(shown, /^- Known +1 account, 1 channel$/m)
  t.match(shown, /^- Messages +3, 1 of them today$/m)
  t.match(shown, /^- Since start +3 messages; \d+ deliveries$/m)
  t.match(shown, /^- Came in +1 login, 0 sign-ups, 5 wrong passwords$/m)
  t.match(shown, /^- Failing +1 name or address lately, 1 locked out for now: \/logins$/m)
  t.match(shown, /^- Database +\d.* [kM]B$/m)
  t.match(shown, /^- Files +0 files, 0 bytes$/m)
  t.match(shown, /^- Disk +\S+ [kMGT]B of \S+ [kMGT]B free$/m)
  t.match(shown, /^- Commits +\d+ in .*ms on average, 99 % within .*ms; 0 failed$/m)
  t.match(shown, /^- Memory +\d+ MB$/m)
  t.notMatch(shown, /undefined|NaN|\[object/)
  for (const line of lines) t.ok(line.length <= 80, line)
})

t.test('/stats, for programs, and what has to be looked after', async (t) => {
  const { server, root } = await start(t, { 'limits.connections': 1, 'files.freeSpaceBytes': 1e15 })
  await root.ask('/format json')
  const stats = async () => {
    const [line = ''] = await root.ask('/stats')
    const { data } = JSON.parse(line) as { data: Record<string, unknown> }
    return data
  }
  const first = await stats()
  t.match(first, {
    startedAt: '2026-11-20T18:00:00.000Z',
    uptimeSeconds: 0,
    listeners: [{ host: '127.0.0.1', port: server.port, for: 'chat', tls: false }],
    online: { accounts: 1, guests: 0, connections: 1, mostConnections: 1, maxConnections: 1 },
    messages: { total: 0, today: 0 },
    sinceStart: { messages: 0, logins: 1, signups: 0, failedLogins: 0, slowReaders: 0 },
    commits: { failed: 0 },
    failedLogins: { lately: 0, waiting: 0 },
  })
  const warnings = first['warnings'] as string[]
  t.match(warnings[0], /^only .* are free on the disk, and files want 1000 TB\.$/)
  t.equal(warnings[1], '1 of 1 connections are taken (limits.connections).')
  server.clock.advance(1_000)
  server.disk.full = true
  t.equal(((await stats())['warnings'] as string[])[0], 'nothing can be stored: The disk is full.')
})

t.test('without anything to look after it says so', async (t) => {
  const { root } = await start(t)
  const warned = (await root.ask('/stats')).filter((line) => line.startsWith('*'))
  // Where the tests have too little of the processor, that is told rightly.
  t.ok(
    warned.every((line) => line === '* All is well.' || line.includes('event loop')),
    warned.join('\n'),
  )
  t.equal(warned.length, 1)
})

t.test('only operators are told', async (t) => {
  const { server } = await start(t)
  const anna = await server.connect()
  t.match(await anna.ask('/stats'), [/^! /])
  await anna.ask(`/signup anna\n${password}\n${password}`)
  t.match(await anna.ask('/stats'), ['! Only an operator can do that.'])
})
