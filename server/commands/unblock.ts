import { offering, personName } from './args.ts'
import { command } from './command.ts'

export default command({
  name: 'unblock',
  area: 'people',
  who: 'member',
  cost: 2,
  args: { name: offering('blocked people', personName) },
  summary: 'End the block of somebody.',
  help: 'You do not get what they wrote to you meanwhile.',
  data: '{name, on}',
  fails: ['no-such-ban'],
  async run({ contacts }, account, { name }) {
    return { code: 'block', name: await contacts.unblock(account, name), on: false }
  },
})
