// Makes dist/ of server/: `npm run build`, and with `if-changed` before `npm start`, which compiles only if the sources are
// others than those that dist/ was made of. That is known by a hash, because times change with every copy.
// It is not compiled itself, and is in the JavaScript of Node.js 16, so that an older one is told what is wrong.
'use strict'
const { createHash, randomBytes } = require('node:crypto')
const {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} = require('node:fs')
const { join } = require('node:path')

/** Where package.json is. */
const root = join(__dirname, '..')

/** Ends with a line that says what to do. */
function giveUp(why) {
  process.stderr.write(`partyline: ${why}\n`)
  process.exit(1)
}

const least = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).engines.node.replace('>=', '')
const numbers = (version) => version.split('.').map(Number)
const [major, minor] = numbers(process.versions.node)
const [leastMajor, leastMinor] = numbers(least)
if (major < leastMajor || (major === leastMajor && minor < leastMinor))
  giveUp(`This is Node.js ${process.versions.node}; it needs ${least} or newer (see README.md).`)

const home = join(root, 'dist')
/**
 * Where this build works, so that a build that fails leaves the one before: a server may be running from it. Nobody else has the
 * name. The number of the process would not do: two containers that share the folder have the same ones.
 */
const aside = `${home}.${randomBytes(8).toString('hex')}`
/** Where it puts what was there before. */
const old = `${aside}.old`
/** What builds call their folders. */
const asideName = /^dist\.[0-9a-f]{16}(?:\.old)?$/
/** The name of the file that says what the folder was made of. */
const stamp = '.sources'

function filesBelow(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .reduce((found, entry) => {
      const path = `${folder}/${entry.name}`
      return found.concat(entry.isDirectory() ? filesBelow(path) : [path])
    }, [])
}

function hashOfSources() {
  const hash = createHash('sha256')
  for (const path of ['package.json'].concat(filesBelow('server')))
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(root, path)))
      .update('\0')
  return hash.digest('hex')
}

/**
 * What a start needs in any case is in our own files, because each file that Node has to find and to load costs: a command of
 * the operator's takes half the processor time so. The rest is loaded from node_modules when it is wanted.
 */
const inside = ['commander', 'yaml', 'zod']

function build({ buildSync }) {
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const usual = {
    absWorkingDir: root,
    bundle: true,
    external: Object.keys(dependencies).filter((name) => !inside.includes(name)),
    metafile: true,
    logLevel: 'warning',
    outdir: aside,
    platform: 'node',
    target: `node${least}`,
  }
  const program = buildSync({
    ...usual,
    entryPoints: { program: 'server/program.ts', health: 'server/operator/control/health.ts' },
    format: 'esm',
    splitting: true,
    // What is CommonJS in it looks for Node's own modules by `require`.
    banner: {
      js: "import { createRequire as requireOf } from 'node:module';const require = requireOf(import.meta.url);",
    },
  })
  // An older Node.js reads this one: it imports nothing before it has looked.
  const start = buildSync({
    ...usual,
    entryPoints: { main: 'server/main.ts' },
    format: 'esm',
    external: ['./program.ts'],
  })
  const main = join(aside, 'main.js')
  writeFileSync(main, readFileSync(main, 'utf8').replace('./program.ts', './program.js'))
  const worker = buildSync({
    ...usual,
    entryPoints: { 'password-worker': 'server/lib/password-worker.cts' },
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
  })
  for (const { metafile } of [program, start, worker])
    for (const path of Object.keys(metafile.outputs))
      if (!existsSync(join(root, path))) throw new Error(`somebody has removed ${path} meanwhile`)
}

/** Puts what was built into the place of what was there before. Another build may do the same at this moment: the last one stays. */
function putInPlace() {
  for (let tries = 1; ; tries++) {
    rmSync(old, { recursive: true, force: true })
    try {
      renameSync(home, old)
    } catch (error) {
      if (error.code !== 'ENOENT') throw error
    }
    try {
      renameSync(aside, home)
      return
    } catch (error) {
      if (!['ENOTEMPTY', 'EEXIST', 'EPERM'].includes(error.code) || tries === 100) throw error
    }
  }
}

/** A build takes some seconds: what is so old (ms) was left by one that was killed. */
const leftMs = 3_600_000

/** Removes what builds that were killed have left, and puts back the program if one was killed while it took its place. */
function tidy() {
  const found = readdirSync(root).filter((name) => asideName.test(name))
  const [before] = found.filter((name) => name.endsWith('.old') && existsSync(join(root, name, stamp)))
  if (before !== undefined && !existsSync(home)) putBack(join(root, before))
  for (const name of found) {
    const path = join(root, name)
    const { mtimeMs } = statSync(path, { throwIfNoEntry: false }) ?? { mtimeMs: Date.now() }
    if (Date.now() - mtimeMs > leftMs) rmSync(path, { recursive: true, force: true })
  }
}

/** Another build may do the same at this moment, or have it at its own place. */
function putBack(before) {
  try {
    renameSync(before, home)
  } catch (error) {
    if (!['ENOENT', 'ENOTEMPTY', 'EEXIST', 'EPERM'].includes(error.code)) throw error
  }
}

// What `npm pack` makes has dist/ alone, and this file.
if (!existsSync(join(root, 'server', 'main.ts'))) process.exit(0)
const sources = hashOfSources()
const built = existsSync(join(home, stamp)) ? readFileSync(join(home, stamp), 'utf8') : undefined
if (process.argv[2] !== 'if-changed' || built !== sources) {
  let esbuild
  try {
    esbuild = require('esbuild')
  } catch (_error) {
    giveUp(
      `${built === undefined ? 'There is nothing built in dist/' : 'dist/ was built from other sources than these'}, and esbuild is not installed: "npm ci && npm run build" makes it.`,
    )
  }
  try {
    tidy()
    mkdirSync(aside)
    build(esbuild)
    writeFileSync(join(aside, stamp), sources)
    putInPlace()
    rmSync(old, { recursive: true, force: true })
  } catch (error) {
    rmSync(aside, { recursive: true, force: true })
    if (existsSync(old) && !existsSync(home)) putBack(old)
    // esbuild has said what it found; anything else (a full disk, a folder that may not be written) says it here.
    giveUp(error.errors ? 'It does not compile: see above.' : `It cannot be built: ${error.message}`)
  }
}
