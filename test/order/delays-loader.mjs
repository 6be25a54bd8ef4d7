import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { places } from '../support/compile-hooks.mjs'

const mark = '?delayed'

/**
 * A loader of modules (see https://nodejs.org/api/module.html#customization-hooks) that compiles what is imported as
 * `FILE.ts?delayed`, with all of ours that it imports, so that each `await` and the end of each async function or method
 * goes through `globalThis.delayedAsync`: see delays.ts. Esbuild turns async functions into generators for engines
 * that have none, and what runs those is a function that can be replaced.
 */
export async function load(url, context, next) {
  if (!url.endsWith(mark)) return next(url, context)
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(url.slice(0, -mark.length))],
    write: false,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: `node${process.versions.node}`,
    supported: { 'async-await': false },
    logLevel: 'silent',
    plugins: [places],
  })
  const source = `${outputFiles[0].text}\n__async = globalThis.delayedAsync\n`
  return { format: 'module', shortCircuit: true, source }
}
