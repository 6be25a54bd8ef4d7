import { optional, pageNumber } from './args.ts'
import { command } from './command.ts'

export default command({
  name: 'who',
  area: 'presence',
  who: 'visitor',
  token: 'read',
  cost: 2,
  args: { page: optional(pageNumber) },
  summary: 'List everybody who is online.',
  help: '',
  data: '{members: [{name, id?, status, note?}], page, total, more}',
  fails: [],
  run: ({ presence }, reader, { page }) => ({ code: 'who', ...presence.list(reader, page) }),
})
