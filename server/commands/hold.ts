import { choice, optional } from './args.ts'
import { command } from './command.ts'

export default command({
  name: 'hold',
  area: 'other',
  who: 'visitor',
  token: 'any',
  cost: 0,
  args: { state: optional(choice('on', 'off')) },
  summary: 'Keep what arrives until you press Enter, so that nobody writes into your line.',
  help: 'Enter on an empty line shows what came. It is remembered with your account, and told at your next login.',
  data: '{on}',
  fails: [],
  async run({ accounts, terminal }, person, { state }) {
    const on = state === undefined ? terminal.hold : state === 'on'
    if (state !== undefined && person?.kind === 'account' && !terminal.grant)
      await accounts.setSettings(person, { hold: on })
    terminal.hold = on
    return { code: 'hold', on: terminal.hold }
  },
})
