/** What somebody does, or what happens, in one line of a transcript. */
export type Action =
  | { readonly type: 'connect'; readonly who: string; readonly waits: boolean; readonly from?: string }
  | { readonly type: 'send'; readonly who: string; readonly bytes: Buffer }
  | { readonly type: 'disconnect' | 'lose'; readonly who: string }
  | { readonly type: 'advance'; readonly ms: number }
  | { readonly type: 'restart' | 'stop' | 'disk-full' | 'disk-free' }

/** A line that somebody reads (`text`), or what happens to the connection. */
export interface Expectation {
  readonly who: string
  readonly what: 'reads' | 'is disconnected' | 'waits'
  /** As it stands in the transcript; empty unless `reads`. */
  readonly text: string
  readonly line: number
}

export interface Step {
  readonly action: Action
  readonly expected: readonly Expectation[]
  /** The line's number, from 1, and what stands there. */
  readonly line: number
  readonly text: string
}

export interface Transcript {
  /** For messages about it. */
  readonly name: string
  readonly lines: readonly string[]
  /** Settings by dotted name. */
  readonly config: Readonly<Record<string, unknown>>
  /** Accounts that are there when it begins, in the order of their numbers. */
  readonly accounts: readonly { readonly name: string; readonly operator: boolean }[]
  readonly steps: readonly Step[]
}

/** The transcript cannot be read; the message says where and why. */
export class TranscriptError extends Error {
  override readonly name = 'TranscriptError'
}

const who = '([a-z][a-z0-9-]*)'
const units = { second: 1000, minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const

const actions: readonly (readonly [RegExp, (...groups: string[]) => Action])[] = [
  [new RegExp(`^${who} connects$`), (name) => ({ type: 'connect', who: name, waits: false })],
  [
    new RegExp(`^${who} connects from (127\\.0\\.0\\.\\d+)$`),
    (name, from) => ({ type: 'connect', who: name, waits: false, from }),
  ],
  [new RegExp(`^${who} connects and waits$`), (name) => ({ type: 'connect', who: name, waits: true })],
  [new RegExp(`^${who} disconnects$`), (name) => ({ type: 'disconnect', who: name })],
  [new RegExp(`^${who} loses the line$`), (name) => ({ type: 'lose', who: name })],
  [
    new RegExp(`^${who} >>(?: (.*))?$`),
    (name, text) => ({ type: 'send', who: name, bytes: unescaped(text ?? '') }),
  ],
  [
    new RegExp(`^${who} >(?: (.*))?$`),
    (name, text) => ({ type: 'send', who: name, bytes: Buffer.from(`${text ?? ''}\n`) }),
  ],
  [
    /^clock \+ (\d+) (second|minute|hour|day)s?$/,
    (count, unit) => ({ type: 'advance', ms: Number(count) * units[unit as keyof typeof units] }),
  ],
  [/^restart$/, () => ({ type: 'restart' })],
  [/^the server stops$/, () => ({ type: 'stop' })],
  [/^the disk is full$/, () => ({ type: 'disk-full' })],
  [/^the disk has room again$/, () => ({ type: 'disk-free' })],
]

/** Reads a transcript; `test/transcripts/README.md` describes the format. */
export function parseTranscript(source: string, name: string): Transcript {
  const lines = source.replace(/\n$/, '').split('\n')
  const config: Record<string, unknown> = {}
  const accounts: { name: string; operator: boolean }[] = []
  const steps: (Step & { expected: Expectation[] })[] = []
  for (const [index, text] of lines.entries()) {
    const line = index + 1
    const wrong = (why: string) => new TranscriptError(`${name}:${line}: ${why}: ${text}`)
    if (/^\s*(#.*)?$/.test(text)) continue
    const [, key, value = ''] = /^config: ([A-Za-z.]+): (.+)$/.exec(text) ?? []
    const [, kind, names] = /^(accounts|operators): (.+)$/.exec(text) ?? []
    if (key !== undefined || names !== undefined) {
      if (steps.length > 0) throw wrong('That stands at the top')
      if (key !== undefined) config[key] = readValue(value)
      for (const name of names?.split(', ') ?? []) accounts.push({ name, operator: kind === 'operators' })
      continue
    }
    const expectation = readExpectation(text, line)
    const step = steps.at(-1)
    if (expectation) {
      if (!step) throw wrong('Nothing has happened yet')
      step.expected.push(expectation)
      continue
    }
    const action = readAction(text)
    if (!action) throw wrong('What is that?')
    steps.push({ action, expected: [], line, text })
  }
  return { name, lines, config, accounts, steps }
}

function readExpectation(text: string, line: number): Expectation | undefined {
  const [, name, what, read = ''] =
    /^([a-z][a-z0-9-]*) (is disconnected$|waits$|<(?: (.*))?$)/.exec(text) ?? []
  if (name === undefined || what === undefined) return undefined
  if (what === 'is disconnected' || what === 'waits') return { who: name, what, text: '', line }
  return { who: name, what: 'reads', text: read, line }
}

function readAction(text: string): Action | undefined {
  for (const [pattern, make] of actions) {
    const groups = pattern.exec(text)
    if (groups) return make(...groups.slice(1))
  }
  return undefined
}

function readValue(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** `\n`, `\r`, `\t`, `\e`, `\\`, `\x9b` (a byte) and `\u{202e}` (a character) stand for what cannot be typed. */
function unescaped(text: string): Buffer {
  const named: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', e: '\u001b', '\\': '\\' }
  const parts = [...text.matchAll(/\\x([0-9a-f]{2})|\\u\{([0-9a-f]+)\}|\\(.)|[^\\]+/gi)]
  return Buffer.concat(
    parts.map(([all, byte, point, letter]) => {
      if (byte !== undefined) return Buffer.from(byte, 'hex')
      if (point !== undefined) return Buffer.from(String.fromCodePoint(Number.parseInt(point, 16)))
      return Buffer.from(letter === undefined ? all : (named[letter] ?? all))
    }),
  )
}

/** What came, as it stands in a transcript: what cannot be seen is written as `\e` or `\x07`. */
export function visible(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, (character) =>
    character === '\u001b' ? '\\e' : `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  )
}
