import t from 'tap'
import { Desk } from './desk.ts'
import { Emulator } from './emulator.ts'

const word = { left: '\x1b[1;5D', right: '\x1b[1;5C' }
const up = '\x1b[A'
const down = '\x1b[B'
const left = '\x1b[D'
const paste = (text: string) => `\x1b[200~${text}\x1b[201~`

/** What a terminal shows after some keys: the last row, with `|` where the cursor is. */
async function shown(desk: Desk, emulator: Emulator): Promise<string> {
  await emulator.write(desk.written())
  const { text, column } = emulator.lastRow
  return `${text.padEnd(column).slice(0, column)}|${text.slice(column)}`
}

/** The same for a terminal that shows nothing else. */
async function rowAfter(keys: string | Buffer, desk = new Desk()): Promise<string> {
  const emulator = new Emulator(80, 24, 'unicode 6')
  desk.type(keys)
  // The row is written again: the terminal is a new one.
  desk.editor.printAbove(Buffer.alloc(0))
  try {
    return await shown(desk, emulator)
  } finally {
    emulator.dispose()
  }
}

t.test('each key that edits', async (t) => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['text', 'hello', '> hello|'],
    ['Left', `hello${left}`, '> hell|o'],
    ['Ctrl-B', 'hello\x02\x02', '> hel|lo'],
    ['Right', `hello\x01\x1b[C`, '> h|ello'],
    ['Ctrl-F', 'hello\x01\x06\x06', '> he|llo'],
    ['Home', 'hello\x1b[H', '> |hello'],
    ['Ctrl-A', 'hello\x01', '> |hello'],
    ['End', 'hello\x01\x1b[F', '> hello|'],
    ['Ctrl-E', 'hello\x01\x05', '> hello|'],
    ['Delete', 'hello\x01\x1b[3~', '> |ello'],
    ['Ctrl-D', 'hello\x01\x04', '> |ello'],
    ['Backspace', 'hello\x7f', '> hell|'],
    ['Ctrl-H', 'hello\x08\x08', '> hel|'],
    ['Alt-B', 'one, two!\x1bb', '> one, |two!'],
    ['Alt-B twice', 'one, two!\x1bb\x1bb', '> |one, two!'],
    ['Alt-F', 'one, two!\x01\x1bf', '> one|, two!'],
    ['Ctrl-Left', `one, two!${word.left}`, '> one, |two!'],
    ['Ctrl-Right', `one, two!\x01${word.right}${word.right}`, '> one, two|!'],
    ['Ctrl-U', `one two${left}\x15`, '> |o'],
    ['Ctrl-K', `one two${word.left}\x0b`, '> one |'],
    ['Ctrl-W', 'one two-three  \x17', '> one |'],
    ['Alt-Backspace', 'one two-three\x1b\x7f', '> one two-|'],
    ['Alt-D', 'one, two\x01\x1bd', '> |, two'],
    ['Ctrl-Delete', 'one, two\x01\x1b[3;5~', '> |, two'],
    ['Ctrl-Y', 'one two\x17\x01\x19', '> two|one'],
    ['Ctrl-Y after Ctrl-W and Ctrl-K together', `one two three${left}\x17\x0b\x01\x19`, '> three|one two'],
    ['Alt-Y', 'one\x15two\x15\x19\x1by', '> one|'],
    ['Alt-Y round', 'one\x15two\x15\x19\x1by\x1by', '> two|'],
    ['Alt-Y after something else', 'one\x15two\x15\x19x\x1by', '> twox|'],
    ['Ctrl-T', `abcd${left}\x14`, '> abdc|'],
    ['Ctrl-T at the end', 'abcd\x14', '> abdc|'],
    ['Ctrl-T with one character', 'a\x14', '> a|'],
    ['an unknown key', 'a\x1b[15~b\x1bOPc', '> abc|'],
    ['a tab that is pasted', paste('a\tb'), '> a b|'],
    ['Backspace takes a whole character', 'a👨‍👩‍👧‍👦\x7f', '> a|'],
    ['Backspace takes its marks, too', 'ae\u0301\u0302\x7f', '> a|'],
    ['Ctrl and a blank', 'a\0', '> a|'],
  ]
  for (const [name, keys, row] of cases) t.equal(await rowAfter(keys), row, name)
})

t.test('half a flag is a character, too', async (t) => {
  const desk = new Desk()
  desk.type('🇩🇪🇫\x7f\r🇩🇪🇫\x02\x02🇮\x01\x06🇹\r')
  t.same(desk.told, ['🇩🇪', '🇮🇩🇹🇪🇫'])
})

t.test('Ctrl-L empties the screen and shows the row again', async (t) => {
  const desk = new Desk()
  const emulator = new Emulator(80, 24, 'unicode 6')
  desk.editor.printAbove(Buffer.from('above\r\n'))
  t.equal(await shown(desk.type('abc'), emulator), '> abc|')
  t.equal(await shown(desk.type(`${left}\x0c`), emulator), '> ab|c')
  t.same(emulator.above, [])
  emulator.dispose()
})

t.test('Enter hands the line over and leaves it on the screen, all of it', async (t) => {
  const desk = new Desk(20)
  const emulator = new Emulator(20, 24, 'unicode 6')
  t.equal(await shown(desk.type('hello\r'), emulator), '> |')
  const long = 'a long line that does not fit into the row'
  desk.type(`${long}\x01\r`)
  t.equal(await shown(desk.type('next'), emulator), '> next|')
  t.same(desk.told, ['hello', long])
  t.same(emulator.above, ['> hello', `> ${long}`])
  emulator.dispose()
})

t.test('a message appears above, and what is typed stays', async (t) => {
  const desk = new Desk()
  const emulator = new Emulator(80, 24, 'unicode 6')
  await shown(desk.type('hal'), emulator)
  desk.editor.printAbove(Buffer.from('[18:00] <bob> hi\r\n'))
  desk.editor.printAbove(Buffer.from('[18:00] <bob> how are you?\r\n'))
  const bytes = desk.written().toString()
  t.equal(bytes, '\r\x1b[J[18:00] <bob> hi\r\n[18:00] <bob> how are you?\r\n> hal', 'it is drawn once')
  await emulator.write(bytes)
  t.equal(await shown(desk.type('f'), emulator), '> half|')
  t.same(emulator.above, ['[18:00] <bob> hi', '[18:00] <bob> how are you?'])
  t.equal(desk.written().length, 0, 'nothing has changed')
  emulator.dispose()
})

t.test('what is entered and what is printed stand in their order, also within a turn', async (t) => {
  const desk = new Desk()
  const emulator = new Emulator(80, 24, 'unicode 6')
  await shown(desk.type('one'), emulator)
  desk.editor.printAbove(Buffer.from('before\r\n'))
  desk.type('\r')
  desk.editor.printAbove(Buffer.from('after\r\n'))
  t.equal(await shown(desk, emulator), '> |')
  t.same(emulator.above, ['before', '> one', 'after'])
  emulator.dispose()
})

t.test('it stops after a line, so that its owner can stop reading', async (t) => {
  const desk = new Desk()
  const bytes = Buffer.from('one\rtwo\r')
  t.equal(desk.editor.push(bytes), 4)
  t.same(desk.told, ['one'])
  t.equal(desk.editor.push(bytes, 4), 4)
  t.same(desk.told, ['one', 'two'])
})

t.test('Ctrl-C drops the line, and Ctrl-D leaves where there is none', async (t) => {
  const desk = new Desk()
  t.equal(await rowAfter('abc\x03', desk), '> |')
  t.same(desk.told, ['[interrupt]'])
  desk.type('a\x04\x04')
  t.same(desk.told, ['[interrupt]'], 'at the end of a line Ctrl-D does nothing')
  desk.type('\x7f\x04')
  t.same(desk.told, ['[interrupt]', '[leave]'])
})

t.test('a line with bytes that are no UTF-8 is an error that shows them', async (t) => {
  const desk = new Desk()
  t.equal(await rowAfter(Buffer.from([0x66, 0xfc, 0x72]), desk), '> f\ufffdr|')
  desk.type(Buffer.from([0x20, 0xc3, 0xa9, 0x0d]))
  t.same(desk.lines, [{ error: 'bad-encoding', start: 'f\xfcr \xc3\xa9' }])
  t.equal(await rowAfter(up, desk), '> |', 'and is not kept')
})

t.test('no more than the limit is typed, and the bell rings once a turn', async (t) => {
  const desk = new Desk()
  desk.editor.width = 80
  Object.assign(desk.limits, { lineBytes: 5 })
  desk.written()
  t.equal(desk.type('abcdefgh').written().toString(), '> abcde\x07'.slice(2))
  t.equal(desk.type('\x7f漢').written().toString(), '\b\x1b[K\x07', 'whole characters only')
  desk.type('\r')
  t.same(desk.told, ['[full]', 'abcd'], 'which is told once a line')
  t.equal(desk.type('ab\x15\x19\x19\x19').written().includes(7), true, 'nor brought back')
  desk.type('\r')
  t.same(desk.told, ['[full]', 'abcd', 'abab'])
})

t.test('another person finds nothing of what was entered and deleted before', async (t) => {
  const desk = new Desk()
  desk.type('mine\rgone\x15begun')
  desk.editor.forget()
  t.equal(await rowAfter(up, desk), '> begun|', 'what is being typed stays')
  t.equal(await rowAfter('\x15\x19', desk), '> begun|', 'and is all that Ctrl-Y has')
  t.equal(await rowAfter('\x03\x12mine', desk), '> mine|', 'nothing to search')
})

t.test('Up and Down bring lines back, and keep the one that was begun', async (t) => {
  const desk = new Desk()
  desk.type('one\rtwo\rtwo\r  \rbegun')
  t.equal(await rowAfter(up, desk), '> two|')
  t.equal(await rowAfter('\x10', desk), '> one|', 'each line once')
  t.equal(await rowAfter(up, desk), '> one|', 'there is none before')
  t.equal(await rowAfter(`x${down}`, desk), '> two|')
  t.equal(await rowAfter('\x0e', desk), '> begun|')
  t.equal(await rowAfter(down, desk), '> begun|')
  t.equal(await rowAfter(`${up}${up}\r`, desk), '> |')
  t.equal(desk.told.at(-1), 'one')
})

t.test('passwords are not kept', async (t) => {
  const desk = new Desk()
  desk.type('one\r/login anna secret\r')
  t.equal(await rowAfter(up, desk), '> one|')
})

t.test('Ctrl-R looks for a line', async (t) => {
  const desk = new Desk()
  t.equal(await rowAfter('x\x12', desk), '> x|', 'there is none yet')
  desk.type('\x03tea for two\rcoffee\rtea for one\rbegun')
  t.equal(await rowAfter('\x12', desk), 'search "": |')
  t.equal(await rowAfter('for', desk), 'search "for": tea |for one')
  t.equal(await rowAfter('\x12', desk), 'search "for": tea |for two')
  t.equal(await rowAfter('\x12', desk), 'not found "for": tea |for two')
  t.equal(await rowAfter('\x7f\x7f\x7fc', desk), 'search "c": |coffee')
  t.equal(await rowAfter('x', desk), 'not found "cx": |coffee')
  t.equal(await rowAfter('\x07', desk), '> begun|', 'Ctrl-G: as before')
  t.equal(await rowAfter('\x12two\x05', desk), '> tea for two|', 'a key that edits takes it')
  t.equal(await rowAfter(down, desk), '> coffee|', 'from where it was found')
  desk.type('\x12one\r')
  t.equal(desk.told.at(-1), 'tea for one', 'Enter hands it over')
  desk.type('\x15se\u0301e\r\x12\u0301\x0b\r')
  t.equal(desk.told.at(-1), 'se\u0301', 'what is found in a character stands behind it')
  desk.type('x\x12one\x03')
  t.notMatch(desk.told.at(-1), /interrupt/, 'Ctrl-C leaves the search alone')
  t.equal(await rowAfter('', desk), '> x|')
})

t.test('Escape alone leaves a search, after a moment', async (t) => {
  const desk = new Desk()
  desk.type('one\r\x12o\x1b')
  t.equal(await rowAfter('', desk), 'search "o": |one')
  t.ok(desk.clock.waiting)
  desk.clock.advance(500)
  t.ok(desk.wantsUpdate)
  t.equal(await rowAfter('', desk), '> |')
  desk.type('\x12o\x1b')
  t.equal(await rowAfter('[D', desk), '> |one', 'what follows in time is a key')
  t.equal(desk.clock.waiting, 0)
})

t.test('Tab goes round through what fits, and through what was typed', async (t) => {
  const desk = new Desk()
  const asked: [string, number][] = []
  desk.complete = (line, cursor) => {
    asked.push([line, cursor])
    const candidates = [{ text: '@bob ' }, { text: '@bobby ' }]
    return line === 'hi @b!' ? { start: 3, candidates } : { start: cursor, candidates: [] }
  }
  desk.type('hi @b!\x02')
  t.equal(await rowAfter('\t', desk), '> hi @bob |!')
  t.equal(await rowAfter('\t', desk), '> hi @bobby |!')
  t.equal(await rowAfter('\t', desk), '> hi @b|!')
  t.equal(await rowAfter('\x1b[Z', desk), '> hi @bobby |!', 'Shift and Tab go back')
  t.same(asked, [['hi @b!', 5]], 'it asks once')
  t.equal(await rowAfter('x\t', desk), '> hi @bobby x|!', 'any other key ends it')
  t.equal(desk.type('\x03\t').written().at(-1), 7, 'where nothing fits the bell rings')
})

t.test('the only candidate is taken, and its hint is shown', async (t) => {
  const desk = new Desk()
  let asked = 0
  desk.complete = (line) => {
    asked++
    return {
      start: 5,
      candidates: line === '/get rep' ? [{ text: '17', hint: 'report.pdf' }] : [{ text: 'x' }],
    }
  }
  t.equal(await rowAfter('/get rep\t', desk), '> /get 17| report.pdf')
  t.equal(await rowAfter(' ', desk), '> /get 17 |')
  t.equal(await rowAfter('\t\t', desk), '> /get x|')
  t.equal(asked, 3, 'after the only one Tab asks again')
})

t.test('a candidate for which there is no room is not taken', async (t) => {
  const desk = new Desk()
  Object.assign(desk.limits, { lineBytes: 5 })
  desk.complete = () => ({ start: 0, candidates: [{ text: '@longer' }] })
  t.equal(await rowAfter('@l\t', desk), '> @l|')
})

t.test('one row is pasted into the line, and several are asked about', async (t) => {
  const desk = new Desk()
  t.equal(await rowAfter(`ac\x02${paste('b\r\n')}`, desk), '> ab|c')
  t.same(desk.told, [], 'a line end behind it enters nothing')
  t.equal(await rowAfter(paste('1\r\n\n2'), desk), 'Send 3 lines? Enter: yes, Ctrl-C: no: |ab1')
  t.equal(desk.type('x').written().at(-1), 7, 'another key is no answer')
  t.equal(await rowAfter('\x03', desk), '> ab|c', 'no: as before')
  t.same(desk.told, [])
  desk.type(`${paste('1\r2\r\r')}y`)
  t.same(desk.told, ['ab1', '2c'])
  t.equal(await rowAfter(`${up}${up}`, desk), '> ab1|', 'they are lines like others')
  desk.type(`\x03${paste('3\n4')}`)
  desk.type('nx')
  t.equal(await rowAfter('', desk), '> x|', 'what comes with the answer is typed behind it')
})

t.test('the question about pasted rows says how many of them would be done as commands', async (t) => {
  const question = (rows: string) => rowAfter(paste(rows), new Desk())
  t.equal(
    await question('int main() {\n/quit\n}'),
    'Send 3 lines, 1 as a command? Enter: yes, Ctrl-C: no: |int main() {',
  )
  t.equal(await question('a\n  ／quit\n/part'), 'Send 3 lines, 2 as commands? Enter: yes, Ctrl-C: no: |a')
  t.equal(await question('a\n//comment'), 'Send 2 lines? Enter: yes, Ctrl-C: no: |a', 'text')
})

t.test('a paste that is too large is dropped as a whole', async (t) => {
  const desk = new Desk()
  Object.assign(desk.limits, { pasteRows: 3, pasteBytes: 20, lineBytes: 10 })
  desk.type(`ab${paste('1\n2\n3\n4')}`)
  desk.type(paste('1234567890\n1234567890\n'))
  desk.type(paste('123456789\n1'))
  desk.type(paste('123456789'))
  t.same(desk.told, ['[paste: rows]', '[paste: bytes]', '[paste: line]', '[paste: line]'])
  t.equal(await rowAfter('', desk), '> ab|', 'nor is a part of it typed')
  t.equal(await rowAfter(paste('1\n2\n3\n'), desk), 'Send 3 lines? Enter: yes, Ctrl-C: no: |ab1')
})

t.test('a paste whose end is lost is left by Ctrl-C', async (t) => {
  const desk = new Desk()
  desk.type('a\x1b[200~b\rc')
  desk.type('\x03')
  t.equal(await rowAfter('d', desk), '> ad|')
  t.same(desk.told, [])
})

t.test('a question is the prompt; afterwards the line that was begun is there again', async (t) => {
  const desk = new Desk()
  desk.type('old\rbegun')
  desk.editor.ask('? Nick: ')
  t.equal(await rowAfter('', desk), '? Nick: |')
  t.equal(await rowAfter(`an${up}\t\x12na`, desk), '? Nick: anna|', 'it has no history, completion or search')
  t.equal(await rowAfter('\rx', desk), 'x|', 'after the answer nothing is asked')
  desk.editor.ask('? Really: ')
  t.equal(await rowAfter('', desk), '? Really: x|', 'what was typed meanwhile is for the next question')
  t.equal(await rowAfter('\ry', desk), 'y|')
  desk.editor.endQuestion()
  t.equal(await rowAfter('', desk), '> beguny|')
  t.equal(await rowAfter(`\x15${up}`, desk), '> old|', 'an answer is not kept')
  t.same(desk.told, ['old', 'anna', 'x'])
})

t.test('half an answer does not become a line', async (t) => {
  const desk = new Desk()
  desk.type('begun')
  desk.editor.ask('? Delete the channel (yes/no): ')
  desk.type('ye')
  desk.editor.endQuestion()
  t.equal(await rowAfter('', desk), '> begun|')
})

t.test('a hidden answer is nowhere to be seen, and is not kept', async (t) => {
  const desk = new Desk()
  const emulator = new Emulator(80, 24, 'unicode 6')
  await shown(desk, emulator)
  desk.editor.ask('? Password: ', { isHidden: true })
  t.equal(await shown(desk.type('secret'), emulator), '? Password: |')
  t.equal(await shown(desk.type(paste('1\n2')), emulator), '? Password: |')
  t.same(desk.told, ['[paste: answer]'])
  t.equal(await shown(desk.type(' word\x17\x19'), emulator), '? Password: |')
  t.equal(await shown(desk.type('\rnext'), emulator), '|', 'what is typed ahead is hidden, too')
  t.equal(desk.told.at(-1), 'secret ')
  desk.editor.endQuestion()
  t.equal(await shown(desk, emulator), '> |')
  t.equal(await shown(desk.type(`${up}\x19`), emulator), '> |')
  t.same(emulator.above, ['? Password: '.trimEnd()])
  emulator.dispose()
})

t.test('what was typed hidden never becomes visible by another question', async (t) => {
  const desk = new Desk()
  desk.editor.ask('? Password: ', { isHidden: true })
  desk.type('one\rtwo')
  desk.editor.ask('? Nick: ')
  t.equal(await rowAfter('', desk), '? Nick: |')
  desk.editor.ask('? Password: ', { isHidden: true })
  desk.type('one\rtwo')
  desk.editor.ask('? Once more: ', { isHidden: true })
  desk.type('\r')
  t.equal(desk.told.at(-1), 'two', 'but it may be typed ahead')
})

t.test('a question that is repeated stays for each row', async (t) => {
  const desk = new Desk()
  desk.editor.ask('paste> ', { isRepeated: true })
  t.equal(await rowAfter('one\rtwo\r', desk), 'paste> |')
  t.equal(
    await rowAfter(`x${paste('3\r\n\r\n4')}`, desk),
    'paste> |',
    'rows are answers: nobody has to agree',
  )
  t.equal(await rowAfter(paste('5\n'), desk), 'paste> |', 'also one, if its end came with it')
  t.equal(await rowAfter(paste('6'), desk), 'paste> 6|')
  desk.type('\r\tseven\t7\r')
  t.equal(desk.told.at(-1), '\tseven\t7', 'Tab is a tab of the row')
  t.equal(await rowAfter('8', desk), 'paste> 8|')
  t.equal(await rowAfter(`\r${paste(`1\n${'x'.repeat(4001)}`)}`, desk), 'paste> |')
  desk.editor.endQuestion()
  t.equal(await rowAfter('', desk), '> |')
  t.same(desk.told, ['one', 'two', 'x3', '', '4', '5', '6', '\tseven\t7', '8', '[paste: line]'])
})

t.test('the prompt and the width may change while somebody types', async (t) => {
  const desk = new Desk(80)
  const emulator = new Emulator(80, 24, 'unicode 6')
  t.equal(await shown(desk.type('hello'), emulator), '> hello|')
  desk.editor.prompt = '*bob*> '
  t.equal(await shown(desk, emulator), '*bob*> hello|')
  emulator.resize(8, 24)
  desk.editor.width = 8
  t.equal(await shown(desk, emulator), '> hello|')
  emulator.resize(80, 24)
  desk.editor.width = 0
  t.equal(await shown(desk, emulator), '*bob*> hello|', 'without a width it is 80')
  emulator.dispose()
})

t.test('a wider row shows more of a long line', async (t) => {
  const desk = new Desk(20)
  desk.type('x'.repeat(200))
  t.equal(await rowAfter('', desk), `> <${'x'.repeat(8)}|`)
  desk.editor.width = 80
  t.equal(await rowAfter('', desk), `> <${'x'.repeat(38)}|`)
})

t.test('a message takes away what became of the row in a terminal that was made narrower', async (t) => {
  const desk = new Desk(80)
  const emulator = new Emulator(80, 10, 'unicode 6')
  const line = 'a line that was longer than the window is wide now'
  await shown(desk.type(`${line}\x01`), emulator)
  // Such a terminal has wrapped the row, and left the cursor in the first part of it.
  await emulator.write('\r\nwide now\x1b[A\x1b[3G')
  desk.editor.printAbove(Buffer.from('[18:00] <bob> hi\r\n'))
  t.equal(await shown(desk, emulator), `> |${line}`)
  t.equal(emulator.below, '')
  t.match(emulator.above.at(-1), /hi$/)
  emulator.dispose()
})

t.test('a terminal that does not tell its width is asked', async (t) => {
  const desk = new Desk(0)
  const emulator = new Emulator(33, 24, 'unicode 6')
  emulator.onAnswer = (answer) => desk.type(answer)
  t.equal(await shown(desk, emulator), '> |')
  t.same(desk.told, ['[width: 33]'])
  desk.type('x'.repeat(40))
  t.equal(await shown(desk, emulator), `> <${'x'.repeat(15)}|`)
  emulator.resize(60, 24)
  await shown(desk.type('\x0c'), emulator)
  t.equal(await shown(desk, emulator), `> ${'x'.repeat(40)}|`, 'again by Ctrl-L')
  t.same(new Set(desk.told), new Set(['[width: 33]', '[width: 60]']))
  desk.type('\x1b[7;20R')
  t.equal(await shown(desk, emulator), `> ${'x'.repeat(40)}|`, 'it counts only as an answer')
  desk.type('\x15')
  await shown(desk, emulator)
  emulator.resize(20, 24)
  await shown(desk.type('y'), emulator)
  t.equal(await shown(desk, emulator), '> y|')
  t.equal(desk.told.at(-1), '[width: 20]', 'and when a line begins')
  desk.type('/quit\r')
  desk.written()
  desk.type('/quit\r')
  t.notMatch(desk.written().toString(), '6n', 'never with Enter: the answer would reach the shell')
  emulator.dispose()
})

t.test('a terminal that told its width once may never tell another one', async (t) => {
  const desk = new Desk(50)
  const emulator = new Emulator(50, 24, 'unicode 6')
  emulator.onAnswer = (answer) => desk.type(answer)
  t.equal(await shown(desk, emulator), '> |')
  emulator.resize(20, 24)
  await shown(desk.type('x'), emulator)
  t.same(desk.told, ['[width: 20]'], 'it is asked when a line begins')
  await shown(desk.type('\x15'), emulator)
  desk.editor.width = 30
  desk.editor.width = 40
  t.notMatch(desk.type('y\x0c').written().toString(), '6n', 'nobody is asked who tells each one')
  emulator.dispose()
})

t.test('it begins and ends: the terminal is as it was', async (t) => {
  const desk = new Desk()
  const emulator = new Emulator(80, 24, 'unicode 6')
  await shown(desk.type('half a li'), emulator)
  t.ok(emulator.modes.bracketedPaste)
  desk.type('\x1b')
  desk.editor.printAbove(Buffer.from('* Good bye.\r\n'))
  await emulator.write(desk.written())
  desk.editor.end()
  await emulator.write(desk.written())
  t.notOk(emulator.modes.bracketedPaste)
  t.same(emulator.lastRow, { text: '', column: 0 })
  t.same(emulator.above, ['* Good bye.'])
  t.equal(desk.clock.waiting, 0)
  t.equal(desk.editor.push(Buffer.from('abc\r')), 0, 'what is typed then is not taken')
  desk.editor.width = 40
  desk.editor.printAbove(Buffer.from('late\r\n'))
  t.equal(desk.written().toString(), 'late\r\n', 'and what is printed then is printed as it is')
  emulator.dispose()
})
