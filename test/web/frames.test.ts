import t from 'tap'
import { cookieFor, secretIn } from '../../server/web/cookies.ts'
import { forwardedFor } from '../../server/web/forwarded.ts'
import { Frames } from '../../server/web/frames.ts'

/** What a client reads of frames that nobody has masked (RFC 6455, 5.2). */
function decoded(bytes: Buffer): string[] {
  const found: string[] = []
  for (let at = 0; at < bytes.length; ) {
    if (bytes[at] !== 0x81) throw new Error(`No whole text begins at ${at}`)
    const short = bytes[at + 1] ?? 0
    const [length, begin] =
      short < 126
        ? [short, at + 2]
        : short === 126
          ? [bytes.readUInt16BE(at + 2), at + 4]
          : [Number(bytes.readBigUInt64BE(at + 2)), at + 10]
    found.push(bytes.toString('utf8', begin, begin + length))
    at = begin + length
  }
  return found
}

t.test('each line is a frame, however long', async (t) => {
  const frames = new Frames()
  const lengths = [0, 1, 125, 126, 127, 65_535, 65_536, 70_000]
  const lines = lengths.map((length) => 'x'.repeat(length))
  t.same(decoded(frames.of(Buffer.from(`${lines.join('\n')}\n`))), lines)
  for (const line of lines.slice(1)) t.same(decoded(frames.of(Buffer.from(line))), [line], 'not ended')
  t.same(decoded(frames.of(Buffer.from('ä\nö\n'))), ['ä', 'ö'])
  t.equal(frames.of(Buffer.alloc(0)).length, 0)
})

t.test('what many read is framed once', async (t) => {
  const frames = new Frames()
  const chunk = Buffer.from('{"type":"message"}\n')
  t.equal(frames.of(chunk), frames.of(chunk))
  t.not(frames.of(chunk), frames.of(Buffer.from(chunk)))
})

t.test('cookies by origin', async (t) => {
  const secret = 'A'.repeat(32)
  for (const [origin, name] of [
    ['http://localhost:8667', 'partyline-8667'],
    ['http://chat.example.org', 'partyline-80'],
    ['https://chat.example.org', '__Host-partyline-443'],
    ['https://chat.example.org:8443', '__Host-partyline-8443'],
    ['http://[::1]:8667', 'partyline-8667'],
  ] as const) {
    const set = cookieFor(origin, secret)
    t.ok(set.startsWith(`${name}=${secret}; Path=/; HttpOnly; SameSite=Strict; Max-Age=`), origin)
    t.equal(set.endsWith('; Secure'), origin.startsWith('https:'))
    t.equal(secretIn(`other=x; ${name}=${secret}`, origin), secret)
  }
  for (const header of [
    undefined,
    '',
    '=',
    ';;;',
    'partyline-8667',
    `partyline-8667=${secret}x`,
    `partyline-8667=${secret.toLowerCase()}`,
  ])
    t.equal(secretIn(header, 'http://localhost:8667'), undefined, String(header))
})

t.test('whom a chain of proxies names', async (t) => {
  const believes = (address: string) => address.startsWith('10.')
  const cases: readonly (readonly [string | undefined, string | undefined])[] = [
    [undefined, undefined],
    ['', undefined],
    ['192.0.2.7', '192.0.2.7'],
    ['6.6.6.6, 192.0.2.7', '192.0.2.7'],
    ['192.0.2.7, 10.0.0.1', '192.0.2.7'],
    ['6.6.6.6, 192.0.2.7, 10.0.0.1, 10.0.0.2', '192.0.2.7'],
    ['10.0.0.1, 10.0.0.2', '10.0.0.1'],
    ['192.0.2.7:4711', '192.0.2.7'],
    ['[2001:db8::1]:4711', '2001:db8::1'],
    ['2001:db8::1', '2001:db8::1'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['192.0.2.7, nonsense', undefined],
    ['unknown', undefined],
  ]
  for (const [header, address] of cases) t.equal(forwardedFor(header, believes), address, String(header))
})
