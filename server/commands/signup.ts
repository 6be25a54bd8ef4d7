import { profileOf } from '../chat/accounts/profile.ts'
import { unblocked } from '../chat/model/audience.ts'
import { fail } from '../chat/model/failures.ts'
import { checkEmail } from '../chat/model/names.ts'
import type { Account, Guest } from '../chat/model/people.ts'
import type { Reply } from '../chat/model/replies.ts'
import { isMuted } from '../chat/people/muting.ts'
import { optional, word } from './args.ts'
import { type Context, command } from './command.ts'
import { targetIfAny } from './here.ts'
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
  summary: 'Make an account and log in.',
  help: 'The server gives the account a number, and shows a recovery code once: write it down, because /recover needs it if you forget your password. You are asked twice for a password; without NAME also for a name and, if you like, for an e-mail address. A guest who signs up keeps nick and channels.',
  data: '{name, id, email?, since, operator, recoveryCode, rooms, waiting, target?}',
  fails: [
    'signup-closed',
    'bad-invite',
    'already-logged-in',
    'bad-name',
    'name-taken',
    'weak-password',
    'password-spaces',
    'password-too-long',
    'passwords-differ',
    'try-later',
  ],
  async run(context, person, { name, email }) {
    const { accounts, guests, passwords, terminal } = context
    if (person?.kind === 'account') throw fail({ code: 'already-logged-in', name: person.name })
    accounts.checkSignupOpen(terminal.address)
    const invite = accounts.needsInvite
      ? await terminal.ask('Invitation code: ', { check: (answer) => accounts.checkInvite(answer) })
      : undefined
    // From here on nobody else can take the name while the questions are asked.
    const from = { origin: guests.originOf(terminal.address), formerly: terminal.formerly }
    const claim = (answer: string) => accounts.claimName(answer, terminal, { guest: person, from })
    try {
      const details =
        name === undefined
          ? {
              name: await terminal.ask('Name: ', { check: claim }),
              email: await terminal.ask('E-mail (Enter for none): ', {
                mayBeEmpty: true,
                check: (answer) => (answer === '' ? undefined : checkEmail(answer)),
              }),
            }
          : { name: claim(name), email: email === undefined ? undefined : checkEmail(email) }
      const password = await askNewPassword(terminal, passwords, { question: 'Password' })
      const made = await accounts.signUp(
        { ...details, password, invite, gone: terminal.gone },
        person,
        terminal.address,
        terminal,
      )
      return await comeIn(context, made, person)
    } finally {
      accounts.releaseName(terminal)
    }
  },
})

/** A new account takes over from its guest: channels, talks, mutes, blocks and the away note. */
async function comeIn(
  context: Context,
  { account, recoveryCode }: { account: Account; recoveryCode: string },
  guest: Guest | undefined,
): Promise<Reply & { code: 'welcome' }> {
  const {
    bus,
    channels,
    clock,
    contacts,
    entrance,
    guests,
    guestWords,
    joining,
    newcomers,
    ownSettings,
    pairs,
    terminal,
    writers,
  } = context
  const from = { origin: guests.originOf(terminal.address), formerly: terminal.formerly }
  await newcomers.restrain(account, from, guest)
  await contacts.follow(account, from, guest)
  if (guest) {
    await joining.takeOver(account, guest)
    const { left, quiet } = guest.settings
    if (quiet || left) await ownSettings.change(account, { left, quiet })
    // People read the new name: it must not appear where the guest may not speak.
    const audiences = [...account.channels]
      .filter((channel) => !isMuted(channel, account, clock.steady()))
      .map((channel) => unblocked({ channel }, account))
    const talking = { connections: pairs.concerned(guest) }
    bus.publish({ type: 'renamed', user: guest.name, name: account.name }, [...audiences, talking], terminal)
    account.away = guest.away
    guest.became = account
    pairs.takeOver(account, guest)
    guestWords.takeOver(account, guest)
    writers.takeOver(account, guest)
  }
  const { target } = terminal
  const since = account.seen
  const upTo = await terminal.become(account, undefined, guest !== undefined)
  const span = { seen: upTo, upTo, since }
  terminal.provenAt = clock.ticks()
  const inside = await entrance.welcome(account, terminal, span, terminal.manner.forPeople)
  // If the guest had no target, the account has none: the person has not chosen another place.
  terminal.target = guest ? target : channels.find(inside.target ?? '', account)
  return {
    code: 'welcome',
    profile: profileOf(account, account),
    recoveryCode,
    ...inside,
    target: targetIfAny(context)?.name,
  }
}
