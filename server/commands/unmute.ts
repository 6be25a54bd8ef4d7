import { channelName, personName } from './args.ts'
import { command } from './command.ts'

export default command({
  name: 'unmute',
  area: 'channels',
  who: 'member',
  cost: 2,
  args: { channel: channelName, name: personName },
  summary: 'Let somebody speak again.',
  help: '',
  data: '{action, channel, name}',
  fails: ['no-such-channel', 'not-a-member', 'no-such-user', 'no-such-ban'],
  async run({ channels, moderation, terminal }, account, { channel: name, name: who }) {
    const channel = channels.requireFor(name, account)
    const unmuted = await moderation.unmute(account, channel, who, terminal)
    return { code: 'moderated', action: 'unmuted', channel: channel.name, name: unmuted }
  },
})
