import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import t from 'tap'
import { Failure } from '../server/chat/model/failures.ts'
import { commands } from '../server/commands/index.ts'
import { say } from '../server/commands/say.ts'
import { directoryFor } from './support/directory.ts'
import { checkTranscript, updatedTranscript } from './support/transcript-check.ts'

const folder = 'test/transcripts'
const files = readdirSync(folder).filter((name) => name.endsWith('.txt'))

/** What every command can meet, so that none has to declare it. */
const general = ['bad-arguments', 'cancelled', 'not-allowed', 'not-logged-in', 'token-limited', 'unavailable']
const met = new Set<string>()
const undeclared = new Set<string>()
for (const command of [say, ...commands]) {
  const { execute, fails, name } = command
  const known: readonly string[] = [...general, ...fails]
  command.execute = async (context, text, how) => {
    try {
      return await execute(context, text, how)
    } catch (error) {
      const code = error instanceof Failure ? error.problem.code : undefined
      if (code !== undefined) met.add(code)
      if (code !== undefined && !known.includes(code)) undeclared.add(`/${name}: ${code}`)
      throw error
    }
  }
}

t.ok(files.length > 0, 'there are transcripts')

for (const name of files) {
  t.test(name, async (t) => {
    const file = `${folder}/${name}`
    const source = readFileSync(file, 'utf8')
    if (process.env['UPDATE_TRANSCRIPTS'])
      writeFileSync(file, await updatedTranscript(source, file, directoryFor(t)))
    else t.equal(await checkTranscript(source, file, directoryFor(t)), undefined)
  })
}

t.test('every failure that a command met is one of those it declares', async (t) => {
  t.ok(met.size > 15)
  t.same([...undeclared], [])
})
