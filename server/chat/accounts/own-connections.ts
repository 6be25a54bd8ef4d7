import { fail } from '../model/failures.ts'
import { connectionsOf } from '../model/grants.ts'
import type { Account, Listener } from '../model/people.ts'
import type { ConnectionRow } from '../model/replies/accounts.ts'
import type { Access } from '../people/access.ts'
import type { BrowserSessions } from './browser-sessions.ts'

/** The parts that know what is logged in as somebody. */
export interface Around {
  readonly access: Access
  readonly browserSessions: BrowserSessions
}

/** The connections that speak for an account, oldest first; `here` is the one that asks. */
export async function connectionRows(
  { browserSessions }: Around,
  account: Account,
  here: Listener,
): Promise<ConnectionRow[]> {
  const open = connectionsOf(account)
  const browsers = open.some(({ browser }) => browser) ? await browserSessions.list(account) : []
  return open
    .flatMap((listener) => {
      const { address, browser, facts, grant } = listener
      if (!facts) return []
      const name = browser && `browser:${browser.id}`
      const agent = browsers.find((row) => row.name === name)?.agent
      return {
        ...facts,
        address,
        ...(grant ? { token: grant.token } : {}),
        ...(name === undefined ? {} : { browser: name }),
        ...(agent === undefined ? {} : { agent }),
        ...(listener === here ? { here: true as const } : {}),
      }
    })
    .sort((one, other) => one.number - other.number)
}

/**
 * Ends one connection of the account by its number, or all `others` than the one that asks; answers how many ended, and the tokens by which some of them may come back. A browser that
 * stays logged in is logged out, since its page would come back at once; `others` leaves the tabs of the browser that asks. Throws
 * `bad-arguments` if the account has no such connection.
 */
export async function endConnections(
  { access, browserSessions }: Around,
  account: Account,
  which: number | 'others',
  here: Listener,
): Promise<{ connections: number; tokens: string[] }> {
  const isOwnTab = (one: Listener) => one.browser !== undefined && one.browser.id === here.browser?.id
  const ended = connectionsOf(account).filter((one) =>
    which === 'others' ? one !== here && !isOwnTab(one) : one.facts?.number === which,
  )
  if (which !== 'others' && ended.length === 0)
    throw fail({
      code: 'bad-arguments',
      detail: `You have no connection ${which}. /session list shows those that you have.`,
    })
  if (ended.includes(here))
    throw fail({ code: 'bad-arguments', detail: `Connection ${which} is this one: /quit ends it.` })
  for (const id of new Set(ended.flatMap(({ browser }) => browser?.id ?? [])))
    if (id !== here.browser?.id) await browserSessions.end({ id, account: account.id }, here)
  access.end(account, { why: 'own', connections: new Set(ended) }, here)
  return {
    connections: ended.length,
    tokens: [...new Set(ended.flatMap(({ grant }) => grant?.token ?? []))],
  }
}
