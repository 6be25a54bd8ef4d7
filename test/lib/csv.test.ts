import t from 'tap'
import { CsvError, csvLine, readCsv } from '../../server/lib/csv.ts'

const cellsOf = (text: string) => readCsv(text).map(({ cells }) => cells)

t.test('tables as spreadsheets write them', async (t) => {
  const rows = [
    ['anna', '', '9a'],
    ['bob', 'a;b', ''],
  ]
  t.strictSame(cellsOf('anna,,9a\nbob,"a;b",\n'), rows)
  t.strictSame(cellsOf('anna;;9a\r\nbob;"a;b";\r\n'), rows)
  t.strictSame(cellsOf('anna\t\t9a\rbob\ta;b\t'), rows)
  t.strictSame(cellsOf('sep=;\r\nanna;;9a\r\n;;\r\n\r\nbob;"a;b";'), rows)
  t.strictSame(cellsOf('"say ""hi""","two\nlines" , plain \n'), [['say "hi"', 'two\nlines', 'plain']])
  t.strictSame(cellsOf(''), [])
  t.strictSame(cellsOf('\n\n,,\n'), [])
  t.strictSame(
    readCsv('"a\nb",c\n\nd').map(({ line }) => line),
    [1, 4],
  )
})

t.test('a quote out of place, and where', async (t) => {
  for (const [text, line] of [
    ['a,b\n"c', 2],
    ['a\n\nb"c', 3],
    ['"a"b', 1],
  ] as const) {
    const error = (() => {
      try {
        return readCsv(text)
      } catch (error) {
        return error
      }
    })()
    if (!(error instanceof CsvError)) throw error
    t.equal(error.line, line, text)
  }
})

t.test('what is written can be read', async (t) => {
  const cells = ['plain', 'a,b', 'say "hi"', '', 'a;b']
  t.strictSame(cellsOf(csvLine(cells)), [cells])
})
