import { channelName, duration, optional, personName } from './args.ts'
import { command } from './command.ts'

export default command({
  name: 'mute',
  area: 'channels',
  who: 'member',
  cost: 2,
  args: { channel: channelName, name: personName, for: optional(duration) },
  usage: '/mute #NAME NAME [10m]',
  summary: 'Let somebody read but not speak in a channel that you lead, for a time.',
  help: 'A time is like 30s, 10m, 2h or 7d; without one it lasts until /unmute.',
  data: '{action, channel, name, until?}',
  fails: ['no-such-channel', 'not-a-member', 'no-such-user'],
  async run({ channels, moderation, terminal }, account, { channel: name, name: who, for: forMs }) {
    const channel = channels.requireFor(name, account)
    const muted = await moderation.mute(account, channel, who, forMs, terminal)
    return { code: 'moderated', action: 'muted', channel: channel.name, ...muted }
  },
})
