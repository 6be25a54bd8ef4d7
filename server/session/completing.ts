import { isIn } from '../chat/model/channel.ts'
import type { Channel, Person } from '../chat/model/people.ts'
import { isChannel } from '../chat/talk/target.ts'
import type { Command, Context } from '../commands/command.ts'
import type { Candidate, Completion } from '../editor/completion.ts'
import { isCommandLine, withUsualSign } from '../lib/blanks.ts'
import type { EmojiNames } from './emoji-names.ts'

/** More than this nobody looks through by Tab. */
const most = 200

/** What Tab may put into the line of this connection: only what its person may know of. */
export function completionOf(
  context: Context,
  line: string,
  cursor: number,
  emojiNames: Pick<EmojiNames, 'find'>,
): Completion {
  const before = line.slice(0, cursor)
  const word = withUsualSign(/\S*$/.exec(before)?.[0] ?? '')
  const start = cursor - word.length
  const candidates = candidatesFor(context, { before: before.slice(0, start), word }, emojiNames)
  return { start, candidates: candidates.slice(0, most) }
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
  const { person } = context.terminal
  if (before === '' && /^[/／][^/／]*$/.test(word)) return commandsFor(context, word.slice(1))
  if (!person) return []
  const emoji = /^:([a-z0-9_+-]+)$/i.exec(word)?.[1]
  if (emoji !== undefined)
    return emojiNames.find(emoji.toLowerCase()).map(({ name, sign }) => ({ text: sign, hint: `  :${name}:` }))
  if (word.startsWith('#')) return channelsFor(context, person, word)
  if (word.startsWith('@')) return namesFor(context, person, word).map((name) => mention(name, before))
  const label = isCommandLine(before) ? labelAt(context, before) : undefined
  if (label !== undefined) return argumentsFor(context, person, word, label)
  return word === '' ? [] : namesFor(context, person, word).map((name) => mention(name, before))
}

function mention(name: string, before: string): Candidate {
  return { text: `@${name}${before === '' ? ': ' : ' '}` }
}

// Commands

const ranks = ['visitor', 'guest', 'member', 'operator'] as const

function rankOf(person: Person | undefined): number {
  return person === undefined ? 0 : person.kind === 'guest' ? 1 : person.operator ? 3 : 2
}

/** By name, or else by another name of the command. */
function commandsFor({ catalog, terminal }: Context, begun: string): Candidate[] {
  const rank = rankOf(terminal.person)
  const may = catalog.all.filter(({ unlisted, who }) => !unlisted && ranks.indexOf(who) <= rank)
  const starting = (names: readonly string[]) => names.filter((name) => begins(name, begun)).sort()
  const named = starting(may.map(({ name }) => name))
  const found = named.length > 0 ? named : starting(may.flatMap(({ aliases }) => aliases))
  return found.map((name) => ({ text: `/${name} ` }))
}

/** How the argument is called that stands behind this beginning of a command; undefined if it is a text, or none. */
function labelAt({ catalog }: Context, before: string): string | undefined {
  const [name = '', ...given] = before.trim().split(/\s+/)
  const command: Command | undefined = catalog.find(name.slice(1))
  const args = Object.values(command?.args ?? {})
  const arg = args[Math.min(given.length, args.length - 1)]
  if (!arg || (arg.rest && !/NAME/.test(arg.label)) || (given.length >= args.length && !arg.rest))
    return undefined
  return arg.label === 'ID' ? `ID of /${command?.name}` : arg.label
}

function argumentsFor(context: Context, person: Person, word: string, label: string): Candidate[] {
  if (/^ID of \/file(?:get|delete)$/.test(label)) return filesFor(context, person, word)
  if (/^[a-z]+(?:\|[a-z]+)+$/.test(label))
    return label
      .split('|')
      .filter((choice) => begins(choice, word))
      .map((choice) => ({ text: `${choice} ` }))
  if (label === '#NAME') return channelsFor(context, person, `#${word}`)
  if (/COMMAND/.test(label)) return commandsFor(context, word).map(({ text }) => ({ text: text.slice(1) }))
  return /NAME|TARGET/.test(label)
    ? namesFor(context, person, word).map((name) => ({ text: `${name} ` }))
    : []
}

// Channels, people and files

/** The person's own channels, and then the others that they may know of. */
function channelsFor({ channels }: Context, person: Person, begun: string): Candidate[] {
  const isOwn = (channel: Channel) => isIn(channel, person)
  const seen = [...channels.inOrder().items].filter(
    (channel) => begins(channel.name, begun) && (!channel.private || isOwn(channel)),
  )
  return [...seen.filter(isOwn), ...seen.filter((channel) => !isOwn(channel))].map(({ name }) => ({
    text: `${name} `,
  }))
}

/** The names that begin so, without a sign: who wrote last, who is in the channel, and everybody else who is online. */
function namesFor(context: Context, person: Person, begun: string): string[] {
  const { presence, terminal, writers } = context
  const wanted = begun.replace(/^@/, '').replace(/^~/, '')
  const { target } = terminal
  const online = presence.online().filter((one) => begins(one.name.replace(/^~/, ''), wanted))
  const here = (one: Person) =>
    target !== undefined && (isChannel(target) ? isIn(target, one) : one === target)
  const rank = (one: Person) =>
    writersTo.includes(one) ? 0 : here(one) ? 1 : person.kind === 'account' && isContact(person, one) ? 2 : 3
  const writersTo = writers.writersTo(person).map((writer) => writer.person)
  return online
    .filter((one) => one !== person)
    .map((one) => ({ name: one.name, rank: rank(one) }))
    .sort((a, b) => a.rank - b.rank || (a.name < b.name ? -1 : 1))
    .map(({ name }) => name)
}

function isContact(account: Extract<Person, { kind: 'account' }>, other: Person): boolean {
  return other.kind === 'account' && account.contacts.has(other)
}

/** Numbers of files, found by the number or by the name; the newest first. */
function filesFor({ files }: Context, person: Person, begun: string): Candidate[] {
  return files
    .list(person, undefined)
    .reverse()
    .filter(({ id, name }) => String(id).startsWith(begun) || begins(name, begun))
    .map(({ id, name }) => ({ text: String(id), hint: `  ${name}` }))
}

function begins(name: string, begun: string): boolean {
  return name.toLowerCase().startsWith(begun.toLowerCase())
}
