import { cursorOf, messageNumber, optional, side } from './args.ts'
import { command } from './command.ts'

const usage = '/mentions [before ID|after ID]'

export default command({
  name: 'mentions',
  area: 'talking',
  who: 'member',
  token: 'read',
  cost: 2,
  args: { side: optional(side), id: optional(messageNumber) },
  usage,
  summary: 'Show the last messages in your channels that name you as @you.',
  help: 'If there are more, the answer says how to see them.',
  data: '{messages, more, before?, after?}',
  fails: ['took-too-long'],
  async run({ history }, account, { side, id }) {
    return history.mentions(account, cursorOf(side, id, usage))
  },
})
