import fc from 'fast-check'
import t from 'tap'
import { type Key, KeyReader, type Position } from '../../server/editor/keys.ts'
import { terminals, unknown } from './encodings.ts'

/** The keys of some packets; runs of text as one key, however they were cut. */
function keysOf(...packets: readonly (string | Buffer)[]): string[] {
  const reader = new KeyReader()
  const keys: string[] = []
  const add = ({ name, text }: Key | (Position & { text?: undefined })) => {
    const last = keys.at(-1)
    if (text === undefined) keys.push(name)
    else if (last?.startsWith(`${name} `)) keys[keys.length - 1] += text
    else keys.push(`${name} ${text}`)
  }
  for (const packet of packets.map((one) => Buffer.from(one)))
    for (let at = 0; at < packet.length; ) {
      const { key, end } = reader.read(packet, at)
      at = end
      if (key) add(key)
    }
  return keys
}

t.test('each key, as each terminal sends it', async (t) => {
  for (const [terminal, keys] of Object.entries(terminals))
    for (const [name, bytes] of Object.entries(keys)) {
      if (name.startsWith('paste')) continue
      // The arrow alone came before.
      t.same(keysOf(keys.left ?? '', bytes, 'x').slice(1), [name, 'text x'], `${terminal}: ${name}`)
    }
})

t.test('other bytes for the same keys', async (t) => {
  const others: readonly (readonly [string, string])[] = [
    ['\n', 'enter'],
    ['\x1bOM', 'enter'],
    ['\x1b\r', 'enter'],
    ['\b', 'backspace'],
    ['\x1b\b', 'alt-backspace'],
    ['\x1bB', 'alt-b'],
    // Old xterm, Alt instead of Ctrl, both, and a key with Shift.
    ['\x1b[5C', 'word-right'],
    ['\x1b[1;3D', 'word-left'],
    ['\x1b[1;7C', 'word-right'],
    ['\x1b[1;2C', 'right'],
    ['\x1b[1;2H', 'home'],
    ['\x1b[3;5~', 'word-delete'],
    // Alt is Escape in front.
    ['\x1b\x1b[D', 'word-left'],
    ['\x1b\x1bOC', 'word-right'],
    // rxvt with Shift.
    ['\x1b[7$', 'home'],
    ['\x1b[8@', 'end'],
    // The control characters of eight bits.
    ['\u009bA', 'up'],
    ['\u008fB', 'down'],
  ]
  for (const [bytes, name] of others) t.same(keysOf(bytes, 'x'), [name, 'text x'], JSON.stringify(bytes))
})

t.test(
  'an arrow in the mode of applications is Ctrl and the arrow only where the other mode was seen',
  async (t) => {
    t.same(keysOf('\x1bOD\x1bOC'), ['left', 'right'])
    t.same(keysOf('\x1b[A\x1bOD\x1bOC\x1bOA'), ['up', 'word-left', 'word-right', 'up'], 'as PuTTY does')
  },
)

t.test('one Enter is one key', async (t) => {
  t.same(keysOf('a\r\nb\r\0c\rd\ne'), [
    'text a',
    'enter',
    'text b',
    'enter',
    'text c',
    'enter',
    'text d',
    'enter',
    'text e',
  ])
  t.same(keysOf('\r', '\n', '\r', '\0', '\n'), ['enter', 'enter', 'enter'], 'also in packets of their own')
})

t.test('what is no key is swallowed as a whole', async (t) => {
  for (const bytes of unknown) {
    const keys = keysOf(`a${bytes}b`).filter((key) => key !== 'position')
    t.same(keys.join('+').replace('+text ', ''), 'text ab', JSON.stringify(bytes))
  }
  t.same(keysOf(`\x1b[${'1;'.repeat(500)}mx`), ['text x'])
  t.same(keysOf(`\x1b]0;${'title'.repeat(500)}\x07x`), ['text x'])
})

t.test('a sequence that breaks off does not swallow the next key', async (t) => {
  t.same(keysOf('\x1b[12\rx'), ['enter', 'text x'])
  t.same(keysOf('\x1bO\x03'), ['ctrl-c'])
  t.same(keysOf('\x1b]0;title\x15'), ['ctrl-u'])
  t.same(keysOf('\x1b[1\x1b[A'), ['up'])
  t.same(keysOf('\x1bOé'), ['text é'])
  t.same(keysOf('\x1b[1é'), ['text é'])
  t.same(keysOf('\x1bé'), ['text é'])
})

t.test('Escape alone is known when nothing follows', async (t) => {
  const reader = new KeyReader()
  reader.read(Buffer.from('\x1b'), 0)
  t.ok(reader.isUnfinished)
  t.same(reader.settle(), { name: 'escape' })
  t.notOk(reader.isUnfinished)
  reader.read(Buffer.from('\x1b'), 0)
  reader.read(Buffer.from('['), 0)
  t.ok(reader.isUnfinished)
  t.equal(reader.settle(), undefined, 'half a sequence is nothing')
  t.same(reader.read(Buffer.from('A'), 0).key, { name: 'text', text: 'A' })
})

t.test('bytes that are no UTF-8 stand for themselves, one by one', async (t) => {
  const bad = (byte: number) => String.fromCharCode(0xdc00 + byte)
  t.same(keysOf(Buffer.from([0x61, 0xfc, 0x62])), [`text a${bad(0xfc)}b`])
  t.same(keysOf(Buffer.from([0xc0, 0xaf])), [`text ${bad(0xc0)}${bad(0xaf)}`], 'too long a form')
  t.same(
    keysOf(Buffer.from([0xed, 0xa0, 0x80])),
    [`text ${bad(0xed)}${bad(0xa0)}${bad(0x80)}`],
    'half a pair',
  )
  t.same(keysOf(Buffer.from([0xf4, 0x90, 0x80, 0x80])).join('').length, 5 + 4, 'beyond U+10FFFF')
  t.same(
    keysOf(Buffer.from([0xe2, 0x82, 0x0d])),
    [`text ${bad(0xe2)}${bad(0x82)}`, 'enter'],
    'cut off by Enter',
  )
  t.same(keysOf(Buffer.from([0xe2, 0x82, 0x61])), [`text ${bad(0xe2)}${bad(0x82)}a`])
  t.same(keysOf('\ufffd'), ['text \ufffd'], 'and this one is a character')
})

t.test('what would act on the terminal is not typed', async (t) => {
  t.same(keysOf('a\u0085b\u202ec\u2028d\u2066e\u0080f'), ['text abcdef'])
})

t.test('a paste is text with line ends, and no keys', async (t) => {
  const paste = (text: string) => keysOf(`\x1b[200~${text}\x1b[201~x`)
  t.same(paste('a\tb'), ['paste-begin', 'pasted a\tb', 'paste-end', 'text x'])
  t.same(paste('a\rb\r\nc\nd\r\0e'), ['paste-begin', 'pasted a\nb\nc\nd\ne', 'paste-end', 'text x'])
  t.same(paste('a\rb\nc'), ['paste-begin', 'pasted a\nb\nc', 'paste-end', 'text x'])
  t.same(paste('a\r\rb'), ['paste-begin', 'pasted a\n\nb', 'paste-end', 'text x'])
  t.same(paste('a\x1b[Ab\x03c\x15d\x1b[31me'), ['paste-begin', 'pasted abcde', 'paste-end', 'text x'])
  t.same(paste('\x1b[200~a'), ['paste-begin', 'pasted a', 'paste-end', 'text x'], 'in a paste none begins')
  t.same(keysOf('\x1b[201~x'), ['text x'], 'and none ends that has not begun')
  t.same(
    keysOf('\x1b[200~a\r', '\x03', 'b'),
    ['paste-begin', 'pasted a\n', 'ctrl-c', 'text b'],
    'Ctrl-C alone ends it',
  )
})

t.test('the keys are the same wherever packets are cut', async (t) => {
  const parts = fc.constantFrom(
    ...unknown,
    ...Object.values(terminals).flatMap((keys) => Object.values(keys)),
    ...['a', 'é', '漢', '👍🏽', '\u009bA', '\x1b', '\x1b[', '\x1b]0;x', '\xff', '\x1b[200~a\nb\x1b[201~'],
  )
  const bytes = fc.array(parts, { maxLength: 12 }).map((all) => Buffer.from(all.join('')))
  fc.assert(
    fc.property(bytes, fc.array(fc.nat(80), { maxLength: 8 }), (whole, points) => {
      const cuts = [
        0,
        ...points.map((point) => Math.min(point, whole.length)).sort((a, b) => a - b),
        whole.length,
      ]
      const packets = cuts.slice(1).map((end, at) => whole.subarray(cuts[at], end))
      // A Ctrl-C that comes alone in a paste is another thing.
      fc.pre(!packets.some((packet) => packet.equals(Buffer.from([3]))))
      t.strictSame(keysOf(...packets), keysOf(whole))
    }),
    { numRuns: 300 },
  )
})

t.test('no bytes whatsoever are an error, or hold the reader up', async (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      const keys = keysOf(Buffer.from(bytes))
      t.ok(keys.length <= bytes.length)
    }),
    { numRuns: 500 },
  )
})
