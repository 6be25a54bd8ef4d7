import fc from 'fast-check'
import t from 'tap'
import { columnsOf, shownOf } from '../../server/editor/cells.ts'
import type { Key } from '../../server/editor/keys.ts'
import type { KeyName } from '../../server/editor/sequences.ts'
import { seedFrom } from '../support/random.ts'
import { Desk } from './desk.ts'
import { Emulator, type WidthRule, widthRules } from './emulator.ts'
import { terminals, unknown } from './encodings.ts'
import { completeNames, Model } from './model.ts'

const lineBytes = 300
const rows = 12

const texts = [
  ...['a', 'b c', 'hello ', '@a', '@bo', 'o', '"', '/login x', '   ', 'x'.repeat(40), 'word '.repeat(9)],
  ...[
    'é',
    'ß',
    'я',
    'e\u0301',
    '\u0301',
    '\u0308',
    'n\u0303o\u0302',
    '漢字',
    '한글',
    'ｗｉｄｅ',
    'か\u3099',
    '…',
    '★',
  ],
  ...['👍', '👍🏽', '👨‍👩‍👧‍👦', '🏳️‍🌈', '❤️', '❤', '1️⃣', '🇩🇪', '🇩', '🇫🇷🇮🇹', '🏴󠁧󠁢󠁥󠁮󠁧󠁿'],
  ...[
    '\u200b',
    '\u200d',
    '\u200c',
    '\ufe0f',
    '\u2060',
    '\ufeff',
    '\u00ad',
    'क्षि',
    'สวัสดี',
    'שלום',
    'سلام',
    '\u{1f3fd}',
  ],
  ...[
    'ﾞ',

    '\u1112',
    '\u1161',
    '\u11ab',
    '\u093f',
    '\u1031',
    '\u{e0067}',
    '\ufff9',
    '\u3164',
    '©',
    '\u20e3',
  ],
  ...['\u202e', '\u0085', '\u2028'],
]

const names = Object.keys(terminals['xterm'] ?? {}).filter((name) => !name.startsWith('paste')) as KeyName[]

type Step =
  | {
      readonly does: 'key'
      readonly keys: readonly Key[]
      readonly cut: number
      readonly joins: boolean
      readonly told: boolean
    }
  | { readonly does: 'unknown'; readonly bytes: string; readonly cut: number }
  | { readonly does: 'message'; readonly text: string }
  | { readonly does: 'resize'; readonly columns: number; readonly rows: number }
  | { readonly does: 'ask'; readonly text: string; readonly hidden: boolean; readonly repeated?: boolean }
  | { readonly does: 'answered' }
  | { readonly does: 'prompt'; readonly text: string }
  | { readonly does: 'look' }

const columns = fc.oneof(
  fc.integer({ min: 1, max: 10 }),
  fc.integer({ min: 11, max: 90 }),
  fc.integer({ min: 200, max: 260 }),
)
const cut = fc.nat(40)
const text = fc.constantFrom(...texts)
const pasted = fc
  .array(text, { minLength: 1, maxLength: 3 })
  .chain((parts) => fc.constantFrom('', '\n', ' ').map((between) => parts.join(between)))
const keys = fc.oneof(
  { weight: 5, arbitrary: text.map((one): Key[] => [{ name: 'text', text: one }]) },
  { weight: 6, arbitrary: fc.constantFrom(...names).map((name): Key[] => [{ name }]) },
  { weight: 1, arbitrary: fc.constant<Key[]>([{ name: 'escape' }]) },
  {
    weight: 1,
    arbitrary: pasted.map((one): Key[] => [
      { name: 'paste-begin' },
      { name: 'pasted', text: one },
      { name: 'paste-end' },
    ]),
  },
)
const messages = fc.constantFrom('hello', '漢字 '.repeat(9), 'long '.repeat(30), '👍🏽 yes', 'é')
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 24,
    arbitrary: fc.record({
      does: fc.constant('key' as const),
      keys,
      cut,
      joins: fc.boolean(),
      told: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ does: fc.constant('unknown' as const), bytes: fc.constantFrom(...unknown), cut }),
  },
  { weight: 5, arbitrary: fc.record({ does: fc.constant('message' as const), text: messages }) },
  {
    weight: 1,
    arbitrary: fc.record({
      does: fc.constant('resize' as const),
      columns,
      rows: fc.integer({ min: 2, max: 20 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      does: fc.constant('ask' as const),
      text: fc.constantFrom('? Password: ', `? ${'long question '.repeat(5)}: `, '? 名前: '),
      hidden: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.constant<Step>({ does: 'ask', text: '| ', hidden: false, repeated: true }) },
  { weight: 1, arbitrary: fc.constant<Step>({ does: 'answered' }) },
  {
    weight: 1,
    arbitrary: fc.record({
      does: fc.constant('prompt' as const),
      text: fc.constantFrom('#tea> ', '*bob*> ', '> ', '#お茶> '),
    }),
  },
  { weight: 8, arbitrary: fc.constant<Step>({ does: 'look' }) },
)

function typed(...keys: Key[]): Step {
  return { does: 'key', keys, cut: 0, joins: false, told: false }
}

function typedText(text: string): Step {
  return typed({ name: 'text', text })
}

function pastedText(text: string): Step {
  return typed({ name: 'paste-begin' }, { name: 'pasted', text }, { name: 'paste-end' })
}

/** What has gone wrong: with characters that show nothing, and marks on them. */
const found: [number, WidthRule, string, Step[]][] = [
  [
    1,
    'code points',
    'xterm',
    [
      { does: 'resize', columns: 200, rows: 2 },
      typedText('\u3164'),
      typed({ name: 'ctrl-n' }),
      { does: 'look' },
      pastedText('\u093fa'),
    ],
  ],
  [
    9,
    'characters',
    'xterm',
    [typedText('🇩🇪'), typed({ name: 'alt-b' }), typedText('🇩'), typedText('\u11ab')],
  ],
  [3, 'unicode 6', 'xterm', [typedText('a'), typed({ name: 'alt-b' }), pastedText('\u11ab\u093f')]],
  [3, 'unicode 6', 'xterm', ['★', '\u1161', '\uff9e'].map(typedText).concat(typed({ name: 'alt-b' }))],
]

function withoutBlanks(line: string): string {
  return line.replace(/\s/g, '')
}

/** One terminal, its editor, and the model of what it is to do. */
class Play {
  readonly #desk: Desk
  readonly #model: Model
  readonly #screen: Emulator
  /** Where a terminal puts the cursor behind a text, and what it shows of it. */
  readonly #ruler: Emulator
  readonly #encoding: Readonly<Partial<Record<KeyName, string>>>
  #columns: number
  #messages = 0
  #clears = false
  #pending = Buffer.alloc(0)
  #pendingKeys: Key[] = []

  constructor(width: number, rule: WidthRule, terminal: string) {
    this.#columns = width
    this.#desk = new Desk(width, '#tea> ')
    // The terminal tells each width by itself, and is not asked.
    this.#desk.editor.width = width
    Object.assign(this.#desk.limits, { lineBytes })
    this.#desk.complete = completeNames
    this.#model = new Model(lineBytes, '#tea> ')
    this.#screen = new Emulator(width, rows, rule)
    this.#ruler = new Emulator(4000, 2, rule)
    this.#encoding = terminals[terminal] ?? {}
    // PuTTY's editor has seen an arrow before.
    this.#desk.type(this.#encoding.left ?? '')
  }

  dispose(): void {
    this.#screen.dispose()
    this.#ruler.dispose()
  }

  async do(step: Step): Promise<void> {
    if (step.does === 'key') return this.#key(step)
    this.#deliver()
    switch (step.does) {
      case 'unknown':
        this.#type(Buffer.from(step.bytes), step.cut, () => {})
        return
      case 'message':
        this.#message(step.text)
        return
      case 'resize':
        await this.look()
        this.#columns = step.columns
        this.#screen.resize(step.columns, step.rows)
        this.#desk.editor.width = step.columns
        return this.look()
      case 'ask':
        this.#desk.editor.ask(step.text, { isHidden: step.hidden, isRepeated: step.repeated ?? false })
        this.#model.ask(step.text, step)
        return
      case 'answered':
        this.#desk.editor.endQuestion()
        this.#model.endQuestion()
        return
      case 'prompt':
        this.#desk.editor.prompt = step.text
        this.#model.prompt = step.text
        return
      case 'look':
        return this.look()
    }
  }

  #key({ keys, cut, joins, told }: Extract<Step, { does: 'key' }>): void {
    const bytes = Buffer.from(keys.map((key) => this.#bytesOf(key)).join(''))
    if (bytes.length === 0) return
    this.#clears ||= keys[0]?.name === 'ctrl-l'
    if (joins && keys[0]?.name !== 'escape') {
      this.#pending = Buffer.concat([this.#pending, bytes])
      this.#pendingKeys.push(...keys)
      return
    }
    this.#deliver()
    // Enter is done with its first byte.
    this.#type(bytes, cut, () => told && keys[0]?.name !== 'enter' && this.#message('in between'))
    if (keys[0]?.name === 'escape') this.#desk.clock.advance(10_000)
    for (const key of keys) this.#model.press(this.#known(key))
  }

  /** What has no sequence at this terminal is text there. */
  #bytesOf(key: Key): string {
    if (key.name === 'pasted') return key.text.replaceAll('\n', this.#encoding.enter ?? '\r')
    if (key.text !== undefined) return key.text
    return key.name === 'escape' ? '\x1b' : (this.#encoding[key.name] ?? '')
  }

  /** What would act on the terminal is never in the line. */
  #known(key: Key): Key {
    return key.text === undefined
      ? key
      : { ...key, text: key.text.replace(/[\u0080-\u009f\u2028-\u202e]/g, '') }
  }

  #deliver(): void {
    if (this.#pending.length > 0) this.#desk.type(this.#pending)
    for (const key of this.#pendingKeys) this.#model.press(this.#known(key))
    this.#pending = Buffer.alloc(0)
    this.#pendingKeys = []
  }

  #type(bytes: Buffer, cut: number, between: () => void): void {
    const at = cut % bytes.length
    this.#desk.type(bytes.subarray(0, at))
    if (at > 0) between()
    this.#desk.type(bytes.subarray(at))
  }

  #message(text: string): void {
    const line = `${this.#messages++}: ${text}`
    this.#desk.print(`${line}\r\n`)
    this.#model.above.push(line)
  }

  /** The end of a turn: compares what the terminal shows with the model. */
  async look(): Promise<void> {
    this.#deliver()
    await this.#screen.write(this.#desk.written())
    same(this.#desk.told, this.#model.told, 'what was told')
    const above = this.#screen.above.map(withoutBlanks).filter((line) => line !== '')
    if (this.#clears) {
      // What was on the screen is not there any more.
      this.#clears = false
      this.#model.above.splice(0, this.#model.above.length, ...this.#screen.above)
    } else
      same(
        above,
        this.#model.above.map((line) => withoutBlanks(line)).filter((line) => line !== ''),
        'above',
      )
    same(this.#screen.below, '', 'below')
    await this.#lookAtRow()
  }

  async #lookAtRow(): Promise<void> {
    const { prompt, line, cursor } = this.#model.row
    const { text, column } = this.#screen.lastRow
    const room = Math.max(0, this.#columns - 1)
    for (const front of promptsFor(prompt, room))
      for (const [row, before] of linesFor(line, cursor, room - columnsOf(front))) {
        if ((front + row).trimEnd() !== text || columnsOf(front + row) > room) continue
        if ((await this.#columnBehind(front + before)) === column) return
      }
    throw new Error(
      `The row is ${JSON.stringify(text)} with the cursor in ${column} of ${this.#columns} columns; ` +
        `the prompt is ${JSON.stringify(prompt)}, the line ${JSON.stringify(line)} with the cursor at ${cursor}`,
    )
  }

  async #columnBehind(text: string): Promise<number> {
    if (/^[ -~]*$/.test(text)) return text.length
    await this.#ruler.write(`\r\x1b[2K${text}`)
    return this.#ruler.lastRow.column
  }
}

/** How a prompt may stand in so many columns: cut only if it leaves less than 20 columns, or half of the row, to the line. */
function promptsFor(prompt: string, room: number): string[] {
  const shown = shownOf(prompt)
  if (columnsOf(shown) + Math.min(20, Math.ceil(room / 2)) <= room) return [shown]
  const end = shown.slice(-2)
  const cuts = [...shown].map((_, at) => `${[...shown].slice(0, at).join('')}..${end}`)
  return [end, '', ...cuts].filter((one) => columnsOf(one) <= room / 2 || columnsOf(one) + 20 <= room)
}

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** How a line may stand in so many columns, and what stands there before the cursor. */
function linesFor(line: string, cursor: number, field: number): (readonly [string, string])[] {
  if (columnsOf(line) <= field) return [[shownOf(line), shownOf(line.slice(0, cursor))]]
  const places = [...[...segmenter.segment(line)].map(({ index }) => index), line.length]
  const signs = field >= 6
  const found: (readonly [string, string])[] = []
  for (const start of places.filter((place) => place <= cursor)) {
    const left = signs && start > 0 ? '<' : ''
    const before = left + shownOf(line.slice(start, cursor))
    if (columnsOf(before) > field) continue
    for (const end of places.filter((place) => place >= cursor)) {
      const right = signs && end < line.length ? '>' : ''
      const row = left + shownOf(line.slice(start, end)) + right
      if (columnsOf(row) > field) continue
      // As much as there is room for.
      if (end < line.length && columnsOf(row) + 9 < field) continue
      found.push([row, before])
    }
  }
  return found
}

function same(found: unknown, wanted: unknown, what: string): void {
  const [one, other] = [JSON.stringify(found), JSON.stringify(wanted)]
  if (one !== other) throw new Error(`${what}: found ${one}, wanted ${other}`)
}

t.test(
  'whatever is typed, said and resized, the last row is the model, and each message stands above once',
  async (t) => {
    const seed = seedFrom(process.env['SEED'])
    t.comment(`SEED=${seed}`)
    await fc.assert(
      fc.asyncProperty(
        columns,
        fc.constantFrom(...widthRules),
        fc.constantFrom(...Object.keys(terminals)),
        fc.array(step, { maxLength: 60, size: 'max' }),
        async (width, rule, terminal, steps) => {
          const play = new Play(width, rule, terminal)
          try {
            for (const one of steps) await play.do(one)
            await play.look()
          } finally {
            play.dispose()
          }
        },
      ),
      {
        seed,
        numRuns: Number(process.env['RUNS'] ?? 100),
        examples: found,
      },
    )
  },
)
