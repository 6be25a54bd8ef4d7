import { isOwnReason } from '../chat/model/parting.ts'
import { brief, optional } from './args.ts'
import { command } from './command.ts'

export default command({
  name: 'quit',
  aliases: ['offline', 'exit'],
  area: 'presence',
  who: 'visitor',
  token: 'any',
  harm: 'ends',
  cost: 0,
  args: { note: optional(brief('NOTE', 200)) },
  summary: 'Go offline.',
  help: 'You stay a member of your channels. The plain word QUIT does the same.',
  data: '{}',
  fails: [],
  run({ terminal }, _person, { note }) {
    terminal.leave(note !== undefined && isOwnReason(note) ? undefined : note)
    return { code: 'goodbye' }
  },
})
