import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { mainFile, startProgram } from './program.ts'

const { engines, scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  engines: { node: string }
  scripts: Record<string, string>
}
const least = engines.node.replace('>=', '')

/** What makes a Node.js call itself by another version. */
function pretending(version: string): string[] {
  const text = `Object.defineProperty(process.versions, 'node', { value: '${version}' })`
  return ['--import', `data:text/javascript,${encodeURIComponent(text)}`]
}

t.test('an older Node.js is told so in one line, by the server and by npm start', async (t) => {
  for (const file of [mainFile, 'server/build.cjs'])
    for (const version of ['16.20.2', '18.20.8', '20.16.0']) {
      const { exit, stderr, stdout } = startProgram(t, [process.execPath, ...pretending(version), file])
      t.strictSame(await exit, { code: 1, signal: null })
      t.equal(
        stderr.text,
        `partyline: This is Node.js ${version}; it needs ${least} or newer (see README.md).\n`,
        file,
      )
      t.equal(stdout.text, '')
    }
  t.match(scripts['prestart'], /^node server\/build\.cjs/)
})

t.test('this one is new enough, and so is every one that is said to be', async (t) => {
  for (const version of [`${least}.0`, '24.0.0']) {
    const command = [process.execPath, ...pretending(version), mainFile, '--version']
    const { exit, stdout } = startProgram(t, command)
    t.strictSame(await exit, { code: 0, signal: null })
    t.match(stdout.text, /^\d+\.\d+\.\d+\n$/)
  }
})

t.test('what is written down says the same version', async (t) => {
  for (const file of ['README.md', 'docs/operating.md'])
    for (const [, said] of readFileSync(file, 'utf8').matchAll(/Node\.js (\d[\d.]*\d|\d+)\b/g))
      t.equal(said, least, file)
})

t.test('what an older Node.js reads first imports nothing', async (t) => {
  t.notMatch(readFileSync(mainFile, 'utf8'), /^import /m)
})

t.test('no library needs a newer one', async (t) => {
  const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
    packages: Record<string, { engines?: { node?: string }; dev?: boolean }>
  }
  const [major = 0, minor = 0] = least.split('.').map(Number)
  const wanted = Object.entries(lock.packages).flatMap(([name, { dev, engines }]) =>
    dev || engines?.node === undefined ? [] : [{ name, node: engines.node }],
  )
  t.ok(wanted.length > 10)
  for (const { name, node } of wanted) {
    // One of the alternatives has to take it.
    const fits = node.split('||').some((part) => {
      const [, sign = '', first = '0', second = '0'] = /(>=|\^)?\s*v?(\d+)(?:\.(\d+))?/.exec(part) ?? []
      const newEnough = major > Number(first) || (major === Number(first) && minor >= Number(second))
      return newEnough && (sign === '>=' || major === Number(first) || part.includes('*'))
    })
    t.ok(fits, `${name}: ${node}`)
  }
  t.ok(readdirSync('.').includes('package-lock.json'))
})
