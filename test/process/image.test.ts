import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t, { type Test } from 'tap'
import { parse } from 'yaml'
import { connectPerson } from './person.ts'
import { startProgram, temporaryFolder } from './program.ts'

t.setTimeout(280_000)

/** The instructions of the Dockerfile, by stage. */
function stages(): ReadonlyMap<string, readonly (readonly [string, string])[]> {
  const lines = readFileSync('Dockerfile', 'utf8')
    .replace(/^#.*\n/gm, '')
    .replace(/\\\n\s*/g, '')
    .split('\n')
  const found = new Map<string, [string, string][]>()
  let stage: [string, string][] = []
  for (const [, word = '', rest = ''] of lines.map((line) => /^(\w+) (.*)$/.exec(line) ?? [])) {
    if (word === 'FROM') {
      stage = []
      found.set(/ AS (\w+)$/.exec(rest)?.[1] ?? '', stage)
    } else if (word !== '') stage.push([word, rest])
  }
  return found
}

/** Does what a stage says, below a folder. Files come from the stages before, and what is not ignored of this one. */
async function build(
  t: Test,
  name: string,
  root: string,
  others: ReadonlyMap<string, string>,
): Promise<void> {
  const ignored = readFileSync('.dockerignore', 'utf8').split('\n')
  let directory = '/'
  for (const [word, rest] of stages().get(name) ?? []) {
    if (word === 'WORKDIR') {
      directory = rest
      mkdirSync(join(root, directory), { recursive: true })
    } else if (word === 'COPY') {
      const [, from, paths = ''] = /^(?:--from=(\w+) )?(.*)$/.exec(rest) ?? []
      const sources = paths.split(' ')
      const target = join(root, directory, sources.pop() ?? '')
      for (const source of sources) {
        if (from === undefined && ignored.includes(source)) t.fail(`${source} is in .dockerignore`)
        const intoFolder = /(^|\/)\.?\/?$/.test(paths)
        cpSync(
          join(from === undefined ? '.' : (others.get(from) ?? ''), source),
          intoFolder ? join(target, source) : target,
          { recursive: true, verbatimSymlinks: true },
        )
      }
    } else if (word === 'RUN') await runStep(t, rest, root, directory)
  }
}

/** `npm ci` was done before the tests: a copy of what it made stands for it. */
async function runStep(t: Test, step: string, root: string, directory: string): Promise<void> {
  const command =
    step === 'npm ci'
      ? `cp -a --reflink=auto '${join(process.cwd(), 'node_modules')}' .`
      : // Giving files to another user is root's.
        `chown() { :; }; ${step.replace(/(?<= )\/(?=data|app|usr)/g, `${root}/`)}`
  const { exit, stderr } = startProgram(t, ['sh', '-euc', command], {
    cwd: join(root, directory),
    group: true,
  })
  t.strictSame(await exit, { code: 0, signal: null }, `${step}: ${stderr.text}`)
}

t.test('the Dockerfile says what it is made from, and what it makes', async (t) => {
  const text = readFileSync('Dockerfile', 'utf8')
  const { description, license, version } = JSON.parse(readFileSync('package.json', 'utf8')) as Record<
    'description' | 'license' | 'version',
    string
  >
  t.match(text, /^ARG NODE=\d+\.\d+\.\d+-bookworm(@sha256:[0-9a-f]{64})?$/m, 'one exact version')
  for (const [, image] of text.matchAll(/^FROM (\S+)/gm)) t.match(image, /^node:\$\{NODE\}(-slim)?$/)
  const said = new Map(stages().get('run') ?? [])
  const labels = Object.fromEntries(
    [...(said.get('LABEL') ?? '').matchAll(/org\.opencontainers\.image\.(\w+)="([^"]*)"/g)].map(
      ([, name = '', value = '']) => [name, value],
    ),
  )
  t.match(labels, {
    title: 'Partyline',
    description,
    version,
    licenses: license,
    revision: /^\$\{REVISION\}$/,
  })
})

t.test('what the Dockerfile makes is a server', async (t) => {
  const folders = new Map(['build', 'run'].map((name) => [name, temporaryFolder(t)]))
  const root = folders.get('run') ?? ''
  mkdirSync(join(root, 'usr/local/bin'), { recursive: true })
  await build(t, 'build', folders.get('build') ?? '', folders)
  await build(t, 'run', root, folders)
  t.notOk(existsSync(join(root, 'app/node_modules/typescript')), 'nothing of what only builds')

  const said = new Map((stages().get('run') ?? []).map(([word, rest]) => [word, rest]))
  const list = (word: string) => parse(/\[.*\]/.exec(said.get(word) ?? '')?.[0] ?? '') as string[]
  const environment = (stages().get('run') ?? [])
    .filter(([word]) => word === 'ENV')
    .flatMap(([, rest]) => [...rest.matchAll(/(\w+)=(?:"([^"]*)"|(\S+))/g)])
    .map(([, name = '', quoted, plain = '']) => [
      name,
      (quoted ?? plain).replace(/^\/data$/, join(root, 'data')),
    ])
  const env = {
    ...Object.fromEntries(environment),
    // Where others may run servers: ports that are free.
    PARTYLINE_HTTP_LISTEN: '{port: 0}',
  }
  const cwd = join(root, 'app')
  const { child, exit, stdout } = startProgram(
    t,
    [...list('ENTRYPOINT'), ...list('CMD'), '--host', '127.0.0.1', '--port', '0'],
    { env, cwd },
  )
  const [, port] = await stdout.expect(/"port":(\d+).*"msg":"listening"/)
  const person = await connectPerson(t, Number(port), { lines: ['/nick anna'] })
  await person.expect('What you type goes to #lobby')

  const listeners = { PARTYLINE_LISTENERS: `[{host: 127.0.0.1, port: ${port}}]` }
  const healthy = startProgram(t, list('HEALTHCHECK'), { env: { ...env, ...listeners }, cwd })
  t.strictSame(await healthy.exit, { code: 0, signal: null }, healthy.stderr.text)
  const status = startProgram(t, [join(root, 'usr/local/bin/partyline'), 'status'], {
    env,
    cwd: dirname(root),
  })
  t.strictSame(await status.exit, { code: 0, signal: null }, status.stderr.text)
  t.match(status.stdout.text, 'All is well')

  child.kill('SIGTERM')
  t.strictSame(await exit, { code: 0, signal: null })
})
