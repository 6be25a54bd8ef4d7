import type { Channel } from '../chat/channel.ts'
import type { Channels } from '../chat/channels.ts'
import { fail } from '../chat/failures.ts'
import type { Pairs } from '../chat/pairs.ts'
import type { Person } from '../chat/people.ts'
import { isChannel, type Target } from '../chat/talk.ts'
import type { Terminal } from './command.ts'

/** The channel that was named, or else the one this terminal talks in. */
export function channelHere(
  { channels, terminal }: { channels: Channels; terminal: Terminal },
  person: Person,
  name: string | undefined,
): Channel {
  if (name !== undefined) return channels.require(name, person)
  const { target } = terminal
  if (!target || !isChannel(target)) throw fail({ code: 'no-target' })
  // Who was taken out of it meanwhile is a stranger there.
  return channels.require(target.name, person)
}

/** Where plain text goes: the private talk this terminal is in, or else its target. */
export function targetHere({ pairs, terminal }: { pairs: Pairs; terminal: Terminal }): Target {
  const target = pairs.partnerOf(terminal) ?? terminal.target
  if (!target) throw fail({ code: 'no-target' })
  return target
}
