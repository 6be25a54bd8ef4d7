import { count } from './args.ts'
import { command } from './command.ts'

export default command({
  name: 'reject',
  aliases: ['withdraw'],
  area: 'channels',
  who: 'member',
  harm: 'destroys',
  cost: 2,
  args: { request: count('N', Number.MAX_SAFE_INTEGER) },
  summary: 'Reject an invitation, by its number in /requests, or withdraw one.',
  help: 'The person who invited you is told. It also withdraws an invitation that you made, or one into a channel that you lead; /requests #NAME lists those.',
  data: '{request, channel, withdrawn?}',
  fails: ['no-such-request'],
  async run({ invitations, terminal }, account, { request }) {
    return { code: 'rejected', request, ...(await invitations.reject(account, request, terminal)) }
  },
})
