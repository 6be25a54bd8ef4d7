import { existsSync } from 'node:fs'
import { mkdir, stat } from 'node:fs/promises'
import { Counts } from './chat/counts.ts'
import { fail } from './chat/failures.ts'
import type { PasswordHasher, SecretSource, Store } from './chat/ports.ts'
import type { ServerStats } from './chat/stats.ts'
import { catalogOf, commands } from './commands/index.ts'
import { LiveConfig, type Reloaded } from './config/live.ts'
import { ConfigError } from './config/load.ts'
import type { Config } from './config/schema.ts'
import { Views } from './dialects/views.ts'
import type { addressBlock } from './lib/addresses.ts'
import type { Clock } from './lib/clock.ts'
import { countedLog } from './lib/counted-log.ts'
import { type DiskSpace, diskSpace } from './lib/disk-space.ts'
import type { Log } from './lib/log.ts'
import { databaseOf, filesIn } from './lib/places.ts'
import { ownZone } from './lib/zones.ts'
import { Listeners } from './net/listen.ts'
import { ListenError } from './net/listen-error.ts'
import { Transfers } from './net/transfers.ts'
import { WatchHttp } from './net/watch-http.ts'
import type { AdminParts } from './operator/admin.ts'
import {
  askServer,
  type ControlAnswer,
  ControlError,
  type ControlRequest,
  DataDirectoryInUse,
  listenForOperator,
} from './operator/control.ts'
import { measuredHasher } from './operator/measured-hasher.ts'
import { perform } from './operator/perform.ts'
import { Metrics } from './operator/registry.ts'
import { Watch } from './operator/watch.ts'
import { buildServices } from './services.ts'
import { Flusher } from './session/outbox.ts'
import { Session, type SessionParts } from './session/session.ts'
import { copiesOf } from './store/backup.ts'
import { openStore } from './store/open.ts'
import { DiskVault } from './transfer/disk-vault.ts'

/** What the server needs from outside; a test brings its own. */
export interface Surroundings {
  readonly clock: Clock
  readonly log: Log
  /** What counts as one address of those who log in, if it is not `addressBlock`. */
  readonly blockOf?: typeof addressBlock
  /** How full the disk is; asked of the data directory if missing. */
  readonly space?: () => Promise<DiskSpace>
  readonly secrets: SecretSource
  readonly hasher: PasswordHasher & { close(): Promise<void> }
  /** Reads the configuration again; without it there is nothing to reload. */
  readonly reread?: () => Config
  /** Told after a reload. */
  readonly onReload?: (config: Config) => void
  /** Opens the store; SQLite in the data directory if missing. */
  readonly store?: (config: Config, counts: Counts) => Promise<Store>
}

/** A server that listens. */
export interface RunningServer {
  /** The ports of the listeners, in the order of the configuration. */
  readonly ports: readonly number[]
  /** Those of `http.listen`. */
  readonly httpPorts: readonly number[]
  /** Reads configuration and certificates again. The log tells how that went. */
  reload(): Promise<void>
  /** Tells everybody, stores what is under way and closes; resolves when all of it is done. */
  stop(reason: string): Promise<void>
}

/** The data directory cannot be used; the message says why. */
export class DataDirectoryError extends Error {
  override readonly name = 'DataDirectoryError'
}

/** How often it is stored what everybody has been shown: after a crash this much may be shown again. */
const saveSeenMs = 30_000
/** How often files past their time are removed; nobody gets them meanwhile. */
const clearFilesMs = 60_000
/** How often it is looked for messages past their time. */
const tidyMs = 3_600_000
/** What connections get to take their last bytes when the server stops. */
const drainMs = 2_000

/** Builds the parts from the configuration, fills the registries from the store, and listens. */
export async function startServer(first: Config, surroundings: Surroundings): Promise<RunningServer> {
  const { clock, hasher } = surroundings
  const { log, logged } = countedLog(surroundings.log, clock)
  const live = new LiveConfig(first)
  const { config } = live
  const metrics = new Metrics(config.http.listen.length > 0)
  const counts = new Counts(metrics.measures)
  await makeDataDirectory(config)
  // Before the database is touched: whoever holds the socket may be writing to it.
  const control = await listenForOperator(config.dataDirectory, 'server').catch((error: unknown) => {
    throw asUnusable(config.dataDirectory, error)
  })
  const store = await (surroundings.store ?? openInDataDirectory(log))(config, counts).catch(
    (error: unknown) => {
      control.close()
      throw error
    },
  )
  try {
    const vault = await DiskVault.in(filesIn(config.dataDirectory), counts)
    const flusher = new Flusher(setImmediate, counts)
    const database = databaseOf(config.dataDirectory)
    const outside = {
      ...surroundings,
      hasher: measuredHasher(hasher, counts, clock),
      vault,
      counts,
      atEndOfTurn: (task: () => void) => flusher.beforeFlush(task),
      logged,
      space: surroundings.space ?? (() => diskSpace(config.dataDirectory, database)),
    }
    const { services, timeline } = await buildServices(config, store, outside)
    let stopping = false
    const tidy = async () => {
      if (!services.forgetting.hasRules) return
      try {
        const { messages } = await services.forgetting.tidy()
        if (messages > 0) log.info({ messages }, 'old messages removed')
      } catch (error) {
        if (!stopping) log.error({ err: error }, 'old messages not removed')
      }
    }
    const reload = async (): Promise<Reloaded> => {
      const next = reread(surroundings)
      try {
        listeners.reload()
      } catch (error) {
        if (!(error instanceof ListenError)) throw error
        throw fail({ code: 'bad-config', problems: [error.message] })
      }
      const reloaded = live.replace(next)
      surroundings.onReload?.(config)
      void tidy()
      const { changed, kept } = reloaded
      log.info({ changed, kept }, 'reloaded')
      return reloaded
    }
    const parts: SessionParts = {
      services,
      timeline,
      shared: { ...services, catalog: catalogOf(commands), server: { reload, stats: () => watch.stats() } },
      views: new Views(),
      flusher,
      counts,
      log,
      limits: config.limits,
      terminal: config.terminal,
      accounts: config.accounts,
    }
    const transfers = new Transfers({ ...services, counts, log, rules: config.files })
    const listeners = new Listeners({
      clock,
      config,
      counts,
      log,
      isBanned: (address) => services.addressBans.isBanned(address),
      session: (connection) => new Session(parts, connection),
      transfers,
    })
    services.addressBans.onBanned(() => {
      for (const connection of listeners.connections)
        if (services.addressBans.isBanned(connection.address)) connection.drop('this address is banned')
    })
    const listening: ServerStats['listeners'][number][] = []
    const watch = new Watch({
      clock,
      counts,
      database,
      dataDirectory: config.dataDirectory,
      files: config.files,
      limits: config.limits,
      listeners,
      listening,
      metrics,
      services,
      store,
      zone: zoneOf(config),
    })
    const watchHttp = new WatchHttp(watch, log)
    const giveUp = (error: unknown) => {
      listeners.stopAccepting()
      watchHttp.close()
      watch.close()
      throw error
    }
    const ports: number[] = []
    for (const listener of config.listeners) {
      const port = await listeners.open(listener).catch(giveUp)
      ports.push(port)
      const { host, telnet, tls } = listener
      listening.push({ host, port, for: telnet ? 'telnet' : 'chat', tls: tls.cert !== '' })
      log.info({ host, port, telnet, tls: tls.cert !== '' }, 'listening')
    }
    const httpPorts: number[] = []
    for (const listener of config.http.listen) {
      const port = await watchHttp.open(listener).catch(giveUp)
      httpPorts.push(port)
      listening.push({ host: listener.host, port, for: 'http', tls: false })
      log.info({ host: listener.host, port }, 'listening for HTTP')
    }
    const admin = { ...adminParts(config, services, store), reload, stats: () => watch.stats() }
    control.serve((request) => perform(admin, request, log))
    const saveSeen = () =>
      services.presence.saveSeen().catch((error: unknown) => log.error({ err: error }, 'seen not stored'))
    const expire = () =>
      services.files.expire().catch((error: unknown) => log.error({ err: error }, 'files not cleared'))
    void tidy()
    const cancels = [
      every(clock, saveSeenMs, saveSeen),
      every(clock, clearFilesMs, expire),
      every(clock, tidyMs, tidy),
    ]
    return {
      ports,
      httpPorts,
      async reload() {
        await reload().catch((error: unknown) => log.error({ err: error }, 'not reloaded'))
      },
      async stop(reason) {
        log.info({ reason }, 'stopping')
        watch.stopping()
        stopping = true
        for (const cancel of cancels) cancel()
        listeners.stopAccepting()
        transfers.stop()
        for (const connection of listeners.connections) connection.close(reason)
        await listeners.drain(drainMs)
        await control.finish()
        // First, so that nothing comes out of it that would be stored.
        await hasher.close()
        await saveSeen()
        await store.close()
        watchHttp.close()
        watch.close()
        // Last, so that nobody else opens the store before.
        control.close()
        log.info({}, 'stopped')
      },
    }
  } catch (error) {
    await store.close()
    control.close()
    throw error
  }
}

/** @throws Failure `bad-config` */
function reread({ reread }: Surroundings): Config {
  if (!reread) throw fail({ code: 'bad-config', problems: ['There is no configuration to read again.'] })
  try {
    return reread()
  } catch (error) {
    if (error instanceof ConfigError) throw fail({ code: 'bad-config', problems: error.problems })
    throw error
  }
}

/** What may be the first thing that is done with a data directory. */
const beginnings: readonly string[] = ['finduser', 'createsuperuser', 'checkname', 'registeruser']
/** How often a server may come or go while it is asked. */
const tries = 5

/**
 * Does an operator's action: in the running server, which acts at once, or else in the data directory,
 * where it is opened for just that long.
 */
export async function operate(
  config: Config,
  surroundings: Surroundings,
  request: ControlRequest,
): Promise<ControlAnswer> {
  const { dataDirectory } = config
  const begins = beginnings.includes(request.action)
  if (begins) await makeDataDirectory(config)
  else await checkDataDirectory(config)
  for (let tried = 0; tried < tries; tried++) {
    const answered = await askServer(dataDirectory, request)
    if (answered) return answered
    if (request.action === 'status') return notRunning(dataDirectory)
    if (!begins && !existsSync(databaseOf(config.dataDirectory)))
      throw new DataDirectoryError(`There is no database in ${dataDirectory}. Is that the right directory?`)
    const control = await listenForOperator(dataDirectory, 'command').catch((error: unknown) => {
      if (error instanceof DataDirectoryInUse) return undefined
      throw asUnusable(dataDirectory, error)
    })
    if (!control) continue
    try {
      return await operateHere(config, surroundings, request)
    } finally {
      control.close()
    }
  }
  throw new ControlError(`The server that uses ${dataDirectory} comes and goes. Look into its log.`)
}

function notRunning(dataDirectory: string): ControlAnswer {
  const message = `No server runs with the data directory ${dataDirectory}.`
  return { ok: false, code: 'not-running', message }
}

/** Does an operator's action in the data directory, which nobody else uses. */
async function operateHere(
  config: Config,
  surroundings: Surroundings,
  request: ControlRequest,
): Promise<ControlAnswer> {
  const open = surroundings.store ?? openInDataDirectory(surroundings.log)
  const store = await open(config, new Counts())
  try {
    const vault = await DiskVault.in(filesIn(config.dataDirectory))
    const { services } = await buildServices(config, store, { ...surroundings, vault })
    return await perform(adminParts(config, services, store), request, surroundings.log)
  } finally {
    await store.close()
  }
}

function adminParts(config: Config, services: AdminParts['services'], store: Store): AdminParts {
  const copies = () => copiesOf(databaseOf(config.dataDirectory))
  return { services, store, zone: zoneOf(config), lineBytes: config.limits.lineBytes, copies }
}

function zoneOf({ terminal }: Config): string {
  return terminal.timeZone || ownZone()
}

async function makeDataDirectory({ dataDirectory }: Config): Promise<void> {
  await mkdir(dataDirectory, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
    throw unusable(dataDirectory, error)
  })
}

async function checkDataDirectory({ dataDirectory }: Config): Promise<void> {
  const found = await stat(dataDirectory).catch((error: unknown) => {
    throw unusable(dataDirectory, error)
  })
  if (!found.isDirectory())
    throw new DataDirectoryError(`Cannot use the data directory ${dataDirectory}: it is a file.`)
}

/** What the kernel refuses inside the directory is the directory's fault; other errors stay as they are. */
function asUnusable(dataDirectory: string, error: unknown): unknown {
  return error instanceof Error && 'syscall' in error ? unusable(dataDirectory, error) : error
}

function unusable(dataDirectory: string, error: unknown): DataDirectoryError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return new DataDirectoryError(
      `Cannot use the data directory ${dataDirectory}: it may not be written. Give this user the right to.`,
      { cause: error },
    )
  if (code === 'ENOENT')
    return new DataDirectoryError(`There is no data directory ${dataDirectory}.`, { cause: error })
  const why = error instanceof Error ? error.message : String(error)
  return new DataDirectoryError(`Cannot use the data directory ${dataDirectory}: ${why}`, { cause: error })
}

function openInDataDirectory(log: Log): (config: Config, counts: Counts) => Promise<Store> {
  return ({ dataDirectory, store: { synchronous } }, counts) =>
    openStore({ file: databaseOf(dataDirectory), synchronous, log, counts })
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
