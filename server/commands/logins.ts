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
  summary: 'Show recent failed logins and who has to wait, or let somebody try again.',
  help: 'After 5 wrong passwords for a name from one address, or 20 from one address, each further one doubles the wait, up to 15 minutes. During the wait no password is checked. Failures are forgotten after an hour. All addresses that are new to an account have 30 failures for its name together, and then one every five minutes. At an address where the member has logged in before, and on a connection that is logged in, only the failures there count. Tokens and recovery codes never wait.',
  data: '{logins: [{of, failures, until?}]}; {cleared}',
  fails: ['no-such-user'],
  run({ clock, logins }, _operator, { clear, of }) {
    if ((clear === undefined) !== (of === undefined))
      throw fail({
        code: 'bad-arguments',
        detail: 'clear goes with a name or an address.',
        usage: '/logins [clear NAME|ADDRESS]',
      })
    if (of === undefined) return { code: 'logins', logins: logins.failures(), now: clock.now() }
    logins.clearFailures(of)
    return { code: 'login-cleared', of }
  },
})
