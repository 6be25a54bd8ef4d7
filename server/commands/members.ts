import { channelName, choice, optional, pageNumber } from './args.ts'
import { command } from './command.ts'
import { channelHere } from './here.ts'

export default command({
  name: 'members',
  aliases: ['names'],
  area: 'channels',
  who: 'guest',
  token: 'read',
  local: true,
  cost: 2,
  reads: true,
  args: {
    channel: optional({ ...channelName, takes: (word) => !/^(online|page)$/i.test(word) }),
    online: optional(choice('online')),
    page: optional(pageNumber),
  },
  summary: 'List the members of a channel, or of the one that you talk in.',
  help: 'The list shows numbers, presence and roles. With online it shows only the others who are online. The plain words MEMBERS ONLINE mean /members online.',
  data: '{channel, members: [{name, id?, status, note?, role?}], page, total, more}',
  fails: ['no-such-channel', 'not-a-member', 'no-target'],
  run(context, person, { channel: name, online, page }) {
    const { channelLists } = context
    const channel = channelHere(context, person, name)
    const list = channelLists.members(channel, person, { page, others: online !== undefined })
    return { code: 'members', channel: channel.name, others: online !== undefined, ...list }
  },
})
