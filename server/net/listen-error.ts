/** A listener could not be opened; the message says which, and what to do. */
export class ListenError extends Error {
  override readonly name = 'ListenError'
}
