/** What the store answers if a name is in use; the rules turn it into a Failure. */
export class NameTaken extends Error {
  override readonly name = 'NameTaken'
}

/** What the store answers if an invitation code cannot be used. */
export class InviteUsed extends Error {
  override readonly name = 'InviteUsed'
}

/** The store cannot do it now (disk full, locked, closed); the cause has the details. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable'
}

/** What the store answers if a search took longer than it may: it has been ended. */
export class StoreTooSlow extends Error {
  override readonly name = 'StoreTooSlow'
  readonly limitMs: number

  constructor(limitMs: number) {
    super(`A read took longer than ${limitMs} ms, and was ended`)
    this.limitMs = limitMs
  }
}
