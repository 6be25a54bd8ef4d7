import { cursorOf, listArgs, listUsage } from './args.ts'
import { command } from './command.ts'

const usage = `/notices ${listUsage}`

export default command({
  name: 'notices',
  area: 'notices',
  who: 'guest',
  token: 'read',
  cost: 2,
  args: listArgs,
  usage,
  summary: "Show the operators' notices to everybody.",
  help: 'Notices that you have not seen are shown at login. If there are more, the answer says how to see them. With numbers each line shows its number.',
  data: '{messages, more, before?, after?}',
  fails: [],
  async run({ history }, person, { first, numbers, ...args }) {
    const answer = await history.notices(person, cursorOf(args, usage))
    return { ...answer, numbers: (first ?? numbers) !== undefined }
  },
})
