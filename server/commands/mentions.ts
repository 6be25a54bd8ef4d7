import { cursorArgs, cursorOf, cursorUsage } from './args.ts'
import { command } from './command.ts'

const usage = `/mentions ${cursorUsage}`

export default command({
  name: 'mentions',
  area: 'talking',
  who: 'member',
  token: 'read',
  cost: 2,
  args: cursorArgs,
  usage,
  summary: 'Show the last messages in your channels that name you as @you.',
  help: 'If there are more, the answer says how to see them.',
  data: '{messages, more, before?, after?}',
  fails: ['took-too-long'],
  async run({ history }, account, args) {
    return history.mentions(account, cursorOf(args, usage))
  },
})
