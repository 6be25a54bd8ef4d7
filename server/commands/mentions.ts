import { cursorOf, listArgs, listUsage } from './args.ts'
import { command } from './command.ts'

const usage = `/mentions ${listUsage}`

export default command({
  name: 'mentions',
  area: 'talking',
  who: 'member',
  token: 'read',
  cost: 2,
  args: listArgs,
  usage,
  summary: 'Show the last messages in your channels that name you as @you.',
  help: 'If there are more, the answer says how to see them. With numbers each line shows its number, for /history.',
  data: '{messages, more, before?, after?}',
  fails: ['took-too-long'],
  async run({ history }, account, { first, numbers, ...args }) {
    const answer = await history.mentions(account, cursorOf(args, usage))
    return { ...answer, numbers: (first ?? numbers) !== undefined }
  },
})
