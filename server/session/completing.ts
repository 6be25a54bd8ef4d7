import type { Person } from '../chat/model/people.ts'
import type { Arg, Offer } from '../commands/args.ts'
import type { Context } from '../commands/command.ts'
import type { Candidate, Completion } from '../editor/completion.ts'
import { isCommandLine, withoutFront, withUsualSign, wordsOf } from '../lib/blanks.ts'
import type { EmojiNames } from './emoji-names.ts'
import { begins, blockedFor, channelsFor, commandsFor, filesFor, mostOffered, peopleFor } from './offered.ts'

/** Signs that may stand in front of `@sam`, `#tea` and `:wave:` in a sentence. */
const opening = /^["'“‘«„([{]+(?=[#＃@＠:])/

/** What Tab may put into the line of this connection: only what its person may know of. */
export function completionOf(
  context: Context,
  line: string,
  cursor: number,
  emojiNames: Pick<EmojiNames, 'find'>,
): Completion {
  // By `split`: a search for what stands before the end would begin anew at each character.
  const typed = line.slice(0, cursor).split(/\s/).at(-1) ?? ''
  const word = typed.replace(opening, '')
  const start = cursor - word.length
  const place = { before: line.slice(0, start), word: withUsualSign(word) }
  const isFollowed = /^\s/.test(line.slice(cursor))
  const candidates = candidatesFor(context, place, emojiNames)
    .slice(0, mostOffered)
    // The blank behind it is there already.
    .map(({ text, ...more }) => ({ text: isFollowed ? text.trimEnd() : text, ...more }))
  return { start, candidates }
}

interface Place {
  /** What stands before the word. */
  readonly before: string
  readonly word: string
}

function candidatesFor(
  context: Context,
  { before, word }: Place,
  emojiNames: Pick<EmojiNames, 'find'>,
): Candidate[] {
  const isFirst = withoutFront(before) === ''
  const { terminal } = context
  // A token may be for less than its person may know: behind one, no names are offered.
  const person = terminal.grant ? undefined : terminal.person
  // A visitor may leave the slash out.
  const [, begun] = (terminal.person ? /^[/／]([^/／]*)$/ : /^[/／]?([^/／]+)$/).exec(word) ?? []
  if (isFirst && begun !== undefined)
    return commandsFor(context, begun).map((name) => ({ text: `/${name} ` }))
  const offers = isCommandLine(before) ? offersBehind(context, before, word) : []
  if (offers.length > 0) return offers.flatMap((offer) => offered(context, person, word, offer))
  if (!person) return []
  if (word.startsWith('#')) return followed(channelsFor(context, person, word))
  if (word.startsWith(':')) return emojiFor(emojiNames, word.slice(1))
  if (word === '') return []
  return peopleFor(context, person, word.replace(/^@/, '')).map((name) => ({
    text: `@${name}${isFirst ? ':' : ''} `,
  }))
}

function emojiFor(emojiNames: Pick<EmojiNames, 'find'>, begun: string): Candidate[] {
  const name = begun.toLowerCase()
  const found = name.endsWith(':')
    ? emojiNames.find(name.slice(0, -1)).filter((one) => one.name === name.slice(0, -1))
    : emojiNames.find(name)
  return name === '' ? [] : found.map((one) => ({ text: one.sign, hint: `  :${one.name}:` }))
}

// Arguments of commands

/** What may stand behind this beginning of a command: for the next argument, and for those that follow if it can be left out. */
function offersBehind({ catalog }: Context, before: string, word: string): Offer[] {
  const [name = '', ...given] = wordsOf(before).map(withUsualSign)
  const args: Arg<unknown>[] = Object.values(catalog.find(withoutFront(name).slice(1))?.args ?? {})
  for (const one of given) {
    while (args[0]?.optional && !args[0].rest && !args[0].takes(one)) args.shift()
    if (!args[0]?.rest) args.shift()
  }
  const last = args.findIndex(({ optional, rest }) => !optional || rest)
  return args.slice(0, last < 0 ? args.length : last + 1).flatMap(({ offers, optional, takes }) => {
    // Where a person may stand, too, a channel begins with its sign.
    const isOther = offers === 'channels' && optional && word !== '' && !takes(word)
    return offers === undefined || isOther ? [] : [offers]
  })
}

function offered(context: Context, person: Person | undefined, word: string, offer: Offer): Candidate[] {
  if (typeof offer !== 'string') return followed(offer.filter((one) => begins(one, word)))
  if (offer === 'commands') return followed(commandsFor(context, word.replace(/^[/／]/, '')))
  if (!person) return []
  // `@sam` and `sam` are the same person, and a channel's sign may be missing.
  const [, at = '', name = ''] = /^(@?)(.*)$/s.exec(word) ?? []
  switch (offer) {
    case 'channels':
      return at === '' ? followed(channelsFor(context, person, word.replace(/^#?/, '#'))) : []
    case 'people':
      if (word.startsWith('#')) return followed(channelsFor(context, person, word))
      return followed(peopleFor(context, person, name).map((one) => at + one))
    case 'blocked people':
      return followed(blockedFor(person, name).map((one) => at + one))
    case 'files':
      return filesFor(context, person, word)
  }
}

/** Each with the blank that comes next. */
function followed(names: readonly string[]): Candidate[] {
  return names.map((name) => ({ text: `${name} ` }))
}
