import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { loadConfig } from '../../server/config/load.ts'
import { printReference, printSample } from '../../server/config/reference.ts'
import { defaultConfig } from '../../server/config/schema.ts'
import { dotted, settingPaths, variableOf } from '../../server/config/settings.ts'

const file = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url))

t.test('the printed files are what the code prints', async (t) => {
  t.equal(readFileSync(file('docs/configuration.md'), 'utf8'), printReference(), 'run npm run docs')
  t.equal(readFileSync(file('config/partyline.yaml'), 'utf8'), printSample(), 'run npm run docs')
})

t.test('the sample says exactly the defaults, all of them', async (t) => {
  t.strictSame(loadConfig({ file: file('config/partyline.yaml'), env: {} }), defaultConfig())
  for (const path of settingPaths(true)) {
    t.match(printSample(), new RegExp(`^ *(- )?${String(path.at(-1))}:`, 'm'), dotted(path))
  }
})

t.test('the reference has every setting and its variable', async (t) => {
  for (const path of settingPaths()) {
    t.match(printReference(), `| \`${dotted(path)}\` |`)
    t.match(printReference(), `| \`${variableOf(path)}\` |`)
  }
})

t.test('no line of the sample is too long for a terminal', async (t) => {
  for (const line of printSample().split('\n')) t.ok(line.length <= 100, line)
})
