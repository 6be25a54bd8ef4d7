/** How people can come in on this server. */
export interface WaysIn {
  readonly guests: boolean
  readonly signup: 'open' | 'invite' | 'closed'
}
