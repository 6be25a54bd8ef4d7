/** So many lines are kept of each place, as long as the page is open. */
const mostKept = 50

/** What one has said in each place, for the arrow up. */
class SaidBefore {
  readonly #lines = new Map<string, string[]>()

  keep(place: string, line: string): void {
    const lines = this.#lines.get(place) ?? []
    if (lines.at(-1) !== line) lines.push(line)
    if (lines.length > mostKept) lines.shift()
    this.#lines.set(place, lines)
  }

  forget(): void {
    this.#lines.clear()
  }

  /** The one so many before the present; undefined where there is none. */
  back(place: string, by: number): string | undefined {
    return this.#lines.get(place)?.at(-by)
  }
}

export const said = new SaidBefore()
