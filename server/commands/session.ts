import { fail } from '../chat/model/failures.ts'
import { choice, optional } from './args.ts'
import { comeBack } from './come-back.ts'
import { command, provePassword } from './command.ts'

export default command({
  name: 'session',
  area: 'account',
  who: 'visitor',
  token: 'none',
  cost: 5,
  secret: true,
  // Only for a ticket, and not to come back.
  asksPassword: true,
  args: { what: optional(choice('ticket')) },
  usage: '/session [ticket]',
  unlisted: true,
  summary: 'Come back by the browser that stayed logged in, or let this one stay.',
  help: 'For the page in the browser: docs/protocol.md. Without ticket it logs in whoever the cookie of the browser is for. With ticket it shows a ticket, which POST /session trades for that cookie once within a minute. /tokens lists the browsers that stay logged in, and /logout and /passwd end that.',
  data: '{name, id, email?, since, operator, lastSeen?, rooms, waiting, unread, news, trouble?, target?, talk?}, as of /login; {ticket, expires}',
  fails: ['bad-login', 'already-logged-in', 'not-logged-in', 'not-allowed', 'try-later'],
  async run(context, person, { what }) {
    const { browserSessions, terminal } = context
    if (what !== undefined) {
      if (!person) throw fail({ code: 'not-logged-in' })
      if (person.kind === 'guest') throw fail({ code: 'not-allowed', why: 'guests-cannot' })
      if (terminal.browser) await provePassword(context)
      const { ticket, until } = browserSessions.makeTicket(person, terminal)
      return { code: 'session-ticket', ticket, until }
    }
    if (person?.kind === 'account') throw fail({ code: 'already-logged-in', name: person.name })
    const found = terminal.visitor
    if (!found || found.account.deleted) throw fail({ code: 'bad-login', wrong: 'session' })
    const { account, session } = found
    await terminal.payAs(account)
    try {
      return await comeBack(context, account, {
        isStillGood() {
          terminal.browser = session
          return browserSessions.used(found, terminal.address)
        },
      })
    } catch (error) {
      terminal.browser = undefined
      throw error
    }
  },
})
