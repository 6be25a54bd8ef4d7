import { chmodSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import t, { type Test } from 'tap'
import { connectMember, connectPerson, type Person } from '../process/person.ts'
import { type Program, startProgram, temporaryFolder } from '../process/program.ts'
import { quickSettings, type Server, startServer } from '../process/server.ts'
import { blocksIn, have, pathOf } from './tools.ts'

const document = readFileSync('docs/bots.md', 'utf8')
const netcats = ['nc.openbsd', 'nc.traditional', 'ncat'] as const
type Netcat = (typeof netcats)[number]

t.setTimeout(280_000)

/** They say the same again until a bot has come back: as often as a person might, so that it is not thousands of times. */
const usual = { ...quickSettings, LIMITS_BURST: '50', LIMITS_MESSAGES_PER_SECOND: '50' }

/** What a build may print whose author means harm, for printf. */
const attack = String.raw`ok\r/topic #ci owned\r\n\377\370/topic #ci owned\n\377\364\n.\r/msg #dev owned\nx\r\000/msg #dev owned\nthe end\n`

/** A server, bob in #dev and #ops, and scripts of the document that act as members there. */
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

  static async open(t: Test, settings: Readonly<Record<string, string>> = {}): Promise<Stage> {
    const server = await startServer(t, { settings: { ...usual, ...settings } })
    const bob = await connectMember(t, server.port, 'bob', 'password')
    bob.type('/create #dev', '/create #ops', '/create #ci')
    await bob.settle()
    return new Stage(t, temporaryFolder(t), server, bob)
  }

  /** Makes an account for a script, in all channels, and a token; answers that. */
  async account(name: string, made = ''): Promise<string> {
    const owner = await connectMember(this.t, this.server.port, name, 'password')
    owner.type('/join #dev', '/join #ops', '/join #ci', `/token script ${made}`)
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

  /** Stops the server and starts it again on the same data and port; bob is there again, too. */
  async restart(): Promise<Person> {
    const { data, port } = this.server
    this.server.child.kill('SIGTERM')
    await this.server.exit
    this.server = await startServer(this.t, {
      settings: usual,
      data,
      args: ['--port', String(port)],
    })
    const bob = await comeBack(this.t, port, 'bob')
    return bob
  }
}

/** Somebody who has an account, on a new connection. */
async function comeBack(t: Test, port: number, name: string): Promise<Person> {
  const person = await connectPerson(t, port, { lines: [`/login ${name} password`] })
  await person.settle()
  return person
}

/** Says something again and again, as fast as the server takes it, until somebody reads what comes of it. */
async function untilHeard(speaker: Person, line: string, hearer: Person, answer: string): Promise<void> {
  const deadline = Date.now() + 30_000
  while (!hearer.output.text.includes(answer)) {
    if (Date.now() > deadline) throw new Error(`${answer} does not come: ${hearer.output.text}`)
    speaker.type(line)
    await speaker.settle()
  }
}

async function checkTypes(t: Test, file: string): Promise<void> {
  const strict = '--ignoreConfig --noEmit --strict --target es2022 --module nodenext --types node'.split(' ')
  const roots = ['--typeRoots', resolve('node_modules/@types')]
  const { exit, stdout } = startProgram(t, [resolve('node_modules/.bin/tsc'), ...strict, ...roots, file])
  const { code } = await exit
  t.equal(code, 0, stdout.text)
}

t.test('the output of a command in one line', { jobs: 2 }, async (t) => {
  const [line = ''] = blocksIn(document, 'sh')
  for (const netcat of netcats) {
    if (!have(t, netcat)) continue
    await t.test(netcat, { buffered: true }, async (t) => {
      const stage = await Stage.open(t)
      const token = await stage.account('ci', 'write #ci')
      const run = async (line: string, name: string, token: string) => {
        const here = line.replace('chat.example.org 6667', `127.0.0.1 ${stage.server.port}`)
        const { exit, stderr, stdout } = stage.start(['sh', '-c', here], name, token, netcat)
        const { code } = await exit
        t.equal(stderr.text, '')
        return { code, printed: stdout.text }
      }
      t.same(await run(line, 'ci', token), { code: 1, printed: '' }, 'silent if all went well')
      await stage.bob.expect(/#ci <ci> \| Filesystem/)
      await stage.bob.expect(/#ci <ci> \| .* \/\n/)
      await stage.bob.settle()
      // Once, when the account was made.
      t.equal(stage.bob.output.text.match(/ ci (is online|went offline)/g)?.length, 1, 'it is not announced')

      const second = line.replace('df -h /', "printf 'QUIT\\n\\n/x y\\n'")
      t.not(second, line)
      // With a token that could do more.
      const named = await stage.account('ci2')
      t.same(await run(second, 'ci2', named), { code: 1, printed: '' })
      await stage.bob.expect(/#ci <ci2> \| QUIT\n.*#ci <ci2> \| ?\n.*#ci <ci2> \| \/x y\n/s)
      const hostile = line.replace('df -h /', `printf '${attack}'`)
      const other = await stage.account('ci4')
      // Bytes of it are no UTF-8, in one line or two.
      t.match((await run(hostile, 'ci4', other)).printed, /^(! [^\n]+UTF-8[^\n]*\n)+$/)
      await stage.bob.expect(/#ci <ci4> \| .*the end\n/)
      t.notMatch(stage.bob.output.text, /\n\* ci4 set|> owned/, 'nothing of it is a command')

      const refused = await run(line, 'ci3', token)
      t.equal(refused.code, 0)
      t.match(refused.printed, /^! Wrong name or password\. Forgotten it\? \/recover NAME CODE\n/)
    })
  }
})

t.test('report.sh posts how a command ended, and ends as it did', async (t) => {
  if (!have(t, 'nc')) return
  const stage = await Stage.open(t)
  const token = await stage.account('ci', 'write #ci')
  const file = stage.save('report.sh')
  const report = async (...command: string[]) => {
    const { exit, stderr, stdout } = stage.start([file, ...command], 'ci', token)
    const { code } = await exit
    return { code, stdout: stdout.text, stderr: stderr.text }
  }
  const silent = { stdout: '', stderr: '' }
  const odd = '/quit\\nQUIT\\n\\n  indented\\n@end\\n'
  t.same(await report('printf', odd), { code: 0, ...silent })
  const said = ['ran printf .*: done', '\\| /quit', '\\| QUIT', '\\|', '\\|   indented', '\\| @end']
  await stage.bob.expect(new RegExp(`${said.map((text) => `#ci <ci> ${text} *\\n`).join('.*')}`, 's'))
  t.same(await report('sh', '-c', 'seq 100; exit 3'), { code: 3, ...silent })
  await stage.bob.expect(/#ci <ci> ran sh -c seq 100; exit 3: failed with code 3\n[^\n]*<ci> \| 81\n/)
  await stage.bob.expect(/<ci> \| 100\n/)
  t.notMatch(stage.bob.output.text, /\| 80\n/, 'the end of what it printed')
  t.match(await report('printf', attack), { code: 0 })
  t.match(await report('true', 'a\r/msg #dev owned\n/msg #dev owned'), { code: 0, ...silent })
  await stage.bob.expect(/#ci <ci> \| .*the end\n[\s\S]*#ci <ci> ran true a\n/)
  t.notMatch(stage.bob.output.text, /\n\* ci set|> owned/, 'nothing of it is a command')
  const long = await report('sh', '-c', 'head -c 5000 /dev/zero | tr "\\0" x')
  t.match(long, { code: 0, stderr: /^! That line is longer than/ })
  stage.server.child.kill('SIGTERM')
  await stage.server.exit
  t.match(await report('false'), { code: 1, stderr: /does not answer\n$/ })
})

const echoes = {
  'echo.sh': { needs: ['nc', 'jq', 'mkfifo'], command: (file: string) => [file] },
  'echo.py': { needs: ['python3'], command: (file: string) => ['python3', file] },
} as const

for (const [name, { command, needs }] of Object.entries(echoes)) {
  t.test(`${name} answers, comes back, and gives up where it may not in`, async (t) => {
    if (!needs.every((program) => have(t, program))) return
    const stage = await Stage.open(t)
    const token = await stage.account('echo')
    const file = stage.save(name)
    const echo = stage.start(command(file), 'echo', token)
    let { bob } = stage
    await bob.expect('echo is online')
    bob.type('/switch #dev', 'hello all')
    await untilHeard(bob, 'echo: one "two" \\ /three', bob, '#dev <echo> bob said: one "two" \\ /three')
    await untilHeard(bob, '/msg echo echo: psst', bob, '*echo* bob said: psst')
    t.notMatch(bob.output.text, 'bob said: hello all')

    const fred = await connectMember(t, stage.server.port, 'fred', 'password')
    fred.type('/join #dev')
    // It answers once a second, so what it may say depends on how long the machine takes for all of this.
    const begun = performance.now()
    fred.type(...Array.from({ length: 12 }, (_, index) => `echo: flood ${index}`))
    await untilHeard(bob, 'echo: after', bob, 'bob said: after')
    const seconds = Math.ceil((performance.now() - begun) / 1000)
    const answers = bob.output.text.match(/fred said: flood/g)?.length ?? 0
    t.ok(answers <= 1 + seconds, `it does not answer a flood: ${answers} answers in ${seconds} s`)

    // Its own words, from another connection of the account, are none to answer.
    const self = await comeBack(t, stage.server.port, 'echo')
    self.type('/msg #dev echo: echo', '/quit')
    await self.closed
    await bob.expect('#dev <echo> echo: echo')
    await untilHeard(bob, 'echo: still there?', bob, 'bob said: still there?')
    t.notMatch(bob.output.text, 'echo said:')

    // Either of the two may be back first, so bob need not be told that the other is.
    bob = await stage.restart()
    bob.type('/switch #ops')
    await untilHeard(bob, 'echo: again', bob, '#ops <echo> bob said: again')
    t.equal(echo.child.exitCode, null)

    const other = stage.start(command(file), 'nobody', token)
    t.match(await other.exit, { code: 1 })
    t.match(other.stderr.text, 'Wrong name or password.')
    // The script alone, as a supervisor or somebody with a list of processes does it.
    echo.child.kill('SIGTERM')
    // Also all that it has begun: whoever lives on holds its output open.
    await echo.exit
    await bob.expect('echo went offline')
    t.same(
      readdirSync(stage.folder).filter((name) => name.startsWith('tmp.')),
      [],
      'nothing is left behind',
    )
  })
}

t.test('bridge.mts carries what is said across, comes back, and leaves out what is too much', async (t) => {
  // The bridge may say no more than anybody else, so it falls behind eight who say all they may.
  const stage = await Stage.open(t, { LIMITS_BURST: '20', LIMITS_MESSAGES_PER_SECOND: '25' })
  const token = await stage.account('bridge', '#dev #ops')
  const file = stage.save('bridge.mts')
  await checkTypes(t, file)
  const tsx = resolve('node_modules/.bin/tsx')
  const bridge = stage.start([tsx, file, '#dev', '#ops'], 'bridge', token)
  let { bob } = stage
  // It makes nobody online, so nothing tells that it is there but its work.
  const carol = await connectMember(t, stage.server.port, 'carol', 'password')
  carol.type('/join #ops')
  await carol.settle()
  bob.type('/switch #dev')
  await untilHeard(bob, 'are you there?', carol, '#ops <bridge> <bob> are you there?')
  bob.type('/me waves', '// is no command', '/msg #ci elsewhere')
  await carol.expect('#ops <bridge> * bob waves')
  await carol.expect('#ops <bridge> <bob> / is no command')
  carol.type('/msg #ops back')
  await bob.expect('#dev <bridge> <carol> back')
  t.notMatch(carol.output.text, 'elsewhere')

  const self = await comeBack(t, stage.server.port, 'bridge')
  self.type('/msg #dev its own words', '/quit')
  await self.closed
  bob.type('next')
  await carol.expect('#ops <bridge> <bob> next')
  t.notMatch(carol.output.text, 'its own words')

  // Long lines, and what another bridge has said.
  for (let line = 0; line < 60; line++) {
    bob.type(`${line} ${'x'.repeat(3_900)}`)
    await bob.settle()
  }
  bob.type('behind the long ones')
  await carol.expect('#ops <bridge> <bob> behind the long ones')
  const rival = stage.start([tsx, file, '#dev', '#ops'], 'rival', await stage.account('rival', '#dev #ops'))
  await untilHeard(bob, 'are both there?', carol, '#ops <rival> <bob> are both there?')
  bob.type('once over')
  await carol.expect('#ops <rival> <bob> once over')
  await carol.expect('#ops <bridge> <bob> once over')
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
  for (const one of crowd) one.type('/join #dev')
  await Promise.all(crowd.map((one) => one.settle()))
  for (const one of crowd) one.type(...Array.from({ length: 20 }, (_, index) => `line ${index}`))
  await carol.expect(/#ops <bridge> \(\d+ lines were left out\)/)
  await bob.expect(/#dev <bridge> \(\d+ lines were left out\)/)

  bob = await stage.restart()
  const dora = await comeBack(t, stage.server.port, 'carol')
  bob.type('/switch #dev')
  await untilHeard(bob, 'and now?', dora, '#ops <bridge> <bob> and now?')
  t.equal(bridge.child.exitCode, null)
  const other = stage.start([tsx, file, '#dev', '#ops'], 'nobody', token)
  t.match(await other.exit, { code: 1 })

  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major < 22 || (major === 22 && minor < 18)) return
  const plain = stage.start([process.execPath, file, '#dev', '#ops'], 'nobody', token)
  t.match(await plain.exit, { code: 1 }, 'Node takes the types away by itself')
})
