import type { DiskSpace } from '../../lib/disk-space.ts'
import { sizeText } from '../../lib/sizes.ts'
import { fail } from '../model/failures.ts'
import type { Bus } from '../ports/bus.ts'

/** What has changed since the last check. */
export interface SpaceChange {
  readonly low: boolean
  /** In bytes. */
  readonly free: number
  readonly limit: number
}

/**
 * Whether the disk has room for new data. It is checked from time to time, and remembered in between, so that a
 * message costs nothing extra. Below the limit people cannot add data; the remaining room is for deleting and for
 * keeping order.
 */
export class FreeSpace {
  readonly #space: (() => Promise<DiskSpace>) | undefined
  readonly #rules: { readonly freeSpaceBytes: number }
  readonly #bus: Bus
  #low = false

  /** `rules` may change; 0 means no limit. Without `space` there is always room. */
  constructor(parts: {
    space?: (() => Promise<DiskSpace>) | undefined
    rules: { readonly freeSpaceBytes: number }
    bus: Bus
  }) {
    this.#space = parts.space
    this.#rules = parts.rules
    this.#bus = parts.bus
  }

  get low(): boolean {
    return this.#low
  }

  /** Throws `disk-full` while there is too little room. */
  require(): void {
    if (this.#low) throw fail({ code: 'disk-full', what: 'messages' })
  }

  /** Checks the disk; returns a change and tells the operators about it. Rejects if the free space is unknown. */
  async look(): Promise<SpaceChange | undefined> {
    const { freeSpaceBytes: limit } = this.#rules
    const free = limit > 0 ? (await this.#space?.())?.free : undefined
    const low = free !== undefined && free < limit
    if (low === this.#low) return undefined
    this.#low = low
    const change = { low, free: free ?? 0, limit }
    this.#bus.publish({ type: 'disk', ...change }, [{ operators: true }])
    return change
  }
}

/** The text for operators. */
export function spaceText({ free, limit, low }: SpaceChange): string {
  return low
    ? `The disk has ${sizeText(free)} free, less than store.freeSpaceBytes (${sizeText(limit)}): nobody can say or make anything new until there is room.`
    : 'The disk has room again: people can talk.'
}
