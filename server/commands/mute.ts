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
  summary: 'Mute somebody in a channel that you lead, so that they can only read, or list who is muted.',
  help: 'Times look like 30s, 10m, 2h or 7d; without one the mute lasts until /unmute. The person reads the reason and the end. A guest can change nicks in a moment, so muting a guest mutes all guests from the same address, also those who make an account there within the hour. Muting a member also mutes these guests and new accounts, for an hour, if the member is connected; it holds after /logout and for another account on the same connection, too. /mute #NAME guests mutes all guests (a person with the name guests is @guests). Notes of a muted person on leaving or being away are not shown in the channel either. Only somebody of at least your rank in the channel can change or lift the mute.',
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
