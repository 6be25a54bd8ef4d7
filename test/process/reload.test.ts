import { once } from 'node:events'
import { copyFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import t, { type Test } from 'tap'
import { WebSocket } from 'ws'
import { runCommand, runRefused } from '../operator/cli.ts'
import { makeCertificate } from '../support/certificate.ts'
import { connectGuest, connectPerson } from './person.ts'
import { startPartyline, temporaryFolder } from './program.ts'

const password = 'good-enough'

/** A server with a configuration file that can be written anew. */
async function startConfigured(t: Test, settings: string) {
  const file = join(temporaryFolder(t), 'partyline.yaml')
  const data = temporaryFolder(t)
  const write = (text: string) =>
    writeFileSync(file, `listeners: [{host: 127.0.0.1, port: 0}]\naccounts: {bcryptCost: 4}\n${text}`)
  write(settings)
  const server = startPartyline(t, ['serve', '--config', file, '--data', data])
  const [, port] = await server.stdout.expect(/"port":(\d+).*"msg":"listening"/)
  return { ...server, file, data, port: Number(port), write }
}

t.test('a limit is changed while people talk, and nobody is dropped', async (t) => {
  const server = await startConfigured(t, '')
  const anna = await connectGuest(t, server.port, 'anna')
  const bob = await connectGuest(t, server.port, 'bob')
  server.write('limits: {burst: 1, messagesPerSecond: 0.01}\n')
  server.child.kill('SIGHUP')
  await server.stdout.expect(
    /"changed":\["limits\.messagesPerSecond","limits\.burst"\],"kept":\[\],"msg":"reloaded"/,
  )
  // At a line in a hundred seconds the last of these would come in more than an hour.
  anna.type(...Array.from({ length: 50 }, (_, index) => `line ${index}`))
  await bob.expect('<~anna> line 0')
  server.write('limits: {burst: 0}\nhistory: {replayLines: 3}\nchannels: {default: "#den"}\n')
  const command = await runCommand(t, server.data, ['reload'])
  t.equal(
    command.stdout,
    'These settings need a restart, and are unchanged until then: channels.default.\nReloaded: history.replayLines, limits.messagesPerSecond, limits.burst.\n',
  )
  await bob.expect('<~anna> line 49')
  await anna.settle()
})

t.test('a broken file changes nothing, and where it is broken is told', async (t) => {
  const server = await startConfigured(t, '')
  await runCommand(t, server.data, ['createsuperuser', 'root'], password)
  const root = await connectPerson(t, server.port, { lines: [`/login root ${password}`] })
  server.write('limits:\n  bursts: 3\nlog: {level: fatal}\n')
  root.type('/reload')
  await root.expect(
    /^! Nothing was changed: \S+partyline\.yaml:4: limits\.bursts is not a setting\. Did you mean limits\.burst\?\n/m,
  )
  t.match(await runRefused(t, server.data, ['reload']), /partyline\.yaml:4: limits\.bursts is not a setting/)
  server.child.kill('SIGHUP')
  // One for each of the three ways.
  for (let count = 0; count < 3; count++) await server.stdout.expect('"msg":"not reloaded"')
  server.write('log: {level: warn}\n')
  root.type('/reload')
  await root.expect('* Reloaded: log.level.')
  const { length } = server.stdout.text
  await connectGuest(t, server.port, 'quiet')
  t.equal(server.stdout.text.slice(length), '', 'the level of the log follows')
  const guest = await connectGuest(t, server.port, 'gus')
  guest.type('/reload')
  await guest.expect('! Guests cannot do that.')
})

t.test('the page gets new certificates by SIGHUP and by reload, and open pages stay', async (t) => {
  const folder = temporaryFolder(t)
  const make = (name: string) => makeCertificate(folder, name)
  const [one, two, three, four] = [make('one'), make('two'), make('three'), make('four')]
  const live = (name: string) => ({ cert: join(folder, `${name}.pem`), key: join(folder, `${name}.key`) })
  const [chat, page] = [live('chat'), live('page')]
  const take = (to: typeof chat, cert: string, key: string) => {
    copyFileSync(cert, to.cert)
    copyFileSync(key, to.key)
  }
  take(chat, one.cert, one.key)
  take(page, two.cert, two.key)
  const host = '127.0.0.1'
  const file = join(folder, 'partyline.json')
  const listen = [
    { host, port: 0 },
    { host, port: 0, tls: page },
  ]
  writeFileSync(file, JSON.stringify({ listeners: [{ host, port: 0, tls: chat }] }))
  const data = temporaryFolder(t)
  const server = startPartyline(t, ['serve', '--config', file, '--data', data], {
    env: { PARTYLINE_WEB_LISTEN: JSON.stringify(listen) },
  })
  const [, shared] = await server.stdout.expect(/"port":(\d+),"tls":true,"msg":"the page is there"/)
  const [, own] = await server.stdout.expect(/"port":(\d+),"tls":true,"msg":"the page is there"/)
  const shown = (): Promise<string[]> =>
    Promise.all(
      [shared, own].map(async (port) => {
        const socket = connectTls({ port: Number(port), host, rejectUnauthorized: false })
        await once(socket, 'secureConnect')
        const { CN } = socket.getPeerCertificate().subject
        socket.destroy()
        return String(CN)
      }),
    )
  t.same(await shown(), ['one', 'two'], 'that of the listener, and its own')
  const open = new WebSocket(`wss://${host}:${own}/socket`, { rejectUnauthorized: false })
  t.match(String(await once(open, 'message')), /"hello"/)

  take(chat, three.cert, three.key)
  server.child.kill('SIGHUP')
  await server.stdout.expect('"msg":"reloaded"')
  t.same(await shown(), ['three', 'two'])
  take(page, four.cert, two.key)
  t.match(await runRefused(t, data, ['reload']), /page\.pem.* do not belong together/)
  t.same(await shown(), ['three', 'two'], 'a pair that is none changes nothing')
  take(page, four.cert, four.key)
  await runCommand(t, data, ['reload'])
  t.same(await shown(), ['three', 'four'])
  open.send('/ping still here')
  t.match(String(await once(open, 'message')), /still here/)
  open.terminate()
})

t.test('the command line, where no server runs', async (t) => {
  const data = temporaryFolder(t)
  await runCommand(t, data, ['createsuperuser', 'root'], password)
  t.match(await runRefused(t, data, ['reload']), 'No server runs with this data directory')
})

t.test('check-config', async (t) => {
  const folder = temporaryFolder(t)
  const file = join(folder, 'partyline.yaml')
  const check = async (...args: string[]) => {
    const program = startPartyline(t, ['check-config', ...args], { cwd: folder })
    const { code } = await program.exit
    return { code, stdout: program.stdout.text, stderr: program.stderr.text }
  }
  writeFileSync(file, 'limits:\n  burst: 3\n')
  t.same(await check(file), { code: 0, stdout: `${file} is fine.\n`, stderr: '' })
  writeFileSync(file, 'limits:\n  burst: -3\n')
  t.same(await check(file), {
    code: 78,
    stdout: '',
    stderr: `partyline: ${file}:2: limits.burst must be a whole number from 0 to 100000, not -3.\n`,
  })
  t.match(await check(), { code: 0, stdout: 'There is no file, and the environment is fine.\n' })
  const schema = JSON.parse((await check('--schema')).stdout) as { properties: object }
  t.ok('limits' in schema.properties)
})
