import { fail } from '../chat/failures.ts'
import { choice, personName } from './args.ts'
import { command } from './command.ts'
import { confirmAbout } from './confirm.ts'

export default command({
  name: 'setoperator',
  area: 'operator',
  who: 'operator',
  harm: 'destroys',
  cost: 1,
  args: { name: personName, on: choice('on', 'off') },
  summary: 'Make somebody an operator of this server, or a plain member again.',
  help: 'Operators may do everything here, also to other operators. The last one stays.',
  data: '{name, on}',
  fails: ['no-such-user', 'last-operator'],
  async run({ accounts, directory, terminal }, operator, { name, on }) {
    const account = directory.findAccount(name)
    if (!account) throw fail({ code: 'no-such-user', name })
    if (on === 'on' && !account.operator) {
      const question = `Make ${account.name} (#${account.id}) an operator, who may do everything here?`
      await confirmAbout(account, { question, operator, terminal })
    }
    await accounts.setOperator(account, on === 'on')
    return { code: 'operator', name: account.name, on: account.operator }
  },
})
