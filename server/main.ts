#!/usr/bin/env node
import { closeSync, existsSync, openSync } from 'node:fs'
import { resolve } from 'node:path'
import { Command, InvalidArgumentError } from 'commander'
import { type Logger, pino } from 'pino'
import pretty from 'pino-pretty'
import { startServer } from './app.ts'
import { ConfigError, loadConfig } from './config/load.ts'
import { printSchema } from './config/reference.ts'
import type { Config } from './config/schema.ts'
import { systemClock } from './lib/clock.ts'
import { logOutput } from './lib/log-output.ts'
import { BcryptPool } from './lib/passwords.ts'
import { randomSecrets } from './lib/secrets.ts'
import { ListenError } from './net/listen-error.ts'
import { operate } from './operate.ts'
import { Refused } from './operator/act.ts'
import { Cancelled } from './operator/ask-password.ts'
import { addOperatorCommands } from './operator/cli.ts'
import {
  type ControlAnswer,
  ControlError,
  type ControlRequest,
  DataDirectoryInUse,
} from './operator/control.ts'
import { DataDirectoryError } from './operator/data-directory.ts'
import { StoreOpenError } from './store/open.ts'
import { version } from './version.ts'

/** Used if no other file is named, and if it is there. */
const usualConfig = 'config/partyline.yaml'
/** A server that has not stopped by then is ended. */
const stopMs = 4_500

interface ServeOptions {
  config?: string
  host?: string
  port?: number
  data?: string
}

const program = new Command('partyline')
  .description('A group chat server that needs no client: nc or telnet is enough.')
  .version(version)
program
  .command('serve', { isDefault: true })
  .description('run the server')
  .option('--config <file>', `YAML file (default: $PARTYLINE_CONFIG, or ${usualConfig} if it is there)`)
  .option('--host <host>', "address to listen on, instead of the first listener's")
  .option(
    '--port <number>',
    "port to listen on, instead of the first listener's; 0 takes any free one",
    readPort,
  )
  .option('--data <directory>', 'where the database is, instead of dataDirectory')
  .action(serve)

program
  .command('check-config')
  .description('check a configuration file, and the environment, without starting anything')
  .argument('[file]', `YAML file (default: $PARTYLINE_CONFIG, or ${usualConfig} if it is there)`)
  .option('--schema', 'print the JSON Schema of the file instead, for editors')
  .action((file: string | undefined, { schema = false }: { schema?: boolean }) => {
    if (schema) {
      process.stdout.write(printSchema())
      return
    }
    const name = configFile(file)
    loadConfig(name === undefined ? {} : { file: name })
    process.stdout.write(`${name ?? 'There is no file, and the environment'} is fine.\n`)
  })

addOperatorCommands(
  program,
  (where, action, options) => answered(() => operateAt(configFor(where), { action, options })),
  (where, task) => answered(async () => ({ ok: true, data: await task(configFor(where)) })),
  async ({ accounts }, password) => {
    const hasher = new LazyHasher(accounts.bcryptCost)
    return hasher.hash(password).finally(() => hasher.close())
  },
)

/** What comes of an action, also if it is an error of whoever asked for it. */
async function answered(ask: () => Promise<ControlAnswer>): Promise<ControlAnswer> {
  try {
    return await ask()
  } catch (error) {
    const code = codeOf(error)
    if (code === undefined || !(error instanceof Error)) throw error
    return { ok: false, code, message: error.message }
  }
}

async function operateAt(config: Config, request: ControlRequest): Promise<ControlAnswer> {
  const hasher = new LazyHasher(config.accounts.bcryptCost)
  const log = pino({ level: 'error', base: null }, pino.destination(2))
  try {
    return await operate(config, { clock: systemClock, log, secrets: randomSecrets, hasher }, request)
  } finally {
    await hasher.close()
  }
}

/** Most of what operators do hashes nothing: the threads are started with the first password. */
class LazyHasher {
  readonly #cost: number
  #pool: BcryptPool | undefined

  constructor(cost: number) {
    this.#cost = cost
  }

  hash(password: string): Promise<string> {
    this.#pool ??= new BcryptPool(this.#cost)
    return this.#pool.hash(password)
  }

  verify(password: string, hash: string | undefined): Promise<boolean> {
    this.#pool ??= new BcryptPool(this.#cost)
    return this.#pool.verify(password, hash)
  }

  async close(): Promise<void> {
    await this.#pool?.close()
  }
}

function readPort(text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65535)
    throw new InvalidArgumentError('A port is a number from 0 to 65535.')
  return port
}

async function serve(options: ServeOptions): Promise<void> {
  const config = configFor(options)
  const log = logFor(config)
  const file = configFile(options.config)
  // Who wonders why a setting does nothing, or where everything is, finds it here.
  log.info(
    { version, config: file === undefined ? 'none' : resolve(file), data: resolve(config.dataDirectory) },
    'starting',
  )
  const hasher = new BcryptPool(config.accounts.bcryptCost)
  // Before it starts: whoever reads "listening" may ask for the stop in the same moment.
  const asked = stopAsked()
  const server = await startServer(config, {
    clock: systemClock,
    log,
    secrets: randomSecrets,
    hasher,
    reread: () => configFor(options),
    onReload(now) {
      log.level = now.log.level
    },
  })
  const begunAtTerminal = process.stdout.isTTY && hasTerminal()
  process.on('SIGHUP', () => {
    // It also comes when the terminal is closed: whoever has begun it there wants it to end then.
    if (begunAtTerminal && !hasTerminal()) process.kill(process.pid, 'SIGTERM')
    else void server.reload()
  })
  await asked
  await server.stop('the server is shutting down').catch((error: unknown) => {
    log.fatal({ err: error }, 'stopping failed')
    process.exit(1)
  })
  process.exit(0)
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
      // Whatever hangs, an operator's stop ends the process within 5 seconds.
      setTimeout(() => process.exit(1), stopMs).unref()
      resolve()
    }
    process.on('SIGTERM', stop)
    process.on('SIGINT', stop)
  })
}

function configFile(named: string | undefined): string | undefined {
  return named ?? process.env['PARTYLINE_CONFIG'] ?? (existsSync(usualConfig) ? usualConfig : undefined)
}

function configFor({ config: named, host, port, data }: ServeOptions): Config {
  const file = configFile(named)
  const config = loadConfig(file === undefined ? {} : { file })
  const listeners = config.listeners.map((listener, index) =>
    index === 0 ? { ...listener, host: host ?? listener.host, port: port ?? listener.port } : listener,
  )
  return { ...config, listeners, dataDirectory: data ?? config.dataDirectory }
}

function logFor({ log: { level, pretty: readable } }: Config): Logger {
  const options = { level, base: null }
  const destination = logOutput()
  return pino(options, readable ? pretty({ destination, sync: true }) : destination)
}

/** What a script may call an error of whoever runs it; undefined for a defect. */
function codeOf(error: unknown): string | undefined {
  if (error instanceof ConfigError) return 'bad-config'
  if (error instanceof DataDirectoryError || error instanceof StoreOpenError) return 'bad-data-directory'
  if (error instanceof DataDirectoryInUse) return 'data-directory-in-use'
  if (error instanceof ControlError) return 'no-answer'
  if (error instanceof ListenError) return 'cannot-listen'
  if (error instanceof Cancelled) return 'cancelled'
  return error instanceof Refused ? error.code : undefined
}

/** Errors of whoever runs it are one clear line; anything else is a defect, and shows where. */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return codeOf(error) === undefined ? (error.stack ?? error.message) : error.message
}

// `partyline userlist | head -1`: whoever reads has seen enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit()
})

program.parseAsync().catch((error: unknown) => {
  process.stderr.write(`partyline: ${explain(error)}\n`)
  process.exit(1)
})
