import { statusOf } from '../chat/people.ts'
import { command } from './command.ts'

export default command({
  name: 'users',
  area: 'operator',
  who: 'operator',
  cost: 1,
  args: {},
  summary: 'List all accounts.',
  help: '',
  data: '{users: [{name, id, status, operator, since, lastSeen, email?}]}',
  fails: [],
  run: ({ directory }) => ({
    code: 'users',
    users: [...directory.accounts()].map((account) => ({
      name: account.name,
      id: account.id,
      status: statusOf(account),
      operator: account.operator,
      since: account.since,
      lastSeen: account.seenAt,
      ...(account.email === undefined ? {} : { email: account.email }),
    })),
  }),
})
