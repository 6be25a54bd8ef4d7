import { channelName, optional, personName } from './args.ts'
import { command } from './command.ts'
import { channelToLead } from './here.ts'

export default command({
  name: 'unmute',
  area: 'channels',
  who: 'member',
  cost: 2,
  args: { channel: optional(channelName), name: personName },
  summary: 'End the mute of somebody, who can then speak again.',
  help: 'You can lift it only if your rank in the channel is at least that of the person who set it, and never your own. NAME may be guests, which means the mute of all guests.',
  data: '{action, channel, name}',
  fails: ['no-such-channel', 'not-a-member', 'no-target', 'not-said', 'no-such-user', 'no-such-ban'],
  async run(context, account, { channel: name, name: who }) {
    const { lifting, terminal } = context
    const channel = channelToLead(context, account, name)
    const unmuted = await lifting.unmute(account, channel, who, terminal)
    return { code: 'moderated', action: 'unmuted', channel: channel.name, name: unmuted }
  },
})
