import type { Test } from 'tap'
import { type Program, startPartyline, temporaryFolder } from './program.ts'

/** A server that listens, as a process of its own. */
export interface Server extends Program {
  readonly port: number
  readonly data: string
}

export interface ServerOptions {
  /** Settings by environment variable, without the PARTYLINE_ in front. */
  readonly settings?: Readonly<Record<string, string>>
  /** Other environment variables. */
  readonly env?: NodeJS.ProcessEnv
  /** Options after `serve`. */
  readonly args?: readonly string[]
  /** The data directory; a new one if missing. */
  readonly data?: string
}

/** Starts a server on a free port of this machine, waits until it listens, and ends it with the test. */
export async function startServer(t: Test, options: ServerOptions = {}): Promise<Server> {
  const { settings = {}, args = [], env: others = {}, data = temporaryFolder(t) } = options
  const own = Object.fromEntries(
    Object.entries({ ...cheapPasswords, ...settings }).map(([name, value]) => [`PARTYLINE_${name}`, value]),
  )
  const command = ['serve', '--host', '127.0.0.1', '--port', '0', '--data', data, ...args]
  const program = startPartyline(t, command, { env: { ...others, ...own } })
  const [, port] = await program.stdout.expect(/"port":(\d+).*"msg":"listening"/)
  return { ...program, port: Number(port), data }
}

/** What every server has unless its test says something else: each start makes a hash. */
const cheapPasswords = { ACCOUNTS_BCRYPT_COST: '4' }

/** Settings with which accounts are cheap and nobody waits for an allowance, for tests that are not about these. */
export const quickSettings = { ...cheapPasswords, LIMITS_BURST: '0' }
