import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { Admission } from './admission/admission.ts'
import { Counts } from './chat/machine/counts.ts'
import { Faults } from './chat/machine/faults.ts'
import { Failure, fail } from './chat/model/failures.ts'
import type { ServerStats } from './chat/model/stats.ts'
import type { PasswordHasher, SecretSource } from './chat/ports/secrecy.ts'
import { strangerText } from './chat/ports/vault.ts'
import { catalogOf, commands } from './commands/index.ts'
import { LiveConfig, type Reloaded } from './config/live.ts'
import { ConfigError } from './config/load.ts'
import { isPageUnset } from './config/page.ts'
import type { Config } from './config/schema.ts'
import { databaseOf, filesIn } from './data/places.ts'
import { Dialects, dialectsThereAre } from './dialects/dialects.ts'
import { failureText } from './dialects/failure-text.ts'
import { helloOf } from './dialects/hello.ts'
import { SharedRows } from './editor/shared-rows.ts'
import { addressBlock } from './lib/addresses.ts'
import type { Clock } from './lib/clock.ts'
import { type DiskSpace, diskSpace } from './lib/disk-space.ts'
import { machineZone } from './lib/zones.ts'
import { countedLog } from './log/counted-log.ts'
import type { Log } from './log/log.ts'
import { Listeners } from './net/listen.ts'
import { ListenError } from './net/listen-error.ts'
import { SocketWriter } from './net/socket-output.ts'
import { Transfers } from './net/transfers.ts'
import { WatchHttp } from './net/watch-http.ts'
import { adminParts } from './operator/control/admin.ts'
import { runAction } from './operator/control/run-action.ts'
import { type Held, holdDataDirectory, makeDataDirectory } from './operator/directory/data-directory.ts'
import { finishRestore } from './operator/directory/killed-restore.ts'
import { openStoreIn, openVaultIn } from './operator/directory/open-store.ts'
import { OwnDirectory } from './operator/directory/own-directory.ts'
import { remainsIn } from './operator/directory/remains.ts'
import { Chores } from './operator/watching/chores.ts'
import { measuredHasher } from './operator/watching/measured-hasher.ts'
import { Metrics } from './operator/watching/registry.ts'
import { Watch } from './operator/watching/watch.ts'
import { type Built, buildServices } from './services.ts'
import { Allowances } from './session/allowances.ts'
import { Unrevealed } from './session/concealment.ts'
import type { Connection } from './session/connection.ts'
import { EmojiNames } from './session/emoji-names.ts'
import { Flusher } from './session/outbox.ts'
import type { SessionParts } from './session/parts.ts'
import { AllRests } from './session/rests.ts'
import { Session } from './session/session.ts'
import { WebDoor } from './web/door.ts'
import { Frames } from './web/frames.ts'
import { PageAddress } from './web/page-address.ts'

/** What the server needs from outside; a test brings its own. */
export interface Surroundings {
  readonly clock: Clock
  readonly log: Log
  /** What counts as one address at a login, if not `addressBlock`. */
  readonly blockOf?: typeof addressBlock
  /** How full the disk is; if missing, the data directory's disk is asked. */
  readonly space?: () => Promise<DiskSpace>
  readonly secrets: SecretSource
  readonly hasher: PasswordHasher & { close(): Promise<void> }
  /** Reads the configuration again; without it there is nothing to reload. */
  readonly reread?: () => Config
  /** Called after a reload. */
  readonly onReload?: (config: Config) => void
  /** Opens the store; SQLite in the data directory if missing. */
  readonly store?: typeof openStoreIn
}

/** A server that listens. */
export interface RunningServer {
  /** The ports of the listeners, in the order of the configuration. */
  readonly ports: readonly number[]
  /** The ports of `http.listen`. */
  readonly httpPorts: readonly number[]
  /** Those of `web.listen`, as far as they are open. */
  readonly webPorts: readonly number[]
  /** How somebody at this machine opens the page, if there is one. */
  readonly page: string | undefined
  /** Reads configuration and certificates again. The log tells how that went. */
  reload(): Promise<void>
  /** Tells everybody, finishes storing and closes; resolves when all of it is done. */
  stop(reason: string): Promise<void>
}

/** How long connections may take to read their last bytes when the server stops, in ms. */
const drainMs = 2_000

/** Finishes a restore that was killed in its last step; unlocks the data directory if that fails. */
async function finishOrLeave(dataDirectory: string, held: Held): Promise<ReturnType<typeof finishRestore>> {
  try {
    return finishRestore(dataDirectory)
  } catch (error) {
    await held.leave()
    throw error
  }
}

/** Builds the parts from the configuration, fills the registries from the store, and listens. */
export async function startServer(first: Config, surroundings: Surroundings): Promise<RunningServer> {
  const { hasher } = surroundings
  const { log, logged } = countedLog(surroundings.log, surroundings.clock)
  const live = new LiveConfig(first)
  const { config } = live
  const metrics = new Metrics(config.http.listen.length > 0)
  const counts = new Counts(metrics.measures)
  const faults = new Faults(counts, log)
  const clock = faults.watch(surroundings.clock)
  if (config.terminal.timeZone === '' && machineZone() === undefined)
    log.warn({ TZ: process.env['TZ'] }, 'time zone of the machine is unknown, times are in UTC')
  await makeDataDirectory(config.dataDirectory)
  const control = await holdDataDirectory(config.dataDirectory, 'server')
  const { finished, unused } = await finishOrLeave(config.dataDirectory, control)
  if (finished) log.warn({ data: resolve(config.dataDirectory) }, 'a restore that was killed is finished')
  if (unused.length > 0)
    log.warn(
      { folders: unused.map((folder) => resolve(folder)) },
      'a restore or import was killed before its end, nothing of it is used',
    )
  const isNew = !existsSync(databaseOf(config.dataDirectory))
  const remains = isNew ? remainsIn(config.dataDirectory) : []
  const store = await (surroundings.store ?? openStoreIn)(config, log, counts).catch(
    async (error: unknown) => {
      await control.leave()
      throw error
    },
  )
  try {
    const vault = await openVaultIn(config, counts)
    if (isNew)
      log.info(
        { file: resolve(databaseOf(config.dataDirectory)) },
        'there was no database, a new one is made',
      )
    if (remains.length > 0)
      log.warn(
        { files: remains.slice(0, 20), count: remains.length },
        'what is left of another database is not used',
      )
    const flusher = new Flusher(setImmediate, counts, faults)
    const database = databaseOf(config.dataDirectory)
    const outside = {
      ...surroundings,
      clock,
      hasher: measuredHasher(hasher, counts, clock),
      vault,
      counts,
      atEndOfTurn: (task: () => void) => flusher.beforeFlush(task),
      logged,
      certificates: () => listeners.certificates,
      space: surroundings.space ?? (() => diskSpace(config.dataDirectory, database)),
    }
    const { services, timeline, ...found } = await buildServices(config, store, outside)
    report(found, filesIn(config.dataDirectory), log)
    const own = new OwnDirectory(config.dataDirectory)
    const chores = new Chores(services, store, own, log)
    let refusal: string | undefined
    const reload = async (): Promise<Reloaded> => {
      try {
        const done = await reloadAll()
        refusal = undefined
        return done
      } catch (error) {
        refusal = error instanceof Failure ? failureText(error.problem) : String(error)
        // Without `err`, which the log writes once a minute only: an operator who reloads twice looks for two lines.
        log.error({ why: refusal }, 'not reloaded')
        throw error
      }
    }
    const reloadAll = async (): Promise<Reloaded> => {
      const next = reread(surroundings)
      try {
        listeners.reload()
      } catch (error) {
        if (!(error instanceof ListenError)) throw error
        throw fail({ code: 'bad-config', problems: [error.message] })
      }
      const { changed, kept } = live.replace(next)
      surroundings.onReload?.(config)
      for (const connection of admission.connections) connection.reconfigured()
      void chores.tidy()
      void chores.lookAtDisk()
      log.info({ changed, kept }, 'reloaded')
      return { changed, kept, certificates: listeners.certificates.length > 0 }
    }
    const parts: SessionParts = {
      services,
      timeline,
      shared: { ...services, catalog: catalogOf(commands), server: { reload, stats: () => watch.stats() } },
      dialects: new Dialects(dialectsThereAre(faults)),
      flusher,
      counts,
      faults,
      log,
      limits: config.limits,
      allowances: new Allowances(config.limits, clock, surroundings.blockOf ?? addressBlock),
      terminal: config.terminal,
      accounts: config.accounts,
      hello: (session) => helloOf(config, services.presence.count, session),
      unrevealed: new Unrevealed(clock),
      rests: new AllRests(),
      emojiNames: new EmojiNames(),
      rows: new SharedRows(),
    }
    const session = (connection: Connection) => new Session(parts, connection)
    const pages = new PageAddress(config.web, config.server)
    const transfers = new Transfers({
      ...{ ...services, counts, log, rules: config.files, session },
      page: pages.sentence,
    })
    const writer = new SocketWriter()
    const admission = new Admission({
      ...{ clock, counts, log, limits: config.limits },
      isBanned: (address) => services.addressBans.isBanned(address),
    })
    const listeners = new Listeners({
      admission,
      clock,
      config,
      counts,
      faults,
      log,
      session,
      transfers,
      writer,
    })
    const door = new WebDoor({
      ...{ admission, clock, faults, log, services, transfers },
      browserSessions: services.browserSessions,
      frames: new Frames(),
      fileRules: config.files,
      rules: config.web,
      server: config.server,
      session,
      writer,
    })
    services.addressBans.onBanned(() => admission.dropBanned())
    const listening: ServerStats['listeners'][number][] = []
    const watch = new Watch({
      clock,
      counts,
      database,
      dataDirectory: config.dataDirectory,
      files: config.files,
      admission,
      certificates: () => listeners.certificates,
      limits: config.limits,
      listening,
      metrics,
      own,
      refusal: () => refusal,
      services,
      store,
      timeline,
      terminal: config.terminal,
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
    const webPorts: number[] = []
    let page: string | undefined
    const ownTls = config.listeners.find(({ tls }) => tls.cert !== '')?.tls
    for (const { tls: named, ...where } of config.web.listen) {
      const tls = named.cert === '' && named.key === '' && ownTls ? ownTls : named
      const address = { ...where, tls, telnet: false, proxy: 'none', reception: door } as const
      const opened = await listeners.open(address).catch((error: unknown) => {
        // A server that nobody has told of a page goes on without it.
        if (!isPortTaken(error) || !isPageUnset(config)) return giveUp(error)
        log.warn({ host: where.host, port: where.port, why: String(error) }, 'no page, its port is taken')
        return undefined
      })
      if (opened === undefined) continue
      webPorts.push(opened)
      listening.push({ host: where.host, port: opened, for: 'page', tls: tls.cert !== '' })
      const url = pages.add({ host: where.host, port: opened, isSecure: tls.cert !== '' })
      page ??= url
      log.info({ url, host: where.host, port: opened, tls: tls.cert !== '' }, 'the page is there')
    }
    const httpPorts: number[] = []
    for (const listener of config.http.listen) {
      const port = await watchHttp.open(listener).catch(giveUp)
      httpPorts.push(port)
      listening.push({ host: listener.host, port, for: 'http', tls: false })
      log.info({ host: listener.host, port }, 'listening for HTTP')
    }
    const admin = Object.assign(adminParts(config, services, store), { reload, stats: () => watch.stats() })
    control.serve((request) => runAction(admin, request, log))
    chores.start()
    return {
      ports,
      httpPorts,
      webPorts,
      page,
      async reload() {
        // It is in the log.
        await reload().catch(() => undefined)
      },
      async stop(reason) {
        log.info({ reason }, 'stopping')
        watch.stopping()
        chores.stop()
        listeners.stopAccepting()
        transfers.stop()
        await admission.drain(reason, drainMs)
        door.close()
        await listeners.closed()
        await control.finish()
        // First, so that transfers bring nothing more to store.
        await hasher.close()
        await chores.saveSeen()
        await services.clockTrust.remember()
        await chores.keepEnds().catch((error: unknown) => log.error({ err: error }, 'clock not remembered'))
        await store.close()
        watchHttp.close()
        watch.close()
        // Last, so that nobody else opens the store too early.
        await control.leave()
        log.info({}, 'stopped')
      },
    }
  } catch (error) {
    await store.close()
    await control.leave()
    throw error
  }
}

function isPortTaken(error: unknown): boolean {
  const { cause } = error instanceof ListenError ? error : {}
  return cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE'
}

/** Logs what was found in the data directory, and what is not as the server left it. */
function report({ closed, files }: Pick<Built, 'closed' | 'files'>, folder: string, log: Log): void {
  if (closed.length > 0) log.info({ channels: closed }, 'channels of guests closed')
  if (!files) return
  const { astray, expired, tidied } = files
  if (expired > 0) log.info({ files: expired }, 'old files removed')
  if (!tidied.belongs)
    log.error(
      { folder, why: strangerText[tidied.why] },
      'files are not those of the database, nothing is touched',
    )
  else {
    if (tidied.takenOver) log.warn({ folder }, 'files had the id of another database, and are taken over')
    if (tidied.aside > 0) log.warn({ folder, files: tidied.aside }, 'unknown files set aside')
    if (tidied.back > 0) log.info({ folder, files: tidied.back }, 'files that were set aside are back')
  }
  if (astray > 0) log.warn({ files: astray }, 'files of channels or people that are not there are left alone')
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
