import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import t, { type Test } from 'tap'
import { mainFile, startProgram } from './program.ts'

const built = (file: string) => join(dirname(mainFile), 'lib', file)

/** Node ends well, and says this and nothing else. */
async function says(t: Test, args: readonly string[], text: string): Promise<void> {
  const { exit, stderr, stdout } = startProgram(t, [process.execPath, ...args])
  t.strictSame(await exit, { code: 0, signal: null }, stderr.text)
  t.equal(stdout.text, text)
}

// Node 20 aborts where a thread is ended while it loads an ES module by require; see the worker.
t.test('what a password thread runs is CommonJS, with all that it loads', async (t) => {
  const script = `console.log(typeof require(${JSON.stringify(built('password-worker.cjs'))}))`
  await says(t, ['--no-experimental-require-module', '--eval', script], 'function\n')
})

t.test('the threads may be ended at any moment, also while they load', async (t) => {
  const script = `
    import { BcryptPool } from ${JSON.stringify(pathToFileURL(built('passwords.js')).href)}
    const begin = performance.now()
    const first = new BcryptPool(4)
    await first.hash('a password')
    const loadMs = performance.now() - begin
    await first.close()
    for (let part = 0; part < 1; part += 1 / 60) {
      const pool = new BcryptPool(4)
      await new Promise((resolve) => setTimeout(resolve, part * loadMs))
      await pool.close()
    }
    console.log('ended well')`
  await says(t, ['--input-type=module', '--eval', script], 'ended well\n')
})
