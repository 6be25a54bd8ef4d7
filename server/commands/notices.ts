import { checkCursor, choice, messageNumber, optional } from './args.ts'
import { command } from './command.ts'

const usage = '/notices [before ID]'

export default command({
  name: 'notices',
  area: 'notices',
  who: 'guest',
  token: 'read',
  cost: 2,
  args: { before: optional(choice('before')), id: optional(messageNumber) },
  usage,
  summary: "Show the operators' notices to everybody.",
  help: 'Those you have not seen are shown at login. If there are more, the answer ends with how to ask for older ones.',
  data: '{messages, more, before?}',
  fails: [],
  async run({ history }, person, { before, id }) {
    checkCursor(before, id, usage)
    return history.notices(person, id)
  },
})
