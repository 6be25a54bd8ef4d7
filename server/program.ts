import { existsSync } from 'node:fs'
import { Command, InvalidArgumentError } from 'commander'
import { pino } from 'pino'
import { clashesOf } from './config/clashes.ts'
import { ConfigError, loadConfig } from './config/load.ts'
import { unusedConfigs } from './config/lookalikes.ts'
import { PathError, readPath } from './config/paths.ts'
import { printSchema } from './config/reference.ts'
import type { Config } from './config/schema.ts'
import { cleanLines } from './lib/clean.ts'
import { systemClock } from './lib/clock.ts'
import { LazyHasher } from './lib/lazy-hasher.ts'
import { nearest } from './lib/nearest.ts'
import { randomSecrets } from './lib/secrets.ts'
import { SqliteMissing } from './lib/sqlite-library.ts'
import { certificateWarnings, readPair } from './net/certificate.ts'
import { ListenError } from './net/listen-error.ts'
import { Cancelled } from './operator/cli/ask-password.ts'
import { addOperatorCommands } from './operator/cli/cli.ts'
import { forAll } from './operator/cli/register-cli.ts'
import {
  type ControlAnswer,
  ControlError,
  type ControlRequest,
  DataDirectoryInUse,
} from './operator/control/control.ts'
import { Refused } from './operator/control/refused.ts'
import { DataDirectoryError, lackOfRight, obstacleTo } from './operator/directory/data-directory.ts'
import { refusedDisk } from './operator/directory/refused-disk.ts'
import { doOperatorAction } from './operator-action.ts'
import { StoreOpenError, whyDatabase } from './store/errors.ts'
import { version } from './version.ts'

/** The configuration file if no other one is named, and this one exists. */
const usualConfig = 'config/partyline.yaml'

interface ServeOptions {
  config?: string
  host?: string
  port?: number
  data?: string
}

interface CheckOptions {
  config?: string
  schema?: boolean
}

const program = new Command('partyline')
  .description('A group chat server that needs no client: nc or telnet is enough.')
  // The library's own message would repeat the arguments.
  .configureOutput({ outputError: (text, write) => write(cleanLines(text)) })
  // The longest command leaves little room for its description.
  .configureHelp({ minWidthToWrap: 30 })
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
  .option('--data <directory>', 'the directory of the database, instead of dataDirectory')
  .action(async (options: ServeOptions) => {
    const { serve } = await import('./serve.ts')
    const read = (again: boolean) => {
      const config = configFor(options, again)
      checkListeners(config)
      return config
    }
    await serve(configFile(options.config), read, notUsed(options.config))
  })

program
  .command('check-config')
  .description('check a configuration file, and the environment, without starting anything')
  .argument('[file]', `YAML file (default: $PARTYLINE_CONFIG, or ${usualConfig} if it is there)`)
  .option('--config <file>', 'the same file, named as for the other commands')
  .option('--schema', 'print the JSON Schema of the file instead, for editors')
  .action((argument: string | undefined, { config: named, schema = false }: CheckOptions) => {
    if (argument !== undefined && named !== undefined && argument !== named)
      throw new Refused({ code: 'bad-arguments', message: 'Name one file: as it is, or with --config.' })
    const file = argument ?? named
    if (schema) {
      process.stdout.write(printSchema())
      return
    }
    const name = configFile(file)
    const config = loadConfig(name === undefined ? {} : { file: name })
    checkListeners(config)
    checkCertificates(config)
    checkDirectory(config)
    process.stdout.write(`${name ?? 'There is no file, and the environment'} is fine.\n`)
    for (const other of notUsed(file))
      process.stderr.write(
        `partyline: ${other} is not used: it is not called ${usualConfig}. Name it with --config.\n`,
      )
  })

addOperatorCommands(
  program,
  (where, action, options) => answered(where.config, () => operateAt(configFor(where), { action, options })),
  (where, task) => answered(where.config, async () => ({ ok: true, data: await task(configFor(where)) })),
  {
    async hash({ accounts }, password) {
      const hasher = new LazyHasher(accounts.bcryptCost)
      return hasher.hash(password).finally(() => hasher.close())
    },
    async hashAll({ accounts }, passwords, told) {
      const { BcryptPool } = await import('./lib/passwords.ts')
      const pool = new BcryptPool(accounts.bcryptCost)
      return forAll(passwords, (password) => pool.hash(password), told).finally(() => pool.close())
    },
  },
)

/** @throws {ConfigError} if two listeners have the same address. */
function checkListeners(config: Config): void {
  const clashes = clashesOf(config)
  if (clashes.length > 0) throw new ConfigError(clashes)
}

/**
 * Checks the files for TLS. A certificate that will soon expire is a warning and no error.
 * @throws ConfigError
 */
function checkCertificates({ listeners, web }: Config): void {
  const problems: string[] = []
  for (const { tls } of [...listeners, ...web.listen]) {
    if (tls.cert === '' && tls.key === '') continue
    try {
      const told = certificateWarnings(readPair(tls), tls.cert, systemClock.now())
      for (const problem of told) process.stderr.write(`partyline: ${problem}\n`)
    } catch (error) {
      if (!(error instanceof ListenError)) throw error
      problems.push(error.message)
    }
  }
  if (problems.length > 0) throw new ConfigError(problems)
}

/**
 * Checks the data directory. A missing right is a warning and no error: this user may not be the server's.
 * @throws ConfigError
 */
function checkDirectory({ dataDirectory }: Config): void {
  const obstacle = obstacleTo(dataDirectory)
  if (obstacle !== undefined) throw new ConfigError([obstacle])
  const lack = lackOfRight(dataDirectory)
  if (lack !== undefined) process.stderr.write(`partyline: dataDirectory: ${lack}\n`)
}

/** The result of an action, even if it is an error of the operator. */
async function answered(
  named: string | undefined,
  ask: () => Promise<ControlAnswer>,
): Promise<ControlAnswer> {
  try {
    return await ask()
  } catch (error) {
    const code = codeOf(error)
    if (code === undefined || !(error instanceof Error)) throw error
    // The right directory may be in a configuration file that was not read.
    const others = code === 'bad-data-directory' ? notUsed(named) : []
    const hint = others.length > 0 ? ` Not used, for nobody named it: ${others.join(', ')} (--config).` : ''
    return { ok: false, code, message: error.message + hint }
  }
}

async function operateAt(config: Config, request: ControlRequest): Promise<ControlAnswer> {
  const hasher = new LazyHasher(config.accounts.bcryptCost)
  const log = pino({ level: 'error', base: null }, pino.destination(2))
  try {
    return await doOperatorAction(
      config,
      { clock: systemClock, log, secrets: randomSecrets, hasher },
      request,
    )
  } finally {
    await hasher.close()
  }
}

function readPort(text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65535)
    throw new InvalidArgumentError('A port is a number from 0 to 65535.')
  return port
}

function configFile(named: string | undefined): string | undefined {
  // An empty variable counts as not set.
  const asked = named ?? (process.env['PARTYLINE_CONFIG']?.trimEnd() || undefined)
  if (asked !== undefined) return readPath(asked)
  return existsSync(usualConfig) ? usualConfig : undefined
}

/** Files that look like a configuration file, if none is named. */
function notUsed(named: string | undefined): string[] {
  if (named !== undefined || process.env['PARTYLINE_CONFIG']?.trimEnd()) return []
  return unusedConfigs(configFile(undefined))
}

function configFor({ config: named, host, port, data }: ServeOptions, again = false): Config {
  const file = configFile(named)
  const config = loadConfig({ again, ...(file === undefined ? {} : { file }) })
  const listeners = config.listeners.map((listener, index) =>
    index === 0 ? { ...listener, host: host ?? listener.host, port: port ?? listener.port } : listener,
  )
  return { ...config, listeners, dataDirectory: data === undefined ? config.dataDirectory : readPath(data) }
}

/** The message of an error that the operator can mend; undefined for a defect. */
function codeOf(error: unknown): string | undefined {
  if (error instanceof ConfigError || error instanceof PathError) return 'bad-config'
  if (error instanceof DataDirectoryError || error instanceof StoreOpenError) return 'bad-data-directory'
  if (error instanceof DataDirectoryInUse) return 'data-directory-in-use'
  if (error instanceof ControlError) return 'no-answer'
  if (error instanceof ListenError) return 'cannot-listen'
  if (error instanceof SqliteMissing) return 'bad-installation'
  if (error instanceof Cancelled) return 'cancelled'
  return error instanceof Refused ? error.code : undefined
}

/** Tells a supervisor that another start would fail in the same way (EX_CONFIG of sysexits.h). */
const wrongConfiguration = 78

function exitCodeOf(error: unknown): number {
  return error instanceof ConfigError ? wrongConfiguration : 1
}

/** An error of the operator is one clear line; anything else is a defect, and shows its stack. */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return codeOf(error) === undefined ? (whyDatabase(error) ?? error.stack ?? error.message) : error.message
}

/** Without a working directory, every file name would fail with a puzzling message. */
function checkWorkingDirectory(): void {
  try {
    process.cwd()
  } catch (error) {
    throw new Refused({
      code: 'no-working-directory',
      message: `The working directory is not there any more (${error instanceof Error ? error.message : error}). Change into one that is.`,
    })
  }
}

/** Commands that are not suggested for a mistyped word. */
const harmful = ['delete-message', 'deleteuser', 'demoteoperator', 'erase-user', 'prune', 'restore']

/** Refuses an unknown command: it would count as an argument of `serve`, which has none. */
function checkCommand(): void {
  const [, , word = ''] = process.argv
  const names = [...program.commands.map((command) => command.name()), 'help']
  if (word === '' || word.startsWith('-') || names.includes(word)) return
  const meant = nearest(
    word,
    names.filter((name) => !harmful.includes(name)),
  )
  const hint = meant === undefined ? '' : ` Did you mean ${meant}?`
  throw new Refused({
    code: 'unknown-command',
    message: `There is no command "${word}".${hint} "partyline --help" lists them.`,
  })
}

/** Does what the command line says; reports errors on standard error and by the exit code. */
export async function run(): Promise<void> {
  // `partyline userlist | head -1`: the reader has seen enough.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // An archive of which only the beginning was read is useless: its writer gets the error, too, and says so.
    if (process.stdout.listenerCount('error') > 1) return
    if (error.code === 'EPIPE') process.exit()
    process.stderr.write(`partyline: ${explain(refusedDisk(error, 'Standard output cannot be written'))}\n`)
    process.exit(1)
  })
  try {
    checkWorkingDirectory()
    checkCommand()
    await program.parseAsync()
  } catch (error) {
    process.stderr.write(`partyline: ${cleanLines(explain(error))}\n`)
    process.exit(exitCodeOf(error))
  }
}
