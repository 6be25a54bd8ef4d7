import { personName } from './args.ts'
import { command } from './command.ts'

export default command({
  name: 'block',
  area: 'people',
  who: 'member',
  cost: 2,
  args: { name: personName },
  summary: 'Hear nothing from somebody any more.',
  help: 'No messages, invitations, private talks or files from them reach you, and they are not told. Operators cannot be blocked.',
  data: '{name, on}',
  fails: ['no-such-user'],
  async run({ contacts }, account, { name }) {
    return { code: 'block', name: await contacts.block(account, name), on: true }
  },
})
