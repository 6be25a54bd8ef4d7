/** Which ways in there are. */
export interface WaysIn {
  readonly guests: boolean
  readonly signup: 'open' | 'invite' | 'closed'
}
