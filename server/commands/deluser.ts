import { fail } from '../chat/model/failures.ts'
import { choice, optional, personName } from './args.ts'
import { command } from './command.ts'
import { confirmAbout, endingText } from './confirm.ts'

export default command({
  name: 'deluser',
  area: 'operator',
  who: 'operator',
  harm: 'destroys',
  cost: 1,
  args: { name: personName, erase: optional(choice('erase-messages')) },
  usage: '/deluser NAME [erase-messages]',
  summary: 'Delete an account and disconnect the people who use it.',
  help: 'Its messages stay readable, as from "deleted user" with its number, unless you add erase-messages.',
  data: '{name}',
  fails: ['no-such-user'],
  async run({ deletion, directory, leaving, terminal }, operator, { name, erase }) {
    const account = directory.findAccount(name)
    if (!account) throw fail({ code: 'no-such-user', name })
    if (account === operator) throw fail({ code: 'not-allowed', why: 'not-oneself' })
    const ends = endingText(leaving.endingWith(account), false)
    const question = `${ends === '' ? '' : `${ends} `}Delete ${account.name} (#${account.id}) for good?`
    await confirmAbout(account, { question, operator, terminal })
    await deletion.delete(account, erase === undefined ? undefined : 'remove')
    return { code: 'user-deleted', name: account.name }
  },
})
