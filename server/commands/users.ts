import { pageOf } from '../chat/model/paging.ts'
import { lastSeenOf, statusOf } from '../chat/model/people.ts'
import { optional, pageNumber } from './args.ts'
import { command } from './command.ts'

export default command({
  name: 'users',
  area: 'operator',
  who: 'operator',
  cost: 1,
  args: { page: optional(pageNumber) },
  summary: 'List all accounts.',
  help: '',
  data: '{users: [{name, id, status, operator, since, lastSeen?, email?}], page, total, more}',
  fails: [],
  run({ directory }, _operator, { page = 1 }) {
    const { rows, paged } = pageOf(directory.accounts(), page, '/users', { all: directory.accountCount })
    const users = rows.map((account) => ({
      name: account.name,
      id: account.id,
      status: statusOf(account),
      operator: account.operator,
      since: account.since,
      lastSeen: lastSeenOf(account),
      ...(account.email === undefined ? {} : { email: account.email }),
    }))
    return { code: 'users', users, paged }
  },
})
