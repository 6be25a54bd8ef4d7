import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import t from 'tap'

t.test('a build that fails leaves the program that there is, and the next one takes its place', async (t) => {
  const folder = t.testdir({})
  for (const name of ['server', 'package.json', 'tsconfig.json'])
    cpSync(name, join(folder, name), { recursive: true })
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'))
  const run = (...args: string[]) => {
    const { status, stderr, stdout } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' })
    return { status, stderr, stdout }
  }
  const build = () => run('server/build.cjs', 'if-changed')
  const version = () => run('dist/main.js', '--version')
  const names = () => readdirSync(folder).filter((name) => name.startsWith('dist'))

  t.match(build(), { status: 0, stderr: '' })
  t.match(version(), { status: 0, stdout: /^\d+\.\d+\.\d+\n$/ })

  const file = join(folder, 'server', 'version.ts')
  const good = readFileSync(file, 'utf8')
  writeFileSync(file, `${good}\nconst x = ;\n`)
  const failed = build()
  t.equal(failed.status, 1)
  t.match(failed.stderr, /server\/version\.ts:\d+/)
  t.match(failed.stderr, /partyline: It does not compile: see above\.\n$/)
  t.strictSame(names(), ['dist'], 'nothing half done is left')
  t.match(version(), { status: 0 }, 'what was there runs')

  writeFileSync(file, `${good}\n// Another source.\n`)
  writeFileSync(join(folder, 'dist', 'left-over.js'), '')
  t.match(build(), { status: 0 })
  t.match(version(), { status: 0 })
  t.notOk(existsSync(join(folder, 'dist', 'left-over.js')), 'nothing of the build before is left')
  t.strictSame(names(), ['dist'])
})
