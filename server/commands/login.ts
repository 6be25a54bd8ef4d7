import { fail } from '../chat/model/failures.ts'
import { forPosting } from '../chat/model/grants.ts'
import type { Reply } from '../chat/model/replies.ts'
import { isStill } from '../chat/people/access.ts'
import { optional, rest, word } from './args.ts'
import { comeBack } from './come-back.ts'
import { type Context, command } from './command.ts'
import { anything, askNewPassword } from './passwords.ts'
import type { Pass } from './terminal.ts'

export default command({
  name: 'login',
  area: 'account',
  who: 'visitor',
  token: 'any',
  cost: 5,
  secret: true,
  proves: true,
  args: { name: optional(word('NAME|ID')), password: optional(rest('PASSWORD')) },
  usage: '/login [NAME|ID] [PASSWORD]',
  summary: 'Log in with your name or number, and your password or a token.',
  help: 'You are back in all your channels and see what you missed. If a private talk broke off, what you type goes nowhere until you choose a place. The server asks for the name or password that you leave out; a password typed at the question is hidden if your client can hide it.',
  data: '{name, id, email?, since, operator, lastSeen?, rooms, waiting, unread?, news, trouble?, token?: {name, scope, channels?}, target?, talk?: {with?, back?}, hold?}',
  fails: [
    'bad-login',
    'already-logged-in',
    'weak-password',
    'password-spaces',
    'password-unchanged',
    'password-too-long',
    'passwords-differ',
    'try-later',
  ],
  async run(context, person, { name, password }) {
    const { catalog, clock, logins, passwords, terminal, tokens } = context
    if (person?.kind === 'account') throw fail({ code: 'already-logged-in', name: person.name })
    if (terminal.pass) return comeByPass(context, terminal.pass)
    const who = name ?? (await terminal.ask('Name or number: ', { check: anything }))
    let tried = false
    const tryOne = async (secret: string) => {
      // A person who reads of /recover may type it here: it is no password.
      if (tried && catalog.find(/^\/(\w+)/.exec(secret)?.[1] ?? ''))
        throw fail({ code: 'bad-arguments', detail: 'That is a command: /cancel ends this question first.' })
      tried = true
      return { secret, loggedIn: await logins.logIn(who, secret, terminal.address, terminal.gone) }
    }
    // A wrong password is asked for again: otherwise a guest's next line, perhaps the password, would be said.
    const { secret, loggedIn } =
      password === undefined
        ? await terminal.ask('Password: ', { secret: true, check: tryOne })
        : await tryOne(password)
    const { account, grant } = loggedIn
    await terminal.payAs(account)
    let { access } = loggedIn
    const first = account.initialPassword && account.seenAt === account.since
    // Somebody else knows this password: it has to be changed first. A script has used its token.
    if (account.initialPassword && !grant) {
      const explain = 'Your password was set by an operator; choose your own.'
      const chosen = await askNewPassword(terminal, passwords, { explain, present: secret })
      await passwords.set(account, chosen, access)
      access = account.access
    }
    const welcome = await comeBack(context, account, {
      grant,
      first,
      isStillGood: () => (grant ? tokens.used(account, grant, terminal.address) : isStill(account, access)),
    })
    if (!grant) terminal.provenAt = clock.ticks()
    return welcome
  },
})

/** A connection that has come with a token. Nothing is hashed for that, so the account pays for what it says alone. */
async function comeByPass(context: Context, { name, token }: Pass): Promise<Reply & { code: 'welcome' }> {
  const { logins, terminal, tokens } = context
  const { account, grant } = await logins.byToken(token, name, terminal.address)
  return comeBack(context, account, {
    grant: forPosting(grant),
    isStillGood: () => tokens.used(account, grant, terminal.address),
  })
}
