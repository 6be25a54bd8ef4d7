import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Test } from 'tap'
import { mainFile, temporaryFolder } from './program.ts'

/** How setpriv(1) is told of a user whom no machine knows. */
export function asUser(uid: number): string[] {
  return ['setpriv', '--reuid', `${uid}`, '--regid', `${uid}`, '--clear-groups']
}

/**
 * The built program where another user sees it: as it is if they do, or a copy with all that it needs to run, because a checkout
 * may lie in a folder of root's alone. Answers its main file.
 */
export function visibleProgram(t: Test, uid: number): string {
  const root = dirname(dirname(mainFile))
  const [command = '', ...user] = asUser(uid)
  const needed = [mainFile, join(root, 'node_modules', 'sqlite3', 'package.json')]
  const isSeen = needed.every((file) => spawnSync(command, [...user, 'test', '-r', file]).status === 0)
  if (isSeen) return mainFile
  const copy = temporaryFolder(t)
  for (const path of ['dist', 'package.json', ...installed(root)])
    cpSync(join(root, path), join(copy, path), { recursive: true })
  spawnSync('chmod', ['-R', 'a+rX', copy])
  return join(copy, 'dist', 'main.js')
}

/** The folders of the packages that the program needs at work. */
function installed(root: string): string[] {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { dev?: true }>
  }
  return Object.entries(packages).flatMap(([path, { dev }]) =>
    path !== '' && !dev && existsSync(join(root, path)) ? [path] : [],
  )
}
