import { choice, optional } from './args.ts'
import { command } from './command.ts'

export default command({
  name: 'bell',
  area: 'other',
  who: 'visitor',
  token: 'any',
  cost: 0,
  args: { for: optional(choice('off', 'mentions', 'all')) },
  summary:
    'Ring the bell of your terminal when somebody names you or writes to you directly, or at each message.',
  help: 'It rings at most once a second. Without a word it shows the setting. Your account remembers it for telnet, and where the server edits the line; with nc it counts for the connection, so that no bell gets into what a program reads.',
  data: '{for}',
  fails: [],
  async run({ ownSettings, terminal }, person, args) {
    if (args.for !== undefined && person?.kind === 'account' && !terminal.grant)
      await ownSettings.change(person, { bell: args.for === 'off' ? undefined : args.for })
    if (args.for !== undefined) terminal.bell = args.for
    return { code: 'bell', for: terminal.bell }
  },
})
