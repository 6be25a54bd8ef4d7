import type { Listener, Person } from '../model/people.ts'

/** A person and the connection from which they talk. */
export interface End {
  readonly person: Person
  readonly listener: Listener
}

/** One side of a private talk. */
export class Side {
  person: Person
  /** The connection that talks; undefined while its line is lost and the person may still come back. */
  listener: Listener | undefined
  readonly other: Side
  /** The person came back on a new line: their words go into the talk only when they choose it again. */
  resting = false
  /** Ends the wait for a person whose line is lost. */
  found: (() => void) | undefined

  constructor({ person, listener }: End, other: End | Side) {
    this.person = person
    this.listener = listener
    this.other = other instanceof Side ? other : new Side(other, this)
  }
}
