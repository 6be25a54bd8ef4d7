import { rest, word } from './args.ts'
import { command } from './command.ts'
import { askNewPassword } from './passwords.ts'

export default command({
  name: 'recover',
  area: 'account',
  who: 'visitor',
  token: 'none',
  cost: 5,
  secret: true,
  proves: true,
  args: { name: word('NAME'), code: rest('CODE') },
  summary: 'Set a new password with your recovery code.',
  help: '/signup showed you the code. It works once, and you get a new one. All connections that are logged in as you are closed, and your login tokens end; /token makes new ones.',
  data: '{name, recoveryCode, connections, tokens: [NAME]}',
  fails: [
    'bad-login',
    'weak-password',
    'password-spaces',
    'password-too-long',
    'passwords-differ',
    'try-later',
  ],
  async run({ logins, passwords, terminal }, _person, { name, code }) {
    await logins.checkRecovery(name, code, terminal.address)
    const password = await askNewPassword(terminal, passwords)
    const { account, recoveryCode, ended } = await passwords.recover(name, code, password, terminal)
    return { code: 'recovered', name: account.name, recoveryCode, ...ended }
  },
})
