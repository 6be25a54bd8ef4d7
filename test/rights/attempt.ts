import type { LineClient } from '../support/client.ts'
import { passwordOf, type State } from './cast.ts'
import { own, type Sample } from './samples.ts'

export const dialects = ['json', 'text'] as const
export type Dialect = (typeof dialects)[number]

/** What came of a line. */
export interface Outcome {
  /** `yes`, or the code of the error. */
  readonly cell: string
  /** What a person reads of it, where it did not work. */
  readonly message: string
  /** Everything that came, as it came. */
  readonly lines: readonly string[]
}

interface Result {
  readonly ok: boolean
  readonly error?: { readonly code: string; readonly message: string }
}

/**
 * Tries a line from the connection of somebody in this state. The text dialect has no codes: there the code is that of `told`, what
 * the JSON dialect has told, if the sentence is the same.
 */
export async function attempt(
  client: LineClient,
  state: State,
  sample: Sample,
  dialect: Dialect,
  told?: Outcome,
): Promise<Outcome> {
  await client.ask(`/format ${dialect}`)
  for (const line of sample.before ?? []) await client.ask(line)
  const password = passwordOf(state.startsWith('operator') ? 'root' : 'anna')
  const answers = (sample.answers ?? []).map((answer) => (answer === own ? password : answer))
  const line = sample.line.replace('DIALECT', dialect)
  // In one packet: what is refused asks nothing, and then the answers are lines that do not matter.
  const first = dialect === 'json' ? JSON.stringify({ line, tag }) : line
  const lines = await client.ask([first, ...answers].join('\n'))
  return dialect === 'json' ? jsonOutcome(lines) : textOutcome(lines, told)
}

const tag = 'tried'

function jsonOutcome(lines: readonly string[]): Outcome {
  const results = lines.filter(
    (line) => line.startsWith('{"type":"result"') && line.includes(`"tag":"${tag}"`),
  )
  const [line = ''] = results
  if (results.length !== 1) throw new Error(`One result was to come, but ${JSON.stringify(lines)} did.`)
  const { error, ok } = JSON.parse(line) as Result
  return { cell: ok ? 'yes' : (error?.code ?? ''), message: error?.message ?? '', lines }
}

function textOutcome(lines: readonly string[], told: Outcome | undefined): Outcome {
  const failures = lines.filter((line) => line.startsWith('!'))
  const message = failures[0]?.slice(2) ?? ''
  const cell = message === '' ? 'yes' : message === told?.message ? told.cell : message
  return { cell, message, lines }
}
