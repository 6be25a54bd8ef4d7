import { withoutPunctuation } from '../model/names.ts'

/** `@` and what may be a name; not right behind a word, because that is an e-mail address. */
const at = /(?<![\p{L}\p{N}]\p{M}*[.+_-]*)@(~?[A-Za-z][A-Za-z0-9_.-]+)(@?)/gu
/** A letter, digit or accent of any script continues the word: `@René` is not ren. */
const goesOn = /^[\p{L}\p{N}\p{M}]/u
/** Where the address of a page begins in a word: `https://`, `example.org/`, `localhost:80/`. */
const page = /:\/\/|^www\.|[\p{L}\p{N}]\.\p{L}{2,}(?::\d+)?\/|:\d+\//iu
/** `bob.example.org` is an address too, unless somebody is called exactly that. */
const host = /(?:\.[A-Za-z0-9-]+){2}/

const longest = 24
const shortest = 2

/**
 * The places where a text names somebody as `@name`: for each place all names that may be meant, the longest first. `@bob.`
 * means bob, or `bob.` where an account of an earlier version is called so.
 */
export function* namesIn(text: string): Iterable<string[]> {
  for (const word of text.split(/\s+/)) {
    const address = word.includes('@') ? word.search(page) : -1
    for (const { 1: run = '', 2: behind, index } of word.matchAll(at)) {
      if (behind === '@' || (address >= 0 && index > address)) continue
      const rest = word.slice(index + 1, index + 2 * longest)
      const sign = run.startsWith('~') ? 1 : 0
      const whole = withoutPunctuation(run)
      const least = host.test(whole) ? whole.length : shortest + sign
      const names: string[] = []
      for (let length = Math.min(run.length, longest + sign); length >= least; length--)
        if (!goesOn.test(rest.slice(length))) names.push(run.slice(0, length))
      if (names.length > 0) yield names
    }
  }
}
