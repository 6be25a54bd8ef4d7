import t from 'tap'
import { layOut } from '../../server/editor/row.ts'
import { Screen } from '../../server/editor/screen.ts'

/** The row with `|` where the cursor is. */
function row(prompt: string, line: string, cursor: number, width: number, start = 0, hint = ''): string {
  const { row } = layOut({ prompt, line, cursor, hint }, width, start)
  return `${row.text.slice(0, row.cursor)}|${row.text.slice(row.cursor)}`
}

const alphabet = 'abcdefghijklmnopqrstuvwxyz'

t.test('a line that fits is shown whole, up to the column before the last', async (t) => {
  t.equal(row('> ', 'hello', 5, 80), '> hello|')
  t.equal(row('> ', 'hello', 1, 80), '> h|ello')
  t.equal(row('> ', alphabet, 26, 29), `> ${alphabet}|`)
  t.equal(row('> ', alphabet, 26, 28), '> <opqrstuvwxyz|')
})

t.test('a longer one scrolls sideways', async (t) => {
  t.equal(row('> ', alphabet, 0, 23), '> |abcdefghijklmnopqrs>')
  t.equal(row('> ', alphabet, 18, 23), '> abcdefghijklmnopqr|s>', 'the character at the cursor is shown')
  t.equal(row('> ', alphabet, 19, 23), '> <jklmnopqrs|tuvwxyz')
  t.equal(row('> ', alphabet, 12, 23, 9), '> <jkl|mnopqrstuvwxyz', 'it stays where it is')
  t.equal(row('> ', alphabet, 9, 23, 9), '> abcdefghi|jklmnopqrs>', 'up to its edge')
  t.equal(row('> ', alphabet, 26, 5), '> z|', 'without signs where there is no room for them')
})

t.test('characters of two columns are shown whole or not at all', async (t) => {
  t.equal(row('> ', '漢字'.repeat(10), 0, 13), '> |漢字漢字>')
  t.equal(row('> ', '漢字'.repeat(10), 20, 13), '> <漢字|')
  t.equal(row('', '漢字', 2, 4), '|')
  t.equal(row('', '漢字', 2, 5), '漢字|')
  t.equal(row('', '漢字', 0, 3), '|漢')
  t.equal(row('', '漢字', 0, 2), '|')
})

t.test('a prompt that leaves too little to the line is cut in its middle', async (t) => {
  t.equal(row('#a-long-channel> ', 'x', 1, 80), '#a-long-channel> x|')
  t.equal(row('#a-long-channel> ', 'x', 1, 30), '#a-long-ch..> x|')
  t.equal(row('#a-long-channel> ', 'x', 1, 10), '> x|', 'or only its end is left')
  t.equal(row('#a-long-channel> ', 'x', 1, 3), 'x|')
  t.equal(row('#a-long-channel> ', 'x', 1, 1), '|')
  t.equal(row('? 名前を入力してください: ', '', 0, 30), '? 名前を入..: |')
})

t.test('a hint stands behind the line where there is room', async (t) => {
  t.equal(row('> ', '/get 17', 7, 30, 0, 'report.pdf'), '> /get 17| report.pdf')
  t.equal(row('> ', '/get 17', 7, 30, 0, 're\x1b[2Jport'), '> /get 17| re\ufffd[2Jport')
  t.equal(row('> ', '/get 17', 7, 15, 0, 'report.pdf'), '> /get 17|')
})

/** What is written to get from one row to the next ones. */
function written(...rows: readonly string[]): string[] {
  const screen = new Screen()
  return rows.map((one) => screen.draw({ text: one.replace('|', ''), cursor: one.indexOf('|') }))
}

t.test('as little is written as is needed', async (t) => {
  t.same(written('> |', '> a|', '> ab|'), ['> ', 'a', 'b'], 'a character at the end')
  t.same(written('> 漢|', '> 漢字|', '> 漢字👍🏽|'), ['> 漢', '字', '👍🏽'])
  t.same(written('> ab|', '> a|'), ['> ab', '\b\x1b[K'], 'Backspace')
  t.same(written('> ab|', '> a|b', '> xa|b'), ['> ab', '\b', '\bxab\b'], 'in the middle')
  t.same(written('> 漢字|', '> 漢|字', '> |漢字', '> 漢字|'), ['> 漢字', '\b\b', '\b\b', '\x1b[4C'])
  t.same(written(`> ${alphabet}|`, `> |${alphabet}`, `|> ${alphabet}`), [`> ${alphabet}`, '\x1b[26D', '\r'])
  t.same(written('> abc|', '> a|bc', '> ab|c'), ['> abc', '\b\b', 'b'], 'to the right by writing again')
})

t.test('where terminals differ in a width, what stands before the cursor is written again', async (t) => {
  t.same(written('> 👍🏽b|', '> 👍🏽|b', '> |👍🏽b'), ['> 👍🏽b', '\b', '\r> '])
  t.same(written('> 👍🏽|', '> |'), ['> 👍🏽', '\r> \x1b[K'])
  t.same(written('> e|', '> e\u0301|'), ['> e', '\be\u0301\x1b[K'], 'a mark that joins the last character')
})

t.test('a message takes the row away, and it comes again', async (t) => {
  const screen = new Screen()
  screen.draw({ text: '> a', cursor: 3 })
  t.equal(screen.erase(), '\r\x1b[J')
  t.equal(screen.erase(), '', 'once')
  t.equal(screen.draw({ text: '> a', cursor: 3 }), '> a')
  t.equal(screen.leave('> a'), '\r\n', 'a line that was entered stays')
  screen.draw({ text: '> <b', cursor: 4 })
  t.equal(screen.leave('> a long line b'), '\r\x1b[J> a long line b\r\n', 'all of it')
  screen.draw({ text: '> ', cursor: 2 })
  t.equal(screen.clear(), '\x1b[H\x1b[2J')
  t.equal(screen.draw({ text: '> ', cursor: 2 }), '> ')
  t.equal(screen.end(), '\r\x1b[J\x1b[?2004l')
})
