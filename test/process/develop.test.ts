import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { watch } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import t from 'tap'
import { startProgram } from './program.ts'
import { tree } from './source-tree.ts'

/** Says what it was asked for, and waits. The real one takes long to compile the whole server. */
const tsx = `#!/usr/bin/env node
console.log('tsx', ...process.argv.slice(2))
process.on('SIGTERM', () => {
  console.log('the server ends')
  process.exit(0)
})
setInterval(() => undefined, 60_000)
`

t.test('while somebody develops, the page is made anew at each change', async (t) => {
  const { folder, run } = tree(t)
  const modules = join(folder, 'node_modules')
  rmSync(modules)
  mkdirSync(join(modules, '.bin'), { recursive: true })
  for (const name of readdirSync('node_modules'))
    if (name !== '.bin') symlinkSync(resolve('node_modules', name), join(modules, name))
  writeFileSync(join(modules, '.bin', 'tsx'), tsx, { mode: 0o755 })
  const page = join(folder, 'dist', 'page')
  /** Nothing while it is being made. */
  const made = (name: string) => {
    const file = join(page, name)
    return name !== '' && existsSync(file) ? readFileSync(file, 'utf8') : ''
  }
  const script = () => /page-\w+\.js/.exec(made('index.html'))?.[0] ?? ''
  /** Resolves once the page has something. */
  const until = async (has: () => boolean) => {
    const changes = watch(page)[Symbol.asyncIterator]()
    // It is watched from here on.
    for (let next = changes.next(); !has(); next = changes.next()) await next
    await changes.return?.()
  }
  const change = (name: string, edit: (text: string) => string) => {
    const file = join(folder, 'server', 'web', 'page', name)
    writeFileSync(file, edit(readFileSync(file, 'utf8')))
  }

  t.match(run('server/build.cjs'), { status: 0 })
  const program = startProgram(t, [process.execPath, 'server/build.cjs', 'dev'], { cwd: folder, group: true })
  await program.stdout.expect('tsx watch server/main.ts serve\n')
  t.match(made(script()), 'sourceMappingURL', 'the page is there before the server')
  change('main.tsx', (text) => `${text}\nconsole.log('something new')\n`)
  await until(() => made(script()).includes('something new'))
  t.match(script(), /^page-\w{8}\.js$/, 'a new script has a new name')
  change('main.tsx', (text) => `${text}\nconst x = ;\n`)
  await program.stderr.expect(/main\.tsx:\d+:10/)
  change('main.tsx', (text) => text.replace('const x = ;', ''))
  change('index.html', (text) => text.replace('<body>', '<body class="new">'))
  await until(() => made('index.html').includes('class="new"') && made(script()).includes('something new'))

  program.child.kill('SIGTERM')
  await program.stdout.expect('the server ends')
  t.match(await program.exit, { code: 0 })
  t.match(run('server/build.cjs', 'if-changed'), { status: 0 })
  t.ok(existsSync(join(page, 'index.html.gz')), 'a start makes the small page again')
  t.notMatch(made(script()), 'sourceMappingURL')
})
