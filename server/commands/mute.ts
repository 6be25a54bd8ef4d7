import { pageOf } from '../chat/paging.ts'
import { requireRank } from '../chat/ranks.ts'
import { channelName, duration, optional, orPage, pageNumber, personName } from './args.ts'
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
    for: optional(orPage(duration)),
    page: optional(pageNumber),
  },
  usage: '/mute [#NAME] [NAME [10m]]',
  summary: 'Let somebody read but not speak in a channel that you lead, for a time, or list who is muted.',
  help: 'A time is like 30s, 10m, 2h or 7d; without one it lasts until /unmute. Guests have another nick in a moment: with one guest all who come from the same address are muted there, also those who make an account meanwhile. With a member they are for an hour, if that one is connected. What a muted person says on going or being away is not shown there either.',
  data: '{action, channel, name, until?, guests?}; {channel, mutes: [{name, until?}], page, total, more}',
  fails: ['no-such-channel', 'not-a-member', 'no-target', 'no-such-user', 'quota-exceeded'],
  async run(context, account, { channel: name, name: who, for: forMs, page = 1 }) {
    const { moderation, terminal } = context
    const channel = channelToLead(context, account, name)
    if (who === undefined) {
      requireRank(channel, account, 1)
      const { rows, paged } = pageOf(moderation.muted(channel), page, `/mute ${channel.name} page`)
      return { code: 'mutes', channel: channel.name, mutes: rows, paged }
    }
    const muted = await moderation.mute(account, channel, who, forMs, terminal)
    return { code: 'moderated', action: 'muted', channel: channel.name, ...muted }
  },
})
