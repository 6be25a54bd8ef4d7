import { fail } from '../chat/model/failures.ts'
import { command } from './command.ts'

export default command({
  name: 'end',
  area: 'talking',
  who: 'guest',
  harm: 'ends',
  cost: 1,
  args: {},
  summary: 'End a private talk, or stop waiting for one.',
  help: 'The plain word @end does the same. What you type then goes where it went before the talk.',
  data: '{with, begun, target?}',
  fails: ['no-talk'],
  run({ pairs, terminal }, person) {
    const ended = pairs.end(terminal, `${person.name} ended it`)
    if (ended === undefined) throw fail({ code: 'no-talk' })
    // Words go to the same place as before the talk.
    pairs.hasChosen(person)
    return { code: 'unpaired', ...ended, target: terminal.target?.name }
  },
})
