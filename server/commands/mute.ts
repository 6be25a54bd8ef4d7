import { pageOf } from '../chat/model/paging.ts'
import { requireRank } from '../chat/model/ranks.ts'
import { brief, channelName, length, optional, orPage, pageNumber, personName } from './args.ts'
import { command } from './command.ts'
import { channelToLead } from './here.ts'

export default command({
  name: 'mute',
  area: 'channels',
  who: 'member',
  cost: 2,
  args: {
    channel: optional(channelName),
    name: optional(orPage(personName)),
    for: optional(length),
    more: optional(brief('WHY', 200)),
  },
  usage: '/mute [#NAME] [NAME [10m] [WHY]]',
  summary: 'Let somebody read but not speak in a channel that you lead, for a time, or list who is muted.',
  help: 'A time is like 30s, 10m, 2h or 7d; without one it lasts until /unmute. They read why and until when. Guests have another nick in a moment: with one guest all who come from the same address are muted there, also those who make an account within the hour. With a member they are for an hour, if that one is connected; neither /logout nor another account made on the same connection helps. /mute #NAME guests is all guests there are (somebody called so is @guests). What a muted person says on going or being away is not shown there either. Only somebody who leads the channel as much as you can change or lift it.',
  data: '{action, channel, name, until?, why?, guests?}; {channel, mutes: [{name, until?, why?}], page, total, more}',
  fails: [
    'no-such-channel',
    'not-a-member',
    'no-target',
    'not-said',
    'no-such-user',
    'muted',
    'quota-exceeded',
  ],
  async run(context, account, { channel: name, name: who, for: forMs, more: why }) {
    const { restraining, terminal } = context
    const channel = channelToLead(context, account, name)
    if (who === undefined) {
      requireRank(channel, account, 1)
      const page = why === undefined ? 1 : pageNumber.parse(why)
      const { rows, paged } = pageOf(restraining.list(channel, 'mute'), page, `/mute ${channel.name} page`)
      return { code: 'mutes', channel: channel.name, mutes: rows, paged }
    }
    const muted = await restraining.mute(account, channel, who, { forMs, why }, terminal)
    return { code: 'moderated', action: 'muted', channel: channel.name, ...muted }
  },
})
