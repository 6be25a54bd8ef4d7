import { command } from './command.ts'

export default command({
  name: 'deleteaccount',
  area: 'account',
  who: 'member',
  token: 'none',
  harm: 'destroys',
  cost: 5,
  secret: true,
  args: {},
  summary: 'Delete your account for good.',
  help: 'Asks for your password. Your name becomes free and you leave every channel. What you said stays readable there, as from "deleted user", unless the operator has it removed.',
  data: '{name}',
  fails: ['bad-login', 'try-later', 'half-done', 'last-operator'],
  async run({ accounts, terminal }, account) {
    await terminal.ask('Password, to delete your account for good: ', {
      secret: true,
      check: (answer) => accounts.prove(account, answer, terminal.address),
    })
    try {
      await accounts.delete(account, undefined, { by: terminal })
    } finally {
      // Also if it is done only in part: nobody can use it any more.
      if (account.deleted) await terminal.become(undefined)
    }
    return { code: 'account-deleted', name: account.name }
  },
})
