import { pageOf } from '../chat/model/paging.ts'
import { optional, pageNumber } from './args.ts'
import { command } from './command.ts'

export default command({
  name: 'blocks',
  area: 'people',
  who: 'member',
  token: 'read',
  cost: 1,
  args: { page: optional(pageNumber) },
  summary: 'List the people that you have blocked.',
  help: '',
  data: '{names, page, total, more}',
  fails: [],
  run({ contacts }, account, { page = 1 }) {
    const { rows, paged } = pageOf(contacts.blocked(account), page, '/blocks')
    return { code: 'blocks', names: rows, paged }
  },
})
