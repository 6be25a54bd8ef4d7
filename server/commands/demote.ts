import { channelName, personName } from './args.ts'
import { command } from './command.ts'

export default command({
  name: 'demote',
  area: 'channels',
  who: 'member',
  cost: 2,
  args: { channel: channelName, name: personName },
  summary: 'Make a moderator of your channel a plain member again.',
  help: '',
  data: '{action, channel, name}',
  fails: ['no-such-channel', 'not-a-member', 'no-such-user'],
  async run({ channels, moderation, terminal }, account, { channel: name, name: who }) {
    const channel = channels.requireFor(name, account)
    const demoted = await moderation.setModerator(account, channel, who, false, terminal)
    return { code: 'moderated', action: 'demoted', channel: channel.name, name: demoted }
  },
})
