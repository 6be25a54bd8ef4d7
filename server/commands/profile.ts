import { profileOf } from '../chat/accounts/profile.ts'
import { fail } from '../chat/model/failures.ts'
import { statusOf } from '../chat/model/people.ts'
import { noteFor } from '../chat/people/muting.ts'
import { optional, personName } from './args.ts'
import { command } from './command.ts'

export default command({
  name: 'profile',
  area: 'account',
  who: 'member',
  token: 'read',
  cost: 1,
  args: { name: optional(personName) },
  summary: "Show your own profile, or somebody else's.",
  help: 'It shows the name, the number, the age of the account, and whether the person is online. Only you can see your e-mail address and your contacts.',
  data: '{name, id, email?, since, operator, status, note?, contacts?}',
  fails: ['no-such-user'],
  run({ clock, contacts, directory }, reader, { name }) {
    const account = name === undefined ? reader : directory.require(name)
    if (account.kind === 'guest') throw fail({ code: 'not-allowed', why: 'not-guests' })
    return {
      code: 'profile',
      profile: profileOf(account, reader),
      status: statusOf(account),
      note: noteFor(reader, account, clock.steady()) || undefined,
      contacts: account === reader ? contacts.list(account).map(({ name: one }) => one) : undefined,
    }
  },
})
