import type { CeilingName, Ceilings } from './ceilings.ts'
import { fail } from './failures.ts'

/** Refuses one more where there are so many already. `of` is whose they are, if not one's own. */
export function checkCeiling(
  ceilings: Ceilings,
  what: CeilingName,
  present: number | ((limit: number) => number),
  of?: string,
): void {
  const limit = ceilings[what]
  // Counting may take a while, and where there is no limit it is in vain.
  if (limit > 0 && (typeof present === 'number' ? present : present(limit)) >= limit)
    throw fail({ code: 'quota-exceeded', what, limit, ...(of === undefined ? {} : { name: of }) })
}
