import { fail } from './failures.ts'

/** Which part of a list an answer has. */
export interface Paged {
  /** Counts from 1. */
  readonly page: number
  /** How many rows there are on all pages. */
  readonly total: number
  /** What to type for the next page; undefined on the last. */
  readonly next?: string | undefined
}

/** How many rows of a list are one page. */
export const pageRows = 50

export interface PageOptions<T> {
  /** Which rows are in the list; all of them if missing. */
  readonly keeps?: (row: T) => boolean
  /** How many rows are in the list, if known. */
  readonly all?: number
  /** What to type instead, behind the failure of a page that is not there. */
  readonly instead?: string
}

/**
 * One page of the rows for which `keeps` is true, and the command for the next page. It goes through the rows once; if their
 * number `all` is known, it stops after the page. Throws `bad-arguments` if there is no such page.
 */
export function pageOf<T>(
  rows: Iterable<T>,
  page: number,
  command: string,
  { keeps, all, instead = '' }: PageOptions<T> = {},
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
  if (page > pages || page < 1)
    throw fail({ code: 'bad-arguments', detail: `There is no page ${page}: ${lastPage(pages)}.${instead}` })
  return { rows: found, paged: { page, total, ...(page < pages ? { next: `${command} ${page + 1}` } : {}) } }
}

function lastPage(pages: number): string {
  return pages === 1 ? 'the list has only one page' : `the last one is ${pages}`
}
