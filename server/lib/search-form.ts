/** A text that grows more than this by its compatible form (a whole blessing is one sign of Arabic) keeps its own signs. */
const mostGrowth = 3

/**
 * The form of a text in which it is searched: of characters that are one to whoever reads them there is one. Syllables of Hangul
 * and letters with their marks are composed, narrow kana and wide Latin letters are as wide as usual (NFKC, UAX 15).
 */
export function searchForm(text: string): string {
  if (/^[\x00-\x7f]*$/.test(text)) return text
  const form = text.normalize('NFKC')
  return form.length > mostGrowth * text.length ? text.normalize('NFC') : form
}
