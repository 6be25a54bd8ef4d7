import { mkdirSync, mkdtempSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { buildSync } from 'esbuild'

/**
 * Builds what hashes passwords into a folder of its own, as it is built into the program: `passwords.js`, and the worker of
 * its threads beside it. Answers the folder.
 */
export function buildHasher(): string {
  const folder = mkdtempSync(join(tmpdir(), 'partyline-hasher-'))
  const usual = { bundle: true, packages: 'external', platform: 'node', outdir: folder } as const
  buildSync({ ...usual, entryPoints: ['server/lib/passwords.ts'], format: 'esm' })
  buildSync({
    ...usual,
    entryPoints: ['server/lib/password-worker.cts'],
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
  })
  mkdirSync(join(folder, 'node_modules'))
  for (const name of ['bcryptjs', 'piscina'])
    symlinkSync(resolve('node_modules', name), join(folder, 'node_modules', name))
  return folder
}
