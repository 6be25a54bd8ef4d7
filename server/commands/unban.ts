import { channelName, optional, personName } from './args.ts'
import { command } from './command.ts'
import { channelToLead } from './here.ts'

export default command({
  name: 'unban',
  area: 'channels',
  who: 'member',
  cost: 2,
  args: { channel: optional(channelName), name: personName },
  summary: 'End the ban of somebody from a channel.',
  help: 'You can lift it only if your rank in the channel is at least that of the person who set it, and never your own. NAME may be guests, which means the ban of all guests.',
  data: '{action, channel, name}',
  fails: ['no-such-channel', 'not-a-member', 'no-target', 'not-said', 'no-such-ban'],
  async run(context, account, { channel: name, name: who }) {
    const { lifting } = context
    const channel = channelToLead(context, account, name)
    const unbanned = await lifting.unban(account, channel, who)
    return { code: 'moderated', action: 'unbanned', channel: channel.name, name: unbanned }
  },
})
