import type { CeilingName, Ceilings } from './ceilings.ts'
import { fail } from './failures.ts'

/** Refuses one more if the list is full. `of`: the name of its owner, if that is somebody else. */
export function checkCeiling(
  ceilings: Ceilings,
  what: CeilingName,
  present: number | ((limit: number) => number),
  of?: string,
): void {
  const limit = ceilings[what]
  // Counting may take a while, and is not needed without a limit.
  if (limit > 0 && (typeof present === 'number' ? present : present(limit)) >= limit)
    throw fail({ code: 'quota-exceeded', what, limit, ...(of === undefined ? {} : { name: of }) })
}
