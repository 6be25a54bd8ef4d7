import type { Cursor } from '../chat/model/cursor.ts'
import { Failure, fail } from '../chat/model/failures.ts'
import { deletedUser } from '../chat/model/people.ts'
import { gap, notParting, parting, withUsualSign, wordsOf } from '../lib/blanks.ts'
import { isBlank } from '../lib/clean.ts'
import { parseDuration } from '../lib/durations.ts'

/** What Tab offers in the place of an argument: some words, or names and numbers of such things. */
export type Offer = 'channels' | 'people' | 'blocked people' | 'files' | 'commands' | readonly string[]

/** One argument of a command: its name in usage lines, and how its text is read. */
export interface Arg<T> {
  /** As shown in usage lines, e.g. `NAME`. */
  readonly label: string
  readonly optional: boolean
  /** Takes the rest of the line, spaces included. */
  readonly rest: boolean
  /** It may have several rows. */
  readonly rows?: true
  /** What Tab offers here; nothing if missing. */
  readonly offers?: Offer
  /** It names the channel or person that the command concerns. */
  readonly place?: true
  /** A name of several words: if the text begins with it, all of it is this argument. */
  readonly words?: RegExp
  /** Whether a text can be this argument; otherwise the optional argument is left out, and the text is the next one. */
  readonly takes: (word: string) => boolean
  /** Returns the value; throws a Failure if the text is not valid. */
  readonly parse: (text: string) => T
}

export type Args = Readonly<Record<string, Arg<unknown>>>

/** The values that the `run` of a command gets. */
export type Values<A extends Args> = { readonly [K in keyof A]: A[K] extends Arg<infer T> ? T : never }

function argument<T>(label: string, parse: (text: string) => T, rest = false): Arg<T> {
  return { label, optional: false, rest, takes: () => true, parse }
}

/** One word, unchanged. */
export function word(label: string): Arg<string> {
  return argument(label, (text) => text)
}

/** The rest of the line, unchanged. */
export function rest(label: string): Arg<string> {
  return argument(label, (text) => text, true)
}

/** The text of a message: the rest of the line, unchanged. A program may send several rows at once. */
export function said(label: string): Arg<string> {
  return { ...rest(label), rows: true }
}

/** The rest of the line, up to a length: for texts that others read again and again. */
export function brief(label: string, maximum: number): Arg<string> {
  return argument(
    label,
    (text) => {
      if ([...text].length > maximum)
        throw fail({ code: 'bad-arguments', detail: `That is longer than ${maximum} characters.` })
      return text
    },
    true,
  )
}

/** The rest of the line as words. */
export function words(label: string): Arg<readonly string[]> {
  return argument(label, (text) => wordsOf(text).map(withUsualSign), true)
}

/** The same argument, for which Tab offers these. */
export function offering<T>(offers: Offer, arg: Arg<T>): Arg<T> {
  return { ...arg, offers }
}

export function optional<T>(arg: Arg<T>): Arg<T | undefined> {
  return { ...arg, optional: true }
}

/** A person: `name`, `@name`, `~guest` or `#7`. The domain finds the person. */
export const personName: Arg<string> = offering('people', word('NAME'))

/**
 * A channel's name. If it may be left out and something else may follow, it needs its `#`; `#7` is the number of an account.
 * Elsewhere only a channel can be meant, and the `#` may be missing.
 */
export const channelName: Arg<string> = {
  ...argument('#NAME', (text) => (text.startsWith('#') ? text : `#${text}`)),
  takes: (text) => /^#(?!\d+$)/.test(text),
  offers: 'channels',
  place: true,
}

/** The same if it may be left out, and only a channel can stand there. */
export const onlyChannelName: Arg<string> = { ...channelName, takes: () => true }

const deletedWords = `@?deleted${parting}+user`
const numberWord = `${parting}+#\\d+`

/** A channel or a person. The name of a deleted account, as lists have it, is three words, and means its number. */
export const target: Arg<string> = {
  ...argument('TARGET', (text) => wordsOf(text)[2] ?? text),
  words: new RegExp(`^${deletedWords}${numberWord}(?!${notParting})`, 'i'),
  offers: 'people',
  place: true,
}

/** The same where one reads: two words mean all deleted accounts together. */
export const readTarget: Arg<string> = {
  ...target,
  words: new RegExp(`^${deletedWords}(?:${numberWord})?(?!${notParting})`, 'i'),
  parse: (text) => wordsOf(text)[2] ?? (wordsOf(text).length > 1 ? deletedUser : text),
}

/** One of a few words, in any case. */
export function choice<const T extends string>(...choices: readonly T[]): Arg<T> {
  const find = (text: string) => choices.find((one) => one === text.toLowerCase())
  return {
    ...argument(choices.join('|'), (text) => {
      const found = find(text)
      if (found === undefined)
        throw fail({ code: 'bad-arguments', detail: `"${text}" is not one of ${choices.join(', ')}.` })
      return found
    }),
    takes: (text) => find(text) !== undefined,
    offers: choices,
  }
}

/** A whole number of at least 1, or of at least `minimum`. */
export function count(label: string, maximum: number, minimum = 1): Arg<number> {
  return {
    ...argument(label, (text) => {
      const value = /^\d{1,16}$/.test(text) ? Number(text) : -1
      if (value < minimum || value > maximum)
        throw fail({
          code: 'bad-arguments',
          detail: `"${text}" is not a number from ${minimum} to ${maximum}.`,
        })
      return value
    }),
    takes: (text) => /^\d+$/.test(text),
  }
}

/** The number of a message at which a list continues; `after 0` means from the first message on. */
export const messageNumber: Arg<number> = count('ID', Number.MAX_SAFE_INTEGER, 0)

const side = choice('before', 'after')

/** The arguments of a list that can be read in parts: `after ID`, `before ID` or both, in any order. See `cursorOf`. */
export const cursorArgs = {
  side: optional(side),
  id: optional(messageNumber),
  otherSide: optional(side),
  otherId: optional(messageNumber),
} as const

/** Whether to show the numbers of messages. */
export const withNumbers = optional(choice('numbers'))

/** The arguments of a list of messages; `numbers` may stand in front of the cursor or behind it. */
export const listArgs = { first: withNumbers, ...cursorArgs, numbers: withNumbers } as const

/** How they stand in usage lines. */
export const listUsage = '[after ID] [before ID] [numbers]'

/**
 * Which part of a list is asked for. Throws `bad-arguments` for a side without a number, a number without a side, the same
 * side twice, and two numbers the wrong way round.
 */
export function cursorOf({ side, id, otherSide, otherId }: Values<typeof cursorArgs>, usage: string): Cursor {
  const refuse = (detail: string) => fail({ code: 'bad-arguments', detail, usage })
  for (const [word, number] of [
    [side, id],
    [otherSide, otherId],
  ] as const) {
    if (word === undefined && number !== undefined)
      throw refuse(`A message's number needs a word: after ${number} or before ${number}.`)
    if (word !== undefined && number === undefined)
      throw refuse(`Type the number of a message behind "${word}", like ${word} 40.`)
  }
  if (side === undefined) return {}
  if (otherSide === undefined) return { [side]: id }
  if (side === otherSide) throw refuse(`"${side}" stands there twice.`)
  const cursor: Cursor = { [side]: id, [otherSide]: otherId }
  const { after = 0, before = 0 } = cursor
  if (after === before)
    throw refuse(
      `No number is after ${after} and before ${before}: give two different numbers, or only one of them.`,
    )
  if (after > before)
    throw refuse(`No number is after ${after} and before ${before}: type after ${before} before ${after}.`)
  return cursor
}

/**
 * Takes a cursor, and `numbers` behind it, from the end of words that may be anything. The same syntax, and the same failures, as
 * `cursorOf`; a cursor that does not stand at the end is refused, too.
 */
export function cursorBehind(
  words: readonly string[],
  usage: string,
): { readonly cursor: Cursor; readonly numbers: boolean; readonly words: readonly string[] } {
  const numbers = withNumbers.takes(words.at(-1) ?? '') && isCursor(words.slice(-3, -1))
  const found: [side: 'before' | 'after', id: number][] = []
  let left = numbers ? words.slice(0, -1) : words
  for (let last = left.slice(-2); found.length < 2 && isCursor(last); last = left.slice(-2)) {
    const [word = '', number = ''] = last
    found.unshift([side.parse(word), messageNumber.parse(number)])
    left = left.slice(0, -2)
  }
  const amid = left.findIndex((_, index) => isCursor(left.slice(index, index + 2)))
  if (amid >= 0) {
    const cursor = left.slice(amid, amid + 2).join(' ')
    const detail = `"${cursor}" goes to the end, behind all words. To search for it, type it in quotes.`
    throw fail({ code: 'bad-arguments', detail, usage })
  }
  const [[one, id] = [], [otherSide, otherId] = []] = found
  return { words: left, numbers, cursor: cursorOf({ side: one, id, otherSide, otherId }, usage) }
}

function isCursor([word = '', number = '']: readonly string[]): boolean {
  return side.takes(word) && messageNumber.takes(number)
}

/** The page of a list: `2`, or `page 2` if another word could stand there. The last argument. */
export const pageNumber: Arg<number> = argument(
  'PAGE',
  (text) => {
    const [, digits = ''] = /^(?:page +)?(\d{1,6})$/i.exec(text.trim()) ?? []
    if (Number(digits) > 0) return Number(digits)
    throw fail({ code: 'bad-arguments', detail: `"${text}" is not a page of the list, like page 2.` })
  },
  true,
)

/** The same argument, in whose place `page 2` may stand. */
export function orPage<T>(arg: Arg<T>): Arg<T> {
  return { ...arg, takes: (word) => !/^page$/i.test(word) && arg.takes(word) }
}

/** A duration like `10m` or `2h`, in milliseconds. */
export const duration: Arg<number> = argument('FOR', (text) => {
  const ms = parseDuration(text)
  if (ms === undefined)
    throw fail({
      code: 'bad-arguments',
      detail: `"${text}" is not a time like 30s, 10m, 2h or 7d, of at most ten years.`,
    })
  return ms
})

/** The same if it may be missing, and a text may follow that does not begin with a digit. */
export const length: Arg<number> = { ...duration, takes: (word) => /^\d/.test(word) }

/** The usage line of a command: `/name NAME [TEXT]`. */
export function usageOf(name: string, args: Args): string {
  const parts = Object.values(args).map(({ label, optional }) => (optional ? `[${label}]` : label))
  return [`/${name}`, ...parts].join(' ')
}

/** Cuts the text after a command's name into its arguments. `secret`: words too many may be a password. */
export function parseArgs<A extends Args>(args: A, text: string, usage: string, secret = false): Values<A> {
  const values: Record<string, unknown> = {}
  if (text.includes('\n') && !Object.values(args).some(({ rows }) => rows))
    throw fail({ code: 'bad-arguments', detail: 'Only what is said can have several lines.', usage })
  const inOrder = channelFirst(Object.values(args), text)
  if (inOrder !== undefined) {
    const detail = `The channel goes in front: ${usage.split(' ')[0]} ${inOrder}.`
    throw fail({ code: 'bad-arguments', detail, usage })
  }
  let left = text
  for (const [key, arg] of Object.entries(args)) {
    // A message may begin with a new row, and with tabs.
    left = left.replace(arg.rest ? gapsBeforeText : gapsBeforeWord, '')
    const end = arg.rest ? left.length : (arg.words?.exec(left)?.[0].length ?? endOfWord(left))
    const word = left.slice(0, end)
    const part = arg.rest ? word.replaceAll(gap, '') : withUsualSign(word)
    if (isBlank(part) || (arg.optional && !arg.rest && !arg.takes(part))) {
      if (!arg.optional) throw fail({ code: 'bad-arguments', detail: `${arg.label} is missing.`, usage })
      values[key] = undefined
      continue
    }
    values[key] = withUsage(usage, () => arg.parse(part))
    left = left.slice(end)
  }
  left = left.replace(gapsBeforeWord, '').replaceAll(gap, ' ')
  if (left !== '')
    throw fail({ code: 'bad-arguments', detail: leftOver(left, Object.values(args), usage, secret), usage })
  return values as Values<A>
}

/**
 * The words in their order, if a channel stands behind the person whom it concerns: the command would do the same in another
 * channel, and take the name of this one for a reason. Further behind, in a reason, a channel's name is nothing else.
 */
function channelFirst([first, person]: readonly Arg<unknown>[], text: string): string | undefined {
  if (!first?.optional || first.label !== channelName.label || !person?.label.startsWith(personName.label))
    return
  const typed = wordsOf(text).map(withUsualSign)
  const at = typed.findIndex(channelName.takes)
  if (at < 1 || (!person.rest && !typed.slice(1, at).every(length.takes))) return
  return [...typed.slice(at, at + 1), ...typed.slice(0, at), ...typed.slice(at + 1)].join(' ')
}

/** A person who types a full name has to learn that a name is one word. */
function leftOver(left: string, args: readonly Arg<unknown>[], usage: string, secret: boolean): string {
  // It may be a password: it is not shown.
  if (secret) return 'There is too much behind it: passwords are asked for.'
  return args.length === 1 && args[0]?.label === 'NAME'
    ? `A name is one word, for example ${usage.split(' ')[0]} Anna.`
    : `I do not understand "${left}" there.`
}

/** Adds the usage line to the failure of an argument. */
function withUsage<T>(usage: string, parse: () => T): T {
  try {
    return parse()
  } catch (error) {
    const problem = error instanceof Failure ? error.problem : undefined
    throw problem?.code === 'bad-arguments' ? fail({ usage, ...problem }) : error
  }
}

const aroundWord = new RegExp(parting)
const gapsBeforeWord = new RegExp(`^(?:(?!\\n)${parting})+`)
const gapsBeforeText = new RegExp(`^(?:(?![\\n\\t])${parting})+`)

function endOfWord(text: string): number {
  const end = text.search(aroundWord)
  return end < 0 ? text.length : end
}
