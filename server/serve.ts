import { closeSync, openSync } from 'node:fs'
import { resolve } from 'node:path'
import { type Logger, pino } from 'pino'
import pretty from 'pino-pretty'
import { startServer } from './app.ts'
import type { Config } from './config/schema.ts'
import { systemClock } from './lib/clock.ts'
import { BcryptPool } from './lib/passwords.ts'
import { randomSecrets } from './lib/secrets.ts'
import type { Log } from './log/log.ts'
import { logOutput } from './log/log-output.ts'
import { sparingLog } from './log/sparing-log.ts'
import { wayIn } from './operator/watching/way-in.ts'
import { version } from './version.ts'

/** After this time a server that has not stopped is ended, in ms. */
const stopMs = 4_500

/**
 * Runs the server until a signal stops it, and then ends the process. `file` is the configuration file, if there is one.
 * `readConfig` reads it, at the start and `again` at a reload. `notUsed` are files that look like it.
 * @throws ConfigError, DataDirectoryError, DataDirectoryInUse, StoreOpenError, ListenError
 */
export async function serve(
  file: string | undefined,
  readConfig: (again: boolean) => Config,
  notUsed: readonly string[] = [],
): Promise<void> {
  const config = readConfig(false)
  const output = logFor(config)
  const log = sparingLog(output, systemClock)
  logProcessErrors(output, log)
  // An operator finds here why a setting has no effect, and where everything is.
  log.info(
    { version, config: file === undefined ? 'none' : resolve(file), data: resolve(config.dataDirectory) },
    'starting',
  )
  if (notUsed.length > 0) log.warn({ files: notUsed }, 'a file that looks like the configuration is not used')
  const hasher = new BcryptPool(config.accounts.bcryptCost, {
    onTrouble: (error) => log.error({ err: error }, 'no thread for passwords'),
  })
  // Before the start: the log's "listening" may bring a signal to stop at once.
  const asked = stopAsked()
  const server = await startServer(config, {
    clock: systemClock,
    log,
    secrets: randomSecrets,
    hasher,
    reread: () => readConfig(true),
    onReload(now) {
      output.level = now.log.level
    },
  })
  const begunAtTerminal = process.stdout.isTTY && hasTerminal()
  // Only if a person reads the log: JSON stays JSON.
  if (process.stdout.isTTY && config.log.pretty) {
    const way = wayIn(config, server.ports, server.page)
    if (way !== undefined) process.stdout.write(`${way}\n`)
  }
  process.on('SIGHUP', () => {
    // SIGHUP also comes when the terminal is closed: a server that was started there ends with it.
    if (begunAtTerminal && !hasTerminal()) process.kill(process.pid, 'SIGTERM')
    else void server.reload()
  })
  // Errors that nobody caught: a task that nobody waits for ends alone, and does not end the process.
  process.on('unhandledRejection', (error) =>
    log.error({ err: error, where: 'task' }, 'something was thrown'),
  )
  await asked
  await server.stop('the server is shutting down').catch((error: unknown) => {
    output.fatal({ err: error }, 'stopping failed')
    process.exit(1)
  })
  process.exit(0)
}

/** Logs warnings and errors that Node.js would print on standard error. */
function logProcessErrors(output: Logger, log: Log): void {
  process.removeAllListeners('warning')
  process.on('warning', (warning) => log.warn({ err: warning }, 'warning of Node.js'))
  // The process still ends, and says why on standard error, too.
  process.on('uncaughtExceptionMonitor', (error) => output.fatal({ err: error }, 'ended by a defect'))
}

function hasTerminal(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r'))
    return true
  } catch {
    return false
  }
}

/** Resolves with the first signal to stop; a start under way is finished first. */
function stopAsked(): Promise<void> {
  return new Promise((resolve) => {
    const stop = () => {
      // The process ends within 5 seconds, even if something hangs.
      setTimeout(() => process.exit(1), stopMs).unref()
      resolve()
    }
    process.on('SIGTERM', stop)
    process.on('SIGINT', stop)
  })
}

function logFor({ log: { level, pretty: readable } }: Config): Logger {
  const options = { level, base: null }
  const destination = logOutput()
  return pino(options, readable ? pretty({ destination, sync: true }) : destination)
}
