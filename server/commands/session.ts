import { connectionRows, endConnections } from '../chat/accounts/own-connections.ts'
import { fail } from '../chat/model/failures.ts'
import { pageOf } from '../chat/model/paging.ts'
import { choice, optional, pageNumber, word } from './args.ts'
import { comeBack } from './come-back.ts'
import { command, provePassword } from './command.ts'

const usage = '/session [list [PAGE] | end NUMBER|others | ticket]'

export default command({
  name: 'session',
  aliases: ['sessions'],
  area: 'account',
  who: 'visitor',
  token: 'none',
  cost: 5,
  secret: true,
  // Only for a ticket, and not to come back.
  asksPassword: true,
  args: {
    // Also a mistyped one: nothing else may stand there.
    what: optional({ ...choice('list', 'end', 'ticket'), takes: () => true }),
    which: optional(word('NUMBER|others')),
  },
  usage,
  unlisted: true,
  summary: 'List your connections, end one by its number, or all others than this one.',
  help: 'Each has a number, and shows how and from where it came, since when, and how long nothing was typed there. A browser that stays logged in is logged out with its connection; a script may come back by its token, until /token NAME revoke. For the page in the browser (docs/protocol.md): without an argument it logs in whoever the cookie of the browser is for. With ticket it shows a ticket, which POST /session trades for that cookie once within a minute. /tokens lists the browsers that stay logged in, and /logout and /passwd end that.',
  data: '{name, id, email?, since, operator, lastSeen?, rooms, waiting, unread, news, trouble?, target?, talk?}, as of /login; {connections: [{number, dialect, secure, since, lastActive, address?, token?, browser?, agent?, here?}], page, total, more}; {connections, tokens} when ended; {ticket, expires}',
  fails: ['bad-login', 'already-logged-in', 'not-logged-in', 'not-allowed', 'try-later'],
  async run(context, person, { what, which }) {
    const { browserSessions, terminal } = context
    const lists = what === undefined && which === undefined && person?.kind === 'account' && !terminal.visitor
    if (what !== undefined || lists) {
      if (!person) throw fail({ code: 'not-logged-in' })
      if (person.kind === 'guest') throw fail({ code: 'not-allowed', why: 'guests-cannot' })
      if (what === 'end') {
        const ended = await endConnections(context, person, connectionOf(which), terminal)
        return { code: 'connections-ended', ...ended }
      }
      if (what !== 'ticket') {
        const all = await connectionRows(context, person, terminal)
        const { rows, paged } = pageOf(all, pageNumber.parse(which ?? '1'), '/session list')
        return { code: 'connections', connections: rows, now: context.clock.now(), paged }
      }
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

function connectionOf(which: string | undefined): number | 'others' {
  if (which?.toLowerCase() === 'others') return 'others'
  if (which !== undefined && /^\d{1,15}$/.test(which)) return Number(which)
  throw fail({ code: 'bad-arguments', detail: 'Say which: the NUMBER of a connection, or others.', usage })
}
