import { pageOf } from '../chat/model/paging.ts'
import { channelName, optional, pageNumber } from './args.ts'
import { command } from './command.ts'

export default command({
  name: 'requests',
  area: 'channels',
  who: 'member',
  token: 'read',
  cost: 1,
  args: { channel: optional(channelName), page: optional(pageNumber) },
  summary:
    'List the invitations that wait for your answer and those that you made, or those into #NAME if you lead it.',
  help: '/reject N withdraws an invitation that you made, or one into a channel that you lead. An invitation ends when the person who made it is banned, demoted or removed, and when one of the two blocks the other.',
  data: '{requests: [{request, channel, user, by, at, answer}], page, total, more}',
  fails: ['no-such-channel', 'not-a-member'],
  run({ channels, invitations }, account, { channel: name, page = 1 }) {
    const reader = account.name
    if (name === undefined) {
      const all = invitations.list(account)
      const { rows, paged } = pageOf(all, page, '/requests')
      return {
        code: 'requests',
        reader,
        requests: rows,
        mine: all.filter(({ user }) => user === reader).length,
        paged,
      }
    }
    const channel = channels.requireFor(name, account)
    const { rows, paged } = pageOf(invitations.listInto(account, channel), page, `/requests ${channel.name}`)
    return { code: 'requests', reader, into: channel.name, requests: rows, paged }
  },
})
