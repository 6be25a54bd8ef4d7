import { Deadlines } from '../../lib/deadlines.ts'
import { IndexOf } from '../../lib/index-of.ts'
import type { Grant } from '../model/grant.ts'
import type { Person } from '../model/people.ts'
import type { SharedFile } from './file.ts'

/** A token by which one person alone can get a file. */
export interface PersonalToken {
  /** The SHA-256 of the token. */
  readonly hash: string
  readonly file: SharedFile
  readonly person: Person
  readonly grant: Grant | undefined
  readonly expires: number
}

/** Tokens by hash, by person, by file, and by the next end. */
export class PersonalTokens {
  readonly #byHash = new Map<string, PersonalToken>()
  readonly #ofPerson = new IndexOf<Person, PersonalToken>()
  readonly #forFile = new IndexOf<SharedFile, PersonalToken>()
  readonly #ends = new Deadlines<PersonalToken, PersonalToken>()

  add(token: PersonalToken): void {
    this.#byHash.set(token.hash, token)
    this.#ofPerson.add(token.person, token)
    this.#forFile.add(token.file, token)
    this.#ends.set(token, token.expires, token)
  }

  delete(token: PersonalToken): void {
    this.#byHash.delete(token.hash)
    this.#ofPerson.delete(token.person, token)
    this.#forFile.delete(token.file, token)
    this.#ends.delete(token)
  }

  get(hash: string): PersonalToken | undefined {
    return this.#byHash.get(hash)
  }

  of(person: Person): PersonalToken[] {
    return [...this.#ofPerson.of(person)]
  }

  forgetFile(file: SharedFile): void {
    for (const token of [...this.#forFile.of(file)]) this.delete(token)
  }

  /** Removes expired tokens. */
  takeOver(now: number): PersonalToken[] {
    const over = this.#ends.take(now)
    for (const token of over) this.delete(token)
    return over
  }
}
