import { join } from 'node:path'
import t, { type Test } from 'tap'
import { connectGuest } from './person.ts'
import { mainFile, startProgram } from './program.ts'
import { type Server, startServer } from './server.ts'

t.setTimeout(280_000)

const healthFile = join(mainFile, '..', 'health.js')

/** Runs the container's health check beside a server. */
async function check(test: Test, data: string): Promise<{ code: number | null; stderr: string }> {
  const env = { PARTYLINE_DATA_DIRECTORY: data }
  const { exit, stderr, stdout } = startProgram(test, [process.execPath, healthFile], { env, cwd: data })
  const { code } = await exit
  test.equal(stdout.text, '')
  return { code, stderr: stderr.text }
}

const well = { code: 0, stderr: '' }
const linesOf = ({ stdout }: Server) => stdout.text.split('\n').length

for (const [how, settings] of Object.entries({
  'behind a proxy with TLS': { LISTENERS: '[{host: 127.0.0.1, port: 0, proxy: tls}]' },
  'on another address': { LISTENERS: '[{host: 127.0.0.9, port: 0}]' },
}))
  t.test(`a server ${how} is well`, async (t) => {
    const server = await startServer(t, { settings: { ...settings, LOG_LEVEL: 'debug' } })
    await check(t, server.data)
    const lines = linesOf(server)
    t.strictSame(await check(t, server.data), well)
    t.equal(linesOf(server), lines, 'and its log is as before')
  })

t.test('a full server is well, and the check takes no place in it', async (t) => {
  const server = await startServer(t, { settings: { LIMITS_CONNECTIONS: '1' } })
  t.strictSame(await check(t, server.data), well)
  const anna = await connectGuest(t, server.port, 'anna')
  t.strictSame(await check(t, server.data), well)
  await anna.settle()
  t.notMatch(server.stdout.text, 'server full')
})

t.test('a server that hangs, or is none, is not', async (t) => {
  const server = await startServer(t)
  server.child.kill('SIGSTOP')
  t.strictSame(await check(t, server.data), {
    code: 1,
    stderr: 'unhealthy: it has not answered for 3 seconds\n',
  })
  server.child.kill('SIGCONT')
  t.strictSame(await check(t, server.data), well)
  server.child.kill('SIGKILL')
  await server.exit
  t.match(await check(t, server.data), { code: 1, stderr: /^unhealthy: no server runs with [^\n]+\n$/ })
})
