/** Scripts that put no spaces between words. */
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u

/** Whether nobody can tell by spaces where in a text this word begins and ends. */
export function isUnspaced(word: string): boolean {
  return unspaced.test(word)
}
