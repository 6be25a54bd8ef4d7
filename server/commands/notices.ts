import { cursorArgs, cursorOf, cursorUsage } from './args.ts'
import { command } from './command.ts'

const usage = `/notices ${cursorUsage}`

export default command({
  name: 'notices',
  area: 'notices',
  who: 'guest',
  token: 'read',
  cost: 2,
  args: cursorArgs,
  usage,
  summary: "Show the operators' notices to everybody.",
  help: 'Notices that you have not seen are shown at login. If there are more, the answer says how to see them.',
  data: '{messages, more, before?, after?}',
  fails: [],
  async run({ history }, person, args) {
    return history.notices(person, cursorOf(args, usage))
  },
})
