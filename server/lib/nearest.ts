/**
 * Finds the candidate that the writer of `word` most likely meant; undefined if no candidate is similar. Case does
 * not count. Typing mistakes are insertions, deletions, substitutions and swapped neighbours (optimal string
 * alignment distance); one is allowed for every three letters, at least one and at most three. A candidate that
 * begins with the whole `word` counts as similar, however long it is. Of equally good candidates the first one wins.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const wanted = [...word.toLowerCase()]
  const allowed = Math.min(3, wanted.length < 2 ? 0 : Math.max(1, Math.floor(wanted.length / 3)))
  let best: string | undefined
  let least = Number.POSITIVE_INFINITY
  for (const candidate of candidates) {
    const letters = [...candidate.toLowerCase()]
    const rest = letters.length - wanted.length
    const begun = wanted.length > 1 && candidate.toLowerCase().startsWith(word.toLowerCase())
    // The lengths alone decide most comparisons, so a line of thousands of letters costs nothing.
    if (!begun && Math.abs(rest) > allowed) continue
    const typos = begun ? rest : distance(wanted, letters)
    if (!begun && typos > allowed) continue
    // From three letters on, a beginning counts more than a typing mistake: "mem" is members, not me.
    const score = begun && typos > 0 ? (wanted.length > 2 ? 0.5 : 1.5) + typos / 1000 : typos
    if (score < least) {
      least = score
      best = candidate
    }
  }
  return best
}

/** How many typing mistakes lie between two words; case counts. */
export function editsBetween(from: string, to: string): number {
  return distance([...from], [...to])
}

/** Edits that turn `from` into `to`; a swap of two neighbours is one. */
function distance(from: readonly string[], to: readonly string[]): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (const [row, letter] of from.entries()) {
    const current = [row + 1]
    for (const [column, other] of to.entries()) {
      const kept = at(last, column) + (letter === other ? 0 : 1)
      const changed = Math.min(kept, at(last, column + 1) + 1, at(current, column) + 1)
      const swapped = row > 0 && column > 0 && letter === to[column - 1] && other === from[row - 1]
      current.push(swapped ? Math.min(changed, at(beforeLast, column - 1) + 1) : changed)
    }
    beforeLast = last
    last = current
  }
  return at(last, to.length)
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY
}
