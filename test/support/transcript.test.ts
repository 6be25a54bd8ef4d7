import t from 'tap'
import { directoryFor } from './directory.ts'
import { checkTranscript, updatedTranscript } from './transcript-check.ts'

const right = `anna connects
anna > /nick anna
anna < * You are ~anna, a guest. /signup makes an account of it.
anna < * #lobby: 1 member
anna < * What you type goes to #lobby. /help lists the commands.

bob connects
anna > hello?
anna > /signup ann
anna < ? Password:
anna > /cancel
anna < ! Cancelled. Nothing was changed.
anna > /quit
anna < * Goodbye. If your client does not end by itself, press Enter.
anna is disconnected
`

t.test('a transcript that is right', async (t) => {
  t.equal(await checkTranscript(right, 'x.txt', directoryFor(t)), undefined)
})

const differences: readonly (readonly [string, string, string, string])[] = [
  [
    'a line that did not come',
    'bob connects\n',
    'bob connects\nanna < * bob is here\n',
    'x.txt:7: bob connects\n  - anna < * bob is here',
  ],
  [
    'a line that came and is not there',
    'anna < * #lobby: 1 member\n',
    '',
    [
      'x.txt:2: anna > /nick anna',
      '    anna < * You are ~anna, a guest. /signup makes an account of it.',
      '  + anna < * #lobby: 1 member',
      '    anna < * What you type goes to #lobby. /help lists the commands.',
    ].join('\n'),
  ],
  [
    'another line',
    'anna < ! Cancelled. Nothing was changed.',
    'anna < * Something else.',
    'x.txt:11: anna > /cancel\n  - anna < * Something else.\n  + anna < ! Cancelled. Nothing was changed.',
  ],
  [
    'a question that did not come',
    'hello?\n',
    'hello?\nanna < ? Are you sure?\n',
    'x.txt:8: anna > hello?\n  - anna < ? Are you sure?',
  ],
  ['a question that came', 'anna < ? Password:\n', '', 'x.txt:9: anna > /signup ann\n  + anna < ? Password:'],
  [
    'a connection that stays',
    'bob connects\n',
    'bob connects\nbob is disconnected\n',
    'x.txt:7: bob connects\n  - bob is disconnected',
  ],
  [
    'a connection that is closed',
    'anna is disconnected\n',
    '',
    'x.txt:13: anna > /quit\n    anna < * Goodbye. If your client does not end by itself, press Enter.\n  + anna is disconnected',
  ],
  [
    'a wait that does not happen',
    'hello?\n',
    'hello?\nanna waits\n',
    'x.txt:8: anna > hello?\n  - anna waits',
  ],
]

for (const [name, from, to, wanted] of differences) {
  t.test(name, async (t) => {
    const difference = await checkTranscript(right.replace(from, to), 'x.txt', directoryFor(t))
    // An open question takes the ping for its answer, and what becomes of that is no matter here.
    t.equal(difference?.slice(0, wanted.length), wanted)
  })
}

const unreadable: readonly (readonly [string, RegExp])[] = [
  ['anna jumps\n', /x\.txt:1: What is that\?: anna jumps/],
  ['anna < hello\n', /x\.txt:1: Nothing has happened yet/],
  ['anna connects\nconfig: limits.burst: 3\n', /x\.txt:2: That stands at the top/],
  ['config: limits.bursts: 3\n', /limits\.bursts/],
  ['anna > hello\n', /anna is not connected: anna > hello/],
  ['anna connects\nanna connects\n', /anna is connected already/],
]

for (const [source, message] of unreadable) {
  t.test(`refused: ${source.split('\n')[0]}`, async (t) => {
    await t.rejects(checkTranscript(source, 'x.txt', directoryFor(t)), { message })
  })
}

t.test('an update fills in what came, and keeps comments', async (t) => {
  const steps = right.replace(/^(\w+ <.*|\w+ is disconnected)\n/gm, '')
  const updated = await updatedTranscript(`# A comment\n${steps}\n# The end\n`, 'x.txt', directoryFor(t))
  t.equal(updated, `# A comment\n${right}\n# The end\n`)
})

t.test('an update changes nothing that is right', async (t) => {
  t.equal(await updatedTranscript(right, 'x.txt', directoryFor(t)), right)
})
