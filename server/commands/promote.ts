import { channelName, personName } from './args.ts'
import { command } from './command.ts'

export default command({
  name: 'promote',
  area: 'channels',
  who: 'member',
  cost: 2,
  args: { channel: channelName, name: personName },
  summary: 'Make a member of your channel a moderator.',
  help: 'Moderators can invite, remove, ban and mute.',
  data: '{action, channel, name}',
  fails: ['no-such-channel', 'not-a-member', 'no-such-user'],
  async run({ channels, moderation, terminal }, account, { channel: name, name: who }) {
    const channel = channels.requireFor(name, account)
    const promoted = await moderation.setModerator(account, channel, who, true, terminal)
    return { code: 'moderated', action: 'promoted', channel: channel.name, name: promoted }
  },
})
