import { requireRank } from '../chat/ranks.ts'
import { channelName, optional, personName } from './args.ts'
import { command } from './command.ts'

export default command({
  name: 'ban',
  area: 'channels',
  who: 'member',
  cost: 2,
  args: { channel: channelName, name: optional(personName) },
  summary: 'Take somebody out of a channel that you lead and keep them out, or list who is kept out.',
  help: 'An invitation does not help them; /unban does.',
  data: '{action, channel, name}; {channel, names}',
  fails: ['no-such-channel', 'not-a-member', 'no-such-user', 'quota-exceeded'],
  async run({ channels, moderation, terminal }, account, { channel: name, name: who }) {
    const channel = channels.requireFor(name, account)
    if (who === undefined) {
      requireRank(channel, account, 1)
      return { code: 'bans', channel: channel.name, names: [...channel.banned].map((one) => one.name).sort() }
    }
    const banned = await moderation.ban(account, channel, who, terminal)
    return { code: 'moderated', action: 'banned', channel: channel.name, name: banned }
  },
})
