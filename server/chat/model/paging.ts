import { fail } from './failures.ts'
import type { Paged } from './replies.ts'

/** So many rows of a list are one page. */
export const pageRows = 50

/**
 * One page of those rows that are kept, and `command` with the number of the next one; in one pass. Throws
 * `bad-arguments` behind the last page.
 */
export function pageOf<T>(
  rows: Iterable<T>,
  page: number,
  command: string,
  keeps?: (row: T) => boolean,
): { rows: T[]; paged: Paged } {
  const start = (page - 1) * pageRows
  const found: T[] = []
  let total = 0
  for (const row of rows) {
    if (keeps && !keeps(row)) continue
    if (total >= start && found.length < pageRows) found.push(row)
    total++
  }
  const pages = Math.max(1, Math.ceil(total / pageRows))
  if (page > pages)
    throw fail({ code: 'bad-arguments', detail: `There is no page ${page}: ${lastPage(pages)}.` })
  return { rows: found, paged: { page, total, ...(page < pages ? { next: `${command} ${page + 1}` } : {}) } }
}

function lastPage(pages: number): string {
  return pages === 1 ? 'all of it is on one' : `the last one is ${pages}`
}
