/** A number that was counted up to a limit; `more`: there are more than that. */
export interface Count {
  readonly count: number
  readonly more: boolean
}
