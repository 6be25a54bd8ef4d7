import type { Counts } from '../chat/machine/counts.ts'
import type { Faults } from '../chat/machine/faults.ts'
import type { WaysIn } from '../chat/model/ways-in.ts'
import type { Timeline } from '../chat/presence/timeline.ts'
import type { Context } from '../commands/command.ts'
import type { Services } from '../commands/services.ts'
import type { Dialects } from '../dialects/dialects.ts'
import type { Hello } from '../dialects/hello.ts'
import type { SharedRows } from '../editor/shared-rows.ts'
import type { Log } from '../log/log.ts'
import type { AllowanceLimits, Allowances } from './allowances.ts'
import type { Unrevealed } from './concealment.ts'
import type { EmojiNames } from './emoji-names.ts'
import type { Flusher } from './outbox.ts'
import type { AllRests } from './rests.ts'

export interface SessionLimits extends AllowanceLimits {
  readonly lineBytes: number
  readonly sendQueueBytes: number
  readonly loginSeconds: number
}

/** What all sessions of a server share; settings are read when they are needed, and may change. */
export interface SessionParts {
  readonly services: Services
  /** The context of commands, without the terminal. */
  readonly shared: Omit<Context, 'terminal'>
  readonly timeline: Timeline
  readonly dialects: Dialects
  readonly flusher: Flusher
  readonly counts: Counts
  readonly faults: Faults
  readonly log: Log
  readonly limits: SessionLimits
  readonly allowances: Allowances
  readonly terminal: { readonly timeZone: string; readonly concealPasswords: boolean }
  readonly accounts: WaysIn & { readonly requireTls: boolean }
  /** What is said to whoever connects; `session` is whose browser it is. */
  readonly hello: (session: string | undefined) => Hello
  readonly unrevealed: Unrevealed
  readonly rests: AllRests
  readonly emojiNames: EmojiNames
  readonly rows: SharedRows
}
