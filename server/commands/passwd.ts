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
  data: '{connections, tokens: [NAME]}',
  fails: [
    'bad-login',
    'weak-password',
    'password-unchanged',
    'password-too-long',
    'passwords-differ',
    'try-later',
  ],
  async run({ accounts, terminal }, account) {
    const present = await terminal.ask('Present password: ', { secret: true, check: anything })
    const access = await accounts.prove(account, present, terminal.address)
    const password = await askNewPassword(terminal, accounts, { present })
    return { code: 'password-changed', ...(await accounts.setPassword(account, password, access, terminal)) }
  },
})
