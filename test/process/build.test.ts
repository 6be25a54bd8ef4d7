import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, readdirSync, readFileSync, renameSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { tree } from './source-tree.ts'

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

t.test('builds at the same time leave a whole program', async (t) => {
  const { folder, run, version, names } = tree(t)
  t.match(run('server/build.cjs'), { status: 0 })
  const whole = readdirSync(join(folder, 'dist')).sort()
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
  t.match(version(), { status: 0 })
})

/** Makes Node.js take this process for one of a container, where another build may have the same number and cannot be found. */
const inContainer = `Object.defineProperty(process, 'pid', { value: 1 })
  process.kill = () => { throw Object.assign(new Error('kill ESRCH'), { code: 'ESRCH' }) }`

/** Runs a whole build in another container when the first part of this one is done. */
const anotherMeanwhile = `require('./container.cjs')
  const Module = require('node:module')
  const load = Module._load
  Module._load = (name, ...rest) => {
    const loaded = load(name, ...rest)
    if (name !== 'esbuild') return loaded
    return { ...loaded, buildSync: (options) => {
      const built = loaded.buildSync(options)
      if (options.entryPoints.program)
        require('node:child_process').spawnSync(process.execPath, ['--require', './container.cjs', 'server/build.cjs'])
      return built
    } }
  }`

t.test('builds in two containers that share the folder leave a whole program', async (t) => {
  const { folder, run, version, names } = tree(t)
  writeFileSync(join(folder, 'container.cjs'), inContainer)
  writeFileSync(join(folder, 'another.cjs'), anotherMeanwhile)
  t.match(run('--require', './another.cjs', 'server/build.cjs'), { status: 0, stderr: '' })
  t.match(version(), { status: 0 })
  t.strictSame(names(), ['dist'])
})

t.test(
  'what a killed build has left goes when it is old, and the program that it put aside comes back',
  async (t) => {
    const { folder, run, version, names } = tree(t)
    t.match(run('server/build.cjs'), { status: 0 })
    const left = 'dist.0123456789abcdef'
    const isNew = 'dist.fedcba9876543210'
    for (const name of [left, isNew]) cpSync(join(folder, 'dist'), join(folder, name), { recursive: true })
    const hours = new Date(Date.now() - 2 * 3_600_000)
    utimesSync(join(folder, left), hours, hours)
    t.match(run('server/build.cjs'), { status: 0 })
    t.strictSame(names(), ['dist', isNew], 'a build that is under way keeps its folder')

    renameSync(join(folder, 'dist'), join(folder, `${left}.old`))
    writeFileSync(join(folder, 'server', 'version.ts'), 'const x = ;')
    t.match(run('server/build.cjs'), { status: 1 })
    t.match(version(), { status: 0 }, 'also where the next build fails')
  },
)
