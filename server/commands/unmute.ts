import { channelName, optional, personName } from './args.ts'
import { command } from './command.ts'
import { channelToLead } from './here.ts'

export default command({
  name: 'unmute',
  area: 'channels',
  who: 'member',
  cost: 2,
  args: { channel: optional(channelName), name: personName },
  summary: 'Let somebody speak again.',
  help: 'What somebody has set who has more to say in the channel stays, and nobody lifts what is on themselves. NAME may be guests, for all of them.',
  data: '{action, channel, name}',
  fails: ['no-such-channel', 'not-a-member', 'no-target', 'not-said', 'no-such-user', 'no-such-ban'],
  async run(context, account, { channel: name, name: who }) {
    const { restraining, terminal } = context
    const channel = channelToLead(context, account, name)
    const unmuted = await restraining.unmute(account, channel, who, terminal)
    return { code: 'moderated', action: 'unmuted', channel: channel.name, name: unmuted }
  },
})
