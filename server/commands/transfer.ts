import { channelName, optional, personName } from './args.ts'
import { command } from './command.ts'
import { channelToLead } from './here.ts'

export default command({
  name: 'transfer',
  area: 'channels',
  who: 'member',
  harm: 'destroys',
  cost: 2,
  args: { channel: optional(channelName), name: personName },
  summary: 'Make another member the admin of your channel; you become a plain member.',
  help: '',
  data: '{action, channel, name}',
  fails: ['no-such-channel', 'not-a-member', 'no-target', 'not-said', 'no-such-user', 'quota-exceeded'],
  async run(context, account, { channel: name, name: who }) {
    const { moderation, terminal } = context
    const channel = channelToLead(context, account, name)
    const { heir, former } = await moderation.transfer(account, channel, who, terminal)
    return {
      code: 'moderated',
      action: 'transferred',
      channel: channel.name,
      name: heir.name,
      former: former === account ? undefined : (former?.name ?? null),
    }
  },
})
