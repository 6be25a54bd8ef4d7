/** How a server does, for its operator. Sizes in bytes. */
export interface ServerStats {
  readonly version: string
  readonly node: string
  /** ms since the epoch. */
  readonly startedAt: number
  readonly uptimeSeconds: number
  readonly listeners: readonly {
    readonly host: string
    readonly port: number
    readonly for: 'chat' | 'telnet' | 'http' | 'page'
    readonly tls: boolean
  }[]
  /** Of the listeners that speak TLS, if there are any; until when each certificate is valid, in ISO 8601. */
  readonly certificates?: readonly { readonly file: string; readonly until: string }[]
  /** People who are online, and their connections: now, at most so far, and as many as there may be. */
  readonly online: {
    readonly accounts: number
    readonly guests: number
    readonly connections: number
    readonly mostConnections: number
    readonly maxConnections: number
  }
  readonly accounts: number
  readonly channels: number
  /** Missing where the database cannot be read. */
  readonly messages?: { readonly total: number; readonly today: number }
  readonly sinceStart: {
    readonly messages: number
    /** Events handed to connections, once for each. */
    readonly deliveries: number
    readonly logins: number
    readonly signups: number
    readonly failedLogins: number
    readonly slowReaders: number
  }
  readonly database: { readonly bytes: number }
  readonly files: { readonly count: number; readonly bytes: number }
  /** Of the file system that the data directory is on; missing where it cannot be told. */
  readonly disk?: { readonly bytes: number; readonly free: number }
  /** Since the start; of 100 commits 99 took no longer than `p99Ms`. */
  readonly commits: {
    readonly count: number
    readonly failed: number
    readonly meanMs: number
    readonly p99Ms: number
  }
  /** How late the event loop was, in the last minute or two. */
  readonly eventLoop: { readonly p99Ms: number; readonly maxMs: number }
  readonly memory: { readonly bytes: number }
  /** Names and addresses that failed to log in during the last hour, and those of them that have to wait. */
  readonly failedLogins: { readonly lately: number; readonly waiting: number }
  /** Sentences about what an operator should look after. */
  readonly warnings: readonly string[]
}
