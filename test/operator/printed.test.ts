import { readFileSync } from 'node:fs'
import t from 'tap'
import { commands } from '../../server/commands/index.ts'
import { printed } from '../../server/operator/printed/printed.ts'

t.test('what is printed from code stands in the repository as it is printed', async (t) => {
  for (const [path, print] of Object.entries(printed)) {
    const file = new URL(`../../${path}`, import.meta.url)
    t.equal(readFileSync(file, 'utf8'), print(), `${path}: run npm run docs`)
  }
})

t.test('every command is explained', async (t) => {
  const reference = printed['docs/commands.md']?.() ?? ''
  for (const { usage, summary } of commands) {
    t.ok(reference.includes(`### \`${usage}\``), usage)
    t.match(summary, /^[A-Z].*\.$/, `${usage}: the summary is a sentence`)
  }
})
