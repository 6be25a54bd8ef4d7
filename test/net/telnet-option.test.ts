import t from 'tap'
import { type OptionState, TelnetOption } from '../../server/net/telnet-option.ts'

type Step = 'ask on' | 'ask off' | 'on' | 'off'

/** What is done to an option that is off, what is sent, and where it ends. */
type Case = readonly [steps: Step[], sent: string, state: OptionState]

function run(accepts: boolean, steps: readonly Step[]): { sent: string; state: OptionState } {
  const sent: string[] = []
  const option = new TelnetOption(accepts, (on) => sent.push(on ? 'on' : 'off'))
  for (const step of steps) {
    if (step === 'ask on' || step === 'ask off') option.request(step === 'ask on')
    else option.receive(step === 'on')
  }
  return { sent: sent.join(' '), state: option.state }
}

const cases: Record<string, Case[]> = {
  NO: [
    [['off'], '', 'no'],
    [['on'], 'off', 'no'],
    [['ask on'], 'on', 'want-yes'],
    [['ask off'], '', 'no'],
  ],
  YES: [
    [['ask on', 'on'], 'on', 'yes'],
    [['ask on', 'on', 'on'], 'on', 'yes'],
    [['ask on', 'on', 'off'], 'on off', 'no'],
    [['ask on', 'on', 'ask on'], 'on', 'yes'],
    [['ask on', 'on', 'ask off'], 'on off', 'want-no'],
  ],
  'WANTNO EMPTY': [
    [['ask on', 'on', 'ask off', 'off'], 'on off', 'no'],
    [['ask on', 'on', 'ask off', 'on'], 'on off', 'no'],
    [['ask on', 'on', 'ask off', 'ask off'], 'on off', 'want-no'],
  ],
  'WANTNO OPPOSITE': [
    [['ask on', 'on', 'ask off', 'ask on'], 'on off', 'want-no'],
    [['ask on', 'on', 'ask off', 'ask on', 'on'], 'on off', 'yes'],
    [['ask on', 'on', 'ask off', 'ask on', 'off'], 'on off on', 'want-yes'],
    [['ask on', 'on', 'ask off', 'ask on', 'off', 'on'], 'on off on', 'yes'],
    [['ask on', 'on', 'ask off', 'ask on', 'ask on', 'off'], 'on off on', 'want-yes'],
    [['ask on', 'on', 'ask off', 'ask on', 'ask off', 'off'], 'on off', 'no'],
  ],
  'WANTYES EMPTY': [
    [['ask on', 'off'], 'on', 'no'],
    [['ask on', 'ask on'], 'on', 'want-yes'],
    [['ask on', 'ask on', 'on'], 'on', 'yes'],
  ],
  'WANTYES OPPOSITE': [
    [['ask on', 'ask off'], 'on', 'want-yes'],
    [['ask on', 'ask off', 'on'], 'on off', 'want-no'],
    [['ask on', 'ask off', 'on', 'off'], 'on off', 'no'],
    [['ask on', 'ask off', 'off'], 'on', 'no'],
    [['ask on', 'ask off', 'ask off', 'on'], 'on off', 'want-no'],
    [['ask on', 'ask off', 'ask on', 'on'], 'on', 'yes'],
  ],
}

t.test('the tables of RFC 1143, section 7', async (t) => {
  for (const [state, rows] of Object.entries(cases)) {
    for (const [steps, sent, end] of rows) {
      t.strictSame(run(false, steps), { sent, state: end }, `${state}: ${steps.join(', ')}`)
    }
  }
})

t.test('a side that the peer may turn on', async (t) => {
  t.strictSame(run(true, ['on']), { sent: 'on', state: 'yes' })
  t.strictSame(run(true, ['on', 'on']), { sent: 'on', state: 'yes' })
  t.strictSame(run(true, ['on', 'off', 'on']), { sent: 'on off on', state: 'yes' })
})

t.test('two ends that keep to it come to rest and agree, however their messages cross', async (t) => {
  const wishes = ['us on', 'us off', 'them on', 'them off', 'to us', 'to them'] as const
  const length = 7
  const unsettled: string[] = []
  for (let number = 0; number < wishes.length ** length; number++) {
    const toUs: boolean[] = []
    const toThem: boolean[] = []
    const us = new TelnetOption(number % 2 === 0, (on) => toThem.push(on))
    const them = new TelnetOption(true, (on) => toUs.push(on))
    const deliver = (queue: boolean[], option: TelnetOption) => {
      const on = queue.shift()
      if (on !== undefined) option.receive(on)
    }
    for (let rest = number, step = 0; step < length; step++, rest = Math.floor(rest / wishes.length)) {
      const wish = wishes[rest % wishes.length]
      if (wish === 'us on' || wish === 'us off') us.request(wish === 'us on')
      else if (wish === 'them on' || wish === 'them off') them.request(wish === 'them on')
      else if (wish === 'to us') deliver(toUs, us)
      else deliver(toThem, them)
    }
    let delivered = 0
    while (toUs.length + toThem.length > 0 && delivered++ < 20) {
      deliver(toUs, us)
      deliver(toThem, them)
    }
    const atRest = us.state === them.state && (us.state === 'yes' || us.state === 'no')
    if (delivered >= 20 || !atRest) unsettled.push(`sequence ${number}: ${us.state}, ${them.state}`)
  }
  t.strictSame(unsettled, [])
})
