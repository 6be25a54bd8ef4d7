import { fail } from '../chat/model/failures.ts'
import { pageOf } from '../chat/model/paging.ts'
import { choice, optional, pageNumber } from './args.ts'
import { command } from './command.ts'

export default command({
  name: 'contacts',
  area: 'people',
  who: 'member',
  token: 'read',
  changes: ({ watch }) => watch !== undefined,
  cost: 2,
  args: {
    watch: optional(choice('watch')),
    state: optional(choice('on', 'off')),
    page: optional(pageNumber),
  },
  usage: '/contacts [watch on|off] [PAGE]',
  summary: 'List your contacts and who of them is online. With watch on, you are told when they come and go.',
  help: '',
  data: '{contacts: [{name, status, note?}], watch, page, total, more}',
  fails: [],
  async run({ contacts }, account, { watch, state, page = 1 }) {
    if ((watch === undefined) !== (state === undefined))
      throw fail({
        code: 'bad-arguments',
        detail: 'watch goes with on or off.',
        usage: '/contacts watch on|off',
      })
    if (state !== undefined) await contacts.setWatch(account, state === 'on')
    const { rows, paged } = pageOf(contacts.list(account), page, '/contacts')
    return { code: 'contacts', contacts: rows, watch: account.watch, paged }
  },
})
