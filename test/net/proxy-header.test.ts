import fc from 'fast-check'
import t from 'tap'
import { readProxyHeader } from '../../server/net/proxy-header.ts'

const signature = '\r\n\r\n\0\r\nQUIT\n'

/** A header of version 2: command and family, and what follows them. */
function binary(command: number, family: number, rest: Buffer = Buffer.alloc(0)): Buffer {
  const length = Buffer.alloc(2)
  length.writeUInt16BE(rest.length)
  return Buffer.concat([Buffer.from(signature, 'latin1'), Buffer.of(command, family), length, rest])
}

const text = (line: string) => Buffer.from(line, 'latin1')
const v4 = Buffer.from('c0000207' + 'cb007105' + 'd431' + '1a29', 'hex')
const v6 = Buffer.from(
  '20010db8000000000000000000000007' + '20010db8000000000000000000000001' + 'd431' + '1a29',
  'hex',
)
const extension = Buffer.from('0400030000002000010000000000', 'hex')

/** From where to where; undefined if the header does not say. */
const samples: readonly (readonly [string, Buffer, string | undefined])[] = [
  ['text, IPv4', text('PROXY TCP4 192.0.2.7 203.0.113.5 54321 6697\r\n'), '192.0.2.7 54321 203.0.113.5 6697'],
  [
    'text, IPv6',
    text('PROXY TCP6 2001:DB8:0:0:0:0:0:7 2001:db8::1 54321 6697\r\n'),
    '2001:db8::7 54321 2001:db8::1 6697',
  ],
  [
    'text, as long as can be',
    text(`PROXY TCP6 ${'ffff:'.repeat(7)}ffff ${'ffff:'.repeat(7)}ffff 65535 65535\r\n`),
    `${'ffff:'.repeat(7)}ffff 65535 ${'ffff:'.repeat(7)}ffff 65535`,
  ],
  ['text, unknown', text('PROXY UNKNOWN\r\n'), undefined],
  ['text, unknown with more', text(`PROXY UNKNOWN ${'x'.repeat(91)}\r\n`), undefined],
  ['binary, IPv4', binary(0x21, 0x11, v4), '192.0.2.7 54321 203.0.113.5 6697'],
  ['binary, IPv6', binary(0x21, 0x21, v6), '2001:db8::7 54321 2001:db8::1 6697'],
  [
    'binary, with extensions',
    binary(0x21, 0x11, Buffer.concat([v4, extension])),
    '192.0.2.7 54321 203.0.113.5 6697',
  ],
  ['binary, the proxy itself', binary(0x20, 0x00), undefined],
  ['binary, the proxy itself, with addresses', binary(0x20, 0x11, v4), undefined],
  ['binary, not specified', binary(0x21, 0x00), undefined],
  ['binary, a local socket', binary(0x21, 0x31, Buffer.alloc(216)), undefined],
]

const wrong: readonly (readonly [string, Buffer])[] = [
  ['something said', text('/nick anna\n')],
  ['TLS', Buffer.of(0x16, 3, 1)],
  ['HTTP', text('GET / HTTP/1.1\r\n')],
  ['an address of the other kind', text('PROXY TCP4 2001:db8::7 2001:db8::1 1 2\r\n')],
  ['no address', text('PROXY TCP4 192.0.2.256 203.0.113.5 1 2\r\n')],
  ['a zone', text('PROXY TCP6 fe80::1%../../x ::1 1 2\r\n')],
  ['a port too high', text('PROXY TCP4 192.0.2.7 203.0.113.5 65536 1\r\n')],
  ['too few parts', text('PROXY TCP4 192.0.2.7 203.0.113.5 1\r\n')],
  ['another protocol', text('PROXY UDP4 192.0.2.7 203.0.113.5 1 2\r\n')],
  ['a line that does not end', text(`PROXY UNKNOWN ${'x'.repeat(93)}`)],
  ['version 3', binary(0x31, 0x11, v4)],
  ['another command', binary(0x22, 0x11, v4)],
  ['UDP', binary(0x21, 0x12, v4)],
  ['addresses too short', binary(0x21, 0x11, v4.subarray(1))],
  ['IPv6 addresses too short', binary(0x21, 0x21, v6.subarray(1))],
  ['a length that nobody means', binary(0x21, 0x11, Buffer.alloc(4081)).subarray(0, 16)],
]

t.test('headers are read, whatever follows them', async (t) => {
  for (const [name, bytes, route] of samples) {
    const header = readProxyHeader(Buffer.concat([bytes, text('PROXY /nick anna\r\n')]))
    if (header.kind !== 'whole') {
      t.fail(`${name}: ${header.kind}`)
      continue
    }
    t.equal(header.length, bytes.length, name)
    const ends = header.route && [header.route.from, header.route.to]
    t.equal(ends?.map(({ address, port }) => `${address} ${port}`).join(' '), route, name)
  }
})

t.test('they may come in any pieces', async (t) => {
  for (const [name, bytes] of samples) {
    const kinds = Array.from(bytes, (_, end) => readProxyHeader(bytes.subarray(0, end)).kind)
    t.same(new Set(kinds), new Set(['incomplete']), name)
  }
})

t.test('what is none is refused, and as soon as that is clear', async (t) => {
  for (const [name, bytes] of wrong) t.equal(readProxyHeader(bytes).kind, 'wrong', name)
  for (const begin of ['/', 'PA', 'PROXY\t', '\r\n\r\n\r'])
    t.equal(readProxyHeader(text(begin)).kind, 'wrong', JSON.stringify(begin))
})

t.test('no bytes do harm', async () => {
  const begins = fc.constantFrom(text('PROXY TCP4 '), text('PROXY TCP6 '), binary(0x21, 0x11).subarray(0, 12))
  fc.assert(
    fc.property(begins, fc.uint8Array({ maxLength: 300 }), (begin, rest) => {
      const bytes = Buffer.concat([begin, rest])
      const header = readProxyHeader(bytes)
      return header.kind !== 'whole' || header.length <= bytes.length
    }),
    { numRuns: 2000 },
  )
})
