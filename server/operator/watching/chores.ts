import type { Store } from '../../chat/ports/store.ts'
import { StoreUnavailable } from '../../chat/ports/store-errors.ts'
import { onceMs } from '../../chat/talk/once.ts'
import type { Services } from '../../commands/command.ts'
import type { Clock } from '../../lib/clock.ts'
import { isoTime } from '../../lib/times.ts'
import type { Log } from '../../log/log.ts'
import type { OwnDirectory } from '../directory/own-directory.ts'

/** How often it is stored what everybody has been shown: after a crash this much may be shown again. */
const saveSeenMs = 30_000
/** How many files a line of the log names. */
const mostNamed = 20
/** How often files past their time are removed (nobody gets them meanwhile), and looked at whether they are there. */
const clearFilesMs = 60_000
/** How often it is looked for messages past their time, and for traces of removed ones. */
const tidyMs = 3_600_000

/** How often it is stored what the clock says. */
const clockMs = 60_000
/** How often it is looked how full the disk is. */
const freeSpaceMs = 5_000
/** How often it is looked whether the write-ahead log can be folded into the database. */
const foldMs = 60_000
/** How often it is looked whether the data directory is still the one that was opened. */
const ownMs = 60_000

/** What a server does by itself from time to time. What fails is logged, and tried again the next time. */
export class Chores {
  readonly #services: Services
  readonly #store: Pick<Store, 'fold'>
  readonly #log: Log
  readonly #own: Pick<OwnDirectory, 'gone'>
  #stopped = false
  #undiscarded = 0
  #jumped = false
  /** Something was removed for its age since the start, or looked for. */
  #tidied = false
  #gone = ''
  #cancels: readonly (() => void)[] = []

  constructor(services: Services, store: Pick<Store, 'fold'>, own: Pick<OwnDirectory, 'gone'>, log: Log) {
    this.#own = own
    this.#services = services
    this.#store = store
    this.#log = log
  }

  start(): void {
    const { clock, lostFiles } = this.#services
    lostFiles.onLost((lost) => {
      const ids = lost.slice(0, mostNamed).map(({ file }) => file.id)
      this.#log.error({ files: ids, count: lost.length }, 'files are gone')
    })
    void this.#lookAtFiles()
    void this.tidy()
    void this.lookAtDisk()
    this.#watchClock()
    this.#cancels = [
      every(clock, clockMs, () => this.#rememberClock()),
      every(clock, freeSpaceMs, () => this.lookAtDisk()),
      every(clock, saveSeenMs, () => this.saveSeen()),
      every(clock, clearFilesMs, () => this.#lookAtFiles()),
      every(clock, tidyMs, () => this.tidy()),
      // What fails is tried again.
      every(clock, onceMs, () => this.#services.once.tidy().catch(() => undefined)),
      every(clock, foldMs, () => this.#fold()),
      every(clock, ownMs, async () => this.#lookAtDirectory()),
    ]
  }

  /** Whoever copies or moves the database of an idle server has all of it. */
  async #fold(): Promise<void> {
    // It is tried again, and the stop does it.
    await this.#store.fold().catch(() => undefined)
  }

  /** Tells once that it is not the one that was opened, and that it is again. It goes on: what is open may be saved yet. */
  #lookAtDirectory(): void {
    const files = this.#own.gone()
    if (files.join() === this.#gone) return
    this.#gone = files.join()
    if (files.length > 0) this.#log.error({ files }, 'data directory was removed or replaced')
    else this.#log.info({}, 'data directory is back')
  }

  stop(): void {
    this.#stopped = true
    for (const cancel of this.#cancels) cancel()
  }

  /** Tells once that what is past its time stays, and that it does not any more. */
  #watchClock(): void {
    const { bus, clock, clockTrust, directory } = this.#services
    const { aheadMs, jumped } = clockTrust
    if (jumped === this.#jumped) return
    this.#jumped = jumped
    if (jumped)
      this.#log.warn(
        { now: isoTime(clock.now()), aheadHours: Math.round(aheadMs / 3_600_000) },
        'clock has jumped ahead, nothing is removed for its age',
      )
    else this.#log.info({ now: isoTime(clock.now()) }, 'clock is believed again')
    const event = { type: 'clock', jumped, aheadSeconds: Math.round(aheadMs / 1000) } as const
    bus.publish(event, directory.operators())
  }

  async #rememberClock(): Promise<void> {
    try {
      const { clockTrust } = this.#services
      this.#watchClock()
      await clockTrust.remember()
      await this.keepEnds()
      // The first time is due some minutes behind the start, and not an hour: the next start may be sooner.
      if (!this.#tidied && !clockTrust.holds) await this.tidy()
    } catch (error) {
      if (error instanceof StoreUnavailable) return
      if (!this.#stopped) this.#log.error({ err: error }, 'clock not remembered')
    }
  }

  /** What is to end at some time: forgets what has ended, and stores the rest by the time of day there is now. */
  async keepEnds(): Promise<void> {
    const { addressBans, restraintEnds } = this.#services
    await restraintEnds.keep()
    await addressBans.keep()
  }

  async #lookAtFiles(): Promise<void> {
    const { files, forgetting, lostFiles } = this.#services
    try {
      await forgetting.finishEndings()
      this.#watchClock()
      const expired = await files.expire()
      if (expired > 0) this.#log.info({ files: expired }, 'old files removed')
      await this.#discard()
      await lostFiles.look()
    } catch (error) {
      if (!this.#stopped) this.#log.error({ err: error }, 'files not cleared')
    }
  }

  /** What stays is told when it gets more, and not every minute. */
  async #discard(): Promise<void> {
    const left = await this.#services.files.discard()
    if (left > this.#undiscarded) this.#log.error({ count: left }, 'bytes of files not removed')
    this.#undiscarded = left
  }

  /** Stores what everybody has been shown. */
  async saveSeen(): Promise<void> {
    const { invitations, presence } = this.#services
    try {
      await Promise.all([presence.saveSeen(), invitations.forgetTold()])
    } catch (error) {
      this.#log.error({ err: error }, 'seen not stored')
    }
  }

  /** Looks whether there is room for what people say. */
  async lookAtDisk(): Promise<void> {
    try {
      const change = await this.#services.freeSpace.look()
      if (!change) return
      const { free, limit, low } = change
      if (low) this.#log.error({ free, limit }, 'disk nearly full')
      else this.#log.info({ free, limit }, 'disk has room')
    } catch (error) {
      this.#log.error({ err: error }, 'disk not looked at')
    }
  }

  /** Removes messages that are past their time, and what is left of others that were removed. */
  async tidy(): Promise<void> {
    const { clockTrust, forgetting } = this.#services
    try {
      this.#watchClock()
      const mayRemove = !clockTrust.holds
      const { messages } = forgetting.hasRules && mayRemove ? await forgetting.tidy() : { messages: 0 }
      this.#tidied ||= mayRemove
      if (messages > 0) this.#log.info({ messages }, 'old messages removed')
      await forgetting.sweep()
    } catch (error) {
      // It is given up when the store closes.
      if (!this.#stopped) this.#log.error({ err: error }, 'old messages not removed')
    }
  }
}

function every(clock: Clock, ms: number, task: () => Promise<void>): () => void {
  let cancel = clock.after(ms, next)
  let stopped = false
  function next(): void {
    void task().then(() => {
      if (!stopped) cancel = clock.after(ms, next)
    })
  }
  return () => {
    stopped = true
    cancel()
  }
}
