import { command } from './command.ts'
import { endingText } from './confirm.ts'

export default command({
  name: 'deleteaccount',
  area: 'account',
  who: 'member',
  token: 'none',
  harm: 'destroys',
  cost: 5,
  secret: true,
  asksPassword: true,
  args: {},
  summary: 'Delete your account for good.',
  help: 'Asks for your password. You leave every channel. If nobody else is in a channel, the channel and all its messages are deleted, and you read its name first. If you ever said something, nobody else gets your name for some time. Your messages stay readable, as from "deleted user", unless the operator has chosen to remove them.',
  data: '{name}',
  fails: ['bad-login', 'try-later', 'half-done', 'last-operator'],
  async run({ deletion, leaving, logins, terminal }, account) {
    const explain = endingText(leaving.endingWith(account), true)
    const isProgram = !terminal.manner.typed
    const text = 'Password, to delete your account for good: '
    await terminal.ask(isProgram && explain !== '' ? `${explain} ${text}` : text, {
      secret: true,
      ...(explain === '' ? {} : { explain }),
      check: (answer) => logins.prove(account, answer, terminal.address),
    })
    try {
      await deletion.delete(account, undefined, { via: terminal })
    } finally {
      // Even if only a part is done: nobody can use the account any more.
      if (account.deleted) await terminal.become(undefined)
    }
    return { code: 'account-deleted', name: account.name }
  },
})
