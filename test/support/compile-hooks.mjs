// The part of compile.mjs that runs in the thread of the module loader.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

/** Each file still knows where it is, though it runs as a part of another one. */
export const places = {
  name: 'places',
  setup({ onLoad }) {
    onLoad({ filter: /\.[cm]?ts$/ }, ({ path }) => ({
      loader: 'ts',
      contents: readFileSync(path, 'utf8')
        .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href))
        .replaceAll('import.meta.dirname', JSON.stringify(dirname(path))),
    }))
  },
}

/** How a file of the tests is compiled, together with all of ours that it imports. */
export const settings = {
  write: false,
  bundle: true,
  packages: 'external',
  platform: 'node',
  target: `node${process.versions.node}`,
  sourcemap: 'inline',
  sourcesContent: false,
  logLevel: 'silent',
  plugins: [places],
}

/** What compile-all.mjs has made of this file just now, for a run of all tests. */
function compiledBefore(file) {
  const folder = process.env.COMPILED_TESTS
  if (!folder) return undefined
  const compiled = join(folder, `${relative(process.cwd(), file)}.js`)
  return existsSync(compiled) ? readFileSync(compiled, 'utf8') : undefined
}

async function compiledNow(file, format) {
  const { build, stop } = await import('esbuild')
  const outfile = file.replace(/ts$/, 'js')
  const { outputFiles } = await build({ ...settings, entryPoints: [file], outfile, format })
  // Its process is not the test's to count.
  await stop()
  return outputFiles[0].text
}

/**
 * What Node itself would make of a module. Otherwise tap's own hook is asked, which sends every module to the main thread and
 * counts its lines there, for a coverage that nobody measures: a file of tests cost 0.9 seconds of processor time more.
 */
function loadedAsUsual(url, { format }) {
  if (format === 'builtin' || format === 'commonjs') return { format, shortCircuit: true }
  if (format === 'module' && url.startsWith('file:'))
    return { format, shortCircuit: true, source: readFileSync(fileURLToPath(url)) }
  return undefined
}

/** What esbuild makes of it; a file that runs together with others (together.ts) has a test there instead. */
const ownTest = /^import (\w+) from "tap"/gm

/** One of Node's hooks: a TypeScript file of ours is compiled with what it imports; everything else is loaded as usual. */
export async function load(url, context, next) {
  const file = url.startsWith('file:') ? fileURLToPath(url) : ''
  if (!/\.[cm]?ts$/.test(file) || file.includes('/node_modules/'))
    return loadedAsUsual(url, context) ?? next(url, context)
  const format = file.endsWith('.cts') ? 'cjs' : 'esm'
  const compiled = compiledBefore(file) ?? (await compiledNow(file, format))
  const source = url.endsWith('?together')
    ? compiled.replace(ownTest, 'const $1 = globalThis.testOfFile')
    : compiled
  return { format: format === 'cjs' ? 'commonjs' : 'module', shortCircuit: true, source }
}
