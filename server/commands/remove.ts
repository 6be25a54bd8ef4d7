import { brief, channelName, optional, personName } from './args.ts'
import { command } from './command.ts'
import { unlessItEnds } from './confirm.ts'
import { channelToLead } from './here.ts'

export default command({
  name: 'remove',
  aliases: ['kick'],
  area: 'channels',
  who: 'member',
  harm: 'destroys',
  cost: 2,
  args: { channel: optional(channelName), name: personName, why: optional(brief('WHY', 200)) },
  summary: 'Remove somebody from a channel that you lead.',
  help: 'They may come back if the channel is public; /ban keeps them out. Admins can remove moderators and members, moderators can remove members.',
  data: '{action, channel, name}',
  fails: [
    'no-such-channel',
    'not-a-member',
    'no-target',
    'not-said',
    'no-such-user',
    'muted',
    'ends-channel',
  ],
  async run(context, account, { channel: name, name: who, why }) {
    const { clock, moderation, terminal } = context
    const channel = channelToLead(context, account, name)
    const question = `Remove ${who} all the same?`
    const removed = await unlessItEnds(terminal, clock, channel, question, (sure) =>
      moderation.remove(account, channel, who, why, terminal, sure),
    )
    return { code: 'moderated', action: 'removed', channel: channel.name, name: removed }
  },
})
