// node test/support/compile-all.mjs FOLDER: compiles all tests into a folder, for compile-hooks.mjs, which looks there if
// COMPILED_TESTS names it. `npm test` does so: a compiler that reads the same files for each of 240 tests takes a minute of
// processor time, one that reads them once takes seconds. Nothing that an earlier run has left there is used.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { build } from 'esbuild'
import { settings } from './compile-hooks.mjs'

const folder = process.argv[2]
if (!folder) throw new Error('Into which folder?')
rmSync(folder, { recursive: true, force: true })

const root = process.cwd()
/** Tests, and what they start as processes of their own. */
const entries = readdirSync('test', { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.test\.ts$|^\w+\/together\.ts$|-child\.ts$|-holder\.ts$/.test(name))
  .map((name) => join('test', name))

/** So many at once, since what is compiled is in memory until it is written. */
const each = 40
for (let from = 0; from < entries.length; from += each) {
  const { outputFiles } = await build({
    ...settings,
    entryPoints: entries.slice(from, from + each),
    // As if it stood beside its source: that is where the paths in its source map begin.
    outdir: root,
    outbase: root,
    format: 'esm',
  })
  for (const { path, text } of outputFiles) {
    const file = join(folder, relative(root, path).replace(/js$/, 'ts.js'))
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
}
