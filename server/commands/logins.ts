import { fail } from '../chat/model/failures.ts'
import { choice, optional, word } from './args.ts'
import { command } from './command.ts'

export default command({
  name: 'logins',
  area: 'operator',
  who: 'operator',
  cost: 2,
  args: { clear: optional(choice('clear')), of: optional(word('NAME|ADDRESS')) },
  usage: '/logins [clear NAME|ADDRESS]',
  summary: 'Show who failed to log in lately and has to wait, or let somebody try again.',
  help: 'After 5 wrong passwords for a name at one address, or 20 from an address, each further one doubles the wait, up to 15 minutes; what is tried meanwhile is not looked at. It is forgotten an hour later. All strangers together have 30 for a name, and then one each five minutes. Where a member has logged in before, and in connections that are logged in, only what fails there counts; tokens and recovery codes never wait.',
  data: '{logins: [{of, failures, until?}]}; {cleared}',
  fails: ['no-such-user'],
  run({ accounts, clock }, _operator, { clear, of }) {
    if ((clear === undefined) !== (of === undefined))
      throw fail({
        code: 'bad-arguments',
        detail: 'clear goes with a name or an address.',
        usage: '/logins [clear NAME|ADDRESS]',
      })
    if (of === undefined) return { code: 'logins', logins: accounts.failures(), now: clock.now() }
    accounts.clearFailures(of)
    return { code: 'login-cleared', of }
  },
})
