import type { MessageRecord, Page } from '../ports/records.ts'

/** So many messages are read at once after the first page. */
const stretch = 200
/** One answer looks at so many messages and one page at most; then it says where to go on. */
const mostLooked = 2_000

/** An answer ends after so many characters of text; the next one has the rest. */
const mostText = 128 * 1024

/** Part of a list, as one reader may see it. */
export interface Portion {
  /** Oldest first. May be empty though there is more. */
  readonly records: readonly MessageRecord[]
  readonly more: boolean
  /** If there is more: the last number that was looked at, to go on from. */
  readonly next?: number | undefined
}

export interface Wanted extends Page {
  /** Whether the reader may see it. */
  readonly keeps: (record: MessageRecord) => boolean
}

/**
 * Reads a list until a page is full of messages that the reader may see: messages that are left out take no place on it. `read`
 * answers oldest first, as the store does.
 */
export async function portionOf(
  read: (page: Page) => Promise<readonly MessageRecord[]>,
  { keeps, ...wanted }: Wanted,
): Promise<Portion> {
  const limit = Math.max(wanted.limit, 1)
  const kept: MessageRecord[] = []
  let page: Page = { ...wanted, limit: limit + 1 }
  let looked = 0
  let atEnd = false
  let last: number | undefined
  while (!atEnd && kept.length <= limit && looked < mostLooked) {
    const rows = await read(page)
    const walked = page.oldest ? rows : rows.toReversed()
    kept.push(...walked.filter(keeps))
    looked += rows.length
    atEnd = rows.length < page.limit
    last = walked.at(-1)?.id ?? last
    page = { ...page, limit: stretch, ...(page.oldest ? { after: last } : { before: last }) }
  }
  const shown = kept.slice(0, fitting(kept, limit))
  const isCut = shown.length < kept.length
  return {
    records: page.oldest ? shown : shown.toReversed(),
    more: isCut || !atEnd,
    ...(isCut ? { next: shown.at(-1)?.id } : atEnd ? {} : { next: last }),
  }
}

/** How many of the first records an answer holds; one at least. */
function fitting(records: readonly MessageRecord[], limit: number): number {
  let size = 0
  const end = records.findIndex(({ text }, index) => {
    size += text.length
    return index >= limit || (index > 0 && size > mostText)
  })
  return end < 0 ? records.length : end
}
