// Makes dist/ of server/: `npm run build`, and with `if-changed` before `npm start`, which compiles only if the sources are
// others than those that dist/ was made of. That is known by a hash, because times change with every copy.
// `npm run dev` is `node server/build.cjs dev`: it makes the page anew at each change, and runs the server by tsx beside it.
// It is not compiled itself, and is in the JavaScript of Node.js 16, so that an older one is told what is wrong.
'use strict'
const { spawn } = require('node:child_process')
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
const { basename, join } = require('node:path')
const { gzipSync } = require('node:zlib')

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
const inside = ['commander', 'get-east-asian-width', 'knex', 'yaml', 'zod']

/** Drivers of databases that Knex would load and nobody asks it for. */
const drivers = [
  'better-sqlite3',
  'mariadb',
  'mysql',
  'mysql2',
  'oracledb',
  'pg',
  'pg-query-stream',
  'tedious',
]

/**
 * The page for browsers, in dist/page: a script and a style with the hash of their bytes in their names, so that a browser may
 * keep them for ever, what is loaded later (chunks), and index.html, which names the two.
 */
const page = {
  absWorkingDir: root,
  bundle: true,
  chunkNames: '[name]-[hash]',
  entryNames: '[name]-[hash]',
  entryPoints: {
    icon: 'server/web/page/icon.svg',
    page: 'server/web/page/main.tsx',
    style: 'server/web/page/style/page.css',
  },
  format: 'esm',
  loader: { '.svg': 'copy' },
  logLevel: 'warning',
  metafile: true,
  minify: true,
  outdir: join(aside, 'page'),
  platform: 'browser',
  splitting: true,
  target: ['chrome111', 'firefox113', 'safari16.4'],
}

const indexFile = join(root, 'server', 'web', 'page', 'index.html')

/** Into `folder`, where the page is. */
function writeIndex({ metafile }, folder) {
  let html = readFileSync(indexFile, 'utf8')
  for (const [path, { entryPoint }] of Object.entries(metafile.outputs))
    if (entryPoint !== undefined) html = html.replace(`{${basename(entryPoint)}}`, basename(path))
  // In one step: a server may be reading it.
  writeFileSync(join(folder, 'index.html.new'), html)
  renameSync(join(folder, 'index.html.new'), join(folder, 'index.html'))
}

/** Beside each file of the page itself as gzip makes it, once and for all. */
function compress() {
  const folder = join(aside, 'page')
  for (const name of readdirSync(folder))
    writeFileSync(join(folder, `${name}.gz`), gzipSync(readFileSync(join(folder, name)), { level: 9 }))
}

/** Runs the server by tsx until it ends, and makes the page anew whenever something of it has changed. */
async function develop({ context }) {
  const folder = join(home, 'page')
  rmSync(folder, { recursive: true, force: true })
  // This page is for developers: `npm start` makes another one.
  rmSync(join(home, stamp), { force: true })
  let isMade
  const made = new Promise((resolve) => {
    isMade = resolve
  })
  const index = {
    name: 'index',
    setup({ onEnd, onLoad }) {
      // No source imports it, and it is looked at all the same.
      onLoad({ filter: /main\.tsx$/ }, () => ({ watchFiles: [indexFile] }))
      onEnd((result) => {
        if (result.metafile) writeIndex(result, folder)
        isMade()
      })
    },
  }
  const making = await context({
    ...page,
    outdir: folder,
    minify: false,
    sourcemap: 'inline',
    plugins: [index],
  })
  await making.watch()
  await made
  const tsx = spawn(join(root, 'node_modules', '.bin', 'tsx'), ['watch', 'server/main.ts', 'serve'], {
    cwd: root,
    stdio: 'inherit',
  })
  // Ctrl-C reaches both: the server ends first.
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => tsx.kill(signal))
  tsx.on('exit', (code) => making.dispose().then(() => process.exit(code === null ? 1 : code)))
}

function build({ buildSync }) {
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const usual = {
    absWorkingDir: root,
    bundle: true,
    external: Object.keys(dependencies)
      .filter((name) => !inside.includes(name))
      .concat(drivers),
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
  const pages = buildSync(page)
  for (const { metafile } of [program, start, worker, pages])
    for (const path of Object.keys(metafile.outputs))
      if (!existsSync(join(root, path))) throw new Error(`somebody has removed ${path} meanwhile`)
  writeIndex(pages, join(aside, 'page'))
  compress()
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
const wanted = process.argv[2]
if (wanted === 'dev') develop(require('esbuild'))
else if (wanted !== 'if-changed' || built !== sources) {
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
