import assert from 'node:assert/strict'
import { setImmediate as nextTurn } from 'node:timers/promises'
import fc from 'fast-check'
import t from 'tap'
import { TelnetOption } from '../../server/net/telnet-option.ts'
import { agreed, iac, numbers, offer, question, TelnetPeer, telnet, verbs } from './telnet-peer.ts'

/* When the server edits the line of a connection: whom it asks, what clients answer, and what becomes of the keys. */

t.test('whom the server asks', async (t) => {
  const hello = 'hello\r\n'
  const token = '7KQ2M0XD3FRAVZ1C88HT4W5JPE9N6YBG'
  for (const [who, ask, isAsked] of [
    ['a line that was typed', (client) => client.enter(hello), true],
    ['also if Enter is CR NUL', (client) => client.enter('hello\r\0'), true],
    ['with Enter alone before', (client) => client.enter('\r\n') + client.enter(hello), true],
    ['a name alone', (client) => client.enter('/login bob\r\n'), true],
    ['a listener for telnet', (client) => void client.intake.terminal.startTelnet(), true],
    ['a sign of telnet', (client) => client.tell('fff1'), true],
    ['also over TLS', (client) => Object.assign(client, { usesTls: true }).tell('fff1'), true],
    ['a line that came too soon', (client) => client.enter(hello, 499), false],
    ['nobody was greeted', (client) => client.type(hello), false],
    ['a line that ends in LF', (client) => client.enter('hello\n'), false],
    ['in CR', (client) => client.enter('hello\r') + client.enter('x\r'), false],
    ['a second line', (client) => client.enter('hello\n') + client.enter(hello), false],
    ['several lines together', (client) => client.enter('one\r\ntwo\r\n'), false],
    ['a line and a half', (client) => client.enter('one\r\ntw'), false],
    ['JSON', (client) => client.enter('{"do":"who"}\r\n'), false],
    ['a program', (client) => client.enter('/format json\r\n'), false],
    ['without a slash', (client) => client.enter('format json brief\r\n'), false],
    ['a login with a password', (client) => client.enter('/login bob good-enough\r\n'), true],
    ['without a slash', (client) => client.enter('login bob good enough for me\r\n'), true],
    ['a login by token', (client) => client.enter(`/login bob ${token}\r\n`), false],
    ['without a slash', (client) => client.enter(` login bob ${token.toLowerCase()} \r\n`), false],
    ['IRC', (client) => client.enter('NICK anna\r\n'), false],
    ['IRC with a password', (client) => client.enter('PASS secret\r\n'), false],
    ['no UTF-8', (client) => client.enter('') + client.tell('68e90d0a'), false],
    ['over TLS', (client) => Object.assign(client, { usesTls: true }).enter(hello), false],
    [
      'who wants no editor',
      (client) => Object.assign(client.editing, { mayBegin: false }) && client.enter(hello),
      false,
    ],
  ] as readonly (readonly [string, (client: TelnetPeer) => unknown, boolean])[]) {
    const client = new TelnetPeer()
    const sent = ask(client)
    t.equal(typeof sent === 'string' ? sent : client.got(), isAsked ? question : '', who)
    if (!isAsked) t.equal(client.enter('more\r\n'), '', `${who}: nor later`)
    t.equal(client.tell('fff1fff1'), isAsked ? '' : question, `${who}: once`)
  }
})

t.test('a script that speaks by a telnet client gets no editor', async (t) => {
  const types = `${telnet('will types')}${`${iac}fa180078${iac}f0`.repeat(2)}`
  const lines = Buffer.from('/login bot good-enough\r\n/quit\r\n').toString('hex')
  for (const [who, ...steps] of [
    ['the lines come first', lines, types, 'greeting'],
    ['the types come first', types, lines, 'greeting'],
    ['all comes together', types + lines, 'greeting'],
    ['the lines come with the greeting', types.slice(0, 6), 'greeting', lines, types.slice(6)],
  ] as const) {
    const script = new TelnetPeer()
    script.tell('fff1')
    for (const step of steps) {
      if (step === 'greeting') script.intake.greeted()
      else script.tellQuietly(step)
    }
    t.notMatch(script.got(), offer, who)
    script.tell(agreed)
    t.notOk(script.isOn)
  }
  const person = new TelnetPeer()
  person.tell('fff1')
  person.tellQuietly(types)
  t.notMatch(person.got(), offer, 'nobody yet')
  person.intake.greeted()
  t.equal(person.got(), offer, 'a person waits for the greeting')
})

t.test(
  'it asks for all types, and lines stay lines at terminals that cannot draw, or at programs',
  async (t) => {
    for (const [names, draws] of [
      [['XTERM-256COLOR', 'XTERM-256COLOR'], true],
      [['ANSI', 'VT100', 'VT52', 'VTNT', 'VTNT'], true],
      [['xterm', 'vt100', 'xterm'], true],
      [['vt100', ...Array.from({ length: 9 }, (_, at) => `type ${at}`), 'another'], true],
      [['dumb', 'dumb'], false],
      [['DUMB', 'xterm', 'xterm'], false],
      [['unknown', 'unknown'], false],
      [['TINTIN++', 'XTERM', 'MTTS 137', 'MTTS 137'], false],
      [['Mudlet', 'Mudlet'], false],
      [['CMUD', 'CMUD'], false],
      [['xterm', 'xterm-256color', 'MTTS 64', 'MTTS 64'], false],
      [['xterm', 'MTTS 9', 'MTTS 9'], false],
    ] as const) {
      const client = new TelnetPeer()
      client.tell('fff1')
      const got = client.tellTypes(...names)
      t.equal(got.includes(offer), draws, names.join(', '))
      if (draws) t.equal(got, offer, `${names[0]}: at the end only`)
      client.tell(agreed)
      t.equal(client.isOn, draws)
    }
    const silent = new TelnetPeer()
    silent.enter('hello\r\n')
    let ready = false
    void silent.waits?.then(() => {
      ready = true
    })
    await nextTurn()
    t.notOk(ready, 'the first line waits')
    t.equal(silent.tell(telnet('wont types')), '')
    await nextTurn()
    t.ok(ready, 'until it is known that nothing is offered')
  },
)

t.test('what clients answer', async (t) => {
  for (const [answer, sent, isOn] of [
    [agreed, '', true],
    [telnet('do goAhead', 'do echo'), '', true],
    [agreed + agreed, '', true],
    [telnet('dont echo', 'dont goAhead'), '', false],
    [telnet('do echo', 'dont goAhead'), telnet('wont echo'), false],
    [telnet('dont echo', 'do goAhead'), telnet('wont goAhead'), false],
    [telnet('do goAhead', 'dont echo'), telnet('wont goAhead'), false],
    [telnet('dont goAhead', 'do echo'), telnet('wont echo'), false],
    ['', '', false],
  ] as const) {
    const client = new TelnetPeer()
    client.tell('fff1')
    client.tellTypes('xterm', 'xterm')
    t.equal(client.tell(answer), sent, answer)
    t.equal(client.isOn, isOn)
    client.tell(sent === telnet('wont echo') ? telnet('dont echo') : telnet('dont binary'))
    client.type('typed\r\n')
    t.same(client.lines, ['typed'])
    // Another person, another name: whoever has refused is not asked again.
    client.intake.terminal.editing.beginIfClientMay()
    t.equal(client.got(), '')
  }
})

t.test('a client that answers late, or nothing', async (t) => {
  const client = new TelnetPeer()
  t.equal(client.enter('hello\r\n'), question)
  client.type('more\r\n')
  t.same(client.lines, ['hello', 'more'], 'what comes meanwhile is read')
  let ready = false
  void client.waits?.then(() => {
    ready = true
  })
  client.clock.advance(299)
  await nextTurn()
  t.notOk(ready)
  client.clock.advance(1)
  await nextTurn()
  t.ok(ready, 'nobody waits long')
  client.clock.advance(60_000)
  t.equal(client.got(), '', 'it is asked once')
  t.equal(client.tellTypes('xterm', 'xterm'), offer)
  client.clock.advance(60_000)
  client.tell(agreed)
  t.ok(client.isOn, 'an answer counts whenever it comes')
  t.equal(client.clock.waiting, 0)
})

t.test('who asks for the editor waits a second; an answer after it counts no more', async (t) => {
  const client = new TelnetPeer()
  client.type('/editor on\r\n')
  const { editing } = client.intake.terminal
  const begun = editing.begin()
  t.equal(client.got(), offer)
  client.clock.advance(1_000)
  t.equal(await begun, true, 'it is taken for a terminal that sends keys')
  t.same(client.told, ['editor on'])
  const speaking = new TelnetPeer()
  speaking.tell('fff1')
  const asked = speaking.intake.terminal.editing.begin()
  t.equal(speaking.got(), offer)
  speaking.clock.advance(1_000)
  t.equal(await asked, false, 'telnet clients say so')
  t.equal(speaking.tell(agreed), telnet('wont echo', 'wont goAhead'), 'they are told that it is too late')
  t.equal(speaking.tell(telnet('dont echo', 'dont goAhead')), '')
  t.notOk(speaking.isOn)
  const again = speaking.intake.terminal.editing.begin()
  t.equal(speaking.tell(agreed), offer)
  t.equal(await again, true)
})

t.test('who asks twice waits for one answer', async (t) => {
  for (const answer of [agreed, telnet('dont echo', 'dont goAhead')]) {
    const client = new TelnetPeer()
    client.tell('fff1')
    const { editing } = client.intake.terminal
    const both = Promise.all([editing.begin(), editing.begin()])
    t.equal(client.got(), offer, 'the client is asked once')
    client.tell(answer)
    t.same(await both, [answer === agreed, answer === agreed])
    client.clock.advance(2_000)
    t.equal(client.got(), '', 'nothing is taken back later')
    t.equal(client.isOn, answer === agreed)
  }
})

t.test('a client that changes its mind', async (t) => {
  for (const [mind, answer] of [
    ['dont echo', telnet('wont echo', 'wont goAhead')],
    ['dont goAhead', telnet('wont goAhead', 'wont echo')],
  ] as const) {
    const client = new TelnetPeer().begin()
    client.type('half a li')
    t.match(client.frame(), /> half a li$/)
    const got = client.tell(telnet(mind))
    for (const part of answer.match(/.{6}/g) ?? []) t.ok(got.includes(part), `${mind}: ${part}`)
    t.ok(
      got.includes(Buffer.from('\r\n\u001b[?2004l').toString('hex')),
      'what was begun stays to be read, and pastes are not marked',
    )
    t.same(client.told, ['editor off'])
    t.equal(client.tell(telnet('dont echo', 'dont goAhead')), '')
    client.type('a line\r\n')
    t.same(client.lines, ['a line'])
    const { editing } = client.intake.terminal
    editing.beginIfClientMay()
    t.equal(client.got(), '', 'the server does not insist')
    const begun = editing.begin()
    t.equal(client.got(), offer, 'its person may')
    client.tell(agreed)
    t.equal(await begun, true)
  }
})

/** A client by RFC 1143, which agrees or refuses, and may change its mind. */
class Mind {
  readonly #options: Readonly<Record<string, TelnetOption>>
  /** What it has sent and has not arrived, in hex. */
  readonly sent: string[] = []

  constructor(echo: boolean, goAhead: boolean) {
    const option = (accepts: boolean, name: 'echo' | 'goAhead') =>
      new TelnetOption(accepts, (on) => this.sent.push(telnet(on ? `do ${name}` : `dont ${name}`)))
    this.#options = { [numbers.echo]: option(echo, 'echo'), [numbers.goAhead]: option(goAhead, 'goAhead') }
  }

  get states(): readonly string[] {
    return Object.values(this.#options).map(({ state }) => state)
  }

  receive(hex: string): void {
    for (const [, verb, option = ''] of hex.matchAll(/ff(fb|fc)(01|03)/g))
      this.#options[option]?.receive(verb === verbs.will)
  }

  request(option: 'echo' | 'goAhead', on: boolean): void {
    this.#options[numbers[option]]?.request(on)
  }
}

t.test('however the two change their minds and their messages cross, they agree in the end', async () => {
  const steps = fc.array(
    fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom('server hears', 'client hears') },
      {
        weight: 2,
        arbitrary: fc.constantFrom(
          'echo on',
          'echo off',
          'goAhead on',
          'goAhead off',
          'begin',
          'end',
          'may',
          'time',
        ),
      },
    ),
    { maxLength: 40 },
  )
  fc.assert(
    fc.property(fc.boolean(), fc.boolean(), steps, (echo, goAhead, played) => {
      const client = new TelnetPeer()
      const mind = new Mind(echo, goAhead)
      client.tell('fff1')
      client.tellTypes('xterm')
      const toClient: string[] = []
      const { editing } = client.intake.terminal
      let messages = 0
      const collect = () => {
        const got = client.got()
        const some = got.match(/ff(?:fb|fc)(?:01|03)/g) ?? []
        messages += some.length
        toClient.push(...some)
      }
      const hear = (who: string) => {
        if (who === 'server hears') client.tellQuietly(mind.sent.shift())
        else mind.receive(toClient.shift() ?? '')
        collect()
      }
      client.tellQuietly(`${iac}fa1800${Buffer.from('xterm').toString('hex')}${iac}f0`)
      collect()
      for (const step of played) {
        const [option, on] = step.split(' ')
        if (option === 'echo' || option === 'goAhead') mind.request(option, on === 'on')
        else if (step === 'begin') void editing.begin()
        else if (step === 'end') editing.end()
        else if (step === 'may') editing.beginIfClientMay()
        else if (step === 'time') client.clock.advance(1_000)
        else hear(step)
        collect()
      }
      for (let turn = 0; turn < 1_000 && (mind.sent.length > 0 || toClient.length > 0); turn++)
        hear(mind.sent.length > 0 ? 'server hears' : 'client hears')
      assert.deepEqual([mind.sent, toClient], [[], []], 'it comes to an end')
      assert(messages <= 4 + 4 * played.length, `${messages} messages for ${played.length} steps`)
      const both = mind.states.every((state) => state === 'yes')
      assert.equal(client.isOn, both, `the client has ${mind.states}`)
    }),
  )
})
