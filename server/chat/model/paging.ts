import { fail } from './failures.ts'
import type { Paged } from './replies.ts'

/** So many rows of a list are one page. */
export const pageRows = 50

/**
 * One page of those rows that are kept, and `command` with the number of the next one; in one pass, which ends behind the
 * page where it is known how many there are in `all`. Throws `bad-arguments` behind the last page.
 */
export function pageOf<T>(
  rows: Iterable<T>,
  page: number,
  command: string,
  { keeps, all }: { readonly keeps?: (row: T) => boolean; readonly all?: number } = {},
): { rows: T[]; paged: Paged } {
  const start = (page - 1) * pageRows
  const found: T[] = []
  let total = 0
  for (const row of rows) {
    if (all !== undefined && found.length === pageRows) break
    if (keeps && !keeps(row)) continue
    if (total >= start && found.length < pageRows) found.push(row)
    total++
  }
  if (all !== undefined) total = all
  const pages = Math.max(1, Math.ceil(total / pageRows))
  if (page > pages)
    throw fail({ code: 'bad-arguments', detail: `There is no page ${page}: ${lastPage(pages)}.` })
  return { rows: found, paged: { page, total, ...(page < pages ? { next: `${command} ${page + 1}` } : {}) } }
}

function lastPage(pages: number): string {
  return pages === 1 ? 'all of it is on one' : `the last one is ${pages}`
}
