import { choice, cursorOf, messageNumber, optional, side } from './args.ts'
import { command } from './command.ts'

const usage = '/inbox [before ID|after ID] [numbers]'

export default command({
  name: 'inbox',
  area: 'talking',
  who: 'member',
  token: 'read',
  cost: 3,
  args: {
    first: optional(choice('numbers')),
    side: optional(side),
    id: optional(messageNumber),
    numbers: optional(choice('numbers')),
  },
  usage,
  summary: 'Show direct messages: those that waited for you, or the last ones.',
  help: 'What it has shown does not wait any more. If there is more, ask again, or as the answer says: before ID and after ID look anywhere else, and leave what waits. What a script with a token is shown goes on waiting for you.',
  data: '{messages, more, before?, after?, unreadFrom?}',
  fails: [],
  async run({ history, terminal, unread }, account, { first, side, id, numbers }) {
    const asked = cursorOf(side, id, usage)
    const answer = await history.inbox(account, terminal.grant === undefined, asked)
    unread.looked(account, terminal, answer)
    return {
      ...answer,
      numbers: (first ?? numbers) !== undefined,
    }
  },
})
