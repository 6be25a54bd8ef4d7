import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import * as fc from 'fast-check'
import t from 'tap'
import { heard } from '../../server/web/page/state/events.ts'
import {
  emptyLog,
  fromEnd,
  keptOfLong,
  shortened,
  withGap,
  withMessage,
  withNewer,
  withOlder,
} from '../../server/web/page/state/log.ts'
import { newPlace, withPeople, withPlace } from '../../server/web/page/state/places.ts'
import { nobody, noUnread, type State } from '../../server/web/page/state/state.ts'
import { complete, isWhole, put } from '../../server/web/page/text/completion.ts'
import { partsOf } from '../../server/web/page/text/links.ts'
import { passageText, rowsOf } from '../../server/web/page/text/rows.ts'
import { goalsOf } from '../../server/web/page/text/switching.ts'
import { clockTime, dayName, sizeText, wholeTime } from '../../server/web/page/text/times.ts'
import { Connection } from '../../server/web/page/wire/connection.ts'
import type { Message } from '../../server/web/page/wire/protocol.ts'
import { waitBefore } from '../../server/web/page/wire/waits.ts'

function message(id: number, from = 'bob', at = '2026-11-20T18:00:00.000Z'): Message {
  return { id, at, from, kind: 'text', text: `message ${id}`, channel: '#tea' }
}

t.test('links: http and https alone, without the signs of the sentence', async (t) => {
  const links = (text: string) => partsOf(text).flatMap((part) => (part.kind === 'link' ? [part.text] : []))
  t.same(links('see https://example.org/a, and (http://example.org/b_(c)).'), [
    'https://example.org/a',
    'http://example.org/b_(c)',
  ])
  for (const text of [
    'javascript:alert(1)',
    'ftp://example.org',
    'https://a@b.example',
    'https://',
    'http://[::1',
    // They lead to another host than one reads.
    'https://\u0430\u0440\u0440\u04CF\u0435.com/',
    'https://b\u0430nk.example',
    'https://2130706433/',
    'http://0x7f.1/',
    'http://017700000001',
    'https://good.example\u3002bad.example/',
    'https://\uFF45vil.example',
    'https://evil\u00AD.example',
    'https://t\u0131me.example',
  ])
    t.same(links(text), [], text)
  for (const text of [
    'https://m\u00FCller.example/stra\u00DFe',
    'http://EXAMPLE.org:80/A',
    'https://example.org:443',
    'http://[::1]:8667/',
    'https://127.0.0.1/x',
    'https://xn--mller-kva.example',
  ])
    t.same(links(text), [text])
  const kinds = partsOf('@anna in #tea, not a#b or x@y.example').map(({ kind, text }) => `${kind} ${text}`)
  t.same(kinds, ['mention @anna', 'words  in ', 'channel #tea', 'words , not a#b or x@y.example'])
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const parts = partsOf(text)
      return parts.map((part) => part.text).join('') === text
    }),
  )
})

t.test('completion of commands, names, channels and emoji', async (t) => {
  const from = {
    commands: [
      { name: 'join', usage: '/join #NAME', summary: 'Enter a channel' },
      { name: 'quit', usage: '/quit', summary: 'Go' },
    ],
    names: ['anna', '~andrea', 'bob'],
    channels: ['#tea', '#team'],
    emoji: { wave: '👋', ocean: '🌊', water_wave: '🌊' },
  }
  const texts = (text: string) => complete(text, text.length, from)?.candidates.map((one) => one.text)
  t.same(texts('/jo'), ['/join '])
  t.same(texts('//jo'), undefined)
  t.same(texts('hi @an'), ['@anna ', '@~andrea '])
  t.same(texts('an'), ['anna: ', '~andrea: '], 'at the beginning one is spoken to')
  t.same(texts('hi an'), ['anna ', '~andrea '])
  t.equal(complete('hi an', 5, from)?.offered, false, 'a word may be just a word')
  const before = process.cpuUsage()
  t.same(texts(`${'a'.repeat(65_000)} @zzz`), undefined, 'behind a long word')
  t.ok(process.cpuUsage(before).user < 2_000_000, 'each character is looked at once')
  t.same(texts('see #te'), ['#tea ', '#team '])
  t.same(texts(':wav'), ['👋 ', '🌊 '], 'names that begin so come first')
  t.same(texts(''), undefined)
  const whole = (text: string) => {
    const found = complete(text, text.length, from)
    return found && isWhole(text, text.length, found)
  }
  for (const text of ['/quit', '/JOIN', 'see #tea', 'hi @Anna', 'hi @~andrea'])
    t.equal(whole(text), true, text)
  for (const text of ['/qui', 'see #te', 'hi @ann', ':wave']) t.equal(whole(text), false, text)
  const found = complete('hi @an there', 6, from)
  t.ok(found)
  const [first] = found?.candidates ?? []
  if (found && first) t.same(put('hi @an there', 6, found, first), { text: 'hi @anna there', caret: 9 })
})

t.test('rows: days, the line of the new, what goes on, who came and went', async (t) => {
  const rows = rowsOf({
    messages: [message(1), message(2), message(3, 'me'), message(4, 'bob', '2026-11-22T18:00:00.000Z')],
    notes: [
      { note: 1, after: 2, at: '2026-11-20T18:00:00.000Z', text: 'x joined', kind: 'came', who: 'x' },
      { note: 2, after: 2, at: '2026-11-20T18:00:00.000Z', text: 'x left', kind: 'went', who: 'x' },
      { note: 3, after: 2, at: '2026-11-20T18:00:00.000Z', text: 'y joined', kind: 'came', who: 'y' },
    ],
    pending: [],
    newFrom: 2,
    me: 'me',
  })
  t.same(
    rows.map((row) =>
      row.kind === 'message' ? `${row.message.id}${row.goesOn ? ' goes on' : ''}` : row.kind,
    ),
    ['day', '1', '2 goes on', 'notes', '3', 'day', 'new', '4'],
  )
  const notes = rows.flatMap((row) => (row.kind === 'notes' ? row.notes : []))
  t.equal(passageText(notes), 'y joined, x came by')
  t.equal(new Set(rows.map(({ key }) => key)).size, rows.length, 'each has a key of its own')
})

t.test('a log has each message once, in order, however pieces and live messages meet', async (t) => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 40 }),
        fc.integer({ min: 1, max: 10 }),
        fc.array(fc.constantFrom('live', 'break', 'older', 'newer'), { maxLength: 60 }),
        (before, size, steps) => {
          // What the server has; a live message comes to the page unless the connection is broken.
          const all = Array.from({ length: before }, (_, at) => message(at + 1))
          const page = (from: number, upTo: number) => all.slice(Math.max(0, from), upTo)
          let log = fromEnd(emptyLog, page(all.length - size, all.length), all.length > size ? 1 : undefined)
          for (const step of steps) {
            if (step === 'live') {
              all.push(message(all.length + 1))
              log = withMessage(log, all.at(-1) as Message)
            } else if (step === 'break') {
              log = withGap(log)
              all.push(message(all.length + 1))
            } else if (step === 'older') {
              // As the page, which asks for nothing where it has the beginning (chat/loading).
              if (log.before === 'start') continue
              const first = (log.messages[0]?.id ?? all.length + 1) - 1
              log = withOlder(log, page(first - size, first), first > size ? first - size : undefined)
            } else if (!log.atEnd) {
              const next = all.slice(log.after, log.after + size)
              log = withNewer(log, next, next.at(-1)?.id ?? log.after, log.after + size < all.length)
            }
          }
          while (!log.atEnd) {
            const next = all.slice(log.after, log.after + size)
            log = withNewer(log, next, next.at(-1)?.id ?? log.after, log.after + size < all.length)
          }
          const ids = log.messages.map(({ id }) => id)
          const [first = all.length + 1] = ids
          return JSON.stringify(ids) === JSON.stringify(all.slice(first - 1).map(({ id }) => id))
        },
      ),
    ),
  )
})

t.test('a log does not grow for ever while messages come', async (t) => {
  const begun = withOlder({ ...emptyLog, atEnd: true }, [message(1)], undefined)
  const place = { ...newPlace('#tea'), log: begun }
  const start: State = { ...nobody, places: new Map([['#tea', place]]) }
  const listen = (state: State, from: number, to: number) => {
    let next = state
    for (let id = from; id <= to; id++) next = heard(next, message(id))
    const { log } = next.places.get('#tea') ?? place
    return { state: next, log, ids: log.messages.map(({ id }) => id) }
  }
  const last = 5 * keptOfLong
  const elsewhere = listen(start, 2, last)
  t.ok(elsewhere.ids.length <= 2 * keptOfLong, 'where nobody looks')
  t.same(
    elsewhere.ids,
    Array.from({ length: elsewhere.ids.length }, (_, index) => last - elsewhere.ids.length + 1 + index),
  )
  t.equal(elsewhere.log.before, elsewhere.ids[0], 'what is above is loaded again')

  const looking = listen({ ...start, shown: '#tea' }, 2, last)
  t.equal(looking.ids.length, last, 'nothing goes from under the eyes of who reads above')
  const short = shortened(looking.log)
  t.equal(short.messages.length, keptOfLong, 'and all but the end does when they come down')
  t.equal(short.before, short.messages[0]?.id)
  t.equal(shortened(short), short)

  const far = listen(looking.state, last + 1, 20_000)
  t.ok(far.ids.length <= 12_000, 'who reads above for very long')
  t.notOk(far.log.atEnd)
  t.equal(far.log.late.at(-1)?.id, 20_000)
  t.equal(far.log.after, far.ids.at(-1), 'is brought what came meanwhile as they come down')
})

t.test('the hour is said in one way, and is not to be mistaken', async (t) => {
  const five = new Date(2026, 10, 29, 17, 5).toISOString()
  t.match(clockTime(five), /^17.05$/)
  t.match(wholeTime(five), /17.05$/)
  t.match(clockTime(new Date(2026, 10, 29, 0, 5).toISOString()), /^00.05$/)
})

t.test('waits grow, up to half a minute, and differ', async (t) => {
  t.equal(
    waitBefore(0, () => 1),
    500,
  )
  t.equal(
    waitBefore(3, () => 1),
    4000,
  )
  t.equal(
    waitBefore(50, () => 1),
    30_000,
  )
  t.equal(
    waitBefore(50, () => 0),
    15_000,
  )
  t.equal(sizeText(999), '999 B')
  t.equal(sizeText(1500), '1.5 kB')
  t.equal(sizeText(2_000_000_000), '2.0 GB')
})

t.test('who says that the network is back waits no longer for what failed before', async (t) => {
  const waits: number[] = []
  const retries: (() => void)[] = []
  let tell: Record<string, () => void> = {}
  const connection = new Connection({
    open: () => {
      tell = {}
      return {
        addEventListener: (type: string, listener: (message: never) => void) => {
          tell[type] = listener as () => void
        },
        send: () => undefined,
        close: () => undefined,
      }
    },
    timers: {
      after: (_, run) => {
        retries.push(run)
        return () => undefined
      },
    },
    chance: () => 1,
    onLink: (link) => link.state === 'lost' && waits.push(link.retryInMs),
    onFrame: () => undefined,
  })
  connection.start()
  for (let failure = 0; failure < 5; failure++) {
    tell['open']?.()
    tell['close']?.()
    retries.at(-1)?.()
  }
  t.same(waits, [500, 1000, 2000, 4000, 8000])
  tell['open']?.()
  // The page does not know yet that this connection is broken, too.
  connection.check()
  tell['close']?.()
  t.equal(waits.at(-1), 500)
})

/** Time that does not go on, but for what comes next. */
const soon = {
  after: (ms: number, run: () => void) => {
    if (ms === 0) setImmediate(run)
    return () => undefined
  },
}

/** A connection to a server that is played: each step of it is a call. */
class Played {
  /** What the page was told, in this order: events, and answers by those who waited for them. */
  readonly told: string[] = []
  readonly sent: { line: string; tag: string }[] = []
  readonly connection: Connection
  #tell: Record<string, (message: { readonly data: unknown }) => void> = {}

  constructor() {
    this.connection = new Connection({
      open: () => ({
        addEventListener: (type: string, listener: (message: never) => void) => {
          this.#tell = { ...this.#tell, [type]: listener as (message: { readonly data: unknown }) => void }
        },
        send: (text) => this.sent.push(JSON.parse(text) as { line: string; tag: string }),
        close: () => undefined,
      }),
      timers: soon,
      onLink: () => undefined,
      onFrame: (frame) => this.told.push(String(frame['text'])),
    })
    this.connection.start()
    this.open()
  }

  open(): void {
    this.#tell['open']?.({ data: undefined })
  }

  close(): void {
    this.#tell['close']?.({ data: undefined })
  }

  say(value: object): void {
    this.#tell['message']?.({ data: JSON.stringify(value) })
  }

  /** Asks for so many parts, and tells of the answer as a page does that awaits it in several functions. */
  async ask(name: string, parts: number, answer?: () => Promise<string>): Promise<void> {
    const later = async () => this.connection.request({ line: `${name} ${parts}` }, answer)
    const result = await (async () => await later())()
    const texts = result.ok ? (result.data['texts'] as string[]).length : result.error.code
    this.told.push(`${name}: ${texts}`)
  }

  /** Answers the line that was sent first. */
  answer(): void {
    const asked = this.sent.shift()
    if (!asked) return
    const parts = Number(asked.line.split(' ')[1])
    const data = { texts: ['a'], ...(parts > 1 ? { rest: parts - 1 } : {}) }
    this.say({ type: 'result', tag: asked.tag, command: 'x', ok: true, data })
  }
}

const turn = () => new Promise(setImmediate)

t.test(
  'an answer in parts is told before the events behind its first part, and after those before',
  async (t) => {
    const steps = fc.array(
      fc.oneof(
        fc.record({ does: fc.constant('ask' as const), parts: fc.integer({ min: 1, max: 3 }) }),
        fc.constantFrom({ does: 'event' as const }, { does: 'answer' as const }),
      ),
      { maxLength: 30 },
    )
    await fc.assert(
      fc.asyncProperty(steps, async (steps) => {
        const played = new Played()
        const expected: string[] = []
        const asks: Promise<void>[] = []
        const answer = () => {
          const line = played.sent[0]?.line ?? '/more'
          const [name = '', parts = ''] = line.split(' ')
          if (name !== '/more') expected.push(`${name}: ${parts}`)
          played.answer()
        }
        for (const [at, step] of steps.entries()) {
          if (step.does === 'ask') asks.push(played.ask(`ask${at}`, step.parts))
          else if (step.does === 'answer') answer()
          else {
            expected.push(`event ${at}`)
            played.say({ type: 'message', text: `event ${at}` })
          }
          // A browser is done with the promises before the next message.
          await turn()
        }
        while (played.sent.length > 0) {
          answer()
          await turn()
        }
        await Promise.all(asks)
        for (let more = 0; more <= steps.length; more++) await turn()
        t.same(played.told, expected)
      }),
      { numRuns: 60 },
    )
  },
)

t.test(
  'a question waits for an answer that is not whole, and a connection that breaks ends it',
  async (t) => {
    const played = new Played()
    const overview = played.ask('/overview', 3)
    const question = played.ask('/passwd', 1, async () => 'a password')
    played.answer()
    played.say({ type: 'offline', text: 'bob is gone' })
    await turn()
    t.same(played.told, [], 'what comes behind the answer waits')
    for (let part = 0; part < 2; part++) {
      t.same(
        played.sent.map(({ line }) => line),
        [`/more ${2 - part}`],
        'and nothing asks before it is whole',
      )
      played.answer()
      await turn()
    }
    await overview
    await turn()
    t.same(played.told, ['/overview: 3', 'bob is gone'])
    played.answer()
    await question
    t.equal(played.told.at(-1), '/passwd: 1')
    const [again, behind] = [played.ask('/overview', 2), played.ask('/who', 1)]
    played.answer()
    played.answer()
    played.say({ type: 'offline', text: 'eve is gone' })
    played.close()
    await Promise.all([again, behind])
    await turn()
    t.same(played.told.slice(3), ['/overview: connection-lost', '/who: connection-lost'])
  },
)

t.test('an answer and a message that were too long for one line are whole again', async (t) => {
  const sent: { line: string; tag: string }[] = []
  const heard: unknown[] = []
  let tell: Record<string, (message: { readonly data: unknown }) => void> = {}
  const connection = new Connection({
    open: () => ({
      addEventListener: (type: string, listener: (message: never) => void) => {
        tell = { ...tell, [type]: listener as (message: { readonly data: unknown }) => void }
      },
      send: (text) => sent.push(JSON.parse(text) as { line: string; tag: string }),
      close: () => undefined,
    }),
    timers: soon,
    onLink: () => undefined,
    onFrame: (frame) => heard.push(frame),
  })
  connection.start()
  tell['open']?.({ data: undefined })
  const say = (value: object) => tell['message']?.({ data: JSON.stringify(value) })
  const answers: Record<string, object> = {
    '/overview': { name: 'anna', rooms: [{ channel: '#a' }], more: true, rest: 1 },
    '/more 1': {
      rooms: [{ channel: '#b', messages: [{ id: 1, text: 'a', cut: true }] }],
      more: true,
      rest: 2,
    },
    '/more 2': { rooms: [{ channel: '#c' }], people: [{ with: 'bob' }], more: false },
    '/history': {
      messages: [
        { id: 1, text: 'a', cut: true },
        { id: 1, text: 'b', cut: true },
        { id: 1, text: 'c' },
        { id: 2, text: 'd' },
      ],
    },
  }
  const answerAll = async () => {
    while (sent.length > 0) {
      const { line, tag } = sent.shift() ?? { line: '', tag: '' }
      say({ type: 'result', tag, command: 'x', ok: true, data: answers[line] })
      await new Promise(setImmediate)
    }
  }
  const results = Promise.all([
    connection.request({ line: '/overview' }),
    connection.request({ line: '/history' }),
  ])
  await answerAll()
  t.match(await results, [
    {
      data: {
        name: 'anna',
        rooms: [{ channel: '#a' }, { channel: '#b' }, { channel: '#c' }],
        people: [{ with: 'bob' }],
      },
    },
    {
      data: {
        messages: [
          { id: 1, text: 'abc' },
          { id: 2, text: 'd' },
        ],
      },
    },
  ])
  say({ type: 'message', id: 7, text: 'a', cut: true })
  t.same(heard, [])
  say({ type: 'message', id: 7, text: 'b' })
  say({ type: 'message', id: 8, text: 'c' })
  t.same(heard, [
    { type: 'message', id: 7, text: 'ab' },
    { type: 'message', id: 8, text: 'c' },
  ])
})

t.test('where to, by a few letters', async (t) => {
  const me = { name: 'anna', guest: false, operator: false, status: 'online' } as const
  let state: State = { ...nobody, me, shown: '#tea' }
  for (const name of ['#tea', '#garden-tea', '#steam', '#lobby', 'ted', 'bob'])
    state = withPlace(state, name, () => newPlace(name))
  const people = ['anna', 'theo', '~tess'].map((name) => ({
    name,
    operator: false,
    status: 'online' as const,
  }))
  state = withPeople(state, '#lobby', people)
  const goals = (typed: string) => goalsOf(state, typed).map(({ name }) => name)
  t.same(goals('te'), ['ted', '~tess', '#garden-tea', '#steam'], 'what begins so, a part, anything')
  t.same(goals(' #TE'), ['#garden-tea', '#steam'], 'channels alone')
  t.same(goals('@te'), ['ted', '~tess'], 'people alone')
  t.same(goals('zebra'), [])
  const unread = { ...noUnread, count: 3 }
  state = withPlace(state, '#lobby', (place) => ({ ...place, unread }))
  state = withPlace(state, '#steam', (place) => ({ ...place, unread: { ...unread, mentions: 1 } }))
  t.same(goals('').slice(0, 2), ['#steam', '#lobby'], 'what is unread comes first')
})

const built = 'dist/page'
const skip =
  process.env['CI'] !== 'true' && !existsSync(built) ? 'dist/page is not built: npm run build' : false

t.test('the page is small, and knows no other host', { skip }, async (t) => {
  const own = readdirSync(built).filter((name) => /\.(js|css)$/.test(name) && !name.startsWith('emoji-'))
  t.equal(own.length, 2, own.join(' '))
  const sizes = own.map((name) => gzipSync(readFileSync(join(built, name)), { level: 9 }).length)
  const sum = sizes.reduce((all, size) => all + size, 0)
  t.comment(`# ${sum} bytes of gzipped JavaScript and CSS`)
  t.ok(sum <= 60_000, `${sum} bytes`)
  for (const name of own) {
    const text = readFileSync(join(built, name), 'utf8')
    // Names of XML, not addresses.
    const hosts = [...text.matchAll(/https?:\/\/[\w.-]+\.\w+/g)].map(([host]) => host)
    t.same(
      hosts.filter((host) => host !== 'http://www.w3.org'),
      [],
      name,
    )
    t.notMatch(text, /\beval\(|new Function\(/, name)
  }
  t.ok(readdirSync(built).every((name) => name.endsWith('.gz') || existsSync(join(built, `${name}.gz`))))
})

t.test('a day of 23 or 25 hours has a yesterday, and so has one without a midnight', async (t) => {
  const before = process.env['TZ']
  t.teardown(() => {
    if (before === undefined) delete process.env['TZ']
    else process.env['TZ'] = before
  })
  for (const [zone, now, yesterday] of [
    // Half past eleven in the evening of a day of 25 hours, and half past midnight behind one of 23.
    ['America/Havana', '2026-11-02T04:30:00Z', '2026-11-01T03:30:00Z'],
    ['America/Havana', '2026-03-09T04:30:00Z', '2026-03-08T05:30:00Z'],
    ['America/Santiago', '2026-09-07T03:30:00Z', '2026-09-06T04:30:00Z'],
    ['Atlantic/Azores', '2026-10-25T23:30:00Z', '2026-10-24T12:00:00Z'],
    ['Europe/Berlin', '2026-10-25T22:30:00Z', '2026-10-24T12:00:00Z'],
  ] as const) {
    process.env['TZ'] = zone
    t.equal(dayName(yesterday, Date.parse(now)), 'Yesterday', `${zone} ${now}`)
    t.equal(dayName(now, Date.parse(now)), 'Today')
  }
})
