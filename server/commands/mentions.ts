import { checkCursor, choice, messageNumber, optional } from './args.ts'
import { command } from './command.ts'

const usage = '/mentions [before ID]'

export default command({
  name: 'mentions',
  area: 'talking',
  who: 'member',
  token: 'read',
  cost: 2,
  args: { before: optional(choice('before')), id: optional(messageNumber) },
  usage,
  summary: 'Show the last messages in your channels that name you as @you.',
  help: 'If there are more, the answer ends with how to ask for older ones.',
  data: '{messages, more, before?}',
  fails: ['took-too-long'],
  async run({ history }, account, { before, id }) {
    checkCursor(before, id, usage)
    return history.mentions(account, id)
  },
})
