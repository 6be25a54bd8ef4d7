import { choice } from './args.ts'
import { command } from './command.ts'

export default command({
  name: 'hold',
  area: 'other',
  who: 'visitor',
  token: 'any',
  cost: 0,
  args: { state: choice('on', 'off') },
  summary: 'Keep what arrives until you press Enter, so that nobody writes into your line.',
  help: 'Enter on an empty line shows what came.',
  data: '{on}',
  fails: [],
  run({ terminal }, _person, { state }) {
    terminal.hold = state === 'on'
    return { code: 'hold', on: terminal.hold }
  },
})
