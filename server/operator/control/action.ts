import * as z from 'zod'
import { fail } from '../../chat/model/failures.ts'
import type { Account } from '../../chat/model/people.ts'
import type { ServerStats } from '../../chat/model/stats.ts'
import type { Store } from '../../chat/ports/store.ts'
import type { Services } from '../../commands/services.ts'
import type { Reloaded } from '../../config/live.ts'
import type { DiskSpace } from '../../lib/disk-space.ts'

/** The parts that the actions use: the domain of a running server, or one that was opened for a single command. */
export interface AdminParts {
  readonly services: Services
  readonly store: Store
  /** The server's time zone. */
  readonly zone: string
  /** The longest line that anybody may send, in bytes. */
  readonly lineBytes: number
  readonly space: () => Promise<DiskSpace>
  /** Copies of the database that were made before updates. */
  readonly copies: () => string[]
  /** Missing if no server runs. */
  readonly reload?: () => Promise<Reloaded>
  /** The same. */
  readonly stats?: () => Promise<ServerStats>
}

/** An action of the command line, with its options as they came. */
export interface Action {
  /** A machine asks this again and again, so it writes no line to the log. */
  readonly silent?: true
  run(parts: AdminParts, options: unknown): Promise<unknown>
}

/** Makes an action whose options are checked by a schema. */
export function action<Schema extends z.ZodType>(
  schema: Schema,
  run: (parts: AdminParts, options: z.output<Schema>) => Promise<unknown>,
): Action {
  return { run: (parts, options) => run(parts, schema.parse(options)) }
}

/** Options that name an account. */
export const named = z.object({ name: z.string() })

/** Finds an account by name or number. Throws `no-such-user`. */
export function requireAccount({ directory }: Pick<Services, 'directory'>, name: string): Account {
  const account = directory.findAccount(name)
  if (!account) throw fail({ code: 'no-such-user', name })
  return account
}
