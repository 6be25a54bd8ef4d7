/** An address from which an account has logged in with its password. */
export interface LoginAddressRecord {
  /** As in `addressKey`, or `localhost`. */
  readonly address: string
  /** When that was first, and on which day last (any time of it); ms since the epoch. */
  readonly since: number
  readonly last: number
  /** Whether the member has been told of it, or did not have to be. */
  readonly told: boolean
}

/** A login from an address from which the account had not logged in before. */
export interface NewLogin {
  readonly address: string
  /** ms since the epoch. */
  readonly at: number
}
