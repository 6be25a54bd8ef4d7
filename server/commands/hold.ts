import { choice, optional } from './args.ts'
import { command } from './command.ts'

export default command({
  name: 'hold',
  area: 'other',
  who: 'visitor',
  token: 'any',
  cost: 0,
  args: { state: optional(choice('on', 'off')) },
  summary:
    'Hold back what arrives until you press Enter, so that nothing is written into the line that you type.',
  help: 'Enter on an empty line shows what has arrived. Your account remembers the setting, and you are told at your next login.',
  data: '{on}',
  fails: [],
  async run({ ownSettings, terminal }, person, { state }) {
    const on = state === undefined ? terminal.hold : state === 'on'
    if (state !== undefined && person?.kind === 'account' && !terminal.grant)
      await ownSettings.change(person, { hold: on })
    terminal.hold = on
    return { code: 'hold', on: terminal.hold }
  },
})
