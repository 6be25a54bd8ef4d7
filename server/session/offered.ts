import { isIn, sizeOf } from '../chat/model/channel.ts'
import type { Channel, Person } from '../chat/model/people.ts'
import { isChannel } from '../chat/talk/target.ts'
import type { Context } from '../commands/command.ts'
import { usableCommands } from '../commands/usable.ts'
import type { Candidate } from '../editor/completion.ts'

/** More than this nobody looks through by Tab. It also limits what is looked at: a Tab costs little however many are there. */
export const mostOffered = 200

/** Names of commands that the person may use and that begin so; other names of them if there are none. */
export function commandsFor(context: Context, begun: string): string[] {
  const usable = usableCommands(context, context.terminal.person)
  const starting = (names: readonly string[]) => names.filter((name) => begins(name, begun)).sort()
  const named = starting(usable.map(({ name }) => name))
  return named.length > 0 ? named : starting(usable.flatMap(({ aliases }) => aliases))
}

/** The channels that begin so, with their `#`: the person's own, and then public ones; each the largest first. */
export function channelsFor({ channels }: Context, person: Person, begun: string): string[] {
  const own = [...person.channels].filter(({ name }) => begins(name, begun))
  const others = firstOf(mostOffered, channels.publicFrom(begun), (channel) => !isIn(channel, person))
  return [...own.sort(largestFirst), ...others.sort(largestFirst)].map(({ name }) => name)
}

function largestFirst(a: Channel, b: Channel): number {
  return sizeOf(b) - sizeOf(a) || (a.name < b.name ? -1 : 1)
}

/**
 * The names that begin so, with or without `~`: who wrote to the person last, who is in the channel, their contacts, everybody
 * else who is online, and contacts who are not. Nobody whom they have blocked.
 */
export function peopleFor(
  { directory, terminal, writers }: Context,
  person: Person,
  begun: string,
): string[] {
  const mayBe = (one: Person) =>
    one !== person &&
    (begins(one.name, begun) || begins(one.name, `~${begun}`)) &&
    !(person.kind === 'account' && person.blocked.has(one))
  const isHere = (one: Person) => one.listeners.size > 0
  const online = firstOf(mostOffered, directory.presentFrom(begun), mayBe)
  const contacts = person.kind === 'account' ? [...person.contacts].filter(mayBe).sort(byName) : []
  const { target } = terminal
  const near = target === undefined ? [] : isChannel(target) ? peopleIn(target).filter(mayBe) : [target]
  const found = new Set([
    ...writers.writersTo(person).map((writer) => writer.person),
    ...near.filter(isHere).sort(byName),
    ...online.filter((one) => target !== undefined && isChannel(target) && isIn(target, one)),
    ...contacts.filter(isHere),
    ...online,
    ...contacts,
  ])
  return [...found].filter(mayBe).map(({ name }) => name)
}

/** Everybody in a channel; nobody if they are too many to look through. */
function peopleIn(channel: Channel): Person[] {
  return sizeOf(channel) > mostOffered ? [] : [...channel.members.keys(), ...channel.guests]
}

function byName(a: Person, b: Person): number {
  return a.name < b.name ? -1 : 1
}

/** The people whom the person has blocked, whose names begin so. */
export function blockedFor(person: Person, begun: string): string[] {
  const blocked = person.kind === 'account' ? [...person.blocked] : []
  return blocked
    .map(({ name }) => name)
    .filter((name) => begins(name, begun))
    .sort()
}

/** Numbers of files that the person may get, found by the number or by the name; the newest first. */
export function filesFor({ files }: Context, person: Person, begun: string): Candidate[] {
  return firstOf(
    mostOffered,
    files.newestFirst(person),
    ({ id, name }) => String(id).startsWith(begun) || begins(name, begun),
  ).map(({ id, name }) => ({ text: String(id), hint: `  ${name}` }))
}

/** Whether a name begins so, in any case. */
export function begins(name: string, begun: string): boolean {
  return name.toLowerCase().startsWith(begun.toLowerCase())
}

function firstOf<T>(most: number, items: Iterable<T>, wanted: (item: T) => boolean): T[] {
  const found: T[] = []
  for (const item of items) {
    if (!wanted(item)) continue
    if (found.push(item) === most) break
  }
  return found
}
