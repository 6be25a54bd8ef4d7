import { pageOf } from '../chat/model/paging.ts'
import { requireRank } from '../chat/model/ranks.ts'
import { brief, channelName, length, optional, orPage, pageNumber, personName } from './args.ts'
import { command } from './command.ts'
import { unlessItEnds } from './confirm.ts'
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
    for: optional(length),
    more: optional(brief('WHY', 200)),
  },
  usage: '/ban [#NAME] [NAME [7d] [WHY]]',
  summary: 'Ban somebody from a channel that you lead, for a time or until /unban, or list who is banned.',
  help: 'Times look like 30s, 10m, 2h or 7d. The person reads the reason and the end of the ban. It also holds after an invitation, /logout, another nick or another account on the same connection. For an hour it also keeps out guests from the same address and new accounts made there, but never accounts that existed before. A ban of a guest holds for all guests from the same address: for an hour if you give no time, and at most until the server restarts. /ban #NAME guests closes the channel to all guests (a person with the name guests is @guests). Only somebody of at least your rank in the channel can change or lift the ban.',
  data: '{action, channel, name, until?, why?, guests?}; {channel, names, bans: [{name, until?, why?}], page, total, more}',
  fails: [
    'no-such-channel',
    'not-a-member',
    'no-target',
    'not-said',
    'no-such-user',
    'muted',
    'ends-channel',
    'quota-exceeded',
  ],
  async run(context, account, { channel: name, name: who, for: forMs, more: why }) {
    const { clock, restraining, terminal } = context
    const channel = channelToLead(context, account, name)
    if (who === undefined) {
      requireRank(channel, account, 1)
      const page = why === undefined ? 1 : pageNumber.parse(why)
      const { rows, paged } = pageOf(restraining.list(channel, 'ban'), page, `/ban ${channel.name} page`)
      return { code: 'bans', channel: channel.name, bans: rows, paged }
    }
    const question = `Ban ${who} all the same?`
    const banned = await unlessItEnds(terminal, clock, channel, question, (sure) =>
      restraining.ban(account, channel, who, { forMs, why, sure }, terminal),
    )
    return { code: 'moderated', action: 'banned', channel: channel.name, ...banned }
  },
})
