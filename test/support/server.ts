import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type RunningServer, startServer } from '../../server/app.ts'
import type { Counts } from '../../server/chat/machine/counts.ts'
import type { Store } from '../../server/chat/ports/store.ts'
import { parseConfig } from '../../server/config/load.ts'
import { readPath } from '../../server/config/paths.ts'
import type { Config } from '../../server/config/schema.ts'
import { addressBlock } from '../../server/lib/addresses.ts'
import type { DiskSpace } from '../../server/lib/disk-space.ts'
import type { Log } from '../../server/log/log.ts'
import { askServer } from '../../server/operator/control/control.ts'
import { openStore } from '../../server/store/open.ts'
import { Activity } from './activity.ts'
import { LineClient } from './client.ts'
import { ManualClock } from './clock.ts'
import { countedSecrets, quickHasher } from './secrets.ts'
import { type Disk, watchedStore } from './watched-store.ts'

export interface Logged {
  readonly level: string
  readonly message: string
  readonly fields: object
}

/** Settings by dotted name, such as `{ 'limits.burst': 3 }`. */
export type Overrides = Readonly<Record<string, unknown>>

/** What tests of a server on this machine want, unless they say something else. */
const usual: Overrides = {
  'limits.burst': 0,
  'limits.signupsPerHour': 0,
  'limits.loginSeconds': 0,
  'terminal.timeZone': 'UTC',
  'terminal.concealPasswords': false,
  'store.synchronous': 'off',
  'files.freeSpaceBytes': 0,
  'web.listen': [],
  'server.publicHost': 'chat.example.org',
  'server.publicPort': 6667,
}

/** The configuration of a test: the defaults with changes, and one listener on a free port. */
export function testConfig(directory: string, overrides: Overrides = {}): Config {
  const tree: Record<string, unknown> = { listeners: [{ host: '127.0.0.1', port: 0 }] }
  const { dataDirectory = directory, ...settings } = { ...usual, ...overrides }
  for (const [name, value] of Object.entries(settings)) {
    const [key = '', section] = name.split('.').reverse()
    if (section === undefined) tree[key] = value
    else tree[section] = { ...(tree[section] as object | undefined), [key]: value }
  }
  return { ...checked(JSON.stringify(tree)), dataDirectory: readPath(String(dataDirectory)) }
}

/** What has been read already, by its text: a file of tests starts hundreds of servers with the same few settings. */
const known = new Map<string, Config>()

/** JSON is YAML, so the settings of a test are checked as an operator's are. */
function checked(text: string): Config {
  const config = known.get(text) ?? parseConfig(text, 'configuration')
  known.set(text, config)
  return config
}

export interface TestServerOptions {
  /** An empty directory, or that of a server that was stopped. */
  readonly directory: string
  readonly config?: Overrides
  /** Instead of SQLite in the directory. */
  readonly store?: (counts: Counts) => Promise<Store>
}

/** The real server in this process, with a clock that stands still and secrets that can be foretold. */
export class TestServer {
  readonly clock = new ManualClock()
  readonly activity = new Activity()
  readonly disk: Disk = { full: false }
  readonly logged: Logged[] = []
  /** The levels of the log that the process was told of by reloads. */
  readonly levels: string[] = []
  /** How full the server believes its disk to be. */
  space: DiskSpace = { free: 50_000_000_000, total: 100_000_000_000, database: 1_500_000 }
  readonly #options: TestServerOptions
  #config: Config
  readonly #secrets = countedSecrets()
  #running: RunningServer | undefined

  private constructor(options: TestServerOptions) {
    this.#options = options
    this.#config = testConfig(options.directory, options.config)
  }

  static async start(options: TestServerOptions): Promise<TestServer> {
    const server = new TestServer(options)
    await server.start()
    return server
  }

  get config(): Config {
    return this.#config
  }

  get running(): RunningServer {
    if (!this.#running) throw new Error('The server does not run')
    return this.#running
  }

  get port(): number {
    const port = this.running.ports[0]
    if (port === undefined) throw new Error('The server does not listen')
    return port
  }

  /** The address of the HTTP listener; there is one if `http.listen` says so. */
  get http(): string {
    const port = this.running.httpPorts[0]
    if (port === undefined) throw new Error('There is no HTTP listener')
    return `http://127.0.0.1:${port}`
  }

  /** The port of the page; there is one if `web.listen` says so. */
  get webPort(): number {
    const port = this.running.webPorts[0]
    if (port === undefined) throw new Error('There is no page')
    return port
  }

  connect(from?: string, port = this.port): Promise<LineClient> {
    return LineClient.connect(port, this.activity, from)
  }

  /** How often this was logged. */
  count(message: string): number {
    return this.logged.filter((line) => line.message === message).length
  }

  /** Starts again on the same data, after `stop`. */
  async start(): Promise<void> {
    const { activity, clock, disk } = this
    const open = this.#options.store ?? ((counts) => openIn(this.#options.directory, counts))
    this.clock.restarted()
    this.#running = await startServer(this.#config, {
      clock,
      log: this.#log(),
      secrets: this.#secrets,
      hasher: quickHasher(activity),
      space: async () => this.space,
      // A test on one machine has no other addresses than loopback's.
      blockOf: (address) => addressBlock(address?.replace(/^127\.0\.0\.(?!1$)/, '203.0.113.')),
      reread: () => this.#config,
      onReload: ({ log }) => this.levels.push(log.level),
      store: async (_config, _log, counts) => watchedStore(await open(counts), activity, disk),
    })
  }

  /** Reads the configuration again, with these settings besides those of the beginning. */
  async reload(config: Overrides): Promise<void> {
    this.#config = testConfig(this.#options.directory, { ...this.#options.config, ...config })
    await this.running.reload()
  }

  /** As the operator's command line does it. */
  async makeOperator(name: string, password: string): Promise<void> {
    const request = { action: 'createsuperuser', options: { name, password } }
    const answer = await askServer(this.#options.directory, request)
    if (!answer?.ok) throw new Error(`${name} cannot be an operator: ${JSON.stringify(answer)}`)
  }

  async stop(reason = 'the server is shutting down'): Promise<void> {
    const running = this.#running
    this.#running = undefined
    await running?.stop(reason)
  }

  #log(): Log {
    const write = (level: string) => (fields: object, message: string) => {
      this.logged.push({ level, message, fields })
      this.activity.note()
    }
    return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') }
  }
}

async function openIn(directory: string, counts: Counts): Promise<Store> {
  await mkdir(directory, { recursive: true })
  return openStore({ file: join(directory, 'partyline.db'), synchronous: 'off', counts })
}
