import { choice, optional } from './args.ts'
import { command } from './command.ts'

export default command({
  name: 'color',
  area: 'other',
  who: 'visitor',
  token: 'any',
  cost: 0,
  args: { state: optional(choice('on', 'off')) },
  summary: 'Switch colours on or off: for names of speakers, direct messages, mentions and notices.',
  help: 'Without on or off it shows the setting. Colour alone never carries information. Your account remembers the setting.',
  data: '{on}',
  fails: [],
  async run({ ownSettings, terminal }, person, { state }) {
    const on = state === undefined ? terminal.color : state === 'on'
    if (state !== undefined && person?.kind === 'account' && !terminal.grant)
      await ownSettings.change(person, { color: on })
    terminal.color = on
    return { code: 'color', on: terminal.color }
  },
})
