import { count } from './args.ts'
import { command } from './command.ts'

export default command({
  name: 'reject',
  area: 'channels',
  who: 'member',
  cost: 2,
  args: { request: count('N', Number.MAX_SAFE_INTEGER) },
  summary: 'Reject an invitation, by its number in /requests.',
  help: 'Who invited you is told.',
  data: '{request, channel}',
  fails: ['no-such-request'],
  async run({ invitations }, account, { request }) {
    return { code: 'rejected', request, channel: await invitations.reject(account, request) }
  },
})
