import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import t from 'tap'
import { directoryFor } from '../support/directory.ts'
import { checkTranscript, updatedTranscript } from '../support/transcript-check.ts'

const file = 'docs/protocol.md'
const text = existsSync(file) ? readFileSync(file, 'utf8') : ''

const blocks = [...text.matchAll(/(?<=^```transcript\n).*?(?=^```$)/gms)].map(({ index, 0: source }) => ({
  line: text.slice(0, index).split('\n').length,
  source,
}))

t.ok(blocks.length > 0, `${file} has examples`)

for (const { line, source } of blocks) {
  t.test(`the transcript in line ${line}`, async (t) => {
    if (process.env['UPDATE_TRANSCRIPTS']) {
      const updated = await updatedTranscript(source, file, directoryFor(t))
      writeFileSync(
        file,
        readFileSync(file, 'utf8').replace(source, () => updated),
      )
    } else {
      // Empty lines before it, so that line numbers are the file's.
      t.equal(await checkTranscript('\n'.repeat(line - 1) + source, file, directoryFor(t)), undefined)
    }
  })
}
