import { setImmediate as nextTurn } from 'node:timers/promises'
import { Counts } from '../../server/chat/machine/counts.ts'
import { Faults } from '../../server/chat/machine/faults.ts'
import type { PasswordHasher } from '../../server/chat/ports/secrecy.ts'
import type { Command } from '../../server/commands/command.ts'
import { catalogOf, commands } from '../../server/commands/index.ts'
import { Dialects, dialectsThereAre } from '../../server/dialects/dialects.ts'
import { helloOf } from '../../server/dialects/hello.ts'
import { SharedRows } from '../../server/editor/shared-rows.ts'
import { addressBlock } from '../../server/lib/addresses.ts'
import { buildServices } from '../../server/services.ts'
import { Allowances } from '../../server/session/allowances.ts'
import { Unrevealed } from '../../server/session/concealment.ts'
import type { Connection } from '../../server/session/connection.ts'
import { EmojiNames } from '../../server/session/emoji-names.ts'
import { Flusher } from '../../server/session/outbox.ts'
import type { SessionParts } from '../../server/session/parts.ts'
import { AllRests } from '../../server/session/rests.ts'
import { Session } from '../../server/session/session.ts'
import { ManualClock } from '../support/clock.ts'
import { MemoryStore } from '../support/memory-store.ts'
import { MemoryVault } from '../support/memory-vault.ts'
import { countedSecrets } from '../support/secrets.ts'
import { type Logged, type Overrides, testConfig } from '../support/server.ts'
import { openHasher } from '../support/world.ts'

const place = { host: 'chat.example.org', port: 6667 } as const

/** A session that no key of an editor reaches. */
export const unreached = { interrupt: () => undefined, receive: () => undefined } as const

/** A connection of a session that is no socket: it keeps what it is given, and its peer reads when the test says so. */
export class Ends implements Connection {
  readonly address = '192.0.2.7'
  readonly number = 1
  readonly place = place
  readonly secure = true
  readonly relayed = false
  readonly telnet: boolean = false
  readonly endsAsTelnet = false
  /** The peer takes whatever comes; if not, it waits. */
  reads = true
  text = ''
  queuedBytes = 0
  paused = false
  gone: 'ended' | 'destroyed' | undefined
  #drained: (() => void)[] = []

  write(chunks: readonly Buffer[]): void {
    const bytes = Buffer.concat(chunks)
    this.text += bytes.toString()
    if (!this.reads) this.queuedBytes += bytes.length
  }

  /** The peer has taken what waited. */
  drain(): void {
    this.queuedBytes = 0
    for (const resolve of this.#drained.splice(0)) resolve()
  }

  drained(): Promise<void> {
    if (this.queuedBytes === 0) return Promise.resolve()
    return new Promise((resolve) => this.#drained.push(resolve))
  }

  async hideInput(): Promise<'raw'> {
    return 'raw'
  }

  showInput(): void {}

  endPrompt(): void {}

  readonly waitingLines = 0

  dropWaiting(): number {
    return 0
  }

  pause(): void {
    this.paused = true
  }

  resume(): void {
    this.paused = false
  }

  end(): void {
    this.gone = 'ended'
  }

  destroy(): void {
    this.gone = 'destroyed'
  }

  /** What came since the last time, as lines. */
  take(): string[] {
    const lines = this.text.split(/\r?\n/).filter((line) => line !== '')
    this.text = ''
    return lines
  }
}

/** Sessions without a network, on a domain in memory. */
export class Scene {
  readonly clock: ManualClock
  readonly counts: Counts
  readonly logged: Logged[]
  readonly store: MemoryStore
  readonly parts: SessionParts

  private constructor(parts: SessionParts, clock: ManualClock, logged: Logged[], store: MemoryStore) {
    this.store = store
    this.parts = parts
    this.clock = clock
    this.counts = parts.counts
    this.logged = logged
  }

  /** `own` are commands besides those there are. */
  static async set(
    own: readonly Command[] = [],
    overrides: Overrides = {},
    hasher: PasswordHasher = openHasher,
  ): Promise<Scene> {
    const clock = new ManualClock()
    const config = testConfig('nowhere', overrides)
    const logged: Logged[] = []
    const write = (level: string) => (fields: object, message: string) => {
      logged.push({ level, message, fields })
    }
    const log = { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') }
    const counts = new Counts()
    const faults = new Faults(counts, log)
    const flusher = new Flusher(setImmediate, counts, faults)
    const store = new MemoryStore()
    const { services, timeline } = await buildServices(config, store, {
      clock: faults.watch(clock),
      counts,
      hasher,
      secrets: countedSecrets(),
      vault: new MemoryVault(),
      atEndOfTurn: (task) => flusher.beforeFlush(task),
    })
    const server = {
      reload: () => Promise.reject(new Error('There is nothing to reload')),
      stats: () => Promise.reject(new Error('There are no numbers')),
    }
    const parts: SessionParts = {
      services,
      timeline,
      shared: { ...services, catalog: catalogOf([...commands, ...own]), server },
      dialects: new Dialects(dialectsThereAre(faults)),
      flusher,
      counts,
      faults,
      log,
      limits: config.limits,
      allowances: new Allowances(config.limits, clock, addressBlock),
      terminal: config.terminal,
      accounts: config.accounts,
      hello: (session) => helloOf(config, services.presence.count, session),
      unrevealed: new Unrevealed(clock),
      rests: new AllRests(),
      emojiNames: new EmojiNames(),
      rows: new SharedRows(),
    }
    return new Scene(parts, clock, logged, store)
  }

  connect<E extends Ends = Ends>(ends: E = new Ends() as E): { session: Session; ends: E } {
    return { session: new Session(this.parts, ends), ends }
  }

  /** Resolves when what was begun is done, as far as no timer is waited for. */
  async rest(): Promise<void> {
    for (let turn = 0; turn < 10; turn++) await nextTurn()
  }

  /** How often something was noted. */
  get noted(): number {
    return this.logged.filter(({ message }) => message === 'something was thrown').length
  }
}
