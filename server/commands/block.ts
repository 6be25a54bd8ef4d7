import { personName } from './args.ts'
import { command } from './command.ts'

export default command({
  name: 'block',
  area: 'people',
  who: 'member',
  harm: 'destroys',
  cost: 2,
  args: { name: personName },
  summary: 'Block somebody: you read nothing from them any more.',
  help: 'Their messages, invitations, private talks and files do not reach you, and neither do their notes when they come, go or are away. They are not told. Invitations between the two of you end. You cannot block operators.',
  data: '{name, on}',
  fails: ['no-such-user', 'quota-exceeded'],
  async run({ contacts }, account, { name }) {
    return { code: 'block', name: await contacts.block(account, name), on: true }
  },
})
