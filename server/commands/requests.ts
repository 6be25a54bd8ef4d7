import { channelName, optional } from './args.ts'
import { command } from './command.ts'

export default command({
  name: 'requests',
  area: 'channels',
  who: 'member',
  token: 'read',
  cost: 1,
  args: { channel: optional(channelName) },
  summary:
    'List the invitations that wait for your answer, and those you made; or those into #NAME, if you lead it.',
  help: '/reject N withdraws one that you made, or one into a channel that you lead. A ban, a demotion or a removal of who made an invitation ends it, and so does a block between the two.',
  data: '{requests: [{request, channel, user, by, at, answer}]}',
  fails: ['no-such-channel', 'not-a-member'],
  run({ channels, invitations }, account, { channel: name }) {
    const reader = account.name
    if (name === undefined) return { code: 'requests', reader, requests: invitations.list(account) }
    const channel = channels.requireFor(name, account)
    const requests = invitations.listInto(account, channel)
    return { code: 'requests', reader, into: channel.name, requests }
  },
})
