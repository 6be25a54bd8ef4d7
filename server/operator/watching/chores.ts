import type { Store } from '../../chat/ports/store.ts'
import { StoreUnavailable } from '../../chat/ports/store-errors.ts'
import { onceMs } from '../../chat/talk/once.ts'
import type { Services } from '../../commands/services.ts'
import type { Clock } from '../../lib/clock.ts'
import { isoTime } from '../../lib/times.ts'
import type { Log } from '../../log/log.ts'
import type { OwnDirectory } from '../directory/own-directory.ts'

/** How often the server stores what people have seen; after a crash they may see this much again. */
const saveSeenMs = 30_000
/** How many files a line of the log names at most. */
const mostNamed = 20
/** How often files past their time are removed (nobody gets them meanwhile), and looked at whether they are there. */
const clearFilesMs = 60_000
/** How often it is looked for messages past their time, and for traces of removed ones. */
const tidyMs = 3_600_000

/** How often the time of the clock is stored. */
const clockMs = 60_000
/** How often the free space of the disk is checked. */
const freeSpaceMs = 5_000
/** How often the server tries to fold the write-ahead log into the database. */
const foldMs = 60_000
/** How often the server checks that the data directory is still the one that it has opened. */
const ownMs = 60_000

/** The regular work of a server. A failure is logged, and the work is tried again the next time. */
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

  /** Folds the log, so that a copy of the database file of an idle server is complete. */
  async #fold(): Promise<void> {
    // It is tried again, and the stop does it.
    await this.#store.fold().catch(() => undefined)
  }

  /**
   * Logs once that the directory is no longer the opened one, and once that it is again. The server goes on, because
   * open files can still be saved.
   */
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

  /** Logs once that expired data stays because of the clock, and once that it no longer does. */
  #watchClock(): void {
    const { bus, clock, clockTrust } = this.#services
    const { aheadMs, jumped } = clockTrust
    if (jumped === this.#jumped) return
    this.#jumped = jumped
    if (jumped)
      this.#log.warn(
        { now: isoTime(clock.now()), aheadHours: Math.round(aheadMs / 3_600_000) },
        'clock has jumped ahead, nothing is removed for its age',
      )
    else this.#log.info({ now: isoTime(clock.now()) }, 'clock is believed again')
    bus.publish({ type: 'clock', jumped, aheadSeconds: Math.round(aheadMs / 1000) }, [{ operators: true }])
  }

  async #rememberClock(): Promise<void> {
    try {
      const { clockTrust } = this.#services
      this.#watchClock()
      await clockTrust.remember()
      await this.keepEnds()
      // The first run is some minutes after the start and not an hour, because the next start may come earlier.
      if (!this.#tidied && !clockTrust.holds) await this.tidy()
    } catch (error) {
      if (error instanceof StoreUnavailable) return
      if (!this.#stopped) this.#log.error({ err: error }, 'clock not remembered')
    }
  }

  /** Forgets bans and mutes that have ended, and stores the ends of the others by the present time of day. */
  async keepEnds(): Promise<void> {
    const { addressBans, restraintEnds } = this.#services
    await restraintEnds.keep()
    await addressBans.keep()
  }

  async #lookAtFiles(): Promise<void> {
    const { fileRemoval, forgetting, lostFiles } = this.#services
    try {
      await forgetting.finishEndings()
      this.#watchClock()
      const expired = await fileRemoval.expire()
      if (expired > 0) this.#log.info({ files: expired }, 'old files removed')
      await this.#discard()
      await lostFiles.look()
    } catch (error) {
      if (!this.#stopped) this.#log.error({ err: error }, 'files not cleared')
    }
  }

  /** Logs files that cannot be removed when they become more, not every minute. */
  async #discard(): Promise<void> {
    const left = await this.#services.fileRemoval.discard()
    if (left > this.#undiscarded) this.#log.error({ count: left }, 'bytes of files not removed')
    this.#undiscarded = left
  }

  /** Stores what people have seen. */
  async saveSeen(): Promise<void> {
    const { invitations, presence } = this.#services
    try {
      await Promise.all([presence.saveSeen(), invitations.forgetTold()])
    } catch (error) {
      this.#log.error({ err: error }, 'seen not stored')
    }
  }

  /** Checks whether the disk has room for messages. */
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

  /** Removes messages and browser sessions that are too old, and traces of removed messages. */
  async tidy(): Promise<void> {
    await this.#forgetMessages()
    await this.#forgetBrowsers()
  }

  /** Removes browser sessions that are over for their age. */
  async #forgetBrowsers(): Promise<void> {
    const { browserSessions, clockTrust } = this.#services
    try {
      const browsers = clockTrust.holds ? 0 : await browserSessions.removeOld()
      if (browsers > 0) this.#log.info({ browsers }, 'old browser sessions removed')
    } catch (error) {
      if (!this.#stopped) this.#log.error({ err: error }, 'old browser sessions not removed')
    }
  }

  async #forgetMessages(): Promise<void> {
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
