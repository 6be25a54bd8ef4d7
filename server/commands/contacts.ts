import { fail } from '../chat/failures.ts'
import { choice, optional } from './args.ts'
import { command } from './command.ts'

export default command({
  name: 'contacts',
  area: 'people',
  who: 'member',
  token: 'read',
  changes: ({ watch }) => watch !== undefined,
  cost: 2,
  args: { watch: optional(choice('watch')), state: optional(choice('on', 'off')) },
  usage: '/contacts [watch on|off]',
  summary: 'List your contacts with their presence; with watch on you are told when they come and go.',
  help: '',
  data: '{contacts: [{name, status, note?}], watch}',
  fails: [],
  async run({ contacts }, account, { watch, state }) {
    if ((watch === undefined) !== (state === undefined))
      throw fail({
        code: 'bad-arguments',
        detail: 'watch goes with on or off.',
        usage: '/contacts watch on|off',
      })
    if (state !== undefined) await contacts.setWatch(account, state === 'on')
    return { code: 'contacts', contacts: contacts.list(account), watch: account.watch }
  },
})
