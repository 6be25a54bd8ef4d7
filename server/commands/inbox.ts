import { choice, optional } from './args.ts'
import { command } from './command.ts'

export default command({
  name: 'inbox',
  area: 'talking',
  who: 'member',
  token: 'read',
  cost: 3,
  args: { numbers: optional(choice('numbers')) },
  summary: 'Show direct messages: those that waited for you, or the last ones.',
  help: 'What it has shown does not wait any more. If there is more, ask again. What a script with a token is shown goes on waiting for you.',
  data: '{messages, more, unreadFrom?}',
  fails: [],
  async run({ history, terminal }, account, { numbers }) {
    return { ...(await history.inbox(account, terminal.grant === undefined)), numbers: numbers !== undefined }
  },
})
