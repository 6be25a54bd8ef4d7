import { choice } from './args.ts'
import { command } from './command.ts'

export default command({
  name: 'color',
  area: 'other',
  who: 'visitor',
  token: 'any',
  cost: 0,
  args: { state: choice('on', 'off') },
  summary: 'Colour lines by kind, or not.',
  help: 'Only for this connection. Nothing is told by colour alone.',
  data: '{on}',
  fails: [],
  run({ terminal }, _person, { state }) {
    terminal.color = state === 'on'
    return { code: 'color', on: terminal.color }
  },
})
