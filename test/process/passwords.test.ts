import { rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import t, { type Test } from 'tap'
import { buildHasher } from './built-hasher.ts'
import { mainFile, startProgram } from './program.ts'

const folder = buildHasher()
t.teardown(() => rmSync(folder, { recursive: true, force: true }))
/** Where scripts import it from. */
const hasher = JSON.stringify(pathToFileURL(join(folder, 'passwords.js')).href)

/** Node ends well, and says this and nothing else. */
async function says(t: Test, args: readonly string[], text: string): Promise<void> {
  const { exit, stderr, stdout } = startProgram(t, [process.execPath, ...args])
  t.strictSame(await exit, { code: 0, signal: null }, stderr.text)
  t.equal(stdout.text, text)
}

// Node 20 aborts where a thread is ended while it loads an ES module by require; see the worker.
t.test('what a password thread runs is CommonJS, with all that it loads', async (t) => {
  const script = `console.log(typeof require(${JSON.stringify(join(dirname(mainFile), 'password-worker.cjs'))}))`
  await says(t, ['--no-experimental-require-module', '--eval', script], 'function\n')
})

t.test('the threads may be ended at any moment, also while they load', async (t) => {
  const script = `
    import { BcryptPool } from ${hasher}
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

/** What the scripts below share: a limit for this process's open files, to no more than it has. */
const limits = `
  import { execFileSync } from 'node:child_process'
  import { closeSync, openSync, readdirSync } from 'node:fs'
  import { BcryptPool, HasherBusy } from ${hasher}
  const limit = (files) => execFileSync('prlimit', ['--pid=' + process.pid, '--nofile=' + files + ':'])
  const used = () => readdirSync('/proc/self/fd').length - 1
  const outcome = (promise) => promise.then(() => 'done', (error) => error.constructor === HasherBusy ? 'later' : error)
  const troubles = []
  const onTrouble = (error) => troubles.push(error)`

t.test(
  'threads that cannot be started end no process: what has one goes on, and others come later',
  async (t) => {
    const script = `${limits}
    const first = new BcryptPool(4, { threads: 4, onTrouble })
    console.log(await outcome(first.hash('a password')))
    const others = Array.from({ length: 40 }, () => openSync('/dev/null'))
    limit(used())
    const crowd = await Promise.all(Array.from({ length: 12 }, () => outcome(first.hash('a password'))))
    console.log(crowd.includes('done'), crowd.every((one) => one === 'done' || one === 'later'))
    const second = new BcryptPool(4, { threads: 2, onTrouble })
    console.log(await outcome(second.verify('a password', undefined)), await outcome(second.hash('a password')))
    others.forEach((one) => closeSync(one))
    console.log(await outcome(first.hash('a password')), await outcome(second.verify('a password', undefined)))
    console.log(troubles.length > 2, troubles.every((error) => error instanceof Error))
    await Promise.all([first.close(), second.close()])`
    await says(
      t,
      ['--input-type=module', '--eval', script],
      'done\ntrue true\nlater later\ndone done\ntrue true\n',
    )
  },
)

t.test('the program is replaced while it runs', async (t) => {
  // No other test runs behind this one.
  const script = `${limits}
    import { rmSync } from 'node:fs'
    const pool = new BcryptPool(4, { threads: 3, onTrouble })
    console.log(await outcome(pool.hash('a password')))
    rmSync(${JSON.stringify(folder)}, { recursive: true })
    const crowd = await Promise.all(Array.from({ length: 9 }, () => outcome(pool.hash('a password'))))
    console.log(crowd.includes('done'), crowd.every((one) => one === 'done' || one === 'later'))
    console.log(await outcome(pool.hash('a password')))
    await pool.close()`
  await says(t, ['--input-type=module', '--eval', script], 'done\ntrue true\ndone\n')
})
