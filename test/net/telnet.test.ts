import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import type { Clock } from '../../server/lib/clock.ts'
import { LineReader } from '../../server/net/lines.ts'
import { Telnet } from '../../server/net/telnet.ts'
import { LastBytes } from '../../server/net/unfinished.ts'

class FakeClock implements Clock {
  #time = 0
  #tasks: { at: number; task: () => void }[] = []

  now(): number {
    return this.#time
  }

  ticks(): number {
    return this.#time
  }

  steady(): number {
    return this.#time
  }

  after(ms: number, task: () => void): () => void {
    const entry = { at: this.#time + ms, task }
    this.#tasks.push(entry)
    return () => {
      this.#tasks = this.#tasks.filter((other) => other !== entry)
    }
  }

  pass(ms: number): void {
    this.#time += ms
    const due = this.#tasks.filter((entry) => entry.at <= this.#time)
    this.#tasks = this.#tasks.filter((entry) => entry.at > this.#time)
    for (const entry of due) entry.task()
  }

  get waiting(): number {
    return this.#tasks.length
  }
}

const hex = (bytes: Buffer): string => bytes.toString('hex').replace(/..(?=.)/g, '$& ')
const fromHex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex')

/** A connection as the session will build it: telnet, and the lines behind it. */
function connect({ active = false } = {}) {
  const clock = new FakeClock()
  /** What the client said, in order; data that came in pieces is put together. */
  const events: string[] = []
  const data: Buffer[] = []
  let written = Buffer.alloc(0)
  const last = new LastBytes()
  const reader = new LineReader({
    limits: { lineBytes: 100 },
    onLine: ({ typed, ...line }) => events.push((typed ?? line).error ?? `line ${(typed ?? line).text}`),
    onInterrupt: () => events.push('^C'),
  })
  const telnet = new Telnet({
    clock,
    active,
    write: (bytes) => {
      written = Buffer.concat([written, bytes])
    },
    onData(chunk) {
      data.push(Buffer.from(chunk))
      last.note(chunk)
      reader.push(chunk)
    },
    isUnfinished: (byte) => last.wants(byte),
    isBroken: () => last.isBroken,
    onInterrupt() {
      reader.eraseLine()
      events.push('interrupt')
    },
    onAreYouThere: () => events.push('are you there'),
    onEraseCharacter: () => reader.eraseCharacter(),
    onEraseLine: () => reader.eraseLine(),
    onWindowSize: (columns, rows) => events.push(`window ${columns}x${rows}`),
    onTerminalType: (name) => events.push(`terminal ${name}`),
    onEcho(byServer) {
      reader.editing = byServer
      events.push(`echo ${byServer ? 'server' : 'client'}`)
    },
  })
  /** What was written since the last call. */
  const sent = (): string => {
    const bytes = written
    written = Buffer.alloc(0)
    return hex(bytes)
  }
  return { telnet, reader, clock, events, sent, data: () => Buffer.concat(data) }
}

type Connection = ReturnType<typeof connect>

/** What a server did to a real client, and what that sent. */
type Step =
  | { readonly does: 'hide' | 'show' }
  | { readonly gets: string; readonly answers?: string; readonly says?: string[] }

interface Recording {
  readonly name: string
  readonly active?: boolean
  readonly steps: readonly Step[]
}

const askTerminal = 'ff fd 1f ff fd 18 ff fd 00'
const sendType = 'ff fa 18 01 ff f0'

/** Recorded with inetutils telnet 2.4, BusyBox 1.35 and plink 0.78 in a terminal of 100 by 24. */
const recordings: Recording[] = [
  {
    name: 'inetutils: lines, a password, Ctrl-C',
    steps: [
      { gets: '68 c3 a9 0d 0a', says: ['line hé'] },
      { does: 'hide' },
      { gets: 'ff fd 01', answers: `ff fb 01 ${askTerminal}`, says: ['echo server'] },
      {
        gets: 'ff fb 1f ff fa 1f 00 64 00 18 ff f0 ff fb 18',
        answers: sendType,
        says: ['window 100x24'],
      },
      {
        gets: 'ff fa 18 00 58 54 45 52 4d 2d 32 35 36 43 4f 4c 4f 52 ff f0',
        says: ['terminal XTERM-256COLOR'],
      },
      { gets: '73 65 63 72 65 74 0d 0a', says: ['line secret'] },
      { does: 'show' },
      { gets: 'ff fe 01', answers: 'ff fc 01', says: ['echo client'] },
      { gets: 'ff f4 ff fd 06', answers: 'ff fb 06', says: ['interrupt'] },
      { gets: '6d 6f 72 65 0d 0a', says: ['line more'] },
    ],
  },
  {
    name: 'inetutils: Ctrl-C with autosynch, which loses the IAC of IAC DM',
    steps: [
      { gets: 'ff f4 ff fd 06', answers: `${askTerminal} ff fb 06`, says: ['interrupt'] },
      { gets: 'f2 78 0d 0a', says: ['line x'] },
      { gets: 'ff f4 ff fd 06', answers: 'ff fb 06', says: ['interrupt'] },
      { gets: 'f2 ff fb 1f ff fa 1f 00 64 00 18 ff f0', says: ['window 100x24'] },
      { gets: '79 0d 0a', says: ['line y'] },
    ],
  },
  {
    name: 'inetutils: send ayt, brk, ao, ec, el, eor',
    steps: [
      { gets: 'ff f6', answers: askTerminal, says: ['are you there'] },
      { gets: 'ff f3', says: ['interrupt'] },
      { gets: 'ff f5 ff f7 ff f8 ff ef' },
      { gets: '6f 6b 0d 0a', says: ['line ok'] },
    ],
  },
  {
    name: 'inetutils: mode character and back to mode line',
    steps: [
      { gets: 'ff fd 03 ff fd 01', answers: `ff fc 03 ${askTerminal} ff fc 01` },
      { gets: '68 69 0d 00', says: ['line hi'] },
      { gets: 'ff fe 03 ff fb 22 ff fe 01', answers: 'ff fe 22' },
      { gets: '62 61 63 6b 0d 0a', says: ['line back'] },
    ],
  },
  {
    name: 'BusyBox: hides once, in character mode, and refuses the second time',
    steps: [
      { gets: '68 65 6c 6c 6f 0d 0a', says: ['line hello'] },
      { does: 'hide' },
      { gets: 'ff fd 01', answers: `ff fb 01 ${askTerminal}`, says: ['echo server'] },
      {
        gets: 'ff fb 1f ff fa 1f 00 64 00 18 ff f0 ff fb 18',
        answers: sendType,
        says: ['window 100x24'],
      },
      {
        gets: 'ff fa 18 00 78 74 65 72 6d 2d 32 35 36 63 6f 6c 6f 72 ff f0',
        says: ['terminal xterm-256color'],
      },
      { gets: '73 65 65 63 72 c3 a9 74 7f 7f 65 74 0d 0a', says: ['line seecret'] },
      { does: 'show' },
      { gets: 'ff fe 01', answers: 'ff fc 01', says: ['echo client'] },
      { gets: '61 66 74 65 72 0d 0a', says: ['line after'] },
      { does: 'hide' },
      { gets: 'ff fe 01', answers: 'ff fb 01' },
      { does: 'show' },
      { gets: '62 0d 0a', says: ['line b'] },
      { does: 'hide' },
      { gets: '63 0d 0a', says: ['line c'] },
    ],
  },
  {
    name: 'BusyBox: Ctrl-C while it hides is a byte',
    steps: [
      { does: 'hide' },
      { gets: 'ff fd 01', answers: `ff fb 01 ${askTerminal}`, says: ['echo server'] },
      { gets: '6f 6e 65 03 74 77 6f 0d 0a', says: ['^C', 'line two'] },
    ],
  },
  {
    name: 'plink: asks for everything at connect, and ends lines in LF',
    steps: [
      {
        gets: 'ff fb 1f ff fb 20 ff fb 18 ff fb 27 ff fd 01 ff fb 03 ff fd 03',
        answers: `${askTerminal} ff fe 20 ${sendType} ff fe 27 ff fc 01 ff fe 03 ff fc 03`,
      },
      { gets: 'ff fa 1f 00 64 00 18 ff f0', says: ['window 100x24'] },
      {
        gets: 'ff fa 18 00 58 54 45 52 4d ff f0 ff fb 24',
        answers: 'ff fe 24',
        says: ['terminal XTERM'],
      },
      { gets: '70 77 0a', says: ['line pw'] },
      { does: 'hide' },
      { gets: 'ff fd 01', answers: 'ff fb 01', says: ['echo server'] },
      { gets: '73 65 63 72 65 74 0a', says: ['line secret'] },
      { does: 'show' },
      { gets: 'ff fe 01', answers: 'ff fc 01', says: ['echo client'] },
      { does: 'hide' },
      { gets: 'ff fd 01', answers: 'ff fb 01', says: ['echo server'] },
    ],
  },
  {
    name: 'plink: hidden before its own DO ECHO is there, it takes WILL ECHO for the answer',
    steps: [
      { does: 'hide' },
      {
        gets: 'ff fb 1f ff fb 20 ff fb 18 ff fb 27 ff fd 01 ff fb 03 ff fd 03',
        answers: `ff fb 01 ${askTerminal} ff fe 20 ${sendType} ff fe 27 ff fe 03 ff fc 03`,
        says: ['echo server'],
      },
      { gets: '73 65 63 72 65 74 0a', says: ['line secret'] },
      { does: 'show' },
      { gets: 'ff fe 01', answers: 'ff fc 01', says: ['echo client'] },
    ],
  },
  {
    name: 'inetutils on a listener for telnet',
    active: true,
    steps: [
      {
        gets: 'ff fb 1f ff fa 1f 00 64 00 18 ff f0 ff fb 18',
        answers: `${askTerminal} ${sendType}`,
        says: ['window 100x24'],
      },
      {
        gets: 'ff fa 18 00 58 54 45 52 4d 2d 32 35 36 43 4f 4c 4f 52 ff f0',
        says: ['terminal XTERM-256COLOR'],
      },
    ],
  },
  {
    name: 'plink on a listener for telnet',
    active: true,
    steps: [
      {
        gets: 'ff fb 1f ff fb 20 ff fb 18 ff fb 27 ff fd 01 ff fb 03 ff fd 03 ff fa 1f 00 64 00 18 ff f0',
        answers: `${askTerminal} ff fe 20 ${sendType} ff fe 27 ff fc 01 ff fe 03 ff fc 03`,
        says: ['window 100x24'],
      },
    ],
  },
]

/** Plays a step's bytes in the chunks that `cut` makes of them. */
function play({ telnet, events, sent }: Connection, step: Step, cut: (bytes: Buffer) => Buffer[]): void {
  if ('does' in step) {
    if (step.does === 'hide') void telnet.hideInput()
    else telnet.showInput()
    return
  }
  for (const chunk of cut(fromHex(step.gets))) telnet.push(chunk)
  assert.equal(sent(), step.answers ?? '')
  assert.deepStrictEqual(events.splice(0), step.says ?? [])
}

const bytewise = (bytes: Buffer): Buffer[] => Array.from(bytes, (byte) => Buffer.from([byte]))

t.test('real clients, split everywhere', async (t) => {
  for (const { name, steps, active = false } of recordings) {
    const longest = Math.max(...steps.map((step) => ('gets' in step ? fromHex(step.gets).length : 0)))
    const cuts = Array.from({ length: longest }, (_, at) => (bytes: Buffer) => [
      bytes.subarray(0, at),
      bytes.subarray(at),
    ])
    t.doesNotThrow(() => {
      for (const cut of [...cuts, bytewise]) {
        const connection = connect({ active })
        connection.telnet.start()
        for (const step of steps) play(connection, step, cut)
      }
    }, name)
  }
})

t.test('what is no telnet goes through as it is, and nothing is sent', async (t) => {
  const chunks: Buffer[] = []
  const telnet = new Telnet({
    clock: new FakeClock(),
    active: false,
    write: () => t.fail('wrote'),
    onData: (chunk) => chunks.push(chunk),
    onInterrupt: () => t.fail('interrupted'),
    isUnfinished: () => false,
    onAreYouThere: () => t.fail('asked'),
    onEraseCharacter: () => t.fail('erased'),
    onEraseLine: () => t.fail('erased'),
  })
  telnet.start()
  const chunk = Buffer.from('hello\n\xf2\x00\x03', 'latin1')
  telnet.push(chunk)
  t.equal(chunks[0], chunk, 'not even copied')
  t.notOk(telnet.seen)
})

const parsing: ReadonlyArray<readonly [name: string, input: string, data: string, events: string[]]> = [
  ['IAC IAC is a byte of data', 'ff f1 61 ff ff 62', '61 ff 62', []],
  ['only IAC IAC', 'ff f1 ff ff ff ff', 'ff ff', []],
  ['commands that do nothing', '61 ff f1 ff f2 ff f5 ff f9 ff ef ff f0 ff ec 62', '61 62', []],
  [
    'data before an interrupt comes before it',
    '61 0a 62 ff f4 63 0a',
    '61 0a 62 63 0a',
    ['line a', 'interrupt', 'line c'],
  ],
  ['two interrupts', 'ff f4 ff f3', '', ['interrupt', 'interrupt']],
  ['erase a character', '61 62 ff f7 63 0a', '61 62 63 0a', ['line ac']],
  ['erase the line', '61 62 ff f8 63 0a', '61 62 63 0a', ['line c']],
  ['IAC before what is no command does not swallow a line end', 'ff f1 61 ff 0a', '61 0a', ['line a']],
  [
    'Synch without its DM: a bare IAC before a command',
    'ff f4 ff ff fd 06 61 0a',
    '61 0a',
    ['interrupt', 'line a'],
  ],
  [
    'Synch without its DM: a bare IAC before text',
    'ff f4 ff fd 06 ff 61 0a',
    '61 0a',
    ['interrupt', 'line a'],
  ],
  ['Synch without its IAC', 'ff f4 ff fd 06 f2 61 0a', '61 0a', ['interrupt', 'line a']],
  ['Synch as it should be', 'ff f4 ff f2 ff fd 06 61 0a', '61 0a', ['interrupt', 'line a']],
  ['the byte of a DM elsewhere is data', 'ff f4 61 f2 0a', '61 f2 0a', ['interrupt', 'bad-encoding']],
  ['window size', 'ff fb 1f ff fa 1f 00 50 00 18 ff f0', '', ['window 80x24']],
  ['window size of 255 columns', 'ff fb 1f ff fa 1f 00 ff ff 00 18 ff f0', '', ['window 255x24']],
  ['window size of 65535 columns', 'ff fb 1f ff fa 1f ff ff ff ff 00 18 ff f0', '', ['window 65535x24']],
  [
    'window size that is not known',
    'ff fb 1f ff fa 1f 00 00 00 00 ff f0',
    '',
    ['window undefinedxundefined'],
  ],
  ['window size too short', 'ff fb 1f ff fa 1f 00 50 ff f0 61', '61', []],
  ['window size too long', 'ff fb 1f ff fa 1f 00 50 00 18 00 ff f0 61', 'ff fa 1f 00 50 00 18 00 61', []],
  ['window size without WILL NAWS', 'ff f1 ff fa 1f 00 50 00 18 ff f0 61', '61', []],
  [
    'window size again',
    'ff fb 1f ff fa 1f 00 50 00 18 ff f0 ff fa 1f 00 28 00 18 ff f0',
    '',
    ['window 80x24', 'window 40x24'],
  ],
  ['terminal type', 'ff fb 18 ff fa 18 00 76 74 ff f0', '', ['terminal vt']],
  ['only the first terminal type', 'ff fb 18 ff fa 18 00 61 ff f0 ff fa 18 00 62 ff f0', '', ['terminal a']],
  [
    'terminal type is cleaned',
    'ff fb 18 ff fa 18 00 1b 5b 61 09 9b ff ff e9 20 7e 7f ff f0',
    '',
    ['terminal [a ~'],
  ],
  ['terminal type with nothing in it', 'ff fb 18 ff fa 18 00 1b ff f0 ff fa 18 ff f0', '', []],
  ['terminal type SEND is for us to say', 'ff fb 18 ff fa 18 01 61 ff f0', '', []],
  [
    'terminal type is cut',
    `ff fb 18 ff fa 18 00 ${'61 '.repeat(250)} ff f0 62`,
    '62',
    [`terminal ${'a'.repeat(40)}`],
  ],
  [
    'what is over 256 bytes is data',
    `ff fb 18 ff fa 18 00 ${'61 '.repeat(256)} 62 0a 63 0a`,
    `ff fa 18 00 ${'61 '.repeat(256)}62 0a 63 0a`,
    ['line-too-long', 'line c'],
  ],
  [
    'a line end in a subnegotiation: its own end was lost',
    'ff fb 18 ff fa 18 00 61 0d 0a 62 0a',
    'ff fa 18 00 61 0d 0a 62 0a',
    ['bad-encoding', 'line b'],
  ],
  [
    'a window size without its end',
    'ff fb 1f ff fa 1f 00 50 00 18 61 0a 62 0a',
    'ff fa 1f 00 50 00 18 61 0a 62 0a',
    ['bad-encoding', 'line b'],
  ],
  [
    'a window with a line end in its size',
    'ff fb 1f ff fa 1f 00 0a 00 0d ff f0 61 0a',
    '61 0a',
    ['window 10x13', 'line a'],
  ],
  [
    'SB of an option of which nobody spoke, without its end',
    'ff f1 ff fa c9 61 0a 62 0a',
    'ff fa c9 61 0a 62 0a',
    ['bad-encoding', 'line b'],
  ],
  [
    'an option that is a line end',
    'ff f1 61 ff fd 0a 62 ff fb 0d',
    '61 ff fd 0a 62 ff fb 0d',
    ['bad-encoding', 'bad-encoding'],
  ],
  ['empty subnegotiation', 'ff f1 ff fa ff f0 61', '61', []],
  ['unknown subnegotiation', 'ff f1 ff fa 27 00 01 02 ff f0 61', '61', []],
  [
    'a subnegotiation that another command breaks off',
    'ff f1 ff fa 18 00 61 ff f4 62 0a',
    '62 0a',
    ['interrupt', 'line b'],
  ],
  ['a subnegotiation that a negotiation breaks off', 'ff f1 ff fa 18 00 61 ff fd 06 62', '62', []],
  ['a subnegotiation within one', 'ff fb 18 ff fa 1f 00 ff fa 18 00 61 ff f0', '', ['terminal a']],
]

t.test('parsing, split everywhere', async (t) => {
  for (const [name, input, data, events] of parsing) {
    const bytes = fromHex(input)
    t.doesNotThrow(() => {
      const ends = Array.from({ length: Math.min(bytes.length, 60) + 1 }, (_, at) => [
        bytes.subarray(0, at),
        bytes.subarray(at),
      ])
      for (const chunks of [...ends, bytewise(bytes)]) {
        const connection = connect()
        for (const chunk of chunks) connection.telnet.push(chunk)
        assert.equal(hex(connection.data()), data)
        assert.deepStrictEqual(connection.events, events)
      }
    }, name)
  }
})

/** What 0xFF is in other encodings and programs, at a client that has shown no telnet. */
const noTelnet: ReadonlyArray<readonly [name: string, bytes: Buffer]> = [
  ['SB without an end', fromHex('ff fa')],
  ['SB and a command', Buffer.from('\xff\xfa/nick bob', 'latin1')],
  ['SB with an end', fromHex('ff fa 18 00 61 ff f0')],
  ['я at the end of a word, in CP1251', fromHex('ec ee ff')],
  ['я at the beginning', fromHex('ff f7 e5 e9 ea e0')],
  ['яма, моя яхта, моям', fromHex('ff ec e0 20 ec ee ff 20 ff f5 f2 e0 20 ec ee ff ec')],
  ['яя, яъ, яэ, яь', fromHex('e0 ff ff 20 e0 ff fa 20 e0 ff fd 20 e0 ff fc')],
  [
    'ящик, ярко, ясно, яблоко, язык',
    fromHex('ff f9 e8 ea 20 ff f0 ea ee 20 ff f1 ed ee 20 ff e1 20 ff e7 fb ea'),
  ],
  ['the mark of UTF-16 and letters', fromHex('ff fe 68 00 69 00')],
  ['UTF-16 the other way round', fromHex('fe ff 00 68 00 ff 00 69')],
  ['wide letters in UTF-16', fromHex('ff fe 01 ff 21 ff 41 ff')],
  ['Latin-1', Buffer.from('\xff\xfdr \xff\xfb\xe9 \xff\xfc', 'latin1')],
  ['options that are line ends', fromHex('61 ff fd')],
]

t.test(
  '0xFF of a client that is no telnet client is data: no line end is lost, and nothing is sent',
  async (t) => {
    for (const [name, bytes] of noTelnet) {
      for (const ending of ['\n', '\r\n', '\r']) {
        const whole = Buffer.concat([bytes, Buffer.from(`${ending}hello${ending}`)])
        const { telnet, events, sent, data } = connect()
        telnet.push(whole)
        const last = events.at(-1)
        t.match([hex(data()), sent(), telnet.seen, last], [hex(whole), '', false, 'line hello'], name)
        // However it is cut, what follows is heard.
        const bytewise = connect()
        for (const byte of Array.from(whole)) bytewise.telnet.push(Buffer.from([byte]))
        bytewise.telnet.push(Buffer.from('once more\n'))
        t.equal(bytewise.events.at(-1), 'line once more', `${name}, byte by byte`)
      }
    }
    const { telnet, data } = connect()
    telnet.push(fromHex('61 ff'))
    telnet.end()
    t.equal(hex(data()), '61 ff', 'also at the end of all')
  },
)

t.test('whatever option a client begins with, nothing of it is data', async (t) => {
  // inetutils with a minus before the port; with Kerberos; one with TLS; PuTTY; a client of a MUD.
  for (const begins of [
    'ff fd 26 ff fb 26 ff fd 03 ff fb 18 ff fb 1f ff fb 20 ff fb 21 ff fb 22 ff fb 27 ff fd 05',
    'ff fb 25 ff fd 26 ff fb 26 ff fd 03',
    'ff fb 2e ff fd 03',
    'ff fb 1f ff fb 20 ff fb 18 ff fb 27 ff fd 01 ff fb 03 ff fd 03',
    'ff fd c9 ff fb 56',
  ]) {
    const bytes = Buffer.concat([fromHex(begins), Buffer.from('hello\r\n')])
    const { telnet, events, data } = connect()
    telnet.push(bytes)
    t.match([telnet.seen, data().toString(), events.at(-1)], [true, 'hello\r\n', 'line hello'], begins)
  }
})

t.test('a client that speaks telnet is asked about its terminal once', async (t) => {
  const { telnet, sent } = connect()
  telnet.push(fromHex('ff 61'))
  t.notOk(telnet.seen, 'a byte 255 in the text says nothing yet')
  t.equal(sent(), '')
  telnet.push(fromHex('ff fb 1f'))
  t.ok(telnet.seen)
  t.equal(sent(), askTerminal)
  telnet.push(fromHex('ff f1 ff fc 18 ff f1'))
  t.equal(sent(), '', 'and not again')
})

t.test('the terminal type is asked for once, however often the client offers it', async (t) => {
  const { telnet, sent } = connect({ active: true })
  telnet.start()
  sent()
  telnet.push(fromHex('ff fb 18'))
  t.equal(sent(), sendType)
  telnet.push(fromHex('ff fc 18 ff fb 18'))
  t.equal(sent(), 'ff fe 18 ff fd 18')
})

t.test('a listener for telnet asks at connect', async (t) => {
  const { telnet, sent } = connect({ active: true })
  t.ok(telnet.seen)
  t.equal(sent(), '')
  telnet.start()
  t.equal(sent(), askTerminal)
  telnet.push(fromHex('ff f1'))
  t.equal(sent(), '')
})

t.test('all other options are refused, and what is off already is not answered', async (t) => {
  const { telnet, sent } = connect()
  telnet.push(fromHex('ff f1'))
  sent()
  for (let option = 0; option <= 255; option++) {
    // These two would be the end of a line.
    if (option === 0x0a || option === 0x0d) continue
    const code = Buffer.from([option]).toString('hex')
    telnet.push(fromHex(`ff fe ${code} ff fc ${code}`))
    t.equal(sent(), '', `${option}: DONT, WONT`)
    if (option === 25 || option === 42) continue
    if (![0, 24, 31].includes(option)) {
      telnet.push(fromHex(`ff fb ${code}`))
      t.equal(sent(), `ff fe ${code}`, `${option}: WILL, DONT`)
    }
    telnet.push(fromHex(`ff fd ${code}`))
    t.equal(sent(), `ff ${option === 6 ? 'fb' : 'fc'} ${code}`, `${option}: DO`)
  }
})

t.test('MUD clients get EOR behind a prompt if they ask, and agree on UTF-8', async (t) => {
  const { telnet, sent } = connect({ active: true })
  telnet.start()
  sent()
  telnet.endPrompt()
  t.equal(sent(), '', 'nobody has asked')
  telnet.push(fromHex('ff fd 19'))
  t.equal(sent(), 'ff fb 19')
  telnet.endPrompt()
  t.equal(sent(), 'ff ef')
  telnet.push(fromHex('ff fe 19'))
  t.equal(sent(), 'ff fc 19')
  telnet.endPrompt()
  t.equal(sent(), '')
  const utf8 = hex(Buffer.from('UTF-8'))
  telnet.push(fromHex('ff fd 2a'))
  t.equal(sent(), `ff fb 2a ff fa 2a 01 3b ${utf8} ff f0`)
  telnet.push(Buffer.concat([fromHex('ff fa 2a 02'), Buffer.from('UTF-8'), fromHex('ff f0')]))
  t.equal(sent(), '', 'an answer needs none')
  telnet.push(fromHex('ff fb 2a'))
  t.equal(sent(), 'ff fd 2a')
  const asks = (names: string) => {
    telnet.push(Buffer.concat([fromHex('ff fa 2a 01'), Buffer.from(names), fromHex('ff f0')]))
    return sent()
  }
  t.equal(asks(' ISO-8859-1 utf-8'), `ff fa 2a 02 ${utf8} ff f0`)
  t.equal(asks('[TTABLE]\u0001;UTF-8'), `ff fa 2a 02 ${utf8} ff f0`)
  t.equal(asks(';ISO-8859-1'), 'ff fa 2a 03 ff f0')
  t.equal(asks(''), 'ff fa 2a 03 ff f0')
})

t.test('a MUD client, which says its own name, is offered both', async (t) => {
  for (const [type, offer] of [
    ['MUDLET', 'ff fb 19 ff fb 2a'],
    ['TINTIN++', 'ff fb 19 ff fb 2a'],
    ['XTERM-256COLOR', ''],
  ] as const) {
    const { telnet, sent } = connect({ active: true })
    telnet.start()
    telnet.push(fromHex('ff fb 18'))
    sent()
    telnet.push(Buffer.concat([fromHex('ff fa 18 00'), Buffer.from(type), fromHex('ff f0')]))
    t.equal(sent(), offer, type)
  }
})

t.test('TIMING-MARK is answered each time', async (t) => {
  const { telnet, sent } = connect({ active: true })
  telnet.start()
  sent()
  telnet.push(fromHex('ff fd 06 61 ff fd 06 ff fd 06'))
  t.equal(sent(), 'ff fb 06 ff fb 06 ff fb 06')
})

t.test(
  'the interrupt is told behind the answer to TIMING-MARK, so that what it brings up is shown',
  async (t) => {
    const order: string[] = []
    const telnet = new Telnet({
      clock: new FakeClock(),
      active: true,
      write: (bytes) => order.push(hex(bytes)),
      onData: (chunk) => order.push(chunk.toString()),
      onInterrupt: () => order.push('interrupt'),
      isUnfinished: () => false,
      onAreYouThere: () => order.push('are you there'),
      onEraseCharacter: () => {},
      onEraseLine: () => {},
    })
    telnet.start()
    order.length = 0
    telnet.push(fromHex('61 ff f4 ff fd 06 62'))
    t.strictSame(order.splice(0), ['a', 'ff fb 06', 'interrupt', 'b'])
    telnet.push(fromHex('ff f4 ff f6 ff f4'))
    t.strictSame(
      order.splice(0),
      ['interrupt', 'are you there', 'interrupt'],
      'and never held back beyond the packet',
    )
  },
)

t.test('hiding', async (t) => {
  t.test('hidden', async (t) => {
    const { telnet, reader, sent, clock } = connect()
    const answer = telnet.hideInput()
    t.equal(telnet.hideInput(), answer, 'asked once')
    t.equal(sent(), 'ff fb 01', 'alone, without SGA')
    t.notOk(reader.editing)
    telnet.push(fromHex('ff fd 01'))
    t.equal(await answer, 'hidden')
    t.ok(reader.editing)
    t.equal(clock.waiting, 0)
    t.equal(await telnet.hideInput(), 'hidden', 'already')
    sent()
    telnet.showInput()
    t.equal(sent(), 'ff fc 01')
    t.ok(reader.editing, 'until the client says that it has stopped')
    telnet.push(fromHex('ff fe 01'))
    t.notOk(reader.editing)
    telnet.showInput()
    t.equal(sent(), '')
  })

  t.test('refused, and not asked again', async (t) => {
    const { telnet, sent, clock } = connect({ active: true })
    const answer = telnet.hideInput()
    telnet.push(fromHex('ff fe 01'))
    t.equal(await answer, 'refused')
    t.equal(clock.waiting, 0)
    sent()
    telnet.push(fromHex('ff fe 01'))
    t.equal(await telnet.hideInput(), 'refused')
    t.equal(sent(), '')
    telnet.push(fromHex('ff fd 01'))
    t.equal(sent(), 'ff fc 01')
    const again = telnet.hideInput()
    t.equal(sent(), 'ff fb 01', 'unless it has asked for it since')
    telnet.push(fromHex('ff fd 01'))
    t.equal(await again, 'hidden')
  })

  t.test('silent, as nc is', async (t) => {
    const { telnet, sent, clock } = connect()
    const answer = telnet.hideInput()
    clock.pass(299)
    t.equal(clock.waiting, 1)
    clock.pass(1)
    t.equal(await answer, 'silent')
    t.notOk(telnet.seen)
    telnet.showInput()
    t.equal(await telnet.hideInput(), 'silent', 'at once the second time')
    telnet.showInput()
    t.equal(sent(), 'ff fb 01', 'nothing more is written')
  })

  t.test('an answer that comes late, while the question stands', async (t) => {
    const { telnet, reader, sent, clock, events } = connect({ active: true })
    telnet.start()
    const answer = telnet.hideInput()
    clock.pass(300)
    t.equal(await answer, 'silent')
    sent()
    telnet.push(fromHex('ff fd 01'))
    t.ok(reader.editing)
    t.strictSame(events, ['echo server'])
    telnet.showInput()
    t.equal(sent(), 'ff fc 01')
    telnet.push(fromHex('ff fe 01'))
    t.notOk(reader.editing)
  })

  t.test('an answer that comes when the question is over', async (t) => {
    const { telnet, reader, sent, clock, events } = connect({ active: true })
    telnet.start()
    const answer = telnet.hideInput()
    clock.pass(300)
    t.equal(await answer, 'silent')
    telnet.showInput()
    sent()
    telnet.push(fromHex('ff fd 01'))
    t.equal(sent(), 'ff fc 01', 'is taken back')
    t.ok(reader.editing, 'though for a moment the client hides')
    telnet.push(fromHex('61 7f 62 0a ff fe 01'))
    t.notOk(reader.editing)
    t.strictSame(events, ['echo server', 'line b', 'echo client'])
    const again = telnet.hideInput()
    t.equal(sent(), 'ff fb 01')
    telnet.push(fromHex('ff fd 01'))
    t.equal(await again, 'hidden')
  })

  t.test('hidden again before the client has answered that it shows', async (t) => {
    const { telnet, sent } = connect({ active: true })
    telnet.start()
    void telnet.hideInput()
    telnet.push(fromHex('ff fd 01'))
    telnet.showInput()
    sent()
    const again = telnet.hideInput()
    t.equal(sent(), '')
    telnet.push(fromHex('ff fe 01'))
    t.equal(sent(), 'ff fb 01')
    telnet.push(fromHex('ff fd 01'))
    t.equal(await again, 'hidden')
  })

  t.test('shown before the client has answered', async (t) => {
    const { telnet, clock } = connect()
    const answer = telnet.hideInput()
    telnet.showInput()
    t.equal(await answer, 'silent')
    t.equal(clock.waiting, 0)
  })

  t.test('the client takes the echo back by itself', async (t) => {
    const { telnet, reader, sent, events } = connect({ active: true })
    telnet.start()
    void telnet.hideInput()
    telnet.push(fromHex('ff fd 01'))
    sent()
    telnet.push(fromHex('ff fe 01'))
    t.equal(sent(), 'ff fc 01')
    t.notOk(reader.editing)
    t.strictSame(events, ['echo server', 'echo client'])
  })
})

const bytes = fc
  .array(
    fc.oneof(
      fc.constantFrom(0x00, 0x01, 0x06, 0x0a, 0x18, 0x1f, 0x61, 0xf0, 0xf2, 0xf4, 0xfa),
      fc.constant(0xff),
      fc.integer({ min: 0xec, max: 0xff }),
      fc.integer({ min: 0, max: 255 }),
    ),
    { maxLength: 200 },
  )
  .map((list) => Buffer.from(list))

t.test('random bytes in random chunks give the same', async (t) => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(bytes, fc.array(fc.nat(200), { maxLength: 20 }), fc.boolean(), (whole, points, hiding) => {
        const run = (chunks: readonly Buffer[]) => {
          const { telnet, reader, events, sent, data } = connect()
          // Before the first sign it depends on the byte behind whether 0xFF is one, if that has come.
          telnet.push(fromHex('ff f1'))
          if (hiding) void telnet.hideInput()
          for (const chunk of chunks) telnet.push(chunk)
          return { events, sent: sent(), data: hex(data()), seen: telnet.seen, editing: reader.editing }
        }
        const sorted = points.map((point) => point % (whole.length + 1)).sort((a, b) => a - b)
        const chunks = [0, ...sorted].map((start, index) => whole.subarray(start, sorted[index]))
        assert.deepStrictEqual(run(chunks), run([whole]))
      }),
      { numRuns: 1000 },
    ),
  )
})

t.test('no more is written than the client asked for, and no more is read than it sent', async (t) => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(bytes, (whole) => {
        const { telnet, sent, data } = connect()
        telnet.push(whole)
        const written = fromHex(sent()).length
        // One answer of three bytes for each three bytes, and once the questions about the terminal and the charset.
        return written <= whole.length + 30 && data().length <= whole.length
      }),
      { numRuns: 1000 },
    ),
  )
})

t.test('two of this server connected to each other come to rest', async (t) => {
  for (const hiding of [
    [true, true],
    [true, false],
    [false, false],
  ]) {
    const ends = [connect({ active: true }), connect({ active: true })] as const
    for (const [index, end] of ends.entries()) {
      end.telnet.start()
      if (hiding[index]) void end.telnet.hideInput()
    }
    let rounds = 0
    for (; rounds < 20; rounds++) {
      const [left, right] = [fromHex(ends[0].sent()), fromHex(ends[1].sent())]
      if (left.length + right.length === 0) break
      ends[0].telnet.push(right)
      ends[1].telnet.push(left)
    }
    t.ok(rounds < 20)
  }
})
