import { setImmediate as nextTurn } from 'node:timers/promises'
import t from 'tap'
import { Emulator } from '../editor/emulator.ts'
import { agreed, iac, offer, TelnetPeer, telnet } from './telnet-peer.ts'

/* The keys of a connection whose line the server edits, and its screen. */

const clearRow = '\r\u001b[J'

t.test('keys that come before the client has agreed belong to the line', async (t) => {
  for (const [before, line] of [
    ['hal', 'half'],
    ['hax\u007fl', 'half'],
    ['no\u0003hal', 'half'],
    ['hä', 'häf'],
    ['', 'f'],
  ] as const) {
    const peer = new TelnetPeer()
    peer.tell('fff1')
    peer.type(before)
    t.equal(peer.tellTypes('xterm', 'xterm'), offer)
    const interrupts = peer.told.filter((told) => told === 'interrupt').length
    peer.tell(agreed)
    peer.type('f\r\0')
    t.same(peer.lines, [line], JSON.stringify(before))
    t.equal(peer.told.filter((told) => told === 'interrupt').length, interrupts, 'Ctrl-C counts once')
  }
  const cut = new TelnetPeer()
  cut.tell('fff1')
  cut.tellTypes('xterm', 'xterm')
  cut.tell(`c3${agreed}a90d00`)
  t.same(cut.lines, ['é'], 'in the middle of a letter')
  const paused = new TelnetPeer()
  paused.tell('fff1')
  paused.tellTypes('xterm', 'xterm')
  paused.intake.pause()
  paused.intake.terminal.push(Buffer.from('one\r\ntwo\r\nha'))
  paused.intake.terminal.push(Buffer.from(`${agreed}fff7`, 'hex'))
  paused.intake.terminal.push(Buffer.from('alf\r'))
  t.same(paused.lines, [])
  paused.intake.resume()
  t.same(
    paused.lines,
    ['one', 'two', 'half'].map((one) => `${one} (waited)`),
  )
})

t.test('letters arrive whole, wherever packets are cut and whatever telnet says between', async (t) => {
  const line = 'né漢字👍🏽ß👨‍👩‍👧'
  const bytes = Buffer.from(`${line}\r\0`)
  for (let at = 1; at < bytes.length; at++)
    for (const between of ['', 'fff1', `${iac}fa1f00500018${iac}f0`]) {
      const peer = new TelnetPeer().begin()
      peer.push(bytes.subarray(0, at))
      peer.tell(between)
      peer.push(bytes.subarray(at))
      t.same(peer.lines, [line], `cut at ${at}, ${between}`)
    }
})

t.test(
  'a doubled IAC is a byte, which is no UTF-8: the line is told to be unreadable, and the next is read',
  async (t) => {
    const peer = new TelnetPeer().begin()
    peer.tell('61ffff620d00')
    peer.type('next\r\n')
    t.same(peer.lines, ['bad-encoding', 'next'])
  },
)

t.test('commands of telnet are keys', async (t) => {
  const peer = new TelnetPeer().begin()
  peer.type('dropped')
  peer.tell('fff4fffd06')
  t.same(peer.told.splice(0), ['interrupt'])
  peer.type('nothing')
  peer.tell('fff8')
  peer.type('helpp')
  peer.tell('fff7')
  peer.type('\r\0')
  t.same(peer.lines, ['help'])
  peer.type('\u0004')
  t.same(peer.told.splice(0), ['leave'])
})

t.test('two hundred keys a second cost nothing', async (t) => {
  const peer = new TelnetPeer().begin()
  peer.charged = 0
  for (let key = 0; key < 2_000; key++) {
    peer.clock.advance(5)
    peer.type(key % 2 ? 'x' : '\u007f')
  }
  t.equal(peer.charged, 0, 'for ten seconds')
  peer.clock.advance(1_000)
  peer.type(`\u001b[200~${'many words of a text '.repeat(4)}\u001b[201~`)
  t.equal(peer.charged, 0, 'nor does a paste')
})

t.test('who holds Tab down pays nothing', async (t) => {
  const peer = new TelnetPeer().begin()
  peer.charged = 0
  for (let key = 0; key < 300; key++) {
    peer.clock.advance(33)
    peer.type('\t')
  }
  t.equal(peer.charged, 0)
})

t.test('faster keys are paid for, and wait; in a turn only some are done', async (t) => {
  const peer = new TelnetPeer().begin()
  peer.charged = 0
  let pay: () => void = () => undefined
  peer.unpaid = new Promise((resolve) => {
    pay = resolve
  })
  peer.type('x\u007f'.repeat(500))
  for (let turns = 0; peer.charged === 0 && turns < 20; turns++) await nextTurn()
  const first = peer.charged
  t.ok(first > 0)
  peer.type('done\r'.repeat(2_000))
  await nextTurn()
  await nextTurn()
  t.same(peer.lines, [], 'what is not paid for is not done')
  pay()
  for (let turns = 1, before = 0; peer.lines.length < 2_000; turns++) {
    await nextTurn()
    t.ok(peer.lines.length - before <= 64, `turn ${turns}`)
    before = peer.lines.length
    if (turns > 100) throw new Error(`only ${before} lines came`)
  }
  t.ok(peer.charged > first)
  t.ok(peer.reading)
})

t.test('a key costs the more, and fewer are done in a turn, the longer the line is', async (t) => {
  for (const [length, inTurn] of [
    [10, 64],
    [2_560, 7],
    [60_000, 1],
  ] as const) {
    const peer = new TelnetPeer().begin()
    peer.longestLine = 65_536
    for (let at = 0; at < length; at += 1_000) peer.type('x'.repeat(Math.min(1_000, length - at)))
    await peer.turns(2)
    peer.clock.advance(1_000)
    peer.charged = 0
    let done = 0
    Object.assign(peer.editing, {
      complete: () => {
        done++
        return { start: 0, candidates: [] }
      },
    })
    peer.type('\t'.repeat(200))
    t.equal(done, inTurn, `in a line of ${length}`)
    while (done < 200) await nextTurn()
    // Each of these looks for names, which counts as five keys more.
    const free = 200 - 200 * Math.max(1, length / 256) - 200 * 5
    t.ok(Math.abs(peer.charged - Math.max(0, -free * 0.02)) < 0.1, `costs ${peer.charged}`)
  }
})

t.test('a row is no wider than a thousand columns, whatever the terminal claims', async (t) => {
  const widest = (peer: TelnetPeer) => {
    peer.longestLine = 65_536
    for (let at = 0; at < 60; at++) peer.type('x'.repeat(100))
    return peer.frame().length
  }
  const told = new TelnetPeer().begin()
  told.tell(telnet('will window'))
  told.tell(`${iac}fa1fffffffff0018${iac}f0`)
  t.ok(widest(told) < 1_100)
  for (const column of ['9999', '99999999999999999999999', '1000']) {
    const peer = new TelnetPeer()
    peer.type('/editor on\r')
    await peer.intake.terminal.editing.begin()
    peer.type(`\u001b[1;${column}R`)
    t.same(peer.widths, [1_000], column)
    t.ok(widest(peer) < 1_200)
  }
})

t.test('telnet that has a 3 in it is no Ctrl-C', async (t) => {
  for (const [bytes, width] of [
    [`${iac}fa1f01030018${iac}f0`, 259],
    [`${iac}fa1f00500003${iac}f0`, 80],
    [`${iac}fd03${iac}fa1f00510018${iac}f0`, 81],
  ] as const) {
    const peer = new TelnetPeer().begin()
    peer.tell(telnet('will window'))
    peer.intake.pause()
    peer.type('one\rtwo\r')
    peer.tell(bytes)
    t.equal(peer.intake.waitingLines, 2, 'nothing is dropped')
    peer.intake.resume()
    await peer.turns(3)
    t.same(peer.lines, ['one (waited)', 'two (waited)'])
    t.same(peer.widths, [width])
  }
})

t.test('what comes in one packet with the line that turns the editor off is read as lines', async (t) => {
  class Leaving extends TelnetPeer {
    override receive(...line: Parameters<TelnetPeer['receive']>): void {
      super.receive(...line)
      if (this.lines.at(-1) === 'off') this.intake.terminal.editing.end()
    }
  }
  const peer = new Leaving().begin()
  peer.type('one\roff\rnext\r\nlast\r\n')
  await peer.turns(3)
  t.same(peer.lines, ['one', 'off', 'next', 'last'])
  t.notOk(peer.isOn)
})

t.test('a line that has become too long is refused as a line, however it did', async (t) => {
  const peer = new TelnetPeer().begin()
  const { editing } = peer.intake.terminal
  peer.type(`${'x'.repeat(90)}\r${'y'.repeat(90)}`)
  peer.longestLine = 20
  peer.type('\r\u001b[A\r')
  t.same(peer.lines, ['x'.repeat(90), 'line-too-long', 'line-too-long'], 'the limit is lower now')
  peer.longestLine = 100
  peer.type('z'.repeat(90))
  editing.ask('? ', {})
  peer.type(`answer\r${'w'.repeat(90)}`)
  editing.endQuestion()
  peer.type('\rnext\r')
  t.same(peer.lines.slice(3), ['answer', 'line-too-long', 'next'], 'in two parts')
})

t.test('while no line may be taken, keys wait, and Ctrl-C drops them', async (t) => {
  const peer = new TelnetPeer().begin()
  peer.intake.pause()
  peer.type('one\rtwo\rthr')
  t.equal(peer.intake.waitingLines, 2)
  peer.type('ee\u0003')
  t.same(peer.told, ['life', 'drop'])
  t.equal(peer.intake.waitingLines, 0)
  peer.type('four\rfive\r')
  peer.intake.resume()
  await nextTurn()
  await nextTurn()
  t.same(peer.lines, ['four (waited)', 'five (waited)'])
})

t.test('a line is as long as limits.lineBytes says, and a longer one cannot be typed', async (t) => {
  const peer = new TelnetPeer().begin()
  peer.longestLine = 4_000
  peer.type(`${'x'.repeat(3_999)}`)
  await peer.turns(10)
  t.notMatch(peer.frame(), '\u0007')
  peer.type('éy')
  t.match(peer.frame(), '\u0007', 'the bell rings for the letter of two bytes')
  peer.type('z\r')
  t.ok(peer.lines.pop() === `${'x'.repeat(3_999)}y`, 'the line has what found its place')
  peer.longestLine = 10
  peer.type(`${'ab'.repeat(20)}\r`)
  t.equal(peer.lines.pop(), 'ababababab', 'the limit may change')
})

t.test('the size of the window may change in the middle of a line', async (t) => {
  const peer = new TelnetPeer().begin()
  const emulator = new Emulator(80, 10, 'code points')
  const row = async (...texts: readonly string[]) => {
    await emulator.write(peer.frame(...texts))
    return `${emulator.lastRow.text.slice(0, emulator.lastRow.column)}|${emulator.lastRow.text.slice(emulator.lastRow.column)}`
  }
  const size = (columns: number) => {
    if (columns > 1) emulator.resize(columns, 10)
    peer.tell(`${iac}fa1f${columns.toString(16).padStart(4, '0')}0018${iac}f0`)
  }
  peer.tell(telnet('will window'))
  size(30)
  peer.type('half a line')
  t.equal(await row('a message\r\n'), '> half a line|')
  size(12)
  t.equal(await row(), '> <line|')
  t.equal(await row('another\r\n'), '> <line|')
  size(2)
  peer.type('s')
  await row()
  size(1)
  peer.type('X\u007f')
  await row()
  size(1_000)
  t.equal(await row('more\r\n'), '> half a lines|')
  size(0)
  t.equal(await row(), '> half a lines|', 'it does not know it any more')
  peer.type('of it\r')
  t.same(peer.lines, ['half a linesof it'])
  emulator.dispose()
})

t.test('a terminal without NAWS is asked for its width', async (t) => {
  const peer = new TelnetPeer()
  peer.type('/editor on\r')
  t.equal(await peer.intake.terminal.editing.begin(), true, 'without telnet, too')
  t.equal(peer.got(), '', 'which is not asked')
  const emulator = new Emulator(12, 10, 'code points')
  emulator.onAnswer = (answer) => peer.type(answer)
  await emulator.write(peer.frame())
  t.same(peer.widths, [12], 'the session is told, too')
  peer.type('a line that is long')
  await emulator.write(peer.frame('message\r\n'))
  t.equal(emulator.lastRow.text, '> <long')
  t.ok(emulator.modes.bracketedPaste)
  peer.intake.terminal.editing.end()
  await emulator.write(Buffer.from(peer.got(), 'hex').toString())
  t.same(emulator.lastRow, { text: '', column: 0 })
  t.notOk(emulator.modes.bracketedPaste)
  emulator.dispose()
})

t.test('telnet does not disturb the row, and what has other line ends is mended', async (t) => {
  const peer = new TelnetPeer().begin()
  peer.type('half')
  peer.frame()
  const nop = Buffer.from('fff1', 'hex')
  t.same(Buffer.concat([...peer.intake.terminal.frame([nop], true)]), nop)
  t.equal(peer.frame('\u0007'), '\u0007', 'nor does the bell')
  t.equal(peer.frame('one\ntwo\n'), `${clearRow}one\r\ntwo\r\n> half`)
  const row = Buffer.concat([...peer.intake.terminal.frame([Buffer.from('three\r\n')], false)]).toString()
  t.equal(row, `${clearRow}three\r\n`, 'the row is drawn later, if there is much to read')
  t.equal(peer.frame(), '> half')
})
