import type { Tally } from '../../chat/machine/counts.ts'
import type { Survey } from './survey.ts'

/** The labels of a value, by name. */
export type Labels = Readonly<Record<string, string>>
type Value = readonly [labels: Labels, value: number]

/** A metric that is read from the state of the server when somebody asks. Its name tells the unit. */
export interface Definition {
  readonly name: string
  readonly type: 'counter' | 'gauge'
  readonly help: string
  /** Every value that a label can have: there are never others. */
  readonly labels?: Readonly<Record<string, readonly string[]>>
  /** A number, or one for each combination of labels that there is; what is missing is 0. */
  read(survey: Survey): number | Iterable<Value> | undefined
}

/** A metric that is measured as things happen. */
export interface Measured {
  readonly name: string
  readonly help: string
  readonly buckets: readonly number[]
}

/** The values of a tally by one word, which is the label. */
export function* by(label: string, tally: Tally): Iterable<Value> {
  for (const [key, count] of tally.entries()) yield [{ [label]: key }, count]
}

/** The values of a tally by two words, which are two labels. */
export function* split(tally: Tally, ...labels: readonly [string, string]): Iterable<Value> {
  for (const [key, count] of tally.entries()) {
    const [first = '', second = ''] = key.split(' ')
    yield [{ [labels[0]]: first, [labels[1]]: second }, count]
  }
}
