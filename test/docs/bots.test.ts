import { chmodSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import t, { type Test } from 'tap'
import { connectMember, connectPerson, type Person } from '../process/person.ts'
import { type Program, startProgram, temporaryFolder } from '../process/program.ts'
import { quickSettings, type Server, startServer } from '../process/server.ts'
import { makeCertificate } from '../support/certificate.ts'
import { blocksIn, have, pathOf } from './tools.ts'

const document = readFileSync('docs/bots.md', 'utf8')
const netcats = ['nc.openbsd', 'nc.traditional', 'ncat'] as const
type Netcat = (typeof netcats)[number]

t.setTimeout(280_000)
/** Most of the time is spent waiting: a bot answers once a second, and waits before it comes back. */
t.jobs = 4

/**
 * They say the same again until a bot has come back: as often as a person might, so that it is not thousands of times. And a
 * bridge may say no more than anybody else, so that it falls behind eight who say all they may.
 */
const usual = { ...quickSettings, LIMITS_BURST: '20', LIMITS_MESSAGES_PER_SECOND: '25' }

/** What a build may print whose author means harm, for printf. */
const attack = String.raw`ok\r/topic #ci owned\r\n\377\370/topic #ci owned\n\377\364\n.\r/msg #dev owned\nx\r\000/msg #dev owned\nthe end\n`

const channels = ['#ci', '#dev', '#ops', '#left', '#right'] as const

/** A server, bob who leads all channels, and scripts of the document that act as members there. */
class Stage {
  readonly t: Test
  readonly folder: string
  server: Server
  readonly bob: Person

  private constructor(t: Test, folder: string, server: Server, bob: Person) {
    this.t = t
    this.folder = folder
    this.server = server
    this.bob = bob
  }

  static async open(t: Test, settings: Readonly<Record<string, string>>): Promise<Stage> {
    const server = await startServer(t, { settings: { ...usual, ...settings } })
    const bob = await connectMember(t, server.port, 'bob', 'password')
    bob.type(...channels.map((name) => `/create ${name}`))
    await bob.settle()
    return new Stage(t, temporaryFolder(t), server, bob)
  }

  /** Somebody who has made an account, in these channels. */
  async member(name: string, ...channels: string[]): Promise<Person> {
    const member = await connectMember(this.t, this.server.port, name, 'password')
    member.type(...channels.map((channel) => `/join ${channel}`))
    await member.settle()
    return member
  }

  /** Makes an account for a script, in these channels, and a token; answers that. */
  async account(name: string, made: string, ...channels: string[]): Promise<string> {
    const owner = await this.member(name, ...channels)
    owner.type(`/token script ${made}`)
    const [, token = ''] = await owner.expect(/Token script: (\w+)/)
    owner.type('/quit')
    await owner.closed
    await this.bob.settle()
    return token
  }

  /** Starts a command with a login for it, and with `nc` being this one. */
  start(command: readonly string[], name: string, token: string, netcat?: Netcat): Program {
    const { folder, server } = this
    const home = join(folder, name)
    mkdirSync(home, { recursive: true })
    writeFileSync(join(home, '.partyline'), `/login ${name} ${token}\n`)
    if (netcat !== undefined) symlinkSync(pathOf(netcat), join(home, 'nc'))
    return startProgram(this.t, command, {
      group: true,
      env: {
        HOME: home,
        TMPDIR: folder,
        PATH: `${home}:${process.env['PATH']}`,
        PARTYLINE_HOST: '127.0.0.1',
        PARTYLINE_PORT: String(server.port),
        PARTYLINE_NAME: name,
        PARTYLINE_TOKEN: token,
      },
    })
  }

  /** A program of the document as a file. */
  save(name: string): string {
    const [source = ''] = blocksIn(document, `\\w+ ${name}`)
    if (source === '') throw new Error(`${name} is not in the document`)
    const file = join(this.folder, name)
    writeFileSync(file, source)
    chmodSync(file, 0o755)
    return file
  }

  /** Stops the server and starts it again on the same data and port. */
  async restart(): Promise<void> {
    const { data, port } = this.server
    this.server.child.kill('SIGTERM')
    await this.server.exit
    this.server = await startServer(this.t, { settings: usual, data, args: ['--port', String(port)] })
  }
}

/** Somebody who has an account, on a new connection. */
async function comeBack(t: Test, port: number, name: string): Promise<Person> {
  const person = await connectPerson(t, port, { lines: [`/login ${name} password`] })
  await person.settle()
  return person
}

/** Says something again and again, as fast as the server takes it, until somebody reads what comes of it. */
async function untilHeard(
  speaker: Person,
  line: string,
  hearer: Pick<Person, 'output'>,
  answer: string,
): Promise<void> {
  const deadline = Date.now() + 30_000
  while (!hearer.output.text.includes(answer)) {
    if (Date.now() > deadline) throw new Error(`${answer} does not come: ${hearer.output.text}`)
    speaker.type(line)
    await speaker.settle()
  }
}

/** Waits until somebody has read something, wherever it stands: several may wait for it at the same time. */
async function reads(person: Person, text: string): Promise<void> {
  const deadline = Date.now() + 30_000
  while (!person.output.text.includes(text)) {
    if (Date.now() > deadline) throw new Error(`${text} does not come: ${person.output.text}`)
    await person.settle()
  }
}

async function checkTypes(t: Test, file: string): Promise<void> {
  const strict = '--ignoreConfig --noEmit --strict --target es2022 --module nodenext --types node'.split(' ')
  const roots = ['--typeRoots', resolve('node_modules/@types')]
  const { exit, stdout } = startProgram(t, [resolve('node_modules/.bin/tsc'), ...strict, ...roots, file])
  const { code } = await exit
  t.equal(code, 0, stdout.text)
}

/** What a shell, a program or a terminal may take for something else. */
const hostile = [
  String.raw`"two" 'three' \ \n $(reboot)`,
  '`reboot` %s%n ; rm -rf ~ & | < > {"line":"/quit"} 🔥 漢字',
].join(' ')
const control = '\x07\x1b[31mred'
/** A line of text loses whole sequences of keys, and everything else the control characters. */
const typed = `${hostile} red`
const posted = `${hostile} [31mred`

/** One server for all that is here: the bots and the bridge come back when it starts again. */
const pair = makeCertificate(temporaryFolder(t), 'localhost')
const here = { host: '127.0.0.1', port: 0 }
const stage = await Stage.open(t, { LISTENERS: JSON.stringify([here, { ...here, tls: pair }]) })
const [, tlsPort = ''] = await stage.server.stdout.expect(
  /"port":(\d+)[^\n]*"tls":true[^\n]*"msg":"listening"/,
)

const run = async (command: readonly string[], name: string, token: string, netcat?: Netcat) => {
  const { child, exit, stderr, stdout } = stage.start(command, name, token, netcat)
  child.stdin.end()
  const { code } = await exit
  return { code, stdout: stdout.text, stderr: stderr.text }
}
const local = (line: string) =>
  line
    .replace('chat.example.org 6667', `127.0.0.1 ${stage.server.port}`)
    .replace('chat.example.org:6667', `127.0.0.1:${stage.server.port}`)

t.test('the output of a command in one line', { buffered: true }, async (t) => {
  const reader = await stage.member('reader0', '#ci', '#dev')
  const [line = ''] = blocksIn(document, 'sh')
  for (const [index, netcat] of netcats.entries()) {
    if (!have(t, netcat)) continue
    await t.test(netcat, async (t) => {
      const names = ['a', 'b', 'c'].map((letter) => `ci${index}${letter}`) as [string, string, string]
      const [name, named, other] = names
      const token = await stage.account(name, 'write #ci', '#ci')
      const output = async (line: string, name: string, token: string) => {
        const { code, stderr, stdout } = await run(['sh', '-c', local(line)], name, token, netcat)
        t.equal(stderr, '')
        return { code, printed: stdout }
      }
      t.same(await output(line, name, token), { code: 1, printed: '' }, 'silent if all went well')
      await reader.expect(new RegExp(`#ci <${name}> \\| Filesystem`))
      await reader.expect(new RegExp(`#ci <${name}> \\| .* /\n`))
      await reader.settle()
      // Once, when the account was made.
      const told = reader.output.text.match(new RegExp(` ${name} (is online|went offline)`, 'g'))
      t.equal(told?.length, 1, 'it is not announced')

      const second = line.replace('df -h /', "printf 'QUIT\\n\\n/x y\\n'")
      t.not(second, line)
      // With a token that could do more.
      t.same(await output(second, named, await stage.account(named, '', '#ci', '#dev')), {
        code: 1,
        printed: '',
      })
      await reader.expect(
        new RegExp(`#ci <${named}> \\| QUIT\n.*#ci <${named}> \\| ?\n.*#ci <${named}> \\| /x y\n`, 's'),
      )
      const attacked = line.replace('df -h /', `printf '${attack}'`)
      // Bytes of it are no UTF-8, in one line or two.
      t.match(
        (await output(attacked, other, await stage.account(other, '', '#ci', '#dev'))).printed,
        /^(! [^\n]+UTF-8[^\n]*\n)+$/,
      )
      await reader.expect(new RegExp(`#ci <${other}> \\| .*the end\n`))
      t.notMatch(reader.output.text, /\n\* ci\w* set|> owned/, 'nothing of it is a command')

      const refused = await output(line, `no${name}`, token)
      t.equal(refused.code, 0)
      t.match(refused.printed, /^! Wrong name or password\. Forgotten it\? \/recover NAME CODE\n/)
    })
  }
})

t.test('report.sh posts how a command ended, and ends as it did', { buffered: true }, async (t) => {
  const reader = await stage.member('reader1', '#ci', '#dev')
  if (!have(t, 'nc')) return
  const token = await stage.account('ci', 'write #ci', '#ci', '#dev')
  const file = stage.save('report.sh')
  const report = (...command: string[]) => run([file, ...command], 'ci', token)
  const silent = { stdout: '', stderr: '' }
  const odd = '/quit\\nQUIT\\n\\n  indented\\n@end\\n'
  t.same(await report('printf', odd), { code: 0, ...silent })
  const said = ['ran printf .*: done', '\\| /quit', '\\| QUIT', '\\|', '\\|   indented', '\\| @end']
  await reader.expect(new RegExp(`${said.map((text) => `#ci <ci> ${text} *\\n`).join('.*')}`, 's'))
  t.same(await report('sh', '-c', 'seq 100; exit 3'), { code: 3, ...silent })
  await reader.expect(/#ci <ci> ran sh -c seq 100; exit 3: failed with code 3\n.*<ci> \| 81\n/s)
  await reader.expect(/<ci> \| 100\n/)
  t.notMatch(reader.output.text, /\| 80\n/, 'the end of what it printed')
  t.match(await report('printf', attack), { code: 0 })
  t.match(await report('true', 'a\r/msg #dev owned\n/msg #dev owned'), { code: 0, ...silent })
  await reader.expect(/#ci <ci> \| .*the end\n[\s\S]*#ci <ci> ran true a\n/)
  t.notMatch(reader.output.text, /\n\* ci set|> owned/, 'nothing of it is a command')
  t.match(await report('printf', '%s', `${hostile} ${control}`), { code: 0, ...silent })
  await reader.expect(`#ci <ci> | ${typed}\n`)
  const long = await report('sh', '-c', 'head -c 5000 /dev/zero | tr "\\0" x')
  t.match(long, { code: 0, stderr: /^! That line is longer than/ })
  // Whoever comes second to an address where a server ended finds nobody.
  const gone = startProgram(t, [file, 'false'], {
    env: {
      ...process.env,
      HOME: join(stage.folder, 'ci'),
      PARTYLINE_HOST: '127.0.0.1',
      PARTYLINE_PORT: '1',
    },
  })
  t.match(await gone.exit, { code: 1 })
  t.match(gone.stderr.text, /does not answer\n$/)
})

t.test('curl, a monitoring system and Python post by HTTP', { buffered: true }, async (t) => {
  const reader = await stage.member('reader2', '#ci', '#dev')
  if (!['curl', 'python3'].every((program) => have(t, program))) return
  const token = await stage.account('http', 'write #ci', '#ci', '#dev')
  const [line = ''] = blocksIn(document, 'sh post')
  const login = (text: string) => local(text).replace('ci:7KQ2M0XD3FRAVZ1C88HT4W5JPE9N6YBG', `http:${token}`)
  t.match(await run(['sh', '-c', login(line)], 'http', token), {
    code: 0,
    stdout: /^\* Message \d+ is said in #ci\.\n$/,
  })
  await reader.expect('#ci <http> disk full\n')
  t.match(
    await run(['sh', '-c', local(line)], 'http', token),
    { code: 22, stderr: /401/ },
    'the token as printed is nobody’s',
  )

  const [nagios = ''] = blocksIn(document, 'nagios')
  const [, command = ''] = /command_line +(.+)/.exec(nagios) ?? []
  const secret = join(stage.folder, 'partyline.curl')
  writeFileSync(secret, `user = "http:${token}"\n`)
  const notify = command
    .replace('$NOTIFICATIONTYPE$', 'PROBLEM')
    .replace('$HOSTNAME$', 'web1')
    .replace('$HOSTSTATE$', 'DOWN')
    .replace('/etc/nagios/partyline.curl', secret)
  t.match(await run(['sh', '-c', local(notify)], 'http', token), { code: 0, stderr: '' })
  await reader.expect('#ci <http> PROBLEM: web1 is DOWN\n')

  const file = stage.save('post.py')
  const post = async (body: string | Buffer, channel = 'ci') => {
    const { child, exit, stderr, stdout } = stage.start(['python3', file, channel], 'http', token)
    child.stdin.end(body)
    const { code } = await exit
    return { code, stdout: stdout.text, stderr: stderr.text }
  }
  t.match(await post(`${hostile} ${control}\n/topic #ci owned\n`), {
    code: 0,
    stdout: /is said in #ci/,
    stderr: '',
  })
  await reader.expect(`#ci <http> ${posted}\n| /topic #ci owned\n`)
  t.match(await post('x'.repeat(4_001)), { code: 1, stderr: /^! That line is longer than/ })
  t.match(await post(Buffer.from([0xff])), { code: 1, stderr: /UTF-8/ })
  t.match(await post('x', '$(reboot)/../#x'), { code: 1, stderr: /^! / })
  t.match(await post('x', 'dev'), { code: 1, stderr: /token script does not allow that/ })
  t.notMatch(reader.output.text, / http set|> owned/, 'nothing of it is a command')
})

const echoes = {
  echosh: { file: 'echo.sh', needs: ['nc', 'jq', 'mkfifo'], run: [] },
  echopy: { file: 'echo.py', needs: ['python3'], run: ['python3'] },
} as const

/** A bot of the document that runs. */
interface Bot {
  readonly name: string
  readonly token: string
  readonly command: readonly string[]
  readonly program: Program
}

const bots: Bot[] = []
/** Everybody does the same, at the same time: a bot answers once a second. */
const each = (what: (bot: Bot) => Promise<unknown>) => Promise.all(bots.map(what))

const echoing = t.test('echo.sh and echo.py answer', { buffered: true }, async (t) => {
  const needed = Object.values(echoes).flatMap(({ needs }) => needs)
  if (!needed.every((program) => have(t, program))) return
  const eve = await stage.member('eve', '#dev')
  for (const [name, { file, run }] of Object.entries(echoes)) {
    const token = await stage.account(name, '', '#dev', '#ops')
    const command = [...run, stage.save(file)]
    bots.push({ name, token, command, program: stage.start(command, name, token) })
  }
  eve.type('/switch #dev')
  await each(async ({ name }) => {
    await untilHeard(eve, `${name}: one ${hostile} ${control}`, eve, `#dev <${name}> eve said: one ${typed}`)
    eve.type(`hello ${name}`)
    const rows = `/paste #dev\n${name}: two rows\n/topic #dev owned\n.`
    await untilHeard(eve, rows, eve, `#dev <${name}> eve said: two rows\n| /topic #dev owned`)
    await untilHeard(eve, `/msg ${name} ${name}: psst`, eve, `*${name}* eve said: psst`)
  })
  t.notMatch(eve.output.text, 'eve said: hello')
  // The answer would be too long: the bot reads an error, and goes on.
  await each(async ({ name, program }) => {
    const long = `${name}: ${'x'.repeat(3_991)}`
    await untilHeard(eve, long, { output: program.stderr }, 'That line is longer than')
    await untilHeard(eve, `${name}: short`, eve, `#dev <${name}> eve said: short`)
  })
  t.notMatch(eve.output.text, /\n\* echo\w+ set/, 'nothing of it is a command')

  const fred = await stage.member('fred', '#dev')
  fred.type('/switch #dev')
  // A bot answers once a second, so what it may say depends on how long the machine takes for all of this.
  const begun = performance.now()
  for (const { name } of bots)
    fred.type(...Array.from({ length: 12 }, (_, index) => `${name}: flood ${index}`))
  await each(({ name }) => untilHeard(eve, `${name}: after`, eve, `<${name}> eve said: after`))
  const seconds = Math.ceil((performance.now() - begun) / 1000)
  for (const { name } of bots) {
    const answers = eve.output.text.match(new RegExp(`<${name}> fred said: flood`, 'g'))?.length ?? 0
    t.ok(answers <= 1 + seconds, `it does not answer a flood: ${answers} answers in ${seconds} s`)
  }

  // Its own words, from another connection of the account, are none to answer.
  await each(async ({ name }) => {
    const self = await comeBack(stage.t, stage.server.port, name)
    self.type(`/msg #dev ${name}: echo`, '/quit')
    await self.closed
    await reads(eve, `#dev <${name}> ${name}: echo`)
    await untilHeard(eve, `${name}: still there?`, eve, `<${name}> eve said: still there?`)
  })
  t.notMatch(eve.output.text, /echo(?:sh|py) said:/)
  await each(async ({ command, name, token }) => {
    const other = stage.start(command, `no${name}`, token)
    t.match(await other.exit, { code: 1 })
    t.match(other.stderr.text, 'Wrong name or password.')
  })
})

t.test('the programs in Python are of Python 3.9', { buffered: true }, async (t) => {
  if (!have(t, 'python3')) return
  const check = 'import ast, sys; ast.parse(sys.stdin.read(), feature_version=(3, 9))'
  for (const name of ['echo.py', 'post.py']) {
    const [source = ''] = blocksIn(document, `python ${name}`)
    const { child, exit, stderr } = startProgram(t, ['python3', '-c', check])
    child.stdin.end(source)
    t.match(await exit, { code: 0 }, stderr.text)
    // Before 3.10 the end of a wait at a socket is no TimeoutError.
    t.notMatch(source, /except TimeoutError|zip\(.*strict|match |pairwise|ExceptionGroup|tomllib/)
  }
})

t.test(
  'clients of TLS look at the certificate, as they are shown everywhere',
  { buffered: true },
  async (t) => {
    const documents = ['README.md', ...readdirSync('docs').map((name) => `docs/${name}`)]
    const careless = documents
      .filter((name) => name.endsWith('.md'))
      .flatMap((name) => readFileSync(name, 'utf8').split('\n'))
      .filter((line) => /ncat --ssl(?!-)|s_client (?!.*-verify_return_error)/.test(line))
    t.same(careless, [])
    if (!['ncat', 'openssl', 'curl'].every((program) => have(t, program))) return
    const token = await stage.account('secure', '', '#ci')
    const run = async (line: string, host: string, env: Record<string, string> = {}) => {
      const said = line
        .replaceAll('chat.example.org', host)
        .replaceAll('6667', tlsPort)
        .replace('partyline.pem', pair.cert)
        .replace('ci:7KQ2M0XD3FRAVZ1C88HT4W5JPE9N6YBG', `secure:${token}`)
      const { child, exit, stdout } = startProgram(t, ['sh', '-c', said], { env: { ...process.env, ...env } })
      child.stdin.on('error', () => undefined)
      child.stdin.write('/quit\n')
      // ncat goes on as long as it may be told something. Whatever ends without a word has refused the certificate.
      await stdout.expect(/Goodbye|is said/).then(
        () => child.stdin.end(),
        () => undefined,
      )
      await exit
      return /Goodbye|is said/.test(stdout.text)
    }
    const trusted = { SSL_CERT_FILE: pair.cert, CURL_CA_BUNDLE: pair.cert }
    const all = [
      ...(blocksIn(document, 'sh tls')[0] ?? '')
        .trim()
        .split('\n')
        .map((line) => ({ line, env: trusted })),
      ...(blocksIn(document, 'sh trust')[0] ?? '')
        .trim()
        .split('\n')
        .map((line) => ({ line, env: {} })),
    ]
    t.equal(all.length, 6)
    await Promise.all(
      all.map(async ({ env, line }) => {
        t.equal(await run(line, 'localhost', env), true, line)
        t.equal(await run(line, '127.0.0.1', env), false, `${line}, of another host`)
        if (env === trusted) t.equal(await run(line, 'localhost'), false, `${line}, of an unknown authority`)
      }),
    )
  },
)

const tsx = resolve('node_modules/.bin/tsx')
let bridge: Program | undefined

const bridging = t.test(
  'bridge.mts carries what is said across, and leaves out what is too much',
  { buffered: true },
  async (t) => {
    const token = await stage.account('bridge', '#left #right', '#left', '#right')
    const file = stage.save('bridge.mts')
    await checkTypes(t, file)
    bridge = stage.start([tsx, file, '#left', '#right'], 'bridge', token)
    const bob = await stage.member('ben', '#left', '#right')
    // It makes nobody online, so nothing tells that it is there but its work.
    const carol = await stage.member('carol', '#right')
    bob.type('/switch #left')
    await untilHeard(bob, 'are you there?', carol, '#right <bridge> <ben> are you there?')
    bob.type('/me waves', '// is no command', '/msg #ci elsewhere')
    await carol.expect('#right <bridge> * ben waves')
    await carol.expect('#right <bridge> <ben> / is no command')
    bob.type(`${hostile} ${control}`)
    await carol.expect(`#right <bridge> <ben> ${typed}`)
    bob.type('/paste', 'two rows', '/topic #right owned', '.')
    await carol.expect('#right <bridge> <ben> two rows\n| /topic #right owned')
    stage.bob.type('/mute #right bridge')
    await stage.bob.settle()
    bob.type('not carried')
    await bridge.stderr.expect('not speak there')
    stage.bob.type('/unmute #right bridge')
    await stage.bob.settle()
    bob.type('carried again')
    await carol.expect('#right <bridge> <ben> carried again')
    t.notMatch(carol.output.text, 'not carried')
    carol.type('/msg #right back')
    await bob.expect('#left <bridge> <carol> back')
    t.notMatch(carol.output.text, 'elsewhere')

    const self = await comeBack(t, stage.server.port, 'bridge')
    self.type('/msg #left its own words', '/quit')
    await self.closed
    bob.type('next')
    await carol.expect('#right <bridge> <ben> next')
    t.notMatch(carol.output.text, 'its own words')

    // Long lines, and what another bridge has said.
    for (let line = 0; line < 60; line++) {
      bob.type(`${line} ${'x'.repeat(3_900)}`)
      await bob.settle()
    }
    bob.type('behind the long ones')
    await carol.expect('#right <bridge> <ben> behind the long ones')
    const rival = stage.start(
      [tsx, file, '#left', '#right'],
      'rival',
      await stage.account('rival', '#left #right', '#left', '#right'),
    )
    await untilHeard(bob, 'are both there?', carol, '#right <rival> <ben> are both there?')
    bob.type('once over')
    // Either of them may be the first.
    for (const name of ['rival', 'bridge']) await reads(carol, `#right <${name}> <ben> once over`)
    for (const person of [bob, carol]) {
      await person.settle()
      t.notMatch(
        person.output.text,
        /<(?:bridge|rival)> <(?:bridge|rival)>/,
        'no bridge carries what one has said',
      )
    }
    rival.child.kill('SIGTERM')
    await rival.exit

    const crowd = await Promise.all(
      Array.from({ length: 8 }, (_, index) => connectMember(t, stage.server.port, `c${index}x`, 'password')),
    )
    for (const one of crowd) one.type('/join #left')
    await Promise.all(crowd.map((one) => one.settle()))
    for (const one of crowd) one.type(...Array.from({ length: 20 }, (_, index) => `line ${index}`))
    await carol.expect(/#right <bridge> \(\d+ lines were left out\)/)
    await bob.expect(/#left <bridge> \(\d+ lines were left out\)/)

    const other = stage.start([tsx, file, '#left', '#right'], 'nobody', token)
    t.match(await other.exit, { code: 1 })
    const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
    if (major < 22 || (major === 22 && minor < 18)) return
    const plain = stage.start([process.execPath, file, '#left', '#right'], 'nobody', token)
    t.match(await plain.exit, { code: 1 }, 'Node takes the types away by itself')
  },
)

await Promise.all([echoing, bridging])
t.test('bots and the bridge come back when the server starts again, and end as a whole', async (t) => {
  await stage.restart()
  const eve = await comeBack(stage.t, stage.server.port, 'eve')
  const ben = await comeBack(stage.t, stage.server.port, 'ben')
  eve.type('/join #ops', '/switch #ops')
  ben.type('/switch #left')
  await Promise.all([
    // Either of the two may be back first, so eve need not be told that the other is.
    each(({ name }) => untilHeard(eve, `${name}: again`, eve, `#ops <${name}> eve said: again`)),
    untilHeard(ben, 'and now?', ben, '#right <bridge> <ben> and now?'),
  ])
  t.equal(bridge?.child.exitCode, null)
  await each(async ({ name, program }) => {
    t.equal(program.child.exitCode, null)
    // The script alone, as a supervisor or somebody with a list of processes does it.
    program.child.kill('SIGTERM')
    // Also all that it has begun: whoever lives on holds its output open.
    await program.exit
    await reads(eve, `${name} went offline`)
  })
  t.same(
    readdirSync(stage.folder).filter((name) => name.startsWith('tmp.')),
    [],
    'nothing is left behind',
  )
})
