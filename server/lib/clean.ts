/**
 * What must never reach another terminal or the log: C0, DEL and C1 (U+009B alone starts an escape
 * sequence), the bidirectional controls that can make a line read differently from what it says, the
 * Unicode line breaks, and half surrogate pairs. With the `u` flag a whole pair is one character, so
 * `\p{Surrogate}` finds only lone halves.
 */
export const unclean =
  /[\u0000-\u001F\u007F-\u009F\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069]|\p{Surrogate}/gu

/**
 * Takes out of a string from a user what could act on a terminal or forge a line: such characters are
 * dropped, a tab becomes a space, half a surrogate pair becomes U+FFFD. Joiners and variation selectors
 * stay, so emoji stay whole. A clean string comes back as it is.
 */
export function cleanText(text: string): string {
  return text.replace(unclean, (character) => {
    if (character === '\t') return ' '
    return character >= '\uD800' ? '\uFFFD' : ''
  })
}
