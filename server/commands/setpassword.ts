import { fail } from '../chat/model/failures.ts'
import { personName } from './args.ts'
import { command, requireOperator } from './command.ts'
import { askNewPassword } from './passwords.ts'

export default command({
  name: 'setpassword',
  area: 'operator',
  who: 'operator',
  cost: 1,
  secret: true,
  args: { name: personName },
  summary: 'Set a new password for somebody, who has to change it at the next login.',
  help: 'All connections that are logged in as them are closed, and their login tokens end.',
  data: '{name, connections, tokens: [NAME]}',
  fails: [
    'no-such-user',
    'weak-password',
    'password-spaces',
    'password-too-long',
    'passwords-differ',
    'try-later',
  ],
  async run({ directory, passwords, terminal }, operator, { name }) {
    const account = directory.findAccount(name)
    if (!account) throw fail({ code: 'no-such-user', name })
    const password = await askNewPassword(terminal, passwords)
    requireOperator(operator)
    if (account.deleted) throw fail({ code: 'no-such-user', name })
    return {
      code: 'password-set',
      name: account.name,
      ...(await passwords.setInitial(account, password, terminal)),
    }
  },
})
