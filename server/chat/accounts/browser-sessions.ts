import { cleanText } from '../../lib/clean.ts'
import type { Clock } from '../../lib/clock.ts'
import type { FreeSpace } from '../machine/free-space.ts'
import { fail } from '../model/failures.ts'
import { connectionsOf } from '../model/grants.ts'
import type { Account, BrowserSession, Listener } from '../model/people.ts'
import type { BrowserRow } from '../model/replies/accounts.ts'
import { type Access, isStill } from '../people/access.ts'
import type { Directory } from '../people/directory.ts'
import type { BrowserRecord } from '../ports/browser-store.ts'
import type { SecretSource } from '../ports/secrecy.ts'
import type { Store } from '../ports/store.ts'
import { StoreUnavailable } from '../ports/store-errors.ts'
import { hashSecret } from './tokens.ts'

/** So many browsers of an account may stay logged in; then those go that were there longest ago. */
const mostBrowsers = 20
/** So long a browser stays logged in since it was there last (ms). */
const idleMs = 90 * 24 * 3_600_000
/** So long a ticket is good (ms). */
const ticketMs = 60_000
/** So long after a password was given nobody is asked for it again (ms). */
const provenMs = 10 * 60_000
/** How a browser session is called where it is listed and ended. */
const namePattern = /^browser:(\d{1,15})$/

/** A connection whose browser may stay logged in. */
export interface Tab extends Listener {
  browser: BrowserSession | undefined
}

interface Ticket {
  readonly account: Account
  /** The account's `access` when it was made: see `isStill`. */
  readonly access: number
  readonly tab: Tab
  readonly cancel: () => void
}

/** A browser session with whom it is for. */
export interface FoundBrowser {
  readonly account: Account
  readonly session: BrowserSession
  /** The account's `access` when it was found. */
  readonly access: number
}

/**
 * Browsers that stay logged in. A connection that has logged in by a password gets a ticket, which is good once and soon; with
 * the ticket the browser gets its secret by another way than the connection, so that no script of a page ever reads it.
 */
export class BrowserSessions {
  readonly #store: Store
  readonly #clock: Clock
  readonly #directory: Directory
  readonly #secrets: SecretSource
  readonly #access: Access
  readonly #space: FreeSpace
  readonly #tickets = new Map<string, Ticket>()

  constructor(parts: {
    store: Store
    clock: Clock
    directory: Directory
    secrets: SecretSource
    access: Access
    space: FreeSpace
  }) {
    this.#store = parts.store
    this.#clock = parts.clock
    this.#directory = parts.directory
    this.#secrets = parts.secrets
    this.#access = parts.access
    this.#space = parts.space
  }

  /** Makes a ticket for the browser of a connection; one that it had before is good no more. `until` in ms since the epoch. */
  makeTicket(account: Account, tab: Tab): { ticket: string; until: number } {
    this.#space.require()
    for (const [hash, other] of this.#tickets) if (other.tab === tab) this.#drop(hash)
    const ticket = this.#secrets.token()
    const hash = hashSecret(ticket)
    const cancel = this.#clock.after(ticketMs, () => this.#tickets.delete(hash))
    this.#tickets.set(hash, { account, access: account.access, tab, cancel })
    return { ticket, until: this.#clock.now() + ticketMs }
  }

  #drop(hash: string): void {
    this.#tickets.get(hash)?.cancel()
    this.#tickets.delete(hash)
  }

  /**
   * Makes a browser session for a ticket, and answers its secret; undefined if the ticket is good for nothing. The connection
   * of the ticket is one of that session from then on. `before` is the secret that the browser had until now.
   */
  async redeem(
    ticket: string,
    {
      address,
      agent,
      before,
    }: { readonly address: string; readonly agent: string; readonly before?: string | undefined },
  ): Promise<string | undefined> {
    const hash = hashSecret(ticket)
    const found = this.#tickets.get(hash)
    this.#drop(hash)
    if (!found || !isTabOf(found)) return undefined
    const { access, account, tab } = found
    const secret = this.#secrets.token()
    const at = this.#clock.now()
    const old = [tab.browser, before === undefined ? undefined : (await this.find(before))?.session]
    const id = await this.#store.addBrowser(
      {
        ...{ account: account.id, hash: hashSecret(secret), createdAt: at, usedAt: at, usedFrom: address },
        agent: browserText(agent),
      },
      mostBrowsers,
    )
    // The person may have logged out meanwhile, or somebody else may have changed the password.
    if (!isStill(account, access) || !isTabOf(found)) {
      await this.#store.removeBrowser(account.id, id)
      return undefined
    }
    const session = { id, account: account.id }
    tab.browser = session
    // The browser has one cookie: what it had before of this account is nobody's. Its other tabs go on as those of the new one.
    for (const one of old) {
      if (one?.account !== account.id) continue
      for (const other of connectionsOf(account)) if (other.browser?.id === one.id) other.browser = session
      await this.#store.removeBrowser(account.id, one.id).catch(() => undefined)
    }
    await this.#closeUnlisted(account).catch(() => undefined)
    return secret
  }

  /** Closes the tabs of browsers that had to go for this one: nobody could log them out any more. */
  async #closeUnlisted(account: Account): Promise<void> {
    const before = connectionsOf(account).flatMap(({ browser }) => browser ?? [])
    const listed = new Set((await this.#store.browsersOf(account.id)).map(({ id }) => id))
    for (const id of new Set(before.map((browser) => browser.id)))
      if (!listed.has(id)) this.#access.end(account, { why: 'browser', session: id })
  }

  /** Whose browser that is; undefined if it is logged in no more. Rejects with StoreUnavailable. */
  async find(secret: string): Promise<FoundBrowser | undefined> {
    const record = await this.#store.browserBy(hashSecret(secret))
    const account = record && this.#directory.account(record.account)
    if (!record || !account || account.deleted || this.#isOver(record)) return undefined
    return { account, session: { id: record.id, account: account.id }, access: account.access }
  }

  /**
   * Notes that a browser is back; false if it is logged in no more. Call it when the connection is among those that an end
   * of the session closes.
   */
  async used({ account, access, session }: FoundBrowser, from: string | undefined): Promise<boolean> {
    if (!isStill(account, access)) return false
    return this.#store.useBrowser(session.id, this.#clock.now(), from).catch((error: unknown) => {
      // Nothing is ended either while nothing can be stored.
      if (error instanceof StoreUnavailable) return true
      throw error
    })
  }

  /** Oldest first; `here` is the session of the connection that asks. */
  async list(account: Account, here?: BrowserSession): Promise<BrowserRow[]> {
    const found = await this.#store.browsersOf(account.id)
    return found
      .filter((record) => !this.#isOver(record))
      .map(({ agent, createdAt, id, usedAt, usedFrom }) => ({
        name: `browser:${id}`,
        scope: 'browser',
        channels: undefined,
        since: createdAt,
        lastUsed: usedAt,
        address: usedFrom,
        agent: agent === '' ? undefined : agent,
        ...(id === here?.id ? { here: true as const } : {}),
      }))
  }

  /** Whether something is called as a browser session is; no token is. */
  isName(name: string): boolean {
    return namePattern.test(name)
  }

  /** Logs a browser out, and closes its other connections. Throws `no-such-token`. */
  async endNamed(account: Account, name: string, via?: Listener): Promise<void> {
    const [, id = '0'] = namePattern.exec(name) ?? []
    if (!(await this.end({ id: Number(id), account: account.id }, via)))
      throw fail({ code: 'no-such-token', name })
  }

  /** The same by its secret. */
  async endBy(secret: string): Promise<void> {
    const found = await this.find(secret)
    if (found) await this.end(found.session)
  }

  /** The same; false if there was none. */
  async end(session: BrowserSession, via?: Listener): Promise<boolean> {
    const removed = await this.#store.removeBrowser(session.account, session.id)
    const account = this.#directory.account(session.account)
    if (removed && account) this.#access.end(account, { why: 'browser', session: session.id }, via)
    return removed
  }

  /** Removes those that are over for their age. Answers how many. */
  removeOld(): Promise<number> {
    return this.#store.removeBrowsersBefore(this.#clock.now() - idleMs)
  }

  /** Whether a password was given so lately, in ticks, that nobody is asked for it again. */
  isProven(at: number | undefined): boolean {
    return at !== undefined && this.#clock.ticks() - at < provenMs
  }

  #isOver({ usedAt }: BrowserRecord): boolean {
    return usedAt + idleMs < this.#clock.now()
  }
}

/** Whether the connection of a ticket still speaks for the same account. */
function isTabOf({ access, account, tab }: Ticket): boolean {
  return isStill(account, access) && account.listeners.has(tab)
}

const browsers: readonly (readonly [RegExp, string])[] = [
  [/\bEdgA?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bFirefox\//, 'Firefox'],
  [/\bChrom(?:e|ium)\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
]
const systems: readonly (readonly [RegExp, string])[] = [
  [/\bAndroid\b/, 'Android'],
  [/\b(?:iPhone|iPad)\b/, 'iOS'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b/, 'macOS'],
  [/\bLinux\b/, 'Linux'],
]
const mostAgent = 60

/** What a browser is, out of what it says of itself: "Firefox on Linux". */
function browserText(agent: string): string {
  const nameIn = (known: readonly (readonly [RegExp, string])[]) =>
    known.find(([pattern]) => pattern.test(agent))?.[1]
  const browser = nameIn(browsers)
  const system = nameIn(systems)
  if (browser === undefined) return cleanText(agent).slice(0, mostAgent)
  return system === undefined ? browser : `${browser} on ${system}`
}
