import type { Cursor } from '../model/cursor.ts'
import { fail } from '../model/failures.ts'

/** More words make a search slow, and find nothing. */
const mostWords = 32
const mostCharacters = 1000

/** What a search asks for; names as they were typed. */
export interface SearchFilter {
  /** Those that end in `*` are beginnings. May be none if there is `from`. */
  readonly words: readonly string[]
  /** The words as they were typed, to ask on. */
  readonly asked?: string
  /** Only messages with these numbers. */
  readonly cursor?: Cursor | undefined
  readonly in?: string | undefined
  readonly from?: string | undefined
  /** ms since the epoch: `after` inclusive, `before` exclusive. */
  readonly before?: number | undefined
  readonly after?: number | undefined
}

/**
 * Throws `bad-arguments` where there are too many words. The index takes what stands between other characters, such as the
 * parts of an address, for several words.
 */
export function checkWords(words: readonly string[]): void {
  const count = words.reduce(
    (sum, word) => sum + Math.max(1, word.match(/[\p{L}\p{M}\p{N}\p{Co}]+/gu)?.length ?? 0),
    0,
  )
  if (count > mostWords)
    throw fail({
      code: 'bad-arguments',
      detail: `A search has at most ${mostWords} words, and this one has ${count}.`,
    })
  if (words.join(' ').length > mostCharacters)
    throw fail({
      code: 'bad-arguments',
      detail: `The words of a search have at most ${mostCharacters} characters.`,
    })
}
