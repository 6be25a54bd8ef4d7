import { fail } from '../chat/failures.ts'
import { checkEmail } from '../chat/names.ts'
import { optional, word } from './args.ts'
import { command } from './command.ts'
import { askNewPassword } from './passwords.ts'

export default command({
  name: 'signup',
  area: 'account',
  who: 'visitor',
  token: 'any',
  cost: 5,
  secret: true,
  args: { name: optional(word('NAME')), email: optional(word('EMAIL')) },
  usage: '/signup [NAME [EMAIL]]',
  summary: 'Make an account and be logged in.',
  help: 'The server gives the account a number, and tells a recovery code once: write it down, /recover needs it if you forget your password. You are asked for a password twice; without NAME also for a name and, if you like, an e-mail address. A guest who signs up keeps nick and channels.',
  data: '{name, id, email?, since, operator, recoveryCode, rooms, waiting, target?}',
  fails: [
    'signup-closed',
    'bad-invite',
    'already-logged-in',
    'bad-name',
    'name-taken',
    'weak-password',
    'password-too-long',
    'passwords-differ',
    'try-later',
  ],
  async run({ accounts, bus, channels, entrance, terminal }, person, { name, email }) {
    if (person?.kind === 'account') throw fail({ code: 'already-logged-in', name: person.name })
    accounts.checkSignupOpen(terminal.address)
    const guest = person
    const invite = accounts.needsInvite
      ? await terminal.ask('Invitation code: ', { check: (answer) => accounts.checkInvite(answer) })
      : undefined
    const checkFree = (answer: string) => accounts.checkFreeName(answer, guest)
    const details =
      name === undefined
        ? {
            name: await terminal.ask('Name: ', { check: checkFree }),
            email: await terminal.ask('E-mail (Enter for none): ', {
              check: (answer) => (answer === '' ? undefined : checkEmail(answer)),
            }),
          }
        : { name: checkFree(name), email: email === undefined ? undefined : checkEmail(email) }
    const password = await askNewPassword(terminal, accounts, 'Password')
    const { account, recoveryCode } = await accounts.signUp(
      { ...details, password, invite },
      guest,
      terminal.address,
    )
    if (guest) {
      await channels.takeOver(account, guest)
      bus.publish({ type: 'renamed', user: guest.name, name: account.name }, account.channels, terminal)
    }
    const { target } = terminal
    const upTo = await terminal.become(account, undefined, guest !== undefined)
    const inside = await entrance.welcome(account, terminal, { seen: upTo, upTo })
    terminal.target = target ?? channels.find(inside.target ?? '', account)
    return {
      code: 'welcome',
      profile: accounts.profile(account, account),
      recoveryCode,
      ...inside,
      target: terminal.target?.name,
    }
  },
})
