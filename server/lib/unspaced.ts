/** Scripts that put no spaces between words. */
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u

/** Whether a word is of such a script, so that spaces do not show where it begins and ends in a text. */
export function isUnspaced(word: string): boolean {
  return unspaced.test(word)
}
