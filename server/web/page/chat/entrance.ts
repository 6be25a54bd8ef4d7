import type { Answer, Connection } from '../wire/connection.ts'
import type { Data, ErrorFields, Result } from '../wire/protocol.ts'

/** The two requests of HTTP by which a browser stays logged in. */
export interface Cookies {
  /** Sets the cookie; false if the server does not want to. */
  keep(ticket: string): Promise<boolean>
  /** Takes it away; false if the server was not there to do so. */
  drop(): Promise<boolean>
}

/** Whether somebody has logged out whose cookie is not taken away yet. The browser keeps it, also without the page. */
export interface Leaving {
  get(): boolean
  set(leaving: boolean): void
}

export type Entered = { readonly data: Data } | { readonly error: ErrorFields }

/** The ways to become somebody: each is a command that may ask. */
export class Entrance {
  readonly #connection: Connection
  readonly #cookies: Cookies
  readonly #leaving: Leaving

  constructor(connection: Connection, cookies: Cookies, leaving: Leaving) {
    this.#connection = connection
    this.#cookies = cookies
    this.#leaving = leaving
  }

  /** `chooseNew` is asked for a password of one's own where the present one was set by an operator. */
  logIn(name: string, password: string, chooseNew: () => Promise<string | undefined>): Promise<Entered> {
    let chosen: string | undefined
    return this.#enter(`/login ${oneWord(name)}`, async ({ text }) => {
      if (text === 'Password') return password
      if (/again/.test(text)) return chosen
      chosen = await chooseNew()
      return chosen
    })
  }

  signUp(details: {
    readonly name: string
    readonly email: string
    readonly password: string
    readonly again: string
    readonly invite: string
  }): Promise<Entered> {
    const email = details.email === '' ? '' : ` ${oneWord(details.email)}`
    return this.#enter(`/signup ${oneWord(details.name)}${email}`, async ({ text }) => {
      if (text === 'Password') return details.password
      if (/again/.test(text)) return details.again
      return /code/i.test(text) ? details.invite : undefined
    })
  }

  /** A new password by the recovery code; logs in with it, and brings the new code. */
  async recover(name: string, code: string, password: string, again: string): Promise<Entered> {
    const line = { line: `/recover ${oneWord(name)} ${codeOf(code)}` }
    const recovered = await this.#connection.request(line, async ({ text }) =>
      /again/.test(text) ? again : password,
    )
    if (!recovered.ok) return { error: recovered.error }
    const entered = await this.logIn(name, password, async () => undefined)
    return 'error' in entered ? entered : { data: { ...entered.data, ...recovered.data } }
  }

  /** As `~name`; without one the server chooses. */
  async asGuest(name: string): Promise<Entered> {
    return entered(await this.#connection.request({ line: `/nick ${oneWord(name)}`.trim() }))
  }

  /** By the cookie that this browser has. */
  async asBefore(): Promise<Entered> {
    return entered(await this.#connection.request({ line: '/session' }))
  }

  /** From now on a reload of the page finds one logged in. The answer to a question for the password is `ask`. */
  async stay(ask: Answer): Promise<boolean> {
    const result = await this.#connection.request({ line: '/session ticket' }, ask)
    if (!result.ok || !(await this.#cookies.keep(String(result.data['ticket'])))) return false
    this.#leaving.set(false)
    return true
  }

  async logOut(): Promise<void> {
    this.#leaving.set(true)
    await this.#connection.request({ line: '/logout' })
    await this.finishLeaving()
  }

  /** Takes the cookie away of somebody who has logged out while the server could not do it; whether there is one. */
  async finishLeaving(): Promise<boolean> {
    if (!this.#leaving.get()) return false
    if (await this.#cookies.drop()) this.#leaving.set(false)
    return true
  }

  async #enter(line: string, answer: Answer): Promise<Entered> {
    const result = entered(await this.#connection.request({ line }, answer))
    if ('data' in result) await this.stay(async () => undefined)
    return result
  }
}

function entered(result: Result): Entered {
  return result.ok ? { data: result.data } : { error: result.error }
}

/** A recovery code, however it was written down and typed: by fours, with a hyphen between them. */
function codeOf(typed: string): string {
  const signs = typed.toUpperCase().replace(/[^0-9A-Z]/g, '')
  return signs.match(/.{1,4}/g)?.join('-') ?? oneWord(typed)
}

/** What cannot be one word is no name: the server says so of this one. */
function oneWord(text: string): string {
  return text.trim().replace(/\s+/g, '_')
}
