import { withoutPunctuation } from '../model/names.ts'

/** `@` and what may be a name, but not behind a word, as in e-mail addresses. */
const at = /(?<![\p{L}\p{N}]\p{M}*[.+_-]*)@(~?[A-Za-z][A-Za-z0-9_.-]+)(@?)/gu
/** A letter or digit of any script goes on with the word, and so does what stands on one: `@René` is not ren. */
const goesOn = /^[\p{L}\p{N}\p{M}]/u
/** From there on a word is the address of a page: `https://`, `example.org/`, `localhost:80/`. */
const page = /:\/\/|^www\.|[\p{L}\p{N}]\.\p{L}{2,}(?::\d+)?\/|:\d+\//iu
/** `bob.example.org`: an address too, unless all of it is a name. */
const host = /(?:\.[A-Za-z0-9-]+){2}/

const longest = 24
const shortest = 2

/**
 * Where a text names somebody as `@name`: for each place all that may be meant there, the longest first. `@bob.` is
 * bob or, where there is one of an earlier version, `bob.`.
 */
export function* namesIn(text: string): Iterable<string[]> {
  if (!text.includes('@')) return
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
