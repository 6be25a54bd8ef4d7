import { pageOf } from '../chat/paging.ts'
import { requireRank } from '../chat/ranks.ts'
import { brief, channelName, optional, orPage, pageNumber, personName } from './args.ts'
import { command } from './command.ts'
import { channelToLead } from './here.ts'

export default command({
  name: 'ban',
  area: 'channels',
  who: 'member',
  harm: 'destroys',
  cost: 2,
  args: {
    channel: optional(channelName),
    name: optional(orPage(personName)),
    more: optional(brief('WHY', 200)),
  },
  usage: '/ban [#NAME] [NAME] [WHY]',
  summary: 'Take somebody out of a channel that you lead and keep them out, or list who is kept out.',
  help: 'An invitation does not help them; /unban does. If they are connected, guests from the same address are kept out for an hour, too.',
  data: '{action, channel, name}; {channel, names, page, total, more}',
  fails: ['no-such-channel', 'not-a-member', 'no-target', 'no-such-user', 'quota-exceeded'],
  async run(context, account, { channel: name, name: who, more }) {
    const { moderation, terminal } = context
    const channel = channelToLead(context, account, name)
    if (who === undefined) {
      requireRank(channel, account, 1)
      const page = more === undefined ? 1 : pageNumber.parse(more)
      const names = [...channel.banned].map((one) => one.name).sort()
      const { rows, paged } = pageOf(names, page, `/ban ${channel.name} page`)
      return { code: 'bans', channel: channel.name, names: rows, paged }
    }
    const banned = await moderation.ban(account, channel, who, more, terminal)
    return { code: 'moderated', action: 'banned', channel: channel.name, name: banned }
  },
})
