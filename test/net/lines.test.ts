import assert from 'node:assert/strict'
import { isUtf8 } from 'node:buffer'
import fc from 'fast-check'
import t from 'tap'
import { keyAtEnd } from '../../server/lib/keys.ts'
import type { Line } from '../../server/lib/line.ts'
import { LineEnds } from '../../server/net/line-ends.ts'
import { LineReader } from '../../server/net/lines.ts'
import { PartialLine } from '../../server/net/partial-line.ts'

/** How many lines of a sample end in which way. */
type Endings = { readonly [ending in 'lf' | 'cr' | 'crlf' | 'crnul']?: number }

interface Result {
  lines: string[]
  onlyTelnetEndings: boolean
  interrupts: number
}

const maxBytes = 12
const limits = { lineBytes: maxBytes }
const describe = (line: Line): string =>
  line.typed ? describe(line.typed) : (line.error ?? `"${line.text}"`)
/** The last character of a text, as a reader sees it. */
const lastOf = (text: string): string =>
  [...new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text)].at(-1)?.segment ?? ''

/** Feeds the chunks through one buffer that is overwritten each time, as a socket may. */
function read(
  chunks: readonly Buffer[],
  { editing = false, pausing = false, quickly = true, max = maxBytes } = {},
): Result {
  const result: Result = { lines: [], onlyTelnetEndings: false, interrupts: 0 }
  const reader = new LineReader({
    limits: { lineBytes: max },
    onLine(line) {
      result.lines.push(describe(line))
      if (pausing) reader.pause()
    },
    onInterrupt() {
      result.interrupts++
      result.lines.push('interrupt')
    },
  })
  reader.editing = editing
  const shared = Buffer.alloc(chunks.reduce((most, chunk) => Math.max(most, chunk.length), 0))
  chunks.forEach((chunk, index) => {
    chunk.copy(shared)
    const part = shared.subarray(0, chunk.length)
    if (!quickly || !reader.pushWhole(part)) reader.push(part)
    shared.fill(0x58)
    // Every other chunk arrives while the reader is paused.
    if (index % 2 === 0) drain(reader)
  })
  reader.end()
  drain(reader)
  result.onlyTelnetEndings = reader.onlyTelnetEndings
  return result
}

function drain(reader: LineReader): void {
  while (reader.paused) reader.resume()
}

function* splits(bytes: Buffer): Generator<Buffer[]> {
  for (let at = 0; at <= bytes.length; at++) yield [bytes.subarray(0, at), bytes.subarray(at)]
  yield Array.from(bytes, (byte) => Buffer.from([byte]))
}

/** The rules once more, a byte at a time and as plainly as possible. */
function model(bytes: Buffer, editing: boolean): string[] {
  const lines: string[] = []
  let raw: number[] = []
  let typed: number[] = []
  // Those of the line so far, which count if it is typed.
  let interrupts = 0
  let lastInCr = false
  const deliver = (isTyped: boolean) => {
    const whole = Buffer.from(isTyped ? typed : raw)
    if (isTyped && !editing && !lastInCr) while (interrupts-- > 0) lines.push('interrupt')
    lines.push(
      whole.length > maxBytes ? 'line-too-long' : isUtf8(whole) ? `"${whole.toString()}"` : 'bad-encoding',
    )
    raw = []
    typed = []
    interrupts = 0
  }
  // What has come, with an arrow, which is no byte, for the CR of LF CR.
  let before = ''
  for (const [index, byte] of bytes.entries()) {
    const sofar = before
    const isOneWithLf = byte === 0x0d && /(?:^|[^\r\0]|(?:^|[^\r])\0)\n$/.test(sofar)
    before += isOneWithLf ? '↵' : String.fromCharCode(byte)
    if (isOneWithLf || (byte === 0 && sofar.endsWith('↵'))) continue
    // Any number of CRs and their LF are one end, and CR, NUL and LF too.
    const behind = Buffer.from(bytes.subarray(index)).toString('latin1')
    if (byte === 0x0a && /\r\0?$/.test(sofar)) continue
    if (byte === 0x0d && sofar.endsWith('\r') && /^\r+\n/.test(behind)) continue
    if (byte === 0 && sofar.endsWith('\r')) continue
    if (byte === 0x0a || byte === 0x0d) {
      deliver(editing || byte === 0x0d)
      lastInCr = byte === 0x0d
      continue
    }
    raw.push(byte)
    if (byte === 0x08 || byte === 0x7f) {
      typed = withoutLast(withoutKeyAtEnd(typed))
    } else if (byte === 0x15 || byte === 0x03) {
      typed = []
      if (byte === 0x03 && (editing || lastInCr)) lines.push('interrupt')
      else if (byte === 0x03) interrupts++
    } else if (byte === 0x17) {
      const left = Buffer.from(withoutKeyAtEnd(typed)).toString('latin1')
      typed = [...Buffer.from(left.replace(/[^ \t]*[ \t]*$/, ''), 'latin1')]
    } else {
      typed.push(byte)
    }
  }
  const isTyped = editing || lastInCr
  if ((isTyped ? typed : raw).length > 0) deliver(isTyped)
  return lines
}

function withoutKeyAtEnd(line: number[]): number[] {
  const key = keyAtEnd(Buffer.from(line.slice(-32)).toString())
  return key === '' ? line : withoutKeyAtEnd(line.slice(0, Math.max(0, line.length - Buffer.byteLength(key))))
}

function withoutLast(line: number[]): number[] {
  // The longest end that is UTF-8 has the last character; a byte that is no UTF-8 is one by itself.
  let from = 0
  while (from < line.length && !isUtf8(Buffer.from(line.slice(from)))) from++
  const length = Buffer.byteLength(lastOf(Buffer.from(line.slice(from)).toString()))
  return line.slice(0, Math.max(0, line.length - Math.max(1, length)))
}

const samples: ReadonlyArray<readonly [string, string | Buffer, string[], Endings]> = [
  ['nc', 'one\ntwo\n', ['"one"', '"two"'], { lf: 2 }],
  ['inetutils telnet', 'one\r\ntwo\r\n', ['"one"', '"two"'], { crlf: 2 }],
  ['PuTTY without local line editing', 'one\r\0two\r\0', ['"one"', '"two"'], { crnul: 2 }],
  ['bare CR', 'one\rtwo\r', ['"one"', '"two"'], { cr: 2 }],
  [
    'all of them',
    'a\nb\r\nc\r\0d\re\n',
    ['"a"', '"b"', '"c"', '"d"', '"e"'],
    { lf: 2, crlf: 1, crnul: 1, cr: 1 },
  ],
  ['empty lines', '\n\n\r\n\r\r\0x\n', ['""', '""', '""', '""', '"x"'], { lf: 4, crnul: 1 }],
  [
    'LF CR',
    'a\n\rb\n\r\0c\n\r\nd\r\n\re\n',
    ['"a"', '"b"', '"c"', '""', '"d"', '""', '"e"'],
    { lf: 5, crlf: 1, cr: 1 },
  ],
  [
    'CR LF made of a CR LF',
    'a\r\r\nb\r\r\r\n\nc\r\0\nd',
    ['"a"', '"b"', '""', '"c"', '"d"'],
    { crlf: 2, lf: 1, crnul: 1 },
  ],
  ['bare CRs', 'a\r\r\rb\r\r', ['"a"', '""', '""', '"b"', '""'], { cr: 5 }],
  [
    'only one byte is swallowed',
    'a\r\n\nb\r\0\0\n',
    ['"a"', '""', '"b"', '"\0"'],
    { crlf: 1, lf: 2, crnul: 1 },
  ],
  ['no ending at the end', 'hi\n/quit', ['"hi"', '"/quit"'], { lf: 1 }],
  ['nothing', '', [], {}],
  ['UTF-8', 'Grüße\n👋 日\n', ['"Grüße"', '"👋 日"'], { lf: 2 }],
  ['U+FFFD that was sent as such', 'a\uFFFDb\n', ['"a\uFFFDb"'], { lf: 1 }],
  ['Latin-1', Buffer.from('Gr\xfc\xdfe\nok\n', 'latin1'), ['bad-encoding', '"ok"'], { lf: 2 }],
  ['surrogates in UTF-8', Buffer.from('eda0bd0a', 'hex'), ['bad-encoding'], { lf: 1 }],
  ['overlong encoding', Buffer.from('c0af0a', 'hex'), ['bad-encoding'], { lf: 1 }],
  ['half a character at the end', Buffer.from('61c3', 'hex'), ['bad-encoding'], {}],
  ['as long as allowed', '123456789012\n', ['"123456789012"'], { lf: 1 }],
  ['too long by one', '1234567890123\r\nok\r\n', ['line-too-long', '"ok"'], { crlf: 2 }],
  [
    'too long, and bad',
    Buffer.from(`${'\xff'.repeat(40)}\nok\n`, 'latin1'),
    ['line-too-long', '"ok"'],
    { lf: 2 },
  ],
  ['too long without an end', 'x'.repeat(40), ['line-too-long'], {}],
  [
    'keys are bytes like others before LF',
    'a\x08b\x7f\x15\x17\x03\n',
    ['"a\x08b\x7f\x15\x17\x03"'],
    { lf: 1 },
  ],
  ['and without a line end', 'a\x08b\x7fc', ['"a\x08b\x7fc"'], {}],
  ['keys edit before CR', 'helpo\x08\x08lo\rab\x7f\r', ['"hello"', '"a"'], { cr: 2 }],
  ['and before CR LF', 'wrong\x15right\r\none two\x17\r\n', ['"right"', '"one "'], { crlf: 2 }],
  ['and before CR NUL', 'ax\x08\r\0b\x15\r\0', ['"a"', '""'], { crnul: 2 }],
  [
    'each line by its own end',
    'a\x08b\r\nc\x08d\ne\x08f\r\n',
    ['"b"', '"c\x08d"', '"f"'],
    { crlf: 2, lf: 1 },
  ],
  ['a NUL by itself before LF CR', '\0\n\rx\n', ['"\0"', '"x"'], { lf: 2 }],
  ['LF CR is the end of a script', 'a\x08b\n\r', ['"a\x08b"'], { lf: 1 }],
  ['what is deleted does not count', `${'xy\x08'.repeat(12)}\r\n`, ['"xxxxxxxxxxxx"'], { crlf: 1 }],
  ['even if the line was too long', `${'x'.repeat(40)}${'\x7f'.repeat(30)}\r`, ['"xxxxxxxxxx"'], { cr: 1 }],
  ['a tab is text', 'a\tb\r', ['"a\tb"'], { cr: 1 }],
]

t.test('samples, split everywhere', async (t) => {
  for (const [name, input, lines, endings] of samples) {
    const bytes = Buffer.from(input)
    const { lf = 0, cr = 0, crlf = 0, crnul = 0 } = endings
    const expected = { lines, onlyTelnetEndings: lf + cr === 0 && crlf + crnul > 0, interrupts: 0 }
    t.strictSame(read([bytes]), expected, name)
    for (const chunks of splits(bytes)) {
      const at = `${name}, split ${chunks.map((chunk) => chunk.length).join('+')}`
      t.strictSame(read(chunks), expected, at)
      t.strictSame(read(chunks, { pausing: true }), expected, `${at}, paused after each line`)
    }
  }
})

const editingSamples: ReadonlyArray<readonly [string, string | Buffer, string[]]> = [
  ['BusyBox typing a password', 'ab\x7fc\r\n', ['"ac"']],
  ['backspace', 'abc\x08\x08x\r\0', ['"ax"']],
  ['a whole character is erased', 'a日\x7fé\x7f👋\x7f!\r', ['"a!"']],
  ['what a key has sent shows nothing, and goes with what is before it', 'ab\x1b[D\x7fc\r', ['"ac"']],
  ['^W too', 'ab cd\x1bOD\x17e\r', ['"ab e"']],
  ['no further than the beginning', '\x7f\x08a\x7f\x7f\x7fb\r', ['"b"']],
  ['not into the line before', 'a\r\n\x7fb\r\n', ['"a"', '"b"']],
  ['bytes that are no UTF-8', Buffer.from('8080808080 7f 0a'.replaceAll(' ', ''), 'hex'), ['bad-encoding']],
  ['each of them is one', Buffer.from('636166e97fe97f65 0d'.replaceAll(' ', ''), 'hex'), ['"cafe"']],
  ['a letter and its marks', 'ae\u0301\u0323\x08b\r', ['"ab"']],
  ['a family', 'a\u{1F468}\u200D\u{1F469}\u200D\u{1F467}\x08b\r', ['"ab"']],
  ['a flag', '\u{1F1E9}\u{1F1EA}\u{1F1EB}\u{1F1F7}\x08\r', ['"\u{1F1E9}\u{1F1EA}"']],
  ['Hangul of single letters', 'a\u1112\u1161\u11ab\x08b\r', ['"ab"']],
  ['^U', 'wrong\x15right\r', ['"right"']],
  ['^U takes a line back that is too long', `${'x'.repeat(40)}\x15ok\r`, ['"ok"']],
  ['backspace does not', `${'x'.repeat(13)}\x7f\x7fok\r`, ['line-too-long']],
  ['^W', 'one two  \x17three\x17\x17\x17x\r', ['"x"']],
  ['^C', 'secr\x03again\r', ['interrupt', '"again"']],
  ['^C at once', '\x03', ['interrupt']],
]

t.test('editing, split everywhere', async (t) => {
  for (const [name, input, lines] of editingSamples) {
    const bytes = Buffer.from(input)
    for (const chunks of splits(bytes)) {
      const at = `${name}, split ${chunks.map((chunk) => chunk.length).join('+')}`
      t.strictSame(read(chunks, { editing: true }).lines, lines, at)
    }
  }
})

/** Bytes among which those that matter are frequent. */
const bytes = fc
  .array(
    fc.oneof(
      fc.constantFrom(0x00, 0x03, 0x08, 0x0a, 0x0d, 0x15, 0x17, 0x1b, 0x20, 0x5b, 0x7f, 0xc3, 0xa9),
      fc.constant(0x61),
      fc.integer({ min: 0, max: 255 }),
    ),
    { maxLength: 120 },
  )
  .map((list) => Buffer.from(list))

function cut(whole: Buffer, points: readonly number[]): Buffer[] {
  const sorted = points.map((point) => point % (whole.length + 1)).sort((a, b) => a - b)
  return [0, ...sorted].map((start, index) => whole.subarray(start, sorted[index]))
}

t.test('random bytes in random chunks give what the rules say', async (t) => {
  const points = fc.array(fc.nat(200), { maxLength: 10 })
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(bytes, points, fc.boolean(), fc.boolean(), (whole, points, editing, pausing) => {
        const expected = model(whole, editing)
        const atOnce = read([whole], { editing })
        const chunked = read(cut(whole, points), { editing, pausing })
        assert.deepStrictEqual(atOnce.lines, expected)
        assert.deepStrictEqual(chunked, atOnce)
      }),
      { numRuns: 500 },
    ),
  )
})

t.test('a line that comes by itself takes a shorter way, and is the same', async (t) => {
  const reader = new LineReader({ limits, onLine: () => undefined })
  t.ok(reader.pushWhole(Buffer.from('a plain one\n')))
  t.notOk(reader.pushWhole(Buffer.from('longer than it\n')))
  for (const other of ['\n', 'a', 'a\r\n', 'a\nb\n', 'é\n', 'a\tb\n', '\x7fa\n', 'a\0\n'])
    t.notOk(reader.pushWhole(Buffer.from(other)), JSON.stringify(other))
  const chunk = fc
    .constantFrom(
      'one line\n',
      'another\n',
      'longer than it\n',
      '\n',
      '\r',
      '\0',
      'a',
      'a\r',
      'b\x7fc\r\n',
      'é\n',
    )
    .map((text) => Buffer.from(text))
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(fc.array(chunk), fc.boolean(), fc.boolean(), (chunks, editing, pausing) => {
        const slowly = read(chunks, { editing, pausing, quickly: false })
        assert.deepStrictEqual(read(chunks, { editing, pausing }), slowly)
      }),
      { numRuns: 1000 },
    ),
  )
})

/** What happens to a reader: bytes come, or its owner does something, which each of its lines may have them do as well. */
type Deed =
  | Buffer
  | 'pause'
  | 'resume'
  | 'end'
  | 'settle'
  | 'drop'
  | 'character'
  | 'line'
  | 'shorter'
  | 'throw'

/** All that can be seen of a reader in such a course. The first deed of `inLines` is done in the first line, and so on. */
function seenIn(deeds: readonly Deed[], inLines: readonly (Deed | undefined)[], quickly: boolean): string[] {
  const seen: string[] = []
  const changing = { lineBytes: maxBytes }
  const waiting = inLines.values()
  const reader = new LineReader({
    limits: changing,
    onLine(line) {
      seen.push(JSON.stringify(line))
      const next = waiting.next().value
      if (next !== undefined) act(next)
      seen.push('done')
    },
  })
  const act = (deed: Deed) => {
    if (Buffer.isBuffer(deed)) {
      if (!quickly || !reader.pushWhole(deed)) reader.push(deed)
    } else if (deed === 'character') reader.eraseCharacter()
    else if (deed === 'line') reader.eraseLine()
    else if (deed === 'shorter') changing.lineBytes--
    else if (deed === 'throw') throw new Error('thrown')
    else reader[deed]()
  }
  for (const deed of deeds) {
    try {
      act(deed)
    } catch (error) {
      seen.push(String(error))
    }
    const { hasMore, isUndecided, onlyTelnetEndings, paused } = reader
    const ends = reader.waitingEnds(new LineEnds())
    seen.push(JSON.stringify({ ends, hasMore, isUndecided, onlyTelnetEndings, paused }))
  }
  return seen
}

t.test('the shorter way is the same whatever is done meanwhile, and in its line', async (t) => {
  const bytes = fc
    .constantFrom('a line\n', 'another\n', '123456789012\n', '1234567890123\n', 'b', '\r', '\r\r', 'c\r\n')
    .map((text) => Buffer.from(text))
  const done = fc.constantFrom(
    ...(['pause', 'resume', 'end', 'settle', 'drop', 'character', 'line', 'shorter', 'throw'] as const),
  )
  const deed = fc.oneof({ arbitrary: bytes, weight: 3 }, done)
  const inLines = fc.array(fc.option(deed, { nil: undefined }), { maxLength: 6 })
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(fc.array(deed, { maxLength: 12 }), inLines, (deeds, inLines) => {
        assert.deepStrictEqual(seenIn(deeds, inLines, true), seenIn(deeds, inLines, false))
      }),
      { numRuns: 2000 },
    ),
  )
})

t.test('no more than one line is held, whatever comes', async (t) => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(fc.array(bytes), (chunks) => {
        const line = new PartialLine(limits)
        return chunks.every((chunk) => {
          line.append(chunk, 0, chunk.length)
          return line.length <= maxBytes
        })
      }),
    ),
  )
  const line = new PartialLine(limits)
  line.append(Buffer.alloc(1_000_000, 'x'), 0, 1_000_000)
  t.equal(line.length, 0, 'nothing of a line that is too long')
  t.ok(line.overflowed)
})

function collecting(max = maxBytes): { reader: LineReader; lines: string[] } {
  const lines: string[] = []
  const reader = new LineReader({ limits: { lineBytes: max }, onLine: (line) => lines.push(describe(line)) })
  return { reader, lines }
}

t.test('a second CR ends an empty line when nothing came behind it for a while', async (t) => {
  const lines: string[] = []
  const reader = new LineReader({ limits, onLine: (line) => lines.push(describe(line)) })
  reader.push(Buffer.from('a\r\r'))
  t.strictSame(lines, ['"a"'])
  t.ok(reader.isUndecided)
  reader.settle()
  t.strictSame(lines, ['"a"', '""'])
  t.notOk(reader.isUndecided)
  reader.push(Buffer.from('\nb\n'))
  t.strictSame(lines, ['"a"', '""', '"b"'], 'its LF may still come')
})

t.test('a line that ends in CR is there at once', async (t) => {
  const { reader, lines } = collecting()
  reader.push(Buffer.from('hi\r'))
  t.strictSame(lines, ['"hi"'])
  reader.push(Buffer.from('\0'))
  t.strictSame(lines, ['"hi"'])
})

t.test('a too long line is told once, at its end', async (t) => {
  const { reader, lines } = collecting()
  reader.push(Buffer.from('first\n0123456789'))
  reader.push(Buffer.from('0123456789'))
  t.strictSame(lines, ['"first"'])
  reader.push(Buffer.from('0123456789\nlast\n'))
  t.strictSame(lines, ['"first"', 'line-too-long', '"last"'])
})

t.test('whether all lines ended as telnet ends them', async (t) => {
  const seen: boolean[] = []
  const reader: LineReader = new LineReader({ limits, onLine: () => seen.push(reader.onlyTelnetEndings) })
  t.notOk(reader.onlyTelnetEndings, 'not without a line')
  reader.push(Buffer.from('a\r\n'))
  t.strictSame(seen, [true], 'known already when the line is delivered')
  reader.push(Buffer.from('b\r'))
  t.strictSame(seen, [true, true], 'an undecided CR does not count against it')
  reader.push(Buffer.from('\0'))
  t.ok(reader.onlyTelnetEndings)
  reader.push(Buffer.from('c\r'))
  reader.push(Buffer.from('d'))
  t.notOk(reader.onlyTelnetEndings, 'but a bare CR does')

  const undecided = collecting().reader
  undecided.push(Buffer.from('a\r'))
  t.notOk(undecided.onlyTelnetEndings, 'nor for it')
  undecided.push(Buffer.from('\n'))
  t.ok(undecided.onlyTelnetEndings)

  const nc = collecting().reader
  nc.push(Buffer.from('a\r\nb\n'))
  t.notOk(nc.onlyTelnetEndings)
})

t.test('telnet EC and EL edit the line that has begun', async (t) => {
  const { reader, lines } = collecting()
  reader.push(Buffer.from('tést'))
  reader.eraseCharacter()
  reader.eraseCharacter()
  reader.eraseCharacter()
  reader.push(Buffer.from('wo\n'))
  reader.push(Buffer.from('wrong'))
  reader.eraseLine()
  reader.eraseCharacter()
  reader.push(Buffer.from('right\n'))
  reader.push(Buffer.from('x'.repeat(100)))
  reader.eraseLine()
  reader.push(Buffer.from('short\n'))
  t.strictSame(lines, ['"two"', '"right"', '"short"'])
})

t.test('EC and EL while paused are about what waits', async (t) => {
  const { reader, lines } = collecting()
  reader.pause()
  reader.push(Buffer.from('a\nbc'))
  reader.eraseCharacter()
  reader.push(Buffer.from('d\nwrong'))
  reader.eraseLine()
  reader.push(Buffer.from('right\n'))
  t.strictSame(lines, [])
  t.equal(reader.waitingEnds(new LineEnds()), 3)
  reader.resume()
  t.strictSame(lines, ['"a"', '"bd"', '"right"'])
  t.equal(reader.waitingEnds(new LineEnds()), 0)
})

t.test('pause stops after the current line, resume goes on, also at once', async (t) => {
  const lines: string[] = []
  const reader: LineReader = new LineReader({
    limits,
    onLine(line) {
      lines.push(describe(line))
      reader.pause()
      if (line.text === 'go') reader.resume()
    },
  })
  reader.push(Buffer.from('one\ngo\ntwo\nthree'))
  t.strictSame(lines, ['"one"'])
  t.ok(reader.paused)
  t.equal(reader.waitingEnds(new LineEnds()), 2)
  reader.push(Buffer.from('!\n'))
  reader.end()
  t.strictSame(lines, ['"one"'])
  reader.resume()
  t.strictSame(lines, ['"one"', '"go"', '"two"'])
  reader.resume()
  t.strictSame(lines, ['"one"', '"go"', '"two"', '"three!"'])
})

t.test('pausing after each line of a large chunk costs no more than the chunk', async (t) => {
  const count = 100_000
  const whole = Buffer.from('x\n'.repeat(count))
  t.equal(read([whole], { pausing: true }).lines.length, count)
})

t.test('bytes pushed from inside onLine come behind', async (t) => {
  const lines: string[] = []
  const reader: LineReader = new LineReader({
    limits,
    onLine(line) {
      lines.push(describe(line))
      if (lines.length === 1) reader.push(Buffer.from('more\n'))
    },
  })
  reader.push(Buffer.from('one\ntwo\n'))
  t.strictSame(lines, ['"one"', '"two"', '"more"'])
})

t.test('editing switched on by a line counts from the next byte on', async (t) => {
  const lines: string[] = []
  const reader: LineReader = new LineReader({
    limits,
    onLine(line) {
      lines.push(describe(line))
      reader.editing = !reader.editing
    },
  })
  reader.push(Buffer.from('a\x7f\nb\x7fc\nd\x7f\n'))
  t.strictSame(lines, ['"a\x7f"', '"c"', '"d\x7f"'])
})

t.test('after end nothing more is taken', async (t) => {
  const { reader, lines } = collecting()
  reader.push(Buffer.from('x\ry'))
  reader.end()
  reader.end()
  t.strictSame(lines, ['"x"', '"y"'])
  t.throws(() => reader.push(Buffer.from('z')), /ended/)
})

t.test('what stands behind a line that was thrown at is kept as it came', async (t) => {
  const lines: string[] = []
  const reader = new LineReader({
    limits,
    onLine(line) {
      if (line.text === 'bad') throw new Error('a defect')
      lines.push(describe(line))
    },
  })
  const chunk = Buffer.from('bad\nmine\n')
  t.throws(() => reader.push(chunk), /a defect/)
  // The memory belongs to the next connection by now.
  chunk.fill('yours\nyours\n')
  reader.resume()
  t.strictSame(lines, ['"mine"'])
})
