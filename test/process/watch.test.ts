import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import t, { type Test } from 'tap'
import { loadConfig } from '../../server/config/load.ts'
import { definitions } from '../../server/operator/watching/metrics.ts'
import { limitFileSize } from '../faults/faults.ts'
import { runCommand, runJson, runRefused } from '../operator/cli.ts'
import { scrape } from '../watch/scrape.ts'
import { connectGuest } from './person.ts'
import { startPartyline, temporaryFolder } from './program.ts'
import { quickSettings, type Server, startServer } from './server.ts'

t.setTimeout(280_000)

async function startWatched(t: Test): Promise<Server & { http: string }> {
  const server = await startServer(t, { settings: { ...quickSettings, HTTP_LISTEN: '{port: 0}' } })
  const [, port] = await server.stdout.expect(/"port":(\d+),"msg":"listening for HTTP"/)
  return { ...server, http: `http://127.0.0.1:${port}` }
}

t.test('metrics of a process', async (t) => {
  const { http, port } = await startWatched(t)
  const anna = await connectGuest(t, port, 'anna')
  const bob = await connectGuest(t, port, 'bob')
  anna.type('hello')
  await bob.expect('<~anna> hello')
  const values = await scrape(http)
  // Without TLS there is no certificate that could end.
  const always = definitions.filter(({ name }) => !name.startsWith('partyline_certificate'))
  for (const { name } of always)
    t.ok(
      [...values.keys()].some((series) => series === name || series.startsWith(`${name}{`)),
      name,
    )
  t.equal(values.get('partyline_messages_total{kind="channel"}'), 1)
  t.equal(values.get('partyline_deliveries_total{event="message"}'), 1)
  t.ok((values.get('process_resident_memory_bytes') ?? 0) > 1e7)
  t.equal(values.get('partyline_ready'), 1)
})

t.test('/readyz while nothing can be written, and afterwards', async (t) => {
  const server = await startWatched(t)
  const ready = async (status: number) => {
    // An answer is good for a second.
    for (;;) {
      const response = await fetch(`${server.http}/readyz`)
      const text = await response.text()
      if (response.status === status) return text
    }
  }
  t.equal(await ready(200), 'ready\n')
  limitFileSize(server, 1)
  t.match(await ready(503), /^not ready: nothing can be stored: .+\n$/)
  const failing = await scrape(server.http)
  t.equal(failing.get('partyline_ready'), 0)
  t.ok((failing.get('partyline_commits_total{outcome="failed"}') ?? 0) > 0)
  t.match(
    (await runCommand(t, server.data, ['status'])).stdout,
    /^Look after this: nothing can be stored: .+\.$/m,
  )
  t.equal(await (await fetch(`${server.http}/healthz`)).text(), 'alive\n')
  limitFileSize(server)
  t.equal(await ready(200), 'ready\n')
  server.child.kill('SIGTERM')
  t.strictSame(
    await server.exit,
    { code: 0, signal: null },
    'a connection that is kept open holds nothing up',
  )
})

t.test('partyline status', async (t) => {
  const server = await startWatched(t)
  const guest = await connectGuest(t, server.port, 'gus')
  await guest.settle()
  const { code, stdout } = await runCommand(t, server.data, ['status'])
  t.equal(code, 0)
  t.match(stdout, /^Version +\d+\.\d+\.\d+, on Node\.js v\d+/)
  t.match(stdout, /^Online +1 person \(1 guest\)$/m)
  t.match(stdout, new RegExp(`^Listening +127\\.0\\.0\\.1:${server.port}, .* \\(http\\)$`, 'm'))
  const stats = await runJson(t, server.data, ['status'])
  t.match(stats, { online: { guests: 1, connections: 1 }, startedAt: /Z$/, warnings: Array })
  server.child.kill('SIGTERM')
  await server.exit
  t.match(
    await runRefused(t, server.data, ['status']),
    `partyline: No server runs with the data directory ${server.data}.`,
  )
  const json = await runCommand(t, server.data, ['status', '--json'])
  t.match(json, { code: 1, stdout: '{"error":{"code":"not-running",' })
  const nowhere = `${server.data}/nowhere`
  t.match(await runRefused(t, nowhere, ['status']), `There is no data directory ${nowhere}.`)
})

t.test('a port in use', async (t) => {
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  t.teardown(() => other.close())
  const address = other.address()
  const port = typeof address === 'object' ? address?.port : undefined
  const env = { PARTYLINE_HTTP_LISTEN: `{port: ${port}}` }
  const data = temporaryFolder(t)
  const { exit, stderr } = startPartyline(
    t,
    ['serve', '--host', '127.0.0.1', '--port', '0', '--data', data],
    { env },
  )
  t.strictSame(await exit, { code: 1, signal: null })
  t.equal(
    stderr.text,
    `partyline: Port ${port} is in use. Stop what listens there, or choose another with http.listen.\n`,
  )
})

t.test('the container is configured to be watched', async (t) => {
  const file = readFileSync('Dockerfile', 'utf8')
  const env = Object.fromEntries(
    [...file.matchAll(/(PARTYLINE_\w+)=(?:"([^"]*)"|(\S+))/g)].map(([, name, quoted, plain]) => [
      name,
      quoted ?? plain,
    ]),
  )
  const { dataDirectory, http } = loadConfig({ env })
  t.equal(dataDirectory, '/data')
  t.strictSame(http.listen, [{ host: '::', port: 9667 }])
  t.match(file, /^EXPOSE .*\b9667\b/m)
})
