import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { LocalBus } from './bus/local.ts'
import { Accounts } from './chat/accounts.ts'
import { Channels, channelFrom } from './chat/channels.ts'
import { accountFrom, Directory } from './chat/directory.ts'
import { Entrance } from './chat/entrance.ts'
import { Guests } from './chat/guests.ts'
import { History } from './chat/history.ts'
import { foldName } from './chat/names.ts'
import type { Bus, PasswordHasher, SecretSource, Store } from './chat/ports.ts'
import { Presence } from './chat/presence.ts'
import { Talk } from './chat/talk.ts'
import { Timeline } from './chat/timeline.ts'
import type { Services } from './commands/command.ts'
import { catalogOf, commands } from './commands/index.ts'
import type { Config } from './config/schema.ts'
import { Views } from './dialects/views.ts'
import type { Clock } from './lib/clock.ts'
import type { Log } from './lib/log.ts'
import { ownZone } from './lib/zones.ts'
import { Listeners } from './net/listen.ts'
import { Flusher } from './session/outbox.ts'
import { Session, type SessionParts } from './session/session.ts'
import { openStore } from './store/open.ts'

/** What the server needs from outside; a test brings its own. */
export interface Surroundings {
  readonly clock: Clock
  readonly log: Log
  readonly secrets: SecretSource
  readonly hasher: PasswordHasher & { close(): Promise<void> }
  /** Opens the store; SQLite in the data directory if missing. */
  readonly store?: (config: Config) => Promise<Store>
}

/** A server that listens. */
export interface RunningServer {
  /** The ports of the listeners, in the order of the configuration. */
  readonly ports: readonly number[]
  /** Tells everybody, stores what is under way and closes; resolves when all of it is done. */
  stop(reason: string): Promise<void>
}

/** The data directory cannot be used; the message says why. */
export class DataDirectoryError extends Error {
  override readonly name = 'DataDirectoryError'
}

/** How often it is stored what everybody has been shown: after a crash this much may be shown again. */
const saveSeenMs = 30_000
/** What connections get to take their last bytes when the server stops. */
const drainMs = 2_000

/** Builds the parts from the configuration, fills the registries from the store, and listens. */
export async function startServer(config: Config, surroundings: Surroundings): Promise<RunningServer> {
  const { clock, hasher, log } = surroundings
  const store = await (surroundings.store ?? openInDataDirectory(log))(config)
  try {
    const { services, timeline } = await buildServices(config, store, surroundings)
    const parts: SessionParts = {
      services,
      timeline,
      catalog: catalogOf(commands),
      views: new Views(),
      flusher: new Flusher(),
      log,
      limits: config.limits,
      zone: config.terminal.timeZone || ownZone(),
      concealPasswords: config.terminal.concealPasswords,
    }
    const listeners = new Listeners({
      ...config.limits,
      clock,
      log,
      greetingDelayMs: config.greetingDelayMs,
      session: (connection) => new Session(parts, connection),
    })
    const ports: number[] = []
    for (const listener of config.listeners) {
      const port = await listeners.open(listener).catch((error: unknown) => {
        listeners.stopAccepting()
        throw error
      })
      ports.push(port)
      log.info({ host: listener.host, port, telnet: listener.telnet }, 'listening')
    }
    const saveSeen = () =>
      services.presence.saveSeen().catch((error: unknown) => log.error({ err: error }, 'seen not stored'))
    const cancel = every(clock, saveSeenMs, saveSeen)
    return {
      ports,
      async stop(reason) {
        log.info({ reason }, 'stopping')
        cancel()
        listeners.stopAccepting()
        for (const session of listeners.sessions) session.close(reason)
        await listeners.drain(drainMs)
        // First, so that nothing comes out of it that would be stored.
        await hasher.close()
        await saveSeen()
        await store.close()
        log.info({}, 'stopped')
      },
    }
  } catch (error) {
    await store.close()
    throw error
  }
}

function openInDataDirectory(log: Log): (config: Config) => Promise<Store> {
  return async ({ dataDirectory, store: { synchronous } }) => {
    await mkdir(dataDirectory, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
      const why = error instanceof Error ? error.message : String(error)
      throw new DataDirectoryError(`Cannot use the data directory ${dataDirectory}: ${why}`, { cause: error })
    })
    return openStore({ file: join(dataDirectory, 'partyline.db'), synchronous, log })
  }
}

async function buildServices(
  config: Config,
  store: Store,
  { clock, hasher, secrets }: Surroundings,
): Promise<{ services: Services; timeline: Timeline }> {
  const bus: Bus = new LocalBus()
  const { accounts: accountRules, channels: channelRules, history } = config
  const defaults = [channelRules.default]
  const channels = new Channels({ store, bus, clock, rules: { ...channelRules, default: defaults } })
  const directory = new Directory()
  const timeline = await fill(store, directory, channels, clock, defaults)
  const base = { store, bus, clock, directory, channels, timeline }
  const presence = new Presence(base)
  const talk = new Talk(base)
  const past = new History({ ...base, replayLines: history.replayLines })
  const services: Services = {
    accounts: new Accounts({ ...base, hasher, secrets, rules: accountRules }),
    guests: new Guests({ ...base, allowed: accountRules.guests }),
    entrance: new Entrance({ channels, history: past }),
    history: past,
    channels,
    directory,
    presence,
    talk,
    bus,
    clock,
  }
  return { services, timeline }
}

/** Fills the registries with what the store has, and makes the default channels that are missing. */
async function fill(
  store: Store,
  directory: Directory,
  channels: Channels,
  clock: Clock,
  defaults: readonly string[],
): Promise<Timeline> {
  const stored = await store.load()
  const defaultKeys = new Set(defaults.map(foldName))
  for (const record of stored.accounts) directory.add(accountFrom(record))
  for (const record of stored.channels)
    channels.add(channelFrom(record, defaultKeys.has(foldName(record.name))))
  for (const { channel: channelId, account: accountId, role, since } of stored.memberships) {
    const channel = channels.byId(channelId)
    const account = directory.account(accountId)
    if (!channel || !account) continue
    channel.members.set(account, { role, since })
    account.channels.add(channel)
  }
  for (const name of defaults) {
    if (channels.find(name, undefined)) continue
    const channel = { name, key: foldName(name), private: false, admin: undefined, at: clock.now() }
    const id = await store.createChannel(channel)
    channels.add(channelFrom({ id, name, private: false, topic: '', lastId: 0 }, true))
  }
  return new Timeline(stored.lastMessageId)
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
