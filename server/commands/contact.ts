import { choice, personName } from './args.ts'
import { command } from './command.ts'

export default command({
  name: 'contact',
  area: 'people',
  who: 'member',
  cost: 2,
  args: { what: choice('add', 'remove'), name: personName },
  summary: 'Add somebody to your contacts, or remove them.',
  help: '',
  data: '{name, on}',
  fails: ['no-such-user', 'no-such-contact', 'quota-exceeded'],
  async run({ contacts }, account, { what, name }) {
    const on = what === 'add'
    return {
      code: 'contact',
      name: await (on ? contacts.add(account, name) : contacts.remove(account, name)),
      on,
    }
  },
})
