// Makes dist/ of server/: `npm run build`, and with `if-changed` before `npm start`, which compiles only if the sources are
// others than those that dist/ was made of. That is known by a hash, because times change with every copy.
// It is not compiled itself, and is in the JavaScript of Node.js 16, so that an older one is told what is wrong.
'use strict'
const { execFileSync } = require('node:child_process')
const { createHash } = require('node:crypto')
const { existsSync, readdirSync, readFileSync, writeFileSync } = require('node:fs')
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

/** What dist/ was made of. */
const stamp = join(root, 'dist', '.sources')

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
  for (const path of ['tsconfig.json'].concat(filesBelow('server')))
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(root, path)))
      .update('\0')
  return hash.digest('hex')
}

// What `npm pack` makes has dist/ alone, and this file.
if (!existsSync(join(root, 'server', 'main.ts'))) process.exit(0)
const sources = hashOfSources()
const built = existsSync(stamp) ? readFileSync(stamp, 'utf8') : undefined
if (process.argv[2] !== 'if-changed' || built !== sources) {
  let compiler
  try {
    compiler = join(require.resolve('typescript/package.json'), '..', 'bin', 'tsc')
  } catch (_error) {
    giveUp(
      `${built === undefined ? 'There is nothing built in dist/' : 'dist/ was built from other sources than these'}, and TypeScript is not installed: "npm ci && npm run build" makes it.`,
    )
  }
  try {
    execFileSync(process.execPath, [compiler, '--project', 'server/tsconfig.json'], {
      cwd: root,
      stdio: 'inherit',
    })
  } catch (_error) {
    giveUp('It does not compile: see above.')
  }
  writeFileSync(stamp, sources)
}
