import type { DiskSpace } from '../../lib/disk-space.ts'
import { sizeText } from '../../lib/sizes.ts'
import { fail } from '../model/failures.ts'
import type { Directory } from '../people/directory.ts'
import type { Bus } from '../ports/bus.ts'

/** What has changed since it was looked the last time. */
export interface SpaceChange {
  readonly low: boolean
  /** In bytes. */
  readonly free: number
  readonly limit: number
}

/**
 * Whether the disk has room for what people add. It is looked at from time to time, and known meanwhile, so that a
 * message costs nothing more. Below the limit nothing grows that anybody can make grow; what takes away, and what keeps
 * order, needs the room that is left.
 */
export class FreeSpace {
  readonly #space: (() => Promise<DiskSpace>) | undefined
  readonly #rules: { readonly freeSpaceBytes: number }
  readonly #directory: Directory
  readonly #bus: Bus
  #low = false

  /** `rules` may change; 0 is no limit. Without `space` there is always room. */
  constructor(parts: {
    space?: (() => Promise<DiskSpace>) | undefined
    rules: { readonly freeSpaceBytes: number }
    directory: Directory
    bus: Bus
  }) {
    this.#space = parts.space
    this.#rules = parts.rules
    this.#directory = parts.directory
    this.#bus = parts.bus
  }

  get low(): boolean {
    return this.#low
  }

  /** Throws `disk-full` while there is too little room. */
  require(): void {
    if (this.#low) throw fail({ code: 'disk-full', what: 'messages' })
  }

  /** Looks at the disk; tells the operators, and answers, if something has changed. Rejects if nobody can say. */
  async look(): Promise<SpaceChange | undefined> {
    const { freeSpaceBytes: limit } = this.#rules
    const free = limit > 0 ? (await this.#space?.())?.free : undefined
    const low = free !== undefined && free < limit
    if (low === this.#low) return undefined
    this.#low = low
    const change = { low, free: free ?? 0, limit }
    this.#bus.publish({ type: 'disk', ...change }, this.#directory.operators())
    return change
  }
}

/** What an operator reads of it. */
export function spaceText({ free, limit, low }: SpaceChange): string {
  return low
    ? `The disk has ${sizeText(free)} free, less than store.freeSpaceBytes (${sizeText(limit)}): nobody can say or make anything new until there is room.`
    : 'The disk has room again: people can talk.'
}
