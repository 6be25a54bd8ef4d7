import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import t, { type Test } from 'tap'
import { parse } from 'yaml'
import { loadConfig, parseConfig } from '../../server/config/load.ts'
import { settingAt, settingPaths, variableOf } from '../../server/config/settings.ts'
import { runAtDesk } from '../operator/desk.ts'
import { Person } from '../process/person.ts'
import { startProgram, temporaryFolder } from '../process/program.ts'
import { type Server, startServer } from '../process/server.ts'
import { freePort } from '../support/free-port.ts'
import { blocksIn, have } from './tools.ts'

t.setTimeout(280_000)

const folder = 'docs/operating'
const names = readdirSync(folder)
const document = readFileSync('docs/operating.md', 'utf8')
const files = new Map(names.map((name) => [name, readFileSync(join(folder, name), 'utf8')]))
const all = [document, ...files.values()].join('\n')
/** What is a command or a name in the document: its blocks, with lines that go on put together, and `code`. */
const code = [
  ...blocksIn(document, 'sh').map((block) => block.replace(/\\\n\s*/g, '')),
  ...blocksIn(document, 'cron'),
  ...[...document.replace(/^```.*?^```$/gms, '').matchAll(/`([^`]+)`/g)].map(([, inline = '']) => inline),
]

async function run(t: Test, command: readonly string[]): Promise<string> {
  const { exit, stderr, stdout } = startProgram(t, command)
  const { code } = await exit
  t.equal(code, 0, `${command.join(' ')}: ${stderr.text}${stdout.text}`)
  return stdout.text + stderr.text
}

async function helpOf(t: Test, command: readonly string[]): Promise<string> {
  const { code, stdout } = await runAtDesk({ args: [...command, '--help'], input: '' })
  t.equal(code, 0, command.join(' '))
  return stdout
}

t.test('every file is told of, and every file that is told of is there', async (t) => {
  const told = [...document.matchAll(/\(operating\/([\w.-]+)\)|docs\/operating\/([\w-]+\.\w+)/g)].map(
    ([, link, path]) => link ?? path ?? '',
  )
  for (const name of told) t.ok(files.has(name), name)
  const untold = names.filter((name) => !told.includes(name) && !/^partyline.*\.(service|timer)$/.test(name))
  t.strictSame(untold, [])
})

t.test('commands and options are those of the command line', async (t) => {
  const commands = [...(await helpOf(t, [])).matchAll(/^ {2}([a-z-]+) .*(?:\[|<|display)/gm)].map(
    ([, name = '']) => name,
  )
  t.ok(commands.includes('createsuperuser'))
  const used = new Map<string, Set<string>>()
  for (const text of [...code, ...files.values()]) {
    for (const [, name = '', rest = ''] of text.matchAll(
      /(?:^|[ /\n])(?:partyline|dist\/main\.js) ([a-z][a-z-]*)([^\n|&;]*)/g,
    )) {
      const options = used.get(name) ?? new Set()
      used.set(name, options)
      for (const [option] of rest.matchAll(/(?<= )--[a-z-]+/g)) options.add(option)
    }
  }
  t.ok(used.size > 8, [...used.keys()].join())
  for (const [name, options] of used) {
    if (!t.ok(commands.includes(name), `partyline ${name}`)) continue
    const help = await helpOf(t, [name])
    for (const option of options) t.match(help, new RegExp(`^ +${option}\\b`, 'm'), `${name} ${option}`)
  }
})

t.test('settings are real', async (t) => {
  const groups = [...settingPaths()].map(([group]) => String(group))
  const named = code.filter(
    (text) => /^[a-z]\w*(\.\w+)+$/i.test(text) && groups.includes(text.split('.')[0] ?? ''),
  )
  t.ok(named.length > 5)
  for (const name of named) t.ok(settingAt(name.split('.')), name)
  const variables = new Set(['PARTYLINE_CONFIG', ...[...settingPaths()].map((path) => variableOf(path))])
  for (const [name] of all.matchAll(/\bPARTYLINE_\w+/g)) t.ok(variables.has(name), name)
  const blocks = blocksIn(document, 'yaml')
  t.ok(blocks.length > 2)
  for (const block of blocks) t.equal(parseConfig(block, 'block').dataDirectory, '/var/lib/partyline')
})

t.test('copies before an update have names of this kind', async (t) => {
  const [, migration = ''] = /partyline\.db\.before-(\d\S+)/.exec(document) ?? []
  t.ok(readdirSync('server/store/migrations').includes(`${migration}.ts`), migration)
})

t.test('the compose file', async (t) => {
  const { services, volumes } = parse(files.get('compose.yaml') ?? '') as {
    services: { chat: { environment: Record<string, string>; ports: string[]; volumes: string[] } }
    volumes: Record<string, unknown>
  }
  const { environment, ports, volumes: mounted } = services.chat
  const image = Object.fromEntries(
    [...readFileSync('Dockerfile', 'utf8').matchAll(/(PARTYLINE_\w+)=(?:"([^"]*)"|(\S+))/g)].map(
      ([, name, quoted, plain]) => [name, quoted ?? plain],
    ),
  )
  const { dataDirectory, http, listeners, web } = loadConfig({ env: { ...image, ...environment } })
  const inside = [...listeners, ...web.listen, ...http.listen].map(({ port }) => port)
  t.strictSame(
    ports.map((port) => Number(port.split(':').at(-1))),
    inside,
  )
  t.strictSame(
    mounted.map((mount) => mount.split(':')),
    [[Object.keys(volumes)[0], dataDirectory]],
  )
})

t.test('scripts are scripts', async (t) => {
  for (const name of names.filter((name) => name.endsWith('.sh')))
    await run(t, ['sh', '-n', join(folder, name)])
})

t.test('units', async (t) => {
  if (!have(t, 'systemd-analyze')) return
  const units = names.filter((name) => /\.(service|timer)$/.test(name)).map((name) => join(folder, name))
  // It complains of what it does not know, and goes on.
  t.equal(await run(t, ['systemd-analyze', 'verify', ...units]), '')
})

/** A Partyline behind a proxy that is set up as in the document, but on other ports. */
async function startBehind(t: Test, text: string): Promise<{ server: Server; port: number; own: string }> {
  const settings = { LISTENERS: '[{host: 127.0.0.1, port: 0, proxy: tls}]', HTTP_LISTEN: '[{port: 0}]' }
  const server = await startServer(t, { settings })
  const port = await freePort()
  const [, watch] = await server.stdout.expect(/"port":(\d+)[^\n]*"msg":"listening for HTTP"/)
  t.match(text, '127.0.0.1:6668')
  const own = text
    .replace('127.0.0.1:6668', `127.0.0.1:${server.port}`)
    .replace('check port 9667 inter 5s', `check port ${watch} inter 1s`)
    // It wants two open files for each.
    .replace('maxconn 4000', 'maxconn 100')
    .replace(/^.*\[::\]:6697.*\n/m, '')
    .replace(/:::6697 v4v6|\b6697\b/g, `127.0.0.1:${port}`)
  return { server, port, own }
}

/** Somebody comes by TLS, chats, ends their input, and still gets the answer; the server knows from where they came. */
async function comeThrough(t: Test, server: Server, port: number): Promise<void> {
  const from = '127.0.0.5'
  const raw = connect({ port, host: '127.0.0.1', localAddress: from })
  const person = new Person(connectTls({ socket: raw, rejectUnauthorized: false }))
  t.teardown(() => person.socket.destroy())
  await person.expect('Welcome to Partyline')
  person.type('/nick anna', 'over the proxy', '/history')
  await person.expect('#lobby <~anna> over the proxy')
  await server.stdout.expect(new RegExp(`"address":"${from}","connection":\\d+,"msg":"connected"`))
  person.socket.end('/ping the end\n')
  await person.expect('pong the end')
  await person.closed
}

t.test('reverse proxies', async (t) => {
  const here = temporaryFolder(t)
  const place = (name: string) => join(here, name)
  const request = 'req -x509 -newkey rsa:2048 -nodes -subj /CN=localhost'.split(' ')
  const pem = ['-keyout', place('privkey.pem'), '-out', place('fullchain.pem')]
  execFileSync('openssl', [...request, ...pem], { stdio: 'ignore' })
  t.test('nginx', async (t) => {
    if (!have(t, 'nginx')) return
    const around = [
      'load_module /usr/lib/nginx/modules/ngx_stream_module.so;',
      `pid ${place('pid')};`,
      'error_log stderr notice;',
      'events {}',
    ]
    const text = (files.get('nginx.conf') ?? '').replaceAll('/etc/letsencrypt/live/chat.example.org', here)
    const write = (stream: string) => writeFileSync(place('nginx.conf'), [...around, stream].join('\n'))
    write(text)
    await run(t, ['nginx', '-t', '-q', '-c', place('nginx.conf')])
    const { own, port, server } = await startBehind(t, text)
    write(own)
    const command = ['nginx', '-c', place('nginx.conf'), '-g', 'daemon off;']
    await startProgram(t, command, { group: true }).stderr.expect('start worker process')
    await comeThrough(t, server, port)
  })
  t.test('haproxy', async (t) => {
    if (!have(t, 'haproxy')) return
    const both = ['fullchain.pem', 'privkey.pem'].map((name) => readFileSync(place(name), 'utf8'))
    writeFileSync(place('both.pem'), both.join(''))
    const text = (files.get('haproxy.cfg') ?? '').replace(/\/etc\/haproxy\/\S+\.pem/, place('both.pem'))
    writeFileSync(place('haproxy.cfg'), text)
    await run(t, ['haproxy', '-c', '-q', '-f', place('haproxy.cfg')])
    const { own, port, server } = await startBehind(t, text)
    // Only root may become somebody else.
    writeFileSync(
      place('haproxy.cfg'),
      process.getuid?.() === 0 ? own : own.replace(/^ *(user|group) .*$/gm, ''),
    )
    const command = ['haproxy', '-W', '-db', '-f', place('haproxy.cfg')]
    await startProgram(t, command, { group: true }).stderr.expect('Loading success')
    await comeThrough(t, server, port)
  })
})
