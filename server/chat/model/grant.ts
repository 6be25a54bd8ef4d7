/** What a login token is made for. */
export type Scope = 'read' | 'write' | 'all'

/**
 * What a token has to be made for to do something. `any`: whatever it is made for. `none`: there is no such token,
 * it is for somebody who knows the password.
 */
export type TokenNeed = 'any' | Scope | 'none'

/** What a connection may do that logged in by a token instead of the password. */
export interface Grant {
  /** The name of the token. */
  readonly token: string
  /** Up to which message it had read when it came; undefined for one that never did so. */
  readonly seen?: number | undefined
  /** When it was made, which tells it from a later one of the same name. */
  readonly since: number
  readonly scope: Scope
  /** The channels that it is for; without them it is for all, and for talks with people. */
  readonly channels: readonly string[] | undefined
}
