import type { State } from '../state/state.ts'
import type { Answer, Line, Timers } from '../wire/connection.ts'
import type { Result } from '../wire/protocol.ts'

/** What the parts of the chat work with. */
export interface Core {
  readonly state: () => State
  readonly change: (next: (state: State) => State) => void
  /** Sends a line and resolves with its answer, whatever that is; what it changes is in the state by then. */
  readonly request: (line: Line, answer?: Answer) => Promise<Result>
  readonly timers: Timers
  /** Ms since the epoch. */
  readonly now: () => number
}

export function nowIso(core: Core): string {
  return new Date(core.now()).toISOString()
}
