import { readFileSync } from 'node:fs'
import t from 'tap'

interface Package {
  readonly dev?: boolean
  readonly resolved?: string
  readonly integrity?: string
  readonly hasInstallScript?: boolean
}

const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as { packages: Record<string, Package> }
const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as {
  dependencies: Record<string, string>
  allowScripts: Record<string, boolean>
}
const packages = Object.entries(lock.packages).filter(([path]) => path !== '')

t.test('of what the server needs only sqlite3 runs anything when it is installed', async (t) => {
  const scripts = (wanted: boolean) =>
    packages
      .filter(([, { dev, hasInstallScript }]) => hasInstallScript && (dev ?? false) === wanted)
      .map(([path]) => path)
  t.same(scripts(false), ['node_modules/sqlite3'])
  t.same(scripts(true), ['node_modules/esbuild'], 'for tests there is one more')
  t.same(manifest.allowScripts, { sqlite3: true, esbuild: true })
})

t.test('every package is known by its checksum, wherever it comes from', async (t) => {
  t.ok(packages.length > 50)
  const nameless = packages.filter(([path, { integrity }]) => integrity === undefined && path !== '')
  t.same(
    nameless.map(([path]) => path),
    [],
  )
  t.same(
    packages.filter(([, { resolved }]) => resolved !== undefined).map(([path]) => path),
    [],
  )
})

t.test('every package that the server needs is named with its reason', async (t) => {
  const page = readFileSync('docs/architecture.md', 'utf8')
  const table = page.slice(page.indexOf('## What it is built on'))
  for (const name of Object.keys(manifest.dependencies))
    t.match(table, new RegExp(`^\\| [^|]*\\b${name}\\b[^|]* \\|[^|]+\\|[^|]+\\|$`, 'm'), name)
})
