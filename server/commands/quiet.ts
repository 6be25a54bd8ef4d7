import { channelName, choice, optional } from './args.ts'
import { command } from './command.ts'
import { channelHere } from './here.ts'

const level = choice('joins', 'all', 'off')
/** A word that is no level can only be a channel. */
const where = { ...channelName, takes: (word: string) => !level.takes(word) }

export default command({
  name: 'quiet',
  area: 'presence',
  who: 'guest',
  token: 'any',
  local: true,
  cost: 1,
  args: { channel: optional(where), level: optional(level) },
  summary: 'Hide who comes and goes in a channel (joins), or its messages too (all).',
  help: 'With all you read only lines that name you as @you, and what somebody does to you in the channel. Hidden messages count as read; /history and /mentions show them. /quiet #NAME off ends it, and /quiet lists the quiet channels. Your account remembers the setting; a connection by token has its own, until it closes.',
  data: '{channel, quiet}; {channels}',
  fails: ['no-such-channel', 'not-a-member', 'no-target'],
  async run(context, person, { channel: name, level: wanted }) {
    const { quiet, terminal } = context
    if (name === undefined && wanted === undefined)
      return { code: 'quiet-list', channels: quiet.of(person, terminal) }
    const channel = channelHere(context, person, name)
    if (wanted !== undefined)
      await quiet.set(person, channel, wanted === 'off' ? undefined : wanted, terminal)
    return { code: 'quiet', channel: channel.name, quiet: channel.listeners.sparedOf(terminal) }
  },
})
