import { setImmediate as nextTurn } from 'node:timers/promises'
import t from 'tap'
import { Peer } from './peer.ts'

t.test('lines that end in CR are edited by their keys', async (t) => {
  const peer = new Peer()
  peer.type('helpo\x08\x08lo')
  peer.type('\r')
  peer.type('\nno\x03yes\r\n')
  t.same(peer.lines.splice(0), ['hello', 'yes'])
  t.same(peer.told.splice(0), ['interrupt'], 'Ctrl-C is told')
  peer.type('| progress\x15/nick evil\n')
  t.same(peer.lines.splice(0), ['| progress\x15/nick evil'], 'a script ends lines in LF')
  peer.type('a\x03')
  t.same(peer.told, [], 'and its bytes interrupt nothing')
})

t.test('a program that ends lines in CR LF over TLS is sent no telnet', async (t) => {
  const peer = new Peer()
  peer.usesTls = true
  peer.type('/login anna\r\n')
  t.notOk(peer.intake.terminal.endsAsTelnet)
  t.equal(await peer.intake.terminal.hideInput(), 'raw')
  t.equal(peer.sent, '')
  const plain = new Peer()
  plain.type('/login anna\r\n')
  void plain.intake.terminal.hideInput()
  t.equal(plain.sent, 'fffb01', 'without TLS it may be a telnet client')
})

t.test('whoever speaks telnet types, whatever its lines end in', async (t) => {
  const peer = new Peer()
  peer.type('helo\x08lo\n')
  peer.push(Buffer.from('fffb1f', 'hex'))
  peer.type('helpo\x7f\x7flo\n')
  t.same(peer.lines, ['helo\x08lo', 'hello'])
})

t.test('a packet that is a whole line is none where telnet or the editor has begun', async (t) => {
  const peer = new Peer()
  peer.type('one\n')
  peer.push(Buffer.from('fffb18fffb', 'hex'))
  peer.type('$\n')
  t.same(peer.lines, ['one', ''], 'its first byte is an option that the client has')

  const raw = new Peer()
  raw.type('one\n')
  await raw.intake.terminal.editing.begin()
  raw.type('two\n')
  t.same(raw.lines, ['one', 'two'])
  t.match(Buffer.concat(raw.intake.terminal.frame([], true)).toString(), /two/, 'it stays on the screen')
})

t.test('bytes become lines, and the end is told behind the last one', async (t) => {
  const peer = new Peer()
  peer.type('one\ntwo\r\nthr')
  t.same(peer.lines, ['one', 'two'])
  t.ok(peer.intake.isOpen)
  peer.intake.end()
  t.same(peer.lines, ['one', 'two', 'thr (waited)'])
  t.same(peer.told, ['end'])
  t.notOk(peer.intake.isOpen)
})

t.test('a line that was cut off is none', async (t) => {
  const peer = new Peer()
  peer.type('one\ntw')
  peer.intake.close([Buffer.from('o\nthr')])
  t.same(peer.lines, ['one', 'two (waited)'])
  t.same(peer.told, ['life', 'end'])
})

t.test('while it is paused nothing is handed over, and what waits can be dropped', async (t) => {
  const peer = new Peer()
  peer.type('one\n')
  peer.intake.pause()
  peer.type('two\nthree\n')
  peer.type('four\n')
  t.equal(peer.intake.waitingLines, 3)
  peer.intake.resume()
  await nextTurn()
  await nextTurn()
  t.same(peer.lines, ['one', 'two (waited)', 'three (waited)', 'four (waited)'])
  peer.intake.pause()
  peer.type('five\n')
  peer.type('/cancel\n')
  t.same(peer.told.at(-1), 'drop')
  peer.intake.resume()
  await nextTurn()
  t.equal(peer.lines.length, 4, 'neither is the word that dropped it')
})

t.test('no more is read ahead than is good', async (t) => {
  const peer = new Peer()
  peer.type('hello\n')
  peer.intake.pause()
  peer.type('x'.repeat(70_000))
  t.notOk(peer.reading)
  peer.intake.end()
  t.same(peer.told, [], 'the end waits for what is read')
  peer.intake.resume()
  await nextTurn()
  await nextTurn()
  t.ok(peer.reading)
  t.same(peer.told, ['end'])
})

t.test('what is not paid for holds up what comes behind it', async (t) => {
  const peer = new Peer()
  peer.type('hello\n')
  let pay: () => void = () => undefined
  peer.unpaid = new Promise((resolve) => {
    pay = resolve
  })
  peer.type('half of a line')
  t.ok(peer.charged > 0)
  peer.type(' and the rest\n')
  t.same(peer.lines, ['hello'])
  pay()
  await nextTurn()
  t.same(peer.lines, ['hello', 'half of a line and the rest (waited)'])
})

t.test('what is no chat is handed over, and nothing of it is a line', async (t) => {
  for (const [text, told] of [
    ['\x16\x03\x01', 'tls'],
    ['/put abc 10\n/nick mallory\n', 'put'],
    ['GET / HTTP/1.1\r\n/nick mallory\r\n', 'http'],
  ] as const) {
    const peer = new Peer()
    peer.type(text)
    peer.type('more\n')
    peer.intake.end()
    t.same([peer.lines, peer.told], [[], [told]])
  }
})

t.test('telnet is taken out, and much of it takes its turns', async (t) => {
  const peer = new Peer()
  peer.type('hello\r\n')
  peer.push(Buffer.from([0xff, 0xf6, 0xff, 0xf6, 0x61, 0x0d, 0x0a]))
  t.same(peer.lines, ['hello', 'a'])
  t.same(peer.told, ['telnet', 'there?'], 'however often it was asked')
  const nops = Buffer.concat([Buffer.alloc(4_000, Buffer.from([0xff, 0xf1])), Buffer.from('b\r\n')])
  peer.push(nops)
  t.same(peer.lines.length, 2)
  for (let turn = 0; turn < 100 && peer.lines.length < 3; turn++) await nextTurn()
  t.match(peer.lines[2], /^b/)
})

t.test('nothing comes behind a stop', async (t) => {
  const peer = new Peer()
  peer.type('one\n')
  peer.intake.stop()
  peer.type('two\n')
  peer.intake.close([Buffer.from('three\n')])
  t.same(peer.lines, ['one'])
  t.notOk(peer.intake.isOpen)
})

t.test('Enter is no word, whatever it sends', async (t) => {
  for (const enter of [
    '\n',
    '\r\n',
    '\r',
    '\r\0',
    ' \r\n',
    '\t\n',
    '\ufeff\r\n',
    '\r\n\r\n',
    '\u3000\n',
    '\xff\xfd\x03\r\0',
  ]) {
    const bytes = /\xff/.test(enter) ? Buffer.from(enter, 'latin1') : Buffer.from(enter)
    for (const pieces of [[bytes], [...bytes].map((byte) => Buffer.of(byte))]) {
      const peer = new Peer()
      for (const piece of pieces) peer.push(piece)
      t.same([peer.spoken, peer.intake.knocked], [0, true], JSON.stringify(enter))
      peer.type('hello\n')
      t.same(
        [peer.spoken, peer.intake.knocked, peer.lines.at(-1)],
        [1, false, 'hello'],
        JSON.stringify(enter),
      )
    }
  }
  const silent = new Peer()
  t.notOk(silent.intake.knocked)
  const begun = new Peer()
  begun.type('\r\nSS')
  t.notOk(begun.intake.knocked, 'it has begun a line')
})

t.test('another protocol may begin behind NICK and PASS, which are said before', async (t) => {
  const peer = new Peer()
  peer.type('PASS x\r\nNI')
  peer.type('CK anna\r\n')
  peer.type('USER anna 0 * :Anna\r\n')
  t.same([peer.lines, peer.told], [['PASS x', 'NICK anna'], ['IRC']])
  const person = new Peer()
  person.type('NICK anna\nhello\n')
  t.same([person.lines, person.told], [['NICK anna', 'hello'], []])
})

t.test('keys are paid for, and a few are done in a turn, whatever stands before them', async (t) => {
  // Each looked at 512 bytes: sixteen visitors kept the server busy for minutes.
  for (const [before, key] of [
    [Buffer.alloc(600, 0x80), Buffer.from([0x80, 0x08])],
    [Buffer.from('🇩🇪'.repeat(60)), Buffer.from('🇩\b')],
    [Buffer.from('👨‍👩‍👧‍👦'.repeat(20)), Buffer.from('👦\b')],
    [Buffer.from(`e${'\u0301'.repeat(30)}`), Buffer.from('\u0301\b')],
    [Buffer.from('a'.repeat(4000)), Buffer.from('a\x17')],
    [Buffer.from('word'), Buffer.from('\x03')],
  ] as const) {
    const peer = new Peer()
    peer.type('hello\r')
    peer.charged = 0
    peer.push(Buffer.concat([before, ...Array<Buffer>(1000).fill(key), Buffer.from('\x15done\r')]))
    t.equal(peer.lines.length, 1, 'the rest waits for another turn')
    while (peer.lines.length < 2) await nextTurn()
    t.equal(peer.lines[1]?.slice(0, 4), 'done')
    t.ok(peer.charged > 5, `paid: ${peer.charged}`)
  }
})
