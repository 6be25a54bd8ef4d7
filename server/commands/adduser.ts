import { word } from './args.ts'
import { command, requireOperator } from './command.ts'
import { askNewPassword } from './passwords.ts'

export default command({
  name: 'adduser',
  area: 'operator',
  who: 'operator',
  cost: 1,
  secret: true,
  args: { name: word('NAME') },
  summary: 'Make an account for somebody.',
  help: 'Asks for a first password, which the person has to change at the first login.',
  data: '{name, id, recoveryCode}',
  fails: [
    'bad-name',
    'name-taken',
    'weak-password',
    'password-spaces',
    'password-too-long',
    'passwords-differ',
    'try-later',
  ],
  async run({ accounts, passwords, terminal }, operator, { name }) {
    accounts.claimName(name, terminal, { first: true })
    try {
      const password = await askNewPassword(terminal, passwords, { question: 'First password' })
      requireOperator(operator)
      const { account, recoveryCode } = await accounts.register(name, password, false, terminal)
      return { code: 'registered', name: account.name, id: account.id, recoveryCode }
    } finally {
      accounts.releaseName(terminal)
    }
  },
})
