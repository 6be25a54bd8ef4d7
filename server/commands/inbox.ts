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
  summary: 'Show direct messages: those that wait for you, or the last ones.',
  help: 'A message that it has shown no longer waits. If more are waiting, ask again. before ID and after ID show other messages, and do not change what waits. Messages shown to a script with a token go on waiting for you.',
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
