import { fail } from '../chat/model/failures.ts'
import type { Person } from '../chat/model/people.ts'
import type { Reply } from '../chat/model/replies.ts'

/** So many parts are kept for a connection; of the oldest answers none. A part is a line long. */
const mostParts = 256

interface Kept {
  readonly number: number
  readonly person: Person | undefined
  readonly data: object
  readonly isLast: boolean
}

/** What did not fit into the answers of a connection, until it is asked for by its number. */
export class Rests {
  #parts: Kept[] = []
  #numbers = 0

  /** Keeps the parts of an answer for its person, and returns the number of the first. */
  keep(parts: readonly object[], person: Person | undefined): number {
    const first = this.#numbers + 1
    const numbered = parts.map((data, index) => ({
      number: ++this.#numbers,
      person,
      data,
      isLast: index === parts.length - 1,
    }))
    // A part that was read is no longer wanted, but may have to be asked for once more.
    this.#parts = [...this.#parts, ...numbered].slice(-Math.max(mostParts, parts.length))
    return first
  }

  /** The part of this number. Throws `bad-arguments` if there is none. */
  part(number: number, person: Person | undefined): Reply & { code: 'rest' } {
    const found = this.#parts.find((part) => part.number === number && part.person === person)
    if (!found)
      throw fail({
        code: 'bad-arguments',
        detail: `There is no rest ${number} of an answer: ask for the list once more.`,
      })
    const { data, isLast } = found
    // Whoever goes on has read what was before.
    this.#parts = this.#parts.filter((part) => part.number !== number - 1)
    return { code: 'rest', data, ...(isLast ? {} : { rest: number + 1 }) }
  }
}
