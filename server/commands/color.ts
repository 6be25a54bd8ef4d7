import { choice, optional } from './args.ts'
import { command } from './command.ts'

export default command({
  name: 'color',
  area: 'other',
  who: 'visitor',
  token: 'any',
  cost: 0,
  args: { state: optional(choice('on', 'off')) },
  summary: 'Colour who speaks, direct messages, mentions and notices, or not.',
  help: 'Without on or off it tells which it is. Nothing is told by colour alone. It is remembered with your account.',
  data: '{on}',
  fails: [],
  async run({ accounts, terminal }, person, { state }) {
    const on = state === undefined ? terminal.color : state === 'on'
    if (state !== undefined && person?.kind === 'account' && !terminal.grant)
      await accounts.setSettings(person, { color: on })
    terminal.color = on
    return { code: 'color', on: terminal.color }
  },
})
