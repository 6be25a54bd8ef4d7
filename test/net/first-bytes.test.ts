import fc from 'fast-check'
import t from 'tap'
import { FirstBytes, type Opening } from '../../server/net/first-bytes.ts'

/** What becomes of bytes that come in these pieces, up to where that is decided; `end` if nothing comes behind them. */
function openings(chunks: readonly (string | Buffer)[], { end = false, mayTransfer = true } = {}): Opening[] {
  const first = new FirstBytes(mayTransfer)
  const found: Opening[] = []
  for (const chunk of chunks) {
    for (let bytes = Buffer.from(chunk); bytes.length > 0; ) {
      const opening = first.push(bytes)
      found.push(opening)
      bytes = opening.kind === 'blank' ? Buffer.from(opening.rest) : Buffer.alloc(0)
    }
  }
  if (end) found.push(first.end())
  return found
}

function kinds(...args: Parameters<typeof openings>): string[] {
  return openings(...args).map(({ kind }) => kind)
}

const mark = '\ufeff'

t.test('what a connection is, by its first bytes', async (t) => {
  t.same(kinds(['hello\n']), ['chat'])
  t.same(kinds(['/put abc', ' 10\n12345']), ['more', 'not-chat'])
  t.same(kinds(['GET /x HTTP/1.1\r\n\r\n']), ['not-chat'])
  t.same(kinds([Buffer.from([0x16, 3, 1])]), ['tls'])
  t.same(kinds(['\r\n\nhello\n']), ['blank', 'chat'])
  t.same(kinds(['/pu'], { end: true }), ['more', 'chat'], 'a line without an end is one')
  t.same(kinds(['/get abc'], { end: true }), ['more', 'not-chat'])
  t.same(kinds([], { end: true }), ['more'], 'nothing is nothing')
})

t.test('a transfer is given what came behind its line, and HTTP all of it', async (t) => {
  t.match(openings(['/put abc 5\nhello']), [{ line: { kind: 'put', size: 5 }, back: Buffer.from('hello') }])
  t.match(openings(['GET /x HTTP/1.1\r\nA: b']), [
    { allowed: true, back: Buffer.from('GET /x HTTP/1.1\r\nA: b') },
  ])
})

t.test('where no files come and go, a transfer is chat, and HTTP is refused', async (t) => {
  const not = { mayTransfer: false }
  t.same(kinds(['/put abc 5\n'], not), ['chat'])
  t.match(openings(['GET /x HTTP/1.1\r\n'], not), [{ kind: 'not-chat', allowed: false }])
  t.same(kinds(['\n/put abc 5\n']), ['blank', 'chat'], 'behind an empty line neither')
})

t.test('a mark in front is no part of anything, however it is cut', async (t) => {
  for (const line of ['hello\n', '/put abc 5\n', 'GET /x HTTP/1.1\r\n']) {
    const whole = openings([line]).at(-1)
    t.same(openings([mark + line]).at(-1), whole)
    t.same(openings([mark + mark + line]).at(-1), whole, 'two of them')
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3 + line.length - 1 }), (at) => {
        const bytes = Buffer.from(mark + line)
        const cut = openings([bytes.subarray(0, at), bytes.subarray(at)]).filter(
          ({ kind }) => kind !== 'more',
        )
        // What chats may be known before its line has ended.
        return cut[0]?.kind === whole?.kind
      }),
      { numRuns: 30 },
    )
  }
})

/** The first bytes of clients of other protocols. */
const clients: readonly (readonly [protocol: string, ...begins: string[]])[] = [
  ['SSH', 'SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n', 'SSH-1.5-x\n', 'SSH-'],
  ['mail', 'EHLO mail.example.org\r\n', 'HELO [192.0.2.7]\r\n', 'LHLO x\n'],
  ['IRC', 'CAP LS 302\r\nNICK a\r\n', 'CAP REQ :sasl\r\n', 'USER a 0 * :Anna Smith\r\n', 'USER a b c d\n'],
  ['XMPP', "<?xml version='1.0'?>", '<stream:stream to="x">'],
  ['MQTT', '\x10\x13\0\x04MQTT\x05\x02\0\x3c', '\x10\x82\x01\0\x04MQTT', '\x10\x1a\0\x06MQIsdp\x03'],
  ['Redis', '*1\r\n$7\r\nCOMMAND\r\n', '*2\r\n$4\r\nAUTH'],
  ['PostgreSQL', '\0\0\0\x08\x04\xd2\x16\x2f', '\0\0\0\x54\0\x03\0\0user\0'],
  ['Git', '0033git-upload-pack /project.git\0host=x\0'],
  ['Gemini', 'gemini://example.org/\r\n'],
  ['SIP', 'INVITE sip:anna@example.org SIP/2.0\r\n', 'REGISTER sip:example.org SIP/2.0\r\n'],
  ['RTSP', 'DESCRIBE rtsp://example.org/ RTSP/1.0\r\n'],
  ['SOCKS', '\x05\x01\0', '\x05\x02\0\x02'],
  ['SOCKS 4', '\x04\x01\x00\x50'],
  [
    'RDP',
    '\x03\0\0\x13\x0e\xe0\0\0\0\0\0\x01\0\x08\0\x03\0\0\0',
    '\x03\0\0\x2c\x27\xe0Cookie: mstshash=x\r\n',
  ],
  ['SMB', '\0\0\0\x54\xffSMBr', '\0\0\0\xc0\xfeSMB@'],
  ['AMQP', 'AMQP\0\0\x09\x01'],
  ['PROXY', 'PROXY TCP4 192.0.2.7 203.0.113.5 1 2\r\n', 'PROXY UNKNOWN\r\n', '\r\n\r\n\0\r\nQUIT\n\x21\x11'],
]

t.test(
  'the clients of other protocols are known, however their bytes are cut and whatever is allowed',
  async (t) => {
    const protocolOf = (chunks: Buffer[], options: { mayTransfer?: boolean } = {}) =>
      openings(chunks, options)
        .map((opening) => (opening.kind === 'foreign' ? opening.protocol : opening.kind))
        .find((kind) => kind !== 'more' && kind !== 'blank')
    for (const [protocol, ...begins] of clients)
      for (const begin of begins.flatMap((text) => [text, `\r\n${text}`, `\r\0${text}`])) {
        const bytes = Buffer.from(begin, 'latin1')
        t.equal(protocolOf([bytes]), protocol, JSON.stringify(begin))
        t.equal(protocolOf([bytes], { mayTransfer: false }), protocol)
        t.equal(protocolOf([...bytes].map((byte) => Buffer.of(byte))), protocol, 'byte by byte')
      }
  },
)

t.test('what people begin like that is chat', async (t) => {
  for (const line of [
    'SS-4 is a rocket',
    'ssh-keys are lost',
    'HELO everybody, how are you?',
    'ehlo there',
    'USER anna',
    'USER is a word that I like',
    'user a 0 * :b',
    'CAP is on',
    'NICK anna',
    'PASS the salt',
    '<?php',
    '*1 is a footnote',
    '00 is a number',
    'AMQP works',
    'INVITE bob',
    'PROXY is down',
    '\x03hello',
    '\x04',
    '\x05\x01',
    '\0hello',
    '\r\0hello',
  ]) {
    const found = openings([Buffer.from(`${line}\n`, 'latin1')], { end: true })
    t.ok(
      found.every(({ kind }) => kind === 'chat' || kind === 'blank' || kind === 'more'),
      JSON.stringify(line),
    )
  }
})
