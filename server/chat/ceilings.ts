import { fail } from './failures.ts'

/** How many of each kind there may be, so that no list grows without end; 0 is no limit. What is there stays. */
export interface Ceilings {
  readonly channels: number
  readonly channelsOwned: number
  readonly channelsJoined: number
  readonly tokens: number
  readonly invitationsMade: number
  readonly invitationsWaiting: number
  readonly inviteCodes: number
  readonly contacts: number
  readonly blocks: number
  readonly channelBans: number
  readonly channelMutes: number
  readonly addressBans: number
  readonly files: number
}

export type CeilingName = keyof Ceilings

/** Refuses one more where there are so many already. `of` is whose they are, if not one's own. */
export function checkCeiling(
  ceilings: Ceilings,
  what: CeilingName,
  present: number | (() => number),
  of?: string,
): void {
  const limit = ceilings[what]
  // Counting may take a while, and where there is no limit it is in vain.
  if (limit > 0 && (typeof present === 'number' ? present : present()) >= limit)
    throw fail({ code: 'quota-exceeded', what, limit, ...(of === undefined ? {} : { name: of }) })
}
