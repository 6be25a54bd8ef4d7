import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import t, { type Test } from 'tap'

/** A folder with the sources, and what runs Node.js in it. */
function tree(t: Test) {
  const folder = t.testdir({})
  for (const name of ['server', 'package.json', 'tsconfig.json'])
    cpSync(name, join(folder, name), { recursive: true })
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'))
  const run = (...args: string[]) => {
    const { status, stderr, stdout } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' })
    return { status, stderr, stdout }
  }
  const version = () => run('dist/main.js', '--version')
  const names = () => readdirSync(folder).filter((name) => name.startsWith('dist'))
  return { folder, run, version, names }
}

t.test('a build that fails leaves the program that there is, and the next one takes its place', async (t) => {
  const { folder, run, version, names } = tree(t)
  const build = () => run('server/build.cjs', 'if-changed')

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

t.test('builds at the same time leave a whole program, and what a killed one has left goes', async (t) => {
  const { folder, run, version, names } = tree(t)
  t.match(run('server/build.cjs'), { status: 0 })
  const whole = readdirSync(join(folder, 'dist')).sort()
  // A number that no process has any more.
  const { pid } = spawnSync(process.execPath, ['--version'])
  cpSync(join(folder, 'dist'), join(folder, `dist.${pid}`), { recursive: true })
  for (let round = 0; round < 2; round++) {
    const builds = Array.from({ length: 3 }, () =>
      spawn(process.execPath, ['server/build.cjs'], { cwd: folder }),
    )
    const ends = await Promise.all(builds.map((build) => once(build, 'exit')))
    t.strictSame(
      ends.map(([code]) => code),
      [0, 0, 0],
    )
    t.strictSame(readdirSync(join(folder, 'dist')).sort(), whole)
    t.strictSame(names(), ['dist'])
  }
  t.match(version(), { status: 0 })
})
