import { brief, optional } from './args.ts'
import { command } from './command.ts'

export default command({
  name: 'away',
  area: 'presence',
  who: 'guest',
  cost: 2,
  args: { note: optional(brief('NOTE', 200)) },
  summary: 'Say that you are away and, if you like, why.',
  help: 'People who write to you read the note. /back ends it.',
  data: '{note}',
  fails: [],
  run({ presence, terminal }, person, { note = '' }) {
    presence.setAway(person, note, terminal)
    return { code: 'away', note }
  },
})
