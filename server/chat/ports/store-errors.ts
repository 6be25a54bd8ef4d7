/** A name is in use; the domain turns this into a Failure. */
export class NameTaken extends Error {
  override readonly name = 'NameTaken'
}

/** An invitation code cannot be used. */
export class InviteUsed extends Error {
  override readonly name = 'InviteUsed'
}

/** The store cannot do this now (disk full, locked, closed); the cause has the details. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable'
}

/** A search took longer than it may, and was ended. */
export class StoreTooSlow extends Error {
  override readonly name = 'StoreTooSlow'
  readonly limitMs: number

  constructor(limitMs: number) {
    super(`A read took longer than ${limitMs} ms, and was ended`)
    this.limitMs = limitMs
  }
}
