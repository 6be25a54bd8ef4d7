import { addressKey } from '../lib/addresses.ts'
import { command } from './command.ts'
import { anything, askNewPassword } from './passwords.ts'

export default command({
  name: 'passwd',
  area: 'account',
  who: 'member',
  token: 'none',
  cost: 5,
  secret: true,
  args: {},
  summary: 'Change your password.',
  help: 'Asks for the present password, then for the new one twice.',
  data: '{}',
  fails: ['bad-login', 'weak-password', 'password-too-long', 'passwords-differ', 'try-later'],
  async run({ accounts, terminal }, account) {
    const present = await terminal.ask('Present password: ', { secret: true, check: anything })
    await accounts.prove(account, present, addressKey(terminal.address))
    await accounts.setPassword(account, await askNewPassword(terminal, accounts))
    return { code: 'password-changed' }
  },
})
