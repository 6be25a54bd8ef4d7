import { spawnSync } from 'node:child_process'
import { cpSync, readdirSync, symlinkSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Test } from 'tap'
import { directoryFor } from '../support/directory.ts'

/** A folder with the sources, and what runs Node.js in it. */
export function tree(t: Test) {
  const folder = directoryFor(t, {})
  for (const name of ['server', 'package.json', 'tsconfig.json'])
    cpSync(name, join(folder, name), { recursive: true })
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'))
  const run = (...args: string[]) => {
    const { status, stderr, stdout } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' })
    return { status, stderr, stdout }
  }
  const version = () => run('dist/main.js', '--version')
  const names = () => readdirSync(folder).filter((name) => name.startsWith('dist'))
  return { folder, run, version, names }
}
