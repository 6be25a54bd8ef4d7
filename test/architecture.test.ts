import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import t from 'tap'
import { commands } from '../server/commands/index.ts'
import { failureSamples } from '../server/dialects/failure-samples.ts'
import { failureText } from '../server/dialects/failure-text.ts'

/** What a folder may import besides itself: what stands above it here. docs/architecture.md draws the same upside down. */
const layers: readonly (readonly string[])[] = [
  ['lib', 'version.ts'],
  ['data', 'log', 'editor'],
  ['config'],
  ['chat'],
  ['store', 'bus', 'transfer', 'commands', 'dialects'],
  ['session', 'admission'],
  ['net', 'operator'],
  ['web'],
  ['registries.ts'],
  ['services.ts'],
  ['app.ts', 'offline-action.ts'],
  ['serve.ts', 'operator-action.ts'],
  ['program.ts'],
  ['main.ts'],
]

/** The rooms of a folder, in the order in which they may import each other. */
const rooms: Readonly<Record<string, readonly string[]>> = {
  chat: [
    ...['model', 'ports', 'people', 'machine', 'channels', 'presence', 'safety', 'talk', 'files', 'history'],
    ...['accounts', 'keeping'],
  ],
  operator: ['control', 'directory', 'archive', 'watching', 'printed', 'cli'],
}

const files = readdirSync('server', { recursive: true, encoding: 'utf8' }).filter((name) =>
  /\.c?tsx?$/.test(name),
)

/** The files of ours that a file imports, also as types, and also by `new URL`. */
function importsOf(file: string): string[] {
  const found = sourceOf(file).matchAll(/(?:from |import |import\(|new URL\()['"](\.[^'"]+)['"]/g)
  return [...found].map(([, path = '']) => normalize(join(dirname(file), path)))
}

function sourceOf(file: string): string {
  return readFileSync(join('server', file), 'utf8')
}

const imports = new Map(files.map((file) => [file, importsOf(file)]))
function layerOf(file: string): number {
  return layers.findIndex((layer) => layer.includes(partOf(file)))
}

/** The folder within the folder, or the file itself where it stands in none. */
function roomOf(file: string): string {
  return file.split('/')[1] ?? file
}

function partOf(file: string): string {
  return file.split('/')[0] ?? file
}

t.test('every file belongs to a layer', async (t) => {
  t.ok(files.length > 50)
  t.same(
    files.filter((file) => layerOf(file) < 0),
    [],
  )
  const all = [...imports.values()].flat()
  t.same(
    all.filter((file) => !imports.has(file) && file !== '../package.json'),
    [],
    'and what is imported is there',
  )
})

t.test('imports run one way', async (t) => {
  const wrong = [...imports].flatMap(([file, imported]) =>
    imported
      .filter((other) => partOf(other) !== partOf(file) && layerOf(other) >= layerOf(file))
      .map((other) => `${file} imports ${other}`),
  )
  t.same(wrong, [])
})

t.test('the page is a program of its own: it knows the server by docs/protocol.md alone', async (t) => {
  const ofPage = (file: string) => file.startsWith('web/page/')
  t.ok(files.filter(ofPage).length > 20)
  const wrong = [...imports].flatMap(([file, imported]) =>
    imported.filter((other) => ofPage(other) !== ofPage(file)).map((other) => `${file} imports ${other}`),
  )
  t.same(wrong, [])
})

t.test('rooms are imported one way, too', async (t) => {
  for (const [folder, order] of Object.entries(rooms)) {
    const inFolder = files.filter((file) => partOf(file) === folder)
    t.same([...new Set(inFolder.map(roomOf))].sort(), [...order].sort(), `${folder} has these rooms`)
    const wrong = inFolder.flatMap((file) =>
      (imports.get(file) ?? [])
        .filter(
          (other) => partOf(other) === folder && order.indexOf(roomOf(other)) > order.indexOf(roomOf(file)),
        )
        .map((other) => `${file} imports ${other}`),
    )
    t.same(wrong, [])
  }
})

t.test('no file imports itself by way of others, types included', async (t) => {
  const done = new Set<string>()
  const cycles: string[] = []
  const visit = (file: string, path: readonly string[]) => {
    if (path.includes(file)) cycles.push([...path.slice(path.indexOf(file)), file].join(' -> '))
    if (done.has(file) || path.includes(file)) return
    for (const other of imports.get(file) ?? []) visit(other, [...path, file])
    done.add(file)
  }
  for (const file of files) visit(file, [])
  t.same(cycles, [])
})

const page = readFileSync('docs/architecture.md', 'utf8')

/** The lines of a picture on that page, and of each what stands before the words that explain it. */
function pictured(name: string): string[][] {
  const [, lines = ''] = new RegExp(`^\`\`\`text ${name}\\n(.*?)^\`\`\`$`, 'ms').exec(page) ?? []
  return lines
    .trimEnd()
    .split('\n')
    .map((line) => line.split(/ {2,}/))
}

t.test('the pictures of docs/architecture.md are those of these tests', async (t) => {
  const folders = pictured('layers').map(([names = '']) => names.replaceAll('/', '').split(' '))
  t.same(folders.reverse(), layers)
  const inRooms = pictured('rooms').map(([folder = '', names = '']) => [
    folder.replace('/', ''),
    names.split(' '),
  ])
  t.same(Object.fromEntries(inRooms), rooms)
})

t.test('every file that docs/architecture.md names is there', async (t) => {
  const parts = ['test', ...layers.flat().filter((part) => !part.includes('.'))]
  const named = [...page.matchAll(/(?<=[`\s])([a-z]+)\/[\w./-]*[\w/](?=[`\s,;:.)])/g)]
    .filter(([, part = '']) => parts.includes(part))
    .map(([path]) => path)
  t.ok(named.length > 60)
  const isThere = (path: string) =>
    [path, `server/${path}`, `server/${path}.ts`].some((one) => existsSync(one))
  t.same(
    named.filter((path) => !isThere(path)),
    [],
  )
})

t.test('test/README.md says what each folder of tests is for', async (t) => {
  const readme = readFileSync('test/README.md', 'utf8')
  const listed = readme
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .flatMap((line) => [...(line.split('|')[1] ?? '').matchAll(/`(\w+)\/`/g)].map(([, name]) => name))
  const there = readdirSync('test', { withFileTypes: true }).filter((one) => one.isDirectory())
  t.same(listed.sort(), there.map(({ name }) => name).sort())
})

t.test('commands/index.ts lists every command of the folder, and nothing else', async (t) => {
  const there = readdirSync('server/commands').filter((name) =>
    readFileSync(join('server/commands', name), 'utf8').includes('export default command('),
  )
  const listed = importsOf('commands/index.ts').map((file) => file.replace('commands/', ''))
  t.same(
    listed
      .filter(
        (file) => !['command.ts', 'commands/say.ts', 'say.ts'].includes(file) && !file.startsWith('../lib'),
      )
      .sort(),
    [...there.sort(), 'lib/nearest.ts'].sort(),
  )
  t.same(commands.map(({ name }) => `${name}.ts`).sort(), there, 'a file is called as its command')
})

t.test('whatever says something for a person passes the gate of what is said', async (t) => {
  const sayers = files.filter((file) => /\btalk\.(say|announce)\(/.test(sourceOf(file)))
  const outside = sayers.filter((file) => partOf(file) !== 'commands')
  // What comes with a file is said once the file is there; what an operator announces at the machine comes from nobody.
  t.same(outside.sort(), ['chat/files/upload.ts', 'operator/control/message-actions.ts'])
  for (const file of sayers.filter((file) => partOf(file) === 'commands'))
    t.match(sourceOf(file), /^ {2}says: true,$/m, file)
})

t.test('no two commands answer to the same name', async (t) => {
  const names = commands.flatMap(({ name, aliases }) => [name, ...aliases])
  t.equal(new Set(names).size, names.length)
  for (const name of names) t.match(name, /^([a-z]+|\?)$/)
})

t.test('every failure has a sentence that says more than its code', async (t) => {
  for (const problem of Object.values(failureSamples)) {
    const text = failureText(problem)
    t.match(text, /^("|#)?\w.*[.?A-Z]$/, problem.code)
    t.ok(text.split(' ').length >= 2, problem.code)
    t.notMatch(text, /undefined|\[object/, problem.code)
  }
})

t.test('only the dialects know words of the screen or of JSON', async (t) => {
  const wrong = files.filter(
    (file) =>
      ['chat', 'commands', 'store', 'bus', 'dialects', 'session', 'admission'].includes(partOf(file)) &&
      /\bfrom ['"]node:(net|tls|http)['"]/.test(sourceOf(file)),
  )
  t.same(wrong, [], 'and only net knows sockets')
})

t.test('time comes from lib/clock.ts, so that a test can move it', async (t) => {
  const wrong = files.filter(
    (file) =>
      !['lib/clock.ts', 'serve.ts', 'web/page/browser.ts'].includes(file) &&
      partOf(file) !== 'operator' &&
      // What is only shown goes by the browser's time.
      !file.startsWith('web/page/views/') &&
      /\bDate\.now\(|new Date\(\)|(?<!\.)\b(setTimeout|setInterval)\(/.test(
        readFileSync(join('server', file), 'utf8'),
      ),
  )
  t.same(wrong, [])
})

t.test('at the top level there is what tools look for there, and nothing else', async (t) => {
  const ignored = readFileSync('.gitignore', 'utf8')
    .split('\n')
    .map((name) => name.replace(/^\/|\/$/g, ''))
  const allowed = [
    ...['package.json', 'package-lock.json', 'tsconfig.json', 'Dockerfile'],
    ...['README.md', 'CHANGELOG.md', 'LICENSE', 'server', 'config', 'test', 'docs'],
  ]
  t.same(
    readdirSync('.').filter(
      (name) => !name.startsWith('.') && !allowed.includes(name) && !ignored.includes(name),
    ),
    [],
  )
})

t.test('the folders whose files run together are those that are not run file by file', async (t) => {
  const excluded = /"test\/\{([a-z,]+)\}\/\*\.test\.ts"/.exec(readFileSync('.taprc', 'utf8'))
  const together = readdirSync('test').filter(
    (name) => name !== 'support' && existsSync(join('test', name, 'together.ts')),
  )
  t.same(together.sort(), excluded?.[1]?.split(','))
})

t.test('tests get their directory where it is removed behind their teardowns', async (t) => {
  for (const file of readdirSync('test', { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts') || file === 'support/directory.ts' || file === 'architecture.test.ts') continue
    t.notMatch(readFileSync(join('test', file), 'utf8'), /\.testdir\(/, `${file} does without directoryFor()`)
  }
})
