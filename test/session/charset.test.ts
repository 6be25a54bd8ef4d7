import iconv from 'iconv-lite'
import t from 'tap'
import { type CharsetName, charsetNamed, charsetNames } from '../../server/lib/charset-names.ts'
import { editedFrom } from '../../server/lib/charsets.ts'
import { Encoding } from '../../server/session/encoding.ts'
import { LineClient } from '../support/client.ts'
import { directoryFor } from '../support/directory.ts'
import { TestServer } from '../support/server.ts'

const server = await TestServer.start({ directory: directoryFor(t) })
t.teardown(() => server.stop())
const reader = await server.connect()
await reader.ask('/nick reader')

/** A terminal of this character set: what it sends and reads is text in it. */
class Terminal {
  readonly #client: LineClient
  readonly #charset: string

  constructor(client: LineClient, charset: string) {
    this.#client = client
    this.#charset = charset
  }

  static async of(charset: string): Promise<Terminal> {
    return new Terminal(await LineClient.connect(server.port, server.activity, undefined, 'latin1'), charset)
  }

  bytes(text: string): Buffer {
    return iconv.encode(text, this.#charset)
  }

  write(bytes: Buffer): void {
    this.#client.write(bytes)
  }

  async read(): Promise<string[]> {
    const lines = await this.#client.settled()
    return lines.map((line) => iconv.decode(Buffer.from(line, 'latin1'), this.#charset))
  }

  ask(...lines: string[]): Promise<string[]> {
    this.write(this.bytes(lines.map((line) => `${line}\n`).join('')))
    return this.read()
  }

  end(): void {
    this.#client.end()
  }
}

/** Words of each, with bytes that look like a slash, a backslash, a bar, or end a name where they are no character of their own. */
const words: Readonly<Record<(typeof charsetNames)[number], string>> = {
  latin1: 'café über niño',
  cp1252: 'café – “über” €',
  cp437: 'café über ╔═╗',
  cp850: 'café über ÀÉ',
  cp1251: 'Привет, Ёжик',
  'koi8-r': 'Привет, мир',
  gbk: '你好 乗亅俓 \\ |',
  shift_jis: 'ソ表能 ｱｲｳ \\ | 十',
}

/** A character of each whose bytes look like no beginning of UTF-8: behind one, a telnet client means a letter by EC. */
const lasts: typeof words = {
  latin1: '¿',
  cp1252: '–',
  cp437: 'é',
  cp850: 'é',
  cp1251: 'ё',
  'koi8-r': 'ё',
  gbk: '乗',
  shift_jis: 'ソ',
}

t.test('keys and telnet take back a character as the character set has it', async (t) => {
  const [ec, el] = [Buffer.from([255, 247]), Buffer.from([255, 248])]
  const doubled = (bytes: Buffer) =>
    Buffer.from([...bytes].flatMap((byte) => (byte === 255 ? [255, 255] : [byte])))
  for (const charset of charsetNames) {
    const word = words[charset].slice(0, 3).trim()
    const last = lasts[charset]
    const lines: readonly (readonly [readonly (string | Buffer)[], string])[] = [
      [[`${word}${last}\b`], word],
      [[`${word}${last}${last}\x7f\b`], word],
      [[`1 ${last}\b${word}`], `1 ${word}`],
      [[`1 ${word}${last}\x17${word}`], `1 ${word}`],
      [[`${last}${last}\x15${word}`], word],
      [[`${last}${last}\x03${word}`], word],
      [[`${word}${last}\x1b[D\b`], word],
      [[`${last}\b\b\b\bok`], 'ok'],
    ]
    const byTelnet: typeof lines = [
      ...lines,
      [[`${word},${last}`, ec], `${word},`],
      [[last, last, ec, ec, word], word],
      [[`1${last}`, ec, `${last}\b${word}`], `1${word}`],
      [[last, el, word], word],
    ]
    for (const [how, parts] of [
      ['keys', lines],
      ['telnet', byTelnet],
    ] as const) {
      const terminal = await Terminal.of(charset)
      // All in one packet. WILL TTYPE shows telnet.
      if (how === 'telnet') terminal.write(Buffer.from([255, 251, 24]))
      terminal.write(
        Buffer.concat([
          Buffer.from(`/charset ${charset}\r\n/nick kay\r\n`),
          ...parts.flatMap(([pieces]) =>
            [...pieces, '\r\n'].map((piece) =>
              typeof piece === 'string' ? doubled(terminal.bytes(piece)) : piece,
            ),
          ),
        ]),
      )
      await terminal.read()
      const heard = (await reader.settled()).filter((line) => line.includes('<~kay> '))
      t.same(
        heard.map((line) => line.replace(/^.*<~kay> /, '')),
        parts.map(([, said]) => said),
        `${charset}, ${how}`,
      )
      terminal.end()
      await reader.settled()
    }
  }
})

t.test('each character set is read and written, and others read it as it was meant', async (t) => {
  for (const charset of charsetNames) {
    const terminal = await Terminal.of(charset)
    // All in one packet: what stands behind the command is in the new character set already.
    const said = words[charset]
    const read = (await terminal.ask(`/charset ${charset}`, '/nick ken', said, `/me ${said}`)).join('\n')
    t.match(read, `* This connection uses ${charset} now.`)
    const heard = (await reader.settled()).filter((line) => line.includes('~ken') && line.includes('#lobby'))
    t.ok(
      heard.some((line) => line.endsWith(`<~ken> ${said}`)),
      `${charset}: ${heard}`,
    )
    t.ok(
      heard.some((line) => line.endsWith(`~ken ${said}`)),
      `${charset}: ${heard}`,
    )
    await reader.ask(`${said} back`)
    t.match((await terminal.read()).join('\n'), `<~reader> ${said} back`, charset)
    terminal.end()
    await reader.settled()
  }
})

t.test('a character in two bytes may come in two packets, and its second byte is no slash', async (t) => {
  for (const charset of ['gbk', 'shift_jis'] as const) {
    const terminal = await Terminal.of(charset)
    await terminal.ask(`/charset ${charset}`, '/nick ken')
    await reader.settled()
    const line = terminal.bytes(`${words[charset]}\n`)
    for (let cut = 1; cut < line.length; cut++) {
      terminal.write(line.subarray(0, cut))
      await server.activity.quiet()
      terminal.write(line.subarray(cut))
      await terminal.read()
      t.match((await reader.settled()).at(-1), `<~ken> ${words[charset]}`, `${charset}, cut at ${cut}`)
    }
    terminal.end()
    await reader.settled()
  }
})

t.test('a byte of 255 is a letter where no telnet is, once the character set is known', async (t) => {
  for (const [charset, text] of [
    ['cp1251', 'ямя яя яблоко я'],
    ['latin1', 'ÿëÿ ÿ'],
  ] as const) {
    const terminal = await Terminal.of(charset)
    await terminal.ask(`/charset ${charset}`, '/nick ken')
    await reader.settled()
    await terminal.ask(text, text)
    const heard = await reader.settled()
    t.equal(heard.filter((line) => line.endsWith(`<~ken> ${text}`)).length, 2, `${charset}: ${heard}`)
    terminal.end()
    await reader.settled()
  }
})

t.test('whoever has no UTF-8 reads what to do, and who has it after all how to go back, once', async (t) => {
  const terminal = await Terminal.of('latin1')
  const [help = ''] = await terminal.ask('café')
  t.match(
    help,
    /^! That line is not valid UTF-8.*\/charset latin1.*PuTTY by Window > Translation.*chcp 65001.*luit/,
  )
  t.match(await terminal.ask('/charset'), [/^\* This connection uses UTF-8\..*latin1, cp1252.*shift_jis/])
  t.match(await terminal.ask('/charset klingon'), [/^! There is no character set "klingon" here/])
  await terminal.ask('/charset ISO-8859-1', '/nick ken')
  await reader.settled()
  terminal.write(Buffer.from('caf\u00e9\n'))
  t.match(await terminal.read(), [/UTF-8, and was read as latin1.*\/charset utf-8 goes back/])
  terminal.write(Buffer.from('caf\u00e9\n'))
  t.same(await terminal.read(), [], 'not on each line')
  await terminal.ask('/charset utf8')
  await reader.settled()
  terminal.write(Buffer.from('caf\u00e9\n'))
  await terminal.read()
  t.match(await reader.settled(), [/<~ken> café$/])
  terminal.end()
  await reader.settled()
})

t.test('a paste, a question and a password are read in it; the password is the same in any', async (t) => {
  const terminal = await Terminal.of('latin1')
  await terminal.ask('/charset latin1', '/signup anna', 'pässwörd für alle', 'pässwörd für alle', '')
  await terminal.ask('/join #lobby')
  await reader.settled()
  await terminal.ask('/paste', 'é eins', '  ñ zwei', '.')
  t.match((await reader.settled()).join('\n'), /<anna> é eins\n.*\| {3}ñ zwei/)
  terminal.end()
  const other = await server.connect()
  t.match((await other.ask('/login anna pässwörd für alle')).join('\n'), /anna/)
  t.match(
    (await other.ask('/charset')).join('\n'),
    'UTF-8',
    'without the type of the terminal nothing is remembered',
  )
  // A program has UTF-8, always.
  await other.ask('/charset latin1')
  await other.ask('/format json')
  t.match(await other.ask('{"line":"/charset"}'), [/"charset":"utf-8"/])
  t.match(await other.ask('{"line":"/charset cp437"}'), [/"code":"bad-arguments".*UTF-8/])
  t.match(await other.ask('{"say":"é"}'), [/"text":"é"|"ok":true/])
  other.end()
  await reader.settled()
})

/** What a telnet client says: its terminal is of this type. */
const iac = 0xff
const typeIs = (type: string) =>
  Buffer.from([iac, 0xfb, 24, iac, 0xfa, 24, 0, ...Buffer.from(type), iac, 0xf0])

t.test(
  'an account remembers it by the type of the terminal, and telnet gets a byte of 255 twice',
  async (t) => {
    const arrive = async (type: string) => {
      const client = await LineClient.connect(server.port, server.activity, undefined, 'latin1')
      // The type counts once the server has asked for it.
      client.write(Buffer.from([iac, 0xfb, 24]))
      await client.settled()
      client.write(typeIs(type))
      client.write(Buffer.from('/login anna p\xe4ssw\xf6rd f\xfcr alle\r\n', 'latin1'))
      return client
    }
    const first = await arrive('VT220')
    await first.settled()
    await first.ask('/charset latin1')
    first.write(Buffer.from('/login anna p\xe4ssw\xf6rd f\xfcr alle\r\n', 'latin1'))
    await first.settled()
    t.match((await first.ask('/charset latin1')).join('\n'), /remembers it for terminals of the type vt220/)
    await reader.ask('ÿ')
    await first.settled()
    t.match(first.raw, '\xff\xff')
    first.end()

    for (const [type, charset] of [
      ['vt220', 'latin1'],
      ['xterm', 'UTF-8'],
    ] as const) {
      const client = await LineClient.connect(server.port, server.activity, undefined, 'latin1')
      client.write(Buffer.from([iac, 0xfb, 24]))
      await client.settled()
      client.write(typeIs(type))
      client.write(Buffer.from('/login anna pässwörd für alle\r\n'))
      await client.settled()
      t.match((await client.ask('/charset')).join('\n'), `uses ${charset}.`, type)
      if (type === 'vt220') await client.ask('/charset utf-8')
      client.end()
    }
    const again = await arrive('vt220')
    await again.settled()
    t.match((await again.ask('/charset')).join('\n'), 'uses UTF-8.', 'forgotten')
    again.end()
  },
)

t.test('what a character set lacks is shown as something like it, in as many columns', async (t) => {
  const encoding = new Encoding({ connection: { telnet: false } })
  encoding.choose('latin1')
  const shown = (text: string) => encoding.bytesOf(text).toString('latin1')
  for (const [text, expected] of [
    ['“so” – ‘it’ is…', '"so" - \'it\' is.'],
    ['Dvořák, Nguyễn, Łódź', 'Dvorák, Nguyen, ?ódz'],
    ['cafe\u0301', 'café'],
    ['Ａｂ|', 'A b |'],
    ['你|', '??|'],
    ['привет', '??????'],
    ['👍|', '??|'],
    ['👨‍👩‍👧|', '??|'],
    ['🙂', ':)'],
  ] as const)
    t.equal(shown(text), expected)
})

t.test('names of character sets are taken as people write them', async (t) => {
  for (const [typed, meant] of [
    ['ISO-8859-1', 'latin1'],
    ['Windows-1252', 'cp1252'],
    ['WINDOWS_1251', 'cp1251'],
    ['IBM437', 'cp437'],
    ['KOI8R', 'koi8-r'],
    ['Shift-JIS', 'shift_jis'],
    ['SJIS', 'shift_jis'],
    ['GB2312', 'gbk'],
    ['UTF8', 'utf-8'],
    ['65001', 'utf-8'],
    ['constructor', undefined],
  ] as const)
    t.equal(charsetNamed(typed), meant, typed)
})

t.test('a text costs little to encode, and is encoded once for all terminals of a set', (t) => {
  // Sixteen guests of cp437 and a text of emoji kept everybody waiting for two seconds.
  for (const charset of charsetNames) {
    const [one, other] = [false, true].map((telnet) => new Encoding({ connection: { telnet } }))
    if (!one || !other) throw new Error('There are two.')
    one.charset = other.charset = charset
    for (const text of ['漢字é😀🇩🇪ﺲя', `e${'\u0301'.repeat(30)} €‑ß`, '????é?', '\ufffd']) {
      const utf8 = Buffer.from(text)
      const [bytes] = one.ofUtf8([utf8])
      if (!bytes) throw new Error('There is one.')
      t.equal(one.ofUtf8([utf8])[0], bytes, `${charset}: the same bytes for the next one`)
      t.same(one.bytesOf(text), bytes)
      t.same(other.ofUtf8([utf8]), [
        Buffer.from(bytes.toString('latin1').replaceAll('\xff', '\xff\xff'), 'latin1'),
      ])
      t.notOk(
        bytes.some((byte) => byte < 0x20 || byte === 0x7f),
        `${charset} has no control characters`,
      )
    }
  }
  t.end()
})

t.test('a key takes one character back, in every character set', async (t) => {
  const after = (charset: CharsetName, typed: Buffer | string) =>
    editedFrom(charset, Buffer.isBuffer(typed) ? typed : iconv.encode(typed, charset))
  t.equal(after('gbk', '漢字\b'), '漢')
  t.equal(after('gbk', 'a漢字b\b\b\b'), 'a')
  t.equal(after('gbk', '漢字 文\x17x'), '漢字 x')
  t.equal(after('gbk', `${'漢'.repeat(400)}丂\b`), '漢'.repeat(400), 'the second byte is an @')
  t.equal(after('gbk', Buffer.from([0x81, 0x08])), '', 'half a character')
  t.equal(after('shift_jis', '表示ｱ\b\b'), '表', 'the second byte is a backslash')
  t.equal(after('shift_jis', 'ﾏﾅ\b'), 'ﾏ')
  t.equal(after('shift_jis', 'ソ能\b'), 'ソ')
  t.equal(after('cp1251', 'Р°\b'), 'Р', 'two bytes that could be one letter of UTF-8')
  t.equal(after('latin1', 'Ã©Ã©\b'), 'Ã©Ã')
  t.equal(after('cp437', 'caféüö\b\b'), 'café')
  t.equal(after('cp437', '¢\u001b[A\b'), '', 'a key of the terminal goes with the character')
  t.equal(after('koi8-r', 'привет\b\b'), 'прив')
})
