import { fail } from '../chat/failures.ts'
import { personName } from './args.ts'
import { command } from './command.ts'
import { askNewPassword } from './passwords.ts'

export default command({
  name: 'setpassword',
  area: 'operator',
  who: 'operator',
  cost: 1,
  secret: true,
  args: { name: personName },
  summary: "Set somebody's password, who has to change it at the next login.",
  help: '',
  data: '{name}',
  fails: ['no-such-user', 'weak-password', 'password-too-long', 'passwords-differ', 'try-later'],
  async run({ accounts, directory, terminal }, _operator, { name }) {
    const account = directory.findAccount(name)
    if (!account) throw fail({ code: 'no-such-user', name })
    await accounts.setInitialPassword(account, await askNewPassword(terminal, accounts))
    return { code: 'password-set', name: account.name }
  },
})
