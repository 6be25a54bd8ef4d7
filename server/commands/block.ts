import { personName } from './args.ts'
import { command } from './command.ts'

export default command({
  name: 'block',
  area: 'people',
  who: 'member',
  harm: 'destroys',
  cost: 2,
  args: { name: personName },
  summary: 'Hear nothing from somebody any more.',
  help: 'No messages, invitations, private talks or files from them reach you, nor what they say on coming, going or being away, and they are not told. Invitations between you and them are gone. Operators cannot be blocked.',
  data: '{name, on}',
  fails: ['no-such-user', 'quota-exceeded'],
  async run({ contacts }, account, { name }) {
    return { code: 'block', name: await contacts.block(account, name), on: true }
  },
})
