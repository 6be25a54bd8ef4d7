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
  summary:
    'Take somebody out of a channel that you lead and keep them out, for a time or until /unban, or list who is.',
  help: 'A time is like 30s, 10m, 2h or 7d. They read why and until when. An invitation does not help them, and neither does /logout, another nick or another account made on the same connection; guests from the same address, and accounts made there, are kept out for an hour, too, but never accounts that were there before. Of a guest it is about all guests from the same address, for an hour if you give no time, and until the server starts anew at most. /ban #NAME guests makes the channel one for members only (somebody called so is @guests). Only somebody who leads the channel as much as you can change or lift it.',
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
