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
  help: 'Asks for the present password, then for the new one twice. Your other connections are ended, but for those of scripts with a token: /token lists these.',
  data: '{}',
  fails: ['bad-login', 'weak-password', 'password-too-long', 'passwords-differ', 'try-later'],
  async run({ accounts, terminal }, account) {
    const present = await terminal.ask('Present password: ', { secret: true, check: anything })
    await accounts.prove(account, present, addressKey(terminal.address))
    await accounts.setPassword(account, await askNewPassword(terminal, accounts))
    // Whoever knew the old one may be there. Scripts have secrets of their own.
    for (const listener of [...account.listeners])
      if (listener !== terminal && !listener.grant) listener.close('the password was changed')
    return { code: 'password-changed' }
  },
})
