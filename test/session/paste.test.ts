import t from 'tap'
import { Scene } from './scene.ts'

/** Somebody who types: each line is handled before the next one comes. */
async function typist(scene: Scene, name: string) {
  const { session, ends } = scene.connect()
  const type = async (...lines: string[]) => {
    for (const text of lines) {
      session.receive({ text })
      await scene.rest()
    }
    return ends.take()
  }
  await type(`/nick ${name}`)
  return { session, ends, type }
}

t.test('what is pasted by hand is one message, and nothing is told before its end', async (t) => {
  const scene = await Scene.set()
  const anna = await typist(scene, 'anna')
  const bob = await typist(scene, 'bob')
  anna.ends.take()
  t.same(await anna.type('/paste', 'one', '\ttwo'), [
    '* Paste what to say to #lobby, then a line of one dot. /cancel ends it.',
  ])
  await bob.type('meanwhile')
  t.same(anna.ends.take(), [], 'nothing comes between the lines that are pasted')
  t.same(await anna.type('', '.  '), [
    // It was said before.
    '[18:00] #lobby <~bob> meanwhile',
    '* Said, as one message of 3 lines.',
  ])
  t.same(bob.ends.text, '[18:00] #lobby <~anna> one\n| \ttwo\n| \n')
})

t.test('a refusal is told at once to who pastes by hand, and its end', async (t) => {
  const scene = await Scene.set()
  const anna = await typist(scene, 'anna')
  const nowhere = '* The lines that you paste now are ignored, until a line with a single dot, or /cancel.'
  t.match(await anna.type('/paste #gone'), [/^! There is no channel #gone/, nowhere])
  t.same(await anna.type('secret', '/nick secret'), [])
  t.same(await anna.type('.'), ['* All 2 lines that you pasted went nowhere.'])
  t.match(await anna.type('/filepaste x.txt'), [/^! Guests cannot do that/, nowhere])
  t.same(await anna.type('/CANCEL '), ['* That is over.'])
  t.same(await anna.type('/ping'), ['* pong'])
  t.same(await anna.type('/paste', '/cancel'), [
    '* Paste what to say to #lobby, then a line of one dot. /cancel ends it.',
    '! Cancelled. Nothing was said.',
  ])
  for (const text of ['/paste', 'secret', '/cancel', '/nick secret', 'secret']) anna.session.receive({ text })
  await scene.rest()
  t.same(
    anna.ends.take().at(-1),
    '! Cancelled. Nothing was said. 2 lines that had come already went nowhere. What you type now goes to #lobby.',
  )
})

t.test('a line that cannot be read, a text that is too long', async (t) => {
  const scene = await Scene.set([], { 'limits.messagesPerSecond': 0 })
  const anna = await typist(scene, 'anna')
  const bob = await typist(scene, 'bob')
  for (const [lines, problem] of [
    [
      [{ text: 'ok' }, { error: 'bad-encoding', start: 'secret' }],
      /^! Line 2 of the text is not valid UTF-8/,
    ],
    [[{ error: 'line-too-long', start: '/paste' }], /^! Line 1 of the text is longer than 4000 bytes/],
    [Array.from({ length: 201 }, () => ({ text: 'secret' })), /^! A text has at most 200 lines/],
    [Array.from({ length: 17 }, () => ({ text: 'é'.repeat(2000) })), /^! A text has at most 65.5 kB/],
  ] as const) {
    for (const line of [
      { text: '/paste' },
      ...lines,
      { text: 'secret' },
      { text: '/topic secret' },
      { text: '.' },
    ])
      anna.session.receive(line)
    // A few rows in each turn of the event loop.
    for (let turn = 0; turn < 30; turn++) await scene.rest()
    t.match(
      anna.ends.take().find((line) => line.startsWith('!')),
      problem,
    )
  }
  t.same(
    bob.ends.take().filter((line) => line.includes('secret')),
    [],
  )
  const most = Array.from({ length: 200 }, (_, index) => ({ text: `${index}` }))
  for (const line of [{ text: '/paste' }, ...most, { text: '.' }]) anna.session.receive(line)
  for (let turn = 0; turn < 10; turn++) await scene.rest()
  t.equal(bob.ends.take().length, 200)
})

t.test('each of its lines costs as one that is said', async (t) => {
  const scene = await Scene.set([], {
    'limits.messagesPerSecond': 1,
    'limits.burst': 5,
    'limits.addressBurst': 100,
  })
  const anna = await typist(scene, 'anna')
  const bob = await typist(scene, 'bob')
  for (const text of ['/paste', ...'1234567890', '.']) anna.session.receive({ text })
  await scene.rest()
  t.same(bob.ends.take(), [], 'it has to wait')
  for (let second = 0; second < 12; second++) {
    scene.clock.advance(1_000)
    await scene.rest()
  }
  t.equal(bob.ends.take().length, 10)
})

t.test('what a program sends as one line of it counts as the rows that are in it', async (t) => {
  const settings = { 'limits.messagesPerSecond': 1, 'limits.burst': 5, 'limits.addressBurst': 100 }
  const scene = await Scene.set([], settings)
  const bob = await typist(scene, 'bob')
  const program = await typist(scene, 'program')
  bob.ends.take()
  const bytes = 'x'.repeat(4001)
  for (const [line, code] of [
    [bytes, 'line-too-long'],
    [JSON.stringify({ line: bytes }), 'line-too-long'],
    [JSON.stringify({ line: `a\n${bytes}` }), 'line-too-long'],
    [JSON.stringify({ line: 'a\n'.repeat(200) }), 'text-too-long'],
  ] as const) {
    await program.type('/format json')
    await program.type('/paste', line)
    scene.clock.advance(60_000)
    const [answer] = (await program.type('.')).filter((one) => one.includes('"result"'))
    t.match(answer, code)
    scene.clock.advance(60_000)
    await program.type('/format text')
  }
  t.same(bob.ends.take(), [], 'nothing of it is said')

  await program.type('/format json')
  for (const text of ['/paste', JSON.stringify({ line: '1\n2\n3\n4\n5\n6\n7\n8\n9\n10' }), '.'])
    program.session.receive({ text })
  await scene.rest()
  t.same(bob.ends.take(), [], 'it has to wait')
  for (let second = 0; second < 12; second++) {
    scene.clock.advance(1_000)
    await scene.rest()
  }
  t.equal(bob.ends.take().length, 10)
})

t.test('what is read away is paid for by its length, and others have their turns meanwhile', async (t) => {
  const settings = { 'limits.messagesPerSecond': 1, 'limits.burst': 5, 'limits.addressBurst': 100 }
  const scene = await Scene.set([], settings)
  const program = await typist(scene, 'program')
  await program.type('/format json')
  // In lines that go nowhere: signs that are costly to clean, and plain ones.
  for (const costly of ['\u0915\u200d\u200d\u0301'.repeat(10_000), 'a'.repeat(40_000)]) {
    for (const text of ['/paste nobodyatall', ...Array<string>(5).fill(costly), '.', '/ping done'])
      program.session.receive({ text })
    for (let turn = 0; turn < 30; turn++) await scene.rest()
    t.notMatch(program.ends.take().join(), 'done', 'five of 40,000 signs are not had for a burst of five')
    for (let time = 0; time < 20; time++) {
      scene.clock.advance(10_000)
      await scene.rest()
    }
    t.match(program.ends.take().join(), 'done')
  }
})

t.test('who is lost in the middle of it has said nothing', async (t) => {
  const scene = await Scene.set()
  const bob = await typist(scene, 'bob')
  for (const lose of ['endOfInput', 'closed', 'interrupt'] as const) {
    const anna = await typist(scene, 'anna')
    await anna.type('/paste', 'secret')
    if (lose === 'closed') await anna.session.closed(false)
    else anna.session[lose]()
    await scene.rest()
    if (lose === 'interrupt') t.match(await anna.type('/ping there'), [/Cancelled/, /there/])
    await anna.session.closed(false)
    await scene.rest()
  }
  const gone = await typist(scene, 'carl')
  await gone.type('/paste', 'secret')
  gone.session.terminal.dismissed('kicked')
  await scene.rest()
  t.match(await gone.type('/nick secret', 'secret', '.', '/ping there'), [
    /logged out: /,
    /Cancelled/,
    /are ignored/,
    /went nowhere/,
    /there/,
  ])
  t.same(
    bob.ends.take().filter((line) => line.includes('secret')),
    [],
  )
})

t.test('a private talk that ends meanwhile takes what was pasted nowhere else', async (t) => {
  const scene = await Scene.set()
  const anna = await typist(scene, 'anna')
  const bob = await typist(scene, 'bob')
  const carl = await typist(scene, 'carl')
  await anna.type('/chat bob')
  await bob.type('/chat anna')
  await anna.type('')
  await anna.type('/paste', 'my PIN is 4711')
  await bob.type('/end')
  t.match(
    (await anna.type('.')).filter((line) => line.startsWith('!')),
    [/^! The talk with ~bob has ended/],
  )
  await anna.type('my PIN is 4711')
  t.notMatch(carl.ends.text, '4711')
  t.notMatch(bob.ends.text, '4711')
})

t.test('a /cancel in what is pasted stops the rest of it too', async (t) => {
  const scene = await Scene.set()
  const anna = await typist(scene, 'anna')
  const bob = await typist(scene, 'bob')
  anna.ends.take()
  t.match(await anna.type('/paste', 'secret', '/cancel', 'secret'), [
    /^\* Paste/,
    /^! Cancelled/,
    /^! That may have been meant/,
  ])
  scene.clock.advance(2_000)
  await anna.type('hello')
  t.same(bob.ends.take(), ['[18:00] #lobby <~anna> hello'])
})

t.test('a mistyped command whose lines come with it', async (t) => {
  const scene = await Scene.set()
  const anna = await typist(scene, 'anna')
  const bob = await typist(scene, 'bob')
  for (const text of ['/pasete #lobby', 'secret', '/nick secret', '.']) anna.session.receive({ text })
  await scene.rest()
  t.match(anna.ends.take(), [/joined/, /Did you mean \/paste\?/, /All 2 lines/])
  t.same(bob.ends.take(), [])
  t.match(await anna.type('/pasete', '/ping there'), [/Did you mean/, /there/])
})

t.test('in the menu it works, and goes nowhere, as everywhere', async (t) => {
  const scene = await Scene.set()
  const anna = await typist(scene, 'anna')
  const bob = await typist(scene, 'bob')
  await anna.type('/menu')
  t.match((await anna.type('/paste #lobby', 'one', 'two', '.')).join(' '), /Said, as one message of 2 lines/)
  t.same(bob.ends.take(), ['[18:00] #lobby <~anna> one', '| two'])
  for (const text of ['/paste #gone', 'secret', '/nick secret', '.']) anna.session.receive({ text })
  await scene.rest()
  t.match(anna.ends.take().join(' '), /All 2 lines that you pasted went nowhere.*There is no channel #gone/)
  for (const text of ['/paste #lobby', 'secret', '/cancel', '/nick secret']) anna.session.receive({ text })
  await scene.rest()
  t.same(bob.ends.take(), [])
})

t.test(
  'who is banned, muted or removed while pasting reads why, and that it was said to nobody',
  async (t) => {
    const scene = await Scene.set()
    const anna = await typist(scene, 'anna')
    await anna.type('/signup anna', 'password 1', 'password 1', '/create #tea')
    const bob = await typist(scene, 'bob')
    for (const [command, end, problem] of [
      [
        '/mute #tea ~bob 10m rest',
        '/unmute #tea ~bob',
        /^! You may read #tea, but not speak there until 18:10 \("rest"\)\.$/,
      ],
      ['/remove #tea ~bob', '/who', /^! You are not in #tea\. \/join #tea first\.$/],
      ['/ban #tea ~bob 10m go', '/unban #tea ~bob', /^! You are banned from #tea until 18:10 \("go"\)\./],
    ] as const) {
      await bob.type('/join #tea', '/switch #lobby', '/paste #tea', 'one')
      await anna.type(command)
      await bob.type('two')
      const [refused, gone] = await bob.type('.')
      t.match(refused, problem)
      t.equal(gone, '* All 2 lines that you pasted went nowhere.')
      await anna.type(end)
    }
    t.notMatch((await anna.type('/history #tea')).join('\n'), /one/)
  },
)
