import type { Channels } from '../chat/channels/channels.ts'
import { fail } from '../chat/model/failures.ts'
import type { Account, Channel, Person } from '../chat/model/people.ts'
import type { Pairs } from '../chat/talk/pairs.ts'
import { isChannel, type Target } from '../chat/talk/target.ts'
import type { Terminal } from './terminal.ts'

/** The channel that was named, or else the one in which this terminal talks. */
export function channelHere(
  { channels, terminal }: { channels: Channels; terminal: Terminal },
  person: Person,
  name: string | undefined,
): Channel {
  if (name !== undefined) return channels.require(name, person)
  const { target } = terminal
  if (!target) throw fail({ code: 'no-target' })
  if (!isChannel(target)) throw fail({ code: 'no-target', with: target.name })
  // The person may have been removed from it meanwhile.
  return channels.require(target.name, person)
}

/** The same for a command that changes something. Throws `not-said` after a failed change of target: the person may mean that other place. */
export function channelToChange(
  context: { channels: Channels; terminal: Terminal },
  person: Person,
  name: string | undefined,
): Channel {
  if (name === undefined) context.terminal.checkAim('channel')
  return channelHere(context, person, name)
}

/** The same for a command of those who lead the channel. */
export function channelToLead(
  context: { channels: Channels; terminal: Terminal },
  account: Account,
  name: string | undefined,
): Channel {
  return name === undefined
    ? channelToChange(context, account, undefined)
    : context.channels.requireFor(name, account)
}

/** The name of the place where plain text goes. Throws `no-target` if it goes nowhere. */
export function placeHere(context: { pairs: Pairs; terminal: Terminal }): string {
  const target = targetIfAny(context)
  if (!target) throw fail({ code: 'no-target' })
  return target.name
}

/** The name of the place where plain text goes; undefined if it goes nowhere. */
export function targetIfAny({ pairs, terminal }: { pairs: Pairs; terminal: Terminal }): Target | undefined {
  return pairs.partnerOf(terminal) ?? terminal.target
}

/** The place where plain text goes: the partner of the private talk, or else the target. */
export function targetHere({ pairs, terminal }: { pairs: Pairs; terminal: Terminal }): Target {
  terminal.checkAim('words')
  const target = targetIfAny({ pairs, terminal })
  if (!target) throw fail({ code: 'no-target' })
  return target
}
