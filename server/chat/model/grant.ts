/** What a login token allows. */
export type Scope = 'read' | 'write' | 'all'

/** The scope that a command needs. `any`: every token allows it. `none`: no token does, only the password. */
export type TokenNeed = 'any' | Scope | 'none'

/** What a connection may do that logged in by a token. */
export interface Grant {
  /** The name of the token. */
  readonly token: string
  /** Up to which message it had read at its last login; undefined if it never logged in before. */
  readonly seen?: number | undefined
  /** When it was made (ms since the epoch): a later token may have the same name. */
  readonly since: number
  readonly scope: Scope
  /** The channels that it is limited to; if missing, it is for all channels and for direct messages. */
  readonly channels: readonly string[] | undefined
}
