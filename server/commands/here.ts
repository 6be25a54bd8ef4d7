import type { Channels } from '../chat/channels/channels.ts'
import { fail } from '../chat/model/failures.ts'
import type { Account, Channel, Person } from '../chat/model/people.ts'
import type { Pairs } from '../chat/talk/pairs.ts'
import { isChannel, type Target } from '../chat/talk/talk.ts'
import type { Terminal } from './command.ts'

/** The channel that was named, or else the one this terminal talks in. */
export function channelHere(
  { channels, terminal }: { channels: Channels; terminal: Terminal },
  person: Person,
  name: string | undefined,
): Channel {
  if (name !== undefined) return channels.require(name, person)
  const { target } = terminal
  if (!target) throw fail({ code: 'no-target' })
  if (!isChannel(target)) throw fail({ code: 'no-target', with: target.name })
  // Who was taken out of it meanwhile is a stranger there.
  return channels.require(target.name, person)
}

/** The same for what changes something there: who has just failed to go elsewhere may mean that place. */
export function channelToChange(
  context: { channels: Channels; terminal: Terminal },
  person: Person,
  name: string | undefined,
): Channel {
  if (name === undefined) context.terminal.checkAim('channel')
  return channelHere(context, person, name)
}

/** The channel that was named, for whoever leads it, or else the one this terminal talks in. */
export function channelToLead(
  context: { channels: Channels; terminal: Terminal },
  account: Account,
  name: string | undefined,
): Channel {
  return name === undefined
    ? channelToChange(context, account, undefined)
    : context.channels.requireFor(name, account)
}

/** The name of where plain text goes. */
export function placeHere(context: { pairs: Pairs; terminal: Terminal }): string {
  const target = targetIfAny(context)
  if (!target) throw fail({ code: 'no-target' })
  return target.name
}

/** Where plain text goes, if anywhere. */
export function targetIfAny({ pairs, terminal }: { pairs: Pairs; terminal: Terminal }): Target | undefined {
  return pairs.partnerOf(terminal) ?? terminal.target
}

/** Where plain text goes: the private talk this terminal is in, or else its target. */
export function targetHere({ pairs, terminal }: { pairs: Pairs; terminal: Terminal }): Target {
  terminal.checkAim('words')
  const target = targetIfAny({ pairs, terminal })
  if (!target) throw fail({ code: 'no-target' })
  return target
}
