import { StoreUnavailable } from '../chat/ports.ts'

/** The database cannot be opened. The message is one line: what, where, and what to do about it. */
export class StoreOpenError extends Error {
  override readonly name = 'StoreOpenError'
}

/** Anything a database can throw as what the Store port promises to throw; the cause has the details. */
export function unavailable(cause: unknown): StoreUnavailable {
  if (cause instanceof StoreUnavailable) return cause
  return new StoreUnavailable('The store cannot do this now', { cause })
}

/** What a call after close() gets. */
export function closedError(): StoreUnavailable {
  return new StoreUnavailable('The store is closed')
}
