import { channelName, personName } from './args.ts'
import { command } from './command.ts'

export default command({
  name: 'unban',
  area: 'channels',
  who: 'member',
  cost: 2,
  args: { channel: channelName, name: personName },
  summary: 'Let somebody come into the channel again.',
  help: '',
  data: '{action, channel, name}',
  fails: ['no-such-channel', 'not-a-member', 'no-such-ban'],
  async run({ channels, moderation }, account, { channel: name, name: who }) {
    const channel = channels.requireFor(name, account)
    const unbanned = await moderation.unban(account, channel, who)
    return { code: 'moderated', action: 'unbanned', channel: channel.name, name: unbanned }
  },
})
