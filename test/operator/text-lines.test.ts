import { Readable } from 'node:stream'
import t from 'tap'
import { TextError, textLines } from '../../server/operator/archive/text-lines.ts'

async function linesOf(chunks: Iterable<Buffer>, limit = 100): Promise<string[]> {
  const lines: string[] = []
  for await (const line of textLines(Readable.from(chunks), limit)) lines.push(line)
  return lines
}

t.test('lines, however they are cut into chunks', async (t) => {
  const text = Buffer.from('\ufeffone\r\nz\u00fcrich\u2028too\n\n\rlast\n')
  for (let size = 1; size <= text.length; size++) {
    const chunks = Array.from({ length: Math.ceil(text.length / size) }, (_, index) =>
      text.subarray(index * size, (index + 1) * size),
    )
    t.strictSame(await linesOf(chunks), ['one', 'z\u00fcrich\u2028too', '', '\rlast'])
  }
  t.strictSame(await linesOf([Buffer.from('no end')]), ['no end'])
  t.strictSame(await linesOf([]), [])
})

t.test('what is no text ends it, and an endless line is not kept', async (t) => {
  t.match(await linesOf([Buffer.from([65, 10, 0xe4, 10])]).catch((error: unknown) => error), {
    name: 'TextError',
    line: 2,
    message: 'it is not text in UTF-8',
  })
  let given = 0
  function* endless() {
    for (;;) {
      given += 1000
      yield Buffer.alloc(1000, 'a')
    }
  }
  const error = await linesOf(endless(), 10_000).catch((error: unknown) => error)
  if (!(error instanceof TextError)) throw error
  t.equal(error.line, 1)
  t.ok(given < 40_000, `${given} bytes were read`)
})
