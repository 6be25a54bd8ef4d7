import t from 'tap'
import { AllRests, Rests } from '../../server/session/rests.ts'
import { Scene } from './scene.ts'

/** A text as long as may be said, as a program writes it. */
const text = `${'é'.repeat(2000)}\n`.repeat(16).slice(0, -1)

t.test('a line of JSON may be as long as what may be said, where somebody has logged in', async (t) => {
  const scene = await Scene.set([], { 'limits.messagesPerSecond': 0, 'history.replayLines': 20 })
  const { session, ends } = scene.connect()
  const ask = async (value: string | object) => {
    session.receive({ text: typeof value === 'string' ? value : JSON.stringify(value) })
    for (let turn = 0; turn < 5; turn++) await scene.rest()
    return JSON.parse(ends.take().at(-1) ?? '{}') as {
      ok: boolean
      error?: { code: string }
      data: { id: number; messages: { id: number; text: string }[]; before?: number; rest?: number }
    }
  }
  await ask('/format json')
  t.equal(session.longestLine, 24_000, 'JSON may write a byte as six')
  await ask('/nick bot')
  t.equal(session.longestLine, 393_216)
  t.equal((await ask({ say: text })).ok, true)
  t.equal((await ask({ say: 'x'.repeat(4001) })).error?.code, 'line-too-long')
  t.equal((await ask({ say: `a\n${'x'.repeat(4001)}` })).error?.code, 'line-too-long')
  t.equal((await ask({ say: `${text}\n${text}` })).error?.code, 'text-too-long')
  t.equal((await ask({ say: 'a\n'.repeat(200) })).error?.code, 'text-too-long')
  t.equal((await ask({ say: 'a', tag: 'x'.repeat(5000) })).error?.code, 'bad-arguments')
  t.equal((await ask('x'.repeat(5000))).error?.code, 'line-too-long')

  // An answer ends before it is too long for whoever has to read it; the next one goes on.
  for (let count = 0; count < 9; count++) await ask({ say: text })
  const seen = new Map<number, string>()
  for (let before = Number.MAX_SAFE_INTEGER; ; ) {
    const { data } = await ask(`/history #lobby 20 before ${before}`)
    const { messages } = data
    // A text that is too long for one line comes in pieces, of which the rest is asked for.
    for (let { rest } = data; rest !== undefined; ) {
      const more = await ask(`/more ${rest}`)
      messages.push(...more.data.messages)
      rest = more.data.rest
    }
    before = data.before ?? 0
    for (const { id, text } of messages) seen.set(id, (seen.get(id) ?? '') + text)
    if (before === 0) break
  }
  t.same([...seen.keys()].reverse(), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
  t.ok([...seen.values()].every((one) => one === text))
})

t.test('the limit counts the text, however it is written, and its error has the tag', async (t) => {
  const scene = await Scene.set([], { 'limits.messagesPerSecond': 0, 'limits.lineBytes': 300 })
  const { session, ends } = scene.connect()
  const ask = async (line: string) => {
    session.receive({ text: line })
    for (let turn = 0; turn < 5; turn++) await scene.rest()
    return JSON.parse(ends.take().at(-1) ?? '{}') as { tag?: unknown; ok: boolean; error?: { code: string } }
  }
  const escaped = (text: string) =>
    [...text].map((one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')
  const emoji = (count: number) => '\\ud83d\\ude00'.repeat(count)
  await ask('/format json')
  const error = { ok: false, tag: 7, error: { code: 'line-too-long' } }
  for (const isGuest of [false, true]) {
    if (isGuest) await ask('/nick bot')
    t.equal(session.longestLine >= 1800, true)
    for (const name of ['say', 'line'] as const) {
      const right = isGuest ? { ok: true, tag: 7 } : { ok: false, tag: 7, error: { code: 'not-logged-in' } }
      t.match(await ask(`{"${name}":"${emoji(75)}","tag":7}`), right, 'emoji as Python writes them')
      t.match(await ask(`{"${name}":"${emoji(76)}","tag":7}`), error)
      t.match(await ask(`{"tag":7,"${name}":"${escaped('x'.repeat(260))}"}`), right)
      t.match(await ask(`{"${name}":"${'x'.repeat(301)}","tag":7}`), error)
      t.match(await ask(`{"${name}":"a\\n${'x'.repeat(301)}","tag":7}`), error, 'of each row')
    }
    for (const line of ['/topic', '/login', '/away', '/msg bob', '/ping'])
      t.match(await ask(`{"line":"${line} ${'x'.repeat(301)}","tag":7}`), error, line)
    t.match(await ask(`{"say":"a","to":"${'x'.repeat(301)}","tag":7}`), error, 'to')
  }
})

t.test('a text of many lines costs what they would', async (t) => {
  const scene = await Scene.set([], {
    'limits.messagesPerSecond': 1,
    'limits.burst': 5,
    'limits.addressBurst': 100,
  })
  const { session, ends } = scene.connect()
  for (const line of [
    '/format json',
    '/nick bot',
    '{"say":"1\\n2\\n3\\n4\\n5\\n6\\n7\\n8\\n9\\n10"}',
    '/ping',
  ])
    session.receive({ text: line })
  await scene.rest()
  t.notMatch(ends.text, '"say"')
  for (let second = 0; second < 15; second++) {
    scene.clock.advance(1_000)
    await scene.rest()
  }
  t.match(ends.text, '"command":"say","ok":true')
})

t.test('what does not fit into an answer is asked for by its number, by the same person', async (t) => {
  const scene = await Scene.set([], {
    'limits.messagesPerSecond': 0,
    'ceilings.channelsJoined': 0,
    'ceilings.channelsOwned': 0,
  })
  const topic = '\u{1F600}'.repeat(300)
  const { session, ends } = scene.connect()
  let longest = 0
  const ask = async (...lines: string[]) => {
    for (const text of lines) session.receive({ text })
    for (let turn = 0; turn < 10; turn++) await scene.rest()
    const came = ends.take()
    longest = Math.max(longest, ...came.map((line) => Buffer.byteLength(line)))
    return JSON.parse(came.at(-1) ?? '{}') as {
      ok: boolean
      data: {
        more?: boolean
        rest?: number
        rooms?: { channel: string; topic: string }[]
        channels?: { name: string }[]
      }
    }
  }
  await ask('/format json', '/signup anna', 'password', 'password')
  for (let index = 0; index < 60; index++) await ask(`/create #c${index}`, `/topic ${topic}`)
  const names = ['#lobby', ...Array.from({ length: 60 }, (_, index) => `#c${index}`)].sort()
  for (const lines of [['/overview'], ['/logout', '/login anna password']]) {
    const first = await ask(...lines)
    t.equal(first.data.more, true)
    const rooms = [...(first.data.rooms ?? [])]
    let { rest } = first.data
    while (rest !== undefined) {
      const { data } = await ask(`/more ${rest}`)
      rooms.push(...(data.rooms ?? []))
      rest = data.rest
    }
    t.same(rooms.map(({ channel }) => channel).sort(), names, lines.join(' '))
  }
  // A page of a list may be too long for a line, too.
  const page = await ask('/channels')
  const { data } = await ask(`/more ${page.data.rest}`)
  t.equal((page.data.channels?.length ?? 0) + (data.channels?.length ?? 0), 50)
  t.equal(data.more, true, 'and there is another page')
  t.ok(longest > 30_000 && longest <= 48 * 1024, `${longest} bytes`)
  const { rest } = (await ask('/overview')).data
  t.match(await ask('/more 999'), { ok: false, error: { code: 'bad-arguments' } })
  t.match(
    await ask('/logout', `/more ${rest}`),
    { ok: false, error: { code: 'bad-arguments' } },
    'of nobody else',
  )
})

t.test('what is deleted before the rest is asked for is not in it', async (t) => {
  const scene = await Scene.set([], { 'limits.messagesPerSecond': 0, 'history.replayLines': 20 })
  const begin = async (name: string) => {
    const { session, ends } = scene.connect()
    const ask = async (line: object | string) => {
      session.receive({ text: typeof line === 'string' ? line : JSON.stringify(line) })
      for (let turn = 0; turn < 5; turn++) await scene.rest()
      return JSON.parse(ends.take().at(-1) ?? '{}') as {
        data: { messages: { id: number; text: string }[]; rest: number }
      }
    }
    await ask('/format json')
    await ask(`/nick ${name}`)
    return { ask, session }
  }
  const [anna, bob] = [await begin('anna'), await begin('bob')]
  for (let count = 0; count < 18; count++) await anna.ask({ say: '\u4e00'.repeat(1300) })
  const enter = async () => {
    await bob.ask('/leave #lobby')
    return (await bob.ask('/join #lobby')).data
  }
  const read = async (rest: number) => (await bob.ask(`/more ${rest}`)).data.messages.map(({ id }) => id)
  const ids = await read((await enter()).rest)
  const { rest } = await enter()
  const [gone = 0, last = 0] = [ids[1], ids.at(-1)]
  await anna.ask(`/delete ${gone}`)
  await bob.ask('/ping')
  await anna.ask(`/delete ${last}`)
  t.same(
    await read(rest),
    ids.filter((id) => id !== gone && id !== last),
  )
  const kept = scene.parts.rests.bytes
  t.ok(kept > 10_000 && kept < 500_000, `${kept} bytes`)
  await bob.session.closed(true)
  t.equal(scene.parts.rests.bytes, 0, 'nothing is kept for a connection that is gone')
})

t.test('rests that nobody asks for do not grow without end', async (t) => {
  const part = { list: ['x'.repeat(40_000)] }
  const all = new AllRests(3_000_000)
  const small = new Rests(all)
  const number = small.keep([part], undefined)
  const greedy = Array.from({ length: 9 }, () => new Rests(all))
  let most = 0
  for (let round = 0; round < 100; round++)
    for (const one of greedy) {
      one.keep([part, part], undefined)
      most = Math.max(most, all.bytes, 3 * one.bytes)
    }
  t.ok(most <= 3 * 1024 * 1024, `${most} bytes`)
  t.same(small.part(number, undefined).data, part, 'who keeps little keeps it')
  const [one] = greedy
  const whole = Array.from({ length: 60 }, () => part)
  const first = one?.keep(whole, undefined) ?? 0
  t.ok(all.bytes <= 3_000_000)
  t.same(one?.part(first + 59, undefined).data, part)
  for (const each of [small, ...greedy]) each.clear()
  t.equal(all.bytes, 0)
})
