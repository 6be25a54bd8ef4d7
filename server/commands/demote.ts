import { channelName, optional, personName } from './args.ts'
import { command } from './command.ts'
import { channelToLead } from './here.ts'

export default command({
  name: 'demote',
  area: 'channels',
  who: 'member',
  cost: 2,
  args: { channel: optional(channelName), name: personName },
  summary: 'Make a moderator of your channel a plain member again.',
  help: '',
  data: '{action, channel, name}',
  fails: ['no-such-channel', 'not-a-member', 'no-target', 'not-said', 'no-such-user'],
  async run(context, account, { channel: name, name: who }) {
    const { moderation, terminal } = context
    const channel = channelToLead(context, account, name)
    const demoted = await moderation.setModerator(account, channel, who, false, terminal)
    return { code: 'moderated', action: 'demoted', channel: channel.name, name: demoted }
  },
})
