// The part of compile.mjs that runs in the thread of the module loader.
import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build, stop } from 'esbuild'

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

/** One of Node's hooks: a TypeScript file of ours is compiled with what it imports; everything else is loaded as usual. */
export async function load(url, context, next) {
  const file = url.startsWith('file:') ? fileURLToPath(url) : ''
  if (!/\.[cm]?ts$/.test(file) || file.includes('/node_modules/')) return next(url, context)
  const format = file.endsWith('.cts') ? 'cjs' : 'esm'
  const { outputFiles } = await build({
    entryPoints: [file],
    outfile: file.replace(/ts$/, 'js'),
    write: false,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format,
    target: `node${process.versions.node}`,
    sourcemap: 'inline',
    sourcesContent: false,
    logLevel: 'silent',
    plugins: [places],
  })
  // Its process is not the test's to count.
  await stop()
  return { format: format === 'cjs' ? 'commonjs' : 'module', shortCircuit: true, source: outputFiles[0].text }
}
