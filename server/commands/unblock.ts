import { personName } from './args.ts'
import { command } from './command.ts'

export default command({
  name: 'unblock',
  area: 'people',
  who: 'member',
  cost: 2,
  args: { name: personName },
  summary: 'Hear from somebody again.',
  help: 'What they wrote to you meanwhile does not come after.',
  data: '{name, on}',
  fails: ['no-such-ban'],
  async run({ contacts }, account, { name }) {
    return { code: 'block', name: await contacts.unblock(account, name), on: false }
  },
})
