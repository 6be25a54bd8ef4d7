import { command } from './command.ts'
import { askNewPassword } from './passwords.ts'

export default command({
  name: 'passwd',
  area: 'account',
  who: 'member',
  token: 'none',
  cost: 5,
  secret: true,
  asksPassword: true,
  args: {},
  summary: 'Change your password.',
  help: 'Asks for the present password, then twice for the new one. Your other connections are closed and browsers logged out, except scripts with a token, which /token lists.',
  data: '{connections, tokens: [NAME]}',
  fails: [
    'bad-login',
    'weak-password',
    'password-spaces',
    'password-unchanged',
    'password-too-long',
    'passwords-differ',
    'try-later',
  ],
  async run({ clock, logins, passwords, terminal }, account) {
    const { present, access } = await terminal.ask('Present password: ', {
      secret: true,
      check: async (answer) => ({
        present: answer,
        access: await logins.prove(account, answer, terminal.address),
      }),
    })
    const password = await askNewPassword(terminal, passwords, { present })
    const ended = await passwords.set(account, password, access, terminal)
    terminal.provenAt = clock.ticks()
    return { code: 'password-changed', ...ended }
  },
})
