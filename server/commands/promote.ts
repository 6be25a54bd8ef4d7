import { channelName, optional, personName } from './args.ts'
import { command } from './command.ts'
import { channelToLead } from './here.ts'

export default command({
  name: 'promote',
  area: 'channels',
  who: 'member',
  cost: 2,
  args: { channel: optional(channelName), name: personName },
  summary: 'Make a member of your channel a moderator.',
  help: 'Moderators can invite, remove, ban and mute.',
  data: '{action, channel, name}',
  fails: ['no-such-channel', 'not-a-member', 'no-target', 'not-said', 'no-such-user'],
  async run(context, account, { channel: name, name: who }) {
    const { moderation, terminal } = context
    const channel = channelToLead(context, account, name)
    const promoted = await moderation.setModerator(account, channel, who, true, terminal)
    return { code: 'moderated', action: 'promoted', channel: channel.name, name: promoted }
  },
})
