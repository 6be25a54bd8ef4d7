import { readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import t, { type Test } from 'tap'

declare global {
  /** The test that a file has instead of tap's own: see compile-hooks.mjs. */
  var testOfFile: Test | undefined
}

/**
 * Runs all files of tests in a folder in one process, one after the other, each as a test of its own. A process of its own costs
 * a file more than what it tests if it starts nothing; each can still be run alone.
 */
export function runTogether(folder: string): void {
  const files = readdirSync(folder).filter((name) => name.endsWith('.test.ts'))
  // The limit of a whole file is .taprc's for each of them.
  t.setTimeout(300_000 * files.length)
  for (const file of files.sort())
    t.test(`test/${basename(folder)}/${file}`, async (test) => {
      globalThis.testOfFile = test
      await import(`${pathToFileURL(join(folder, file)).href}?together`)
    })
}
