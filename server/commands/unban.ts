import { channelName, optional, personName } from './args.ts'
import { command } from './command.ts'
import { channelToLead } from './here.ts'

export default command({
  name: 'unban',
  area: 'channels',
  who: 'member',
  cost: 2,
  args: { channel: optional(channelName), name: personName },
  summary: 'Let somebody come into the channel again.',
  help: 'What somebody has set who has more to say in the channel stays, and nobody lifts what is on themselves. NAME may be guests, for all of them.',
  data: '{action, channel, name}',
  fails: ['no-such-channel', 'not-a-member', 'no-target', 'not-said', 'no-such-ban'],
  async run(context, account, { channel: name, name: who }) {
    const { restraining } = context
    const channel = channelToLead(context, account, name)
    const unbanned = await restraining.unban(account, channel, who)
    return { code: 'moderated', action: 'unbanned', channel: channel.name, name: unbanned }
  },
})
