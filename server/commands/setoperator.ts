import { fail } from '../chat/model/failures.ts'
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
  help: 'Operators may do everything here, also to other operators. The last operator cannot be made a plain member.',
  data: '{name, on}',
  fails: ['no-such-user', 'last-operator'],
  async run({ directory, operators, terminal }, operator, { name, on }) {
    const account = directory.findAccount(name)
    if (!account) throw fail({ code: 'no-such-user', name })
    const wanted = on === 'on'
    const changed = account.operator !== wanted
    if (changed) {
      if (!wanted) operators.requireAnother(account)
      const who = `${account.name} (#${account.id})`
      const question = wanted
        ? `Make ${who} an operator, who may do everything here?`
        : `Make ${account === operator ? 'yourself' : who} a plain member again?`
      await confirmAbout(account, { question, operator, terminal })
      await operators.set(account, wanted, { name: operator.name, via: terminal })
    }
    return { code: 'operator', name: account.name, on: account.operator, changed }
  },
})
