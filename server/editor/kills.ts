/** How many deletions are kept, and how many UTF-16 units of them; the last one is kept in any case. */
const most = 4
const mostUnits = 512

/** What Ctrl-U, Ctrl-K, Ctrl-W and Alt-D have deleted: Ctrl-Y brings the last of it back, Alt-Y what was before. */
export class Kills {
  readonly #texts: string[] = []

  /** Which deletion the last `take` or `turn` answered. */
  #at = 0

  /** Keeps what was deleted. What was deleted right before belongs to it: `ahead` of it or behind it. */
  add(text: string, joins: 'ahead' | 'behind' | undefined): void {
    if (text === '') return
    const [last = ''] = this.#texts
    if (joins !== undefined && this.#texts.length > 0)
      this.#texts[0] = joins === 'ahead' ? text + last : last + text
    else this.#texts.unshift(text)
    let units = 0
    const kept = this.#texts.findIndex((one, index) => {
      units += one.length
      return index > 0 && (units > mostUnits || index === most)
    })
    if (kept > 0) this.#texts.length = kept
    this.#at = 0
  }

  /** The last deletion; undefined if there is none. */
  take(): string | undefined {
    this.#at = 0
    return this.#texts[0]
  }

  /** The one before the one that was answered last; after the first one the last again. */
  turn(): string | undefined {
    this.#at = this.#texts.length === 0 ? 0 : (this.#at + 1) % this.#texts.length
    return this.#texts[this.#at]
  }
}
