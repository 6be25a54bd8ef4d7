import type { Clock } from '../lib/clock.ts'
import type { Line } from '../lib/line.ts'
import type { Complete } from './completion.ts'
import type { PasteLimits, PasteRefusal } from './paste.ts'
import type { SharedRows } from './shared-rows.ts'

/** The settings of an editor; they may change. */
export interface EditorLimits extends PasteLimits {
  /** The longest line, in bytes of UTF-8. */
  readonly lineBytes: number
}

/** Who gets what is typed. None of it may call `push` of the editor. */
export interface TypingOwner {
  readonly limits: EditorLimits
  /** A line was entered. */
  takeLine(line: Line): void
  /** Ctrl-C; the line that was begun is dropped already. */
  interrupt(): void
  /** Ctrl-D in an empty line. */
  leave(): void
  /** What Tab may put into a line. */
  readonly complete: Complete
  /** Whether a line is not kept among those that can be brought back, because a password is in it. */
  isSecret(line: string): boolean
  /** What was typed has no room in the line, and is dropped; told once a line. */
  lineFull(): void
  /**
   * A paste was dropped as a whole: it has too many rows, is too large, a row of it makes too long a line, or it has rows where
   * one answer is asked for.
   */
  refusePaste(why: PasteRefusal): void
}

/** Whoever has the terminal: also gets what is to be written to it. */
export interface EditorOwner extends TypingOwner {
  readonly clock: Pick<Clock, 'after'>
  /** Those of all editors. */
  readonly rows: SharedRows
  /** Takes bytes for the terminal, in their order; they are not changed afterwards. */
  write(bytes: Buffer): void
  /** A terminal that tells its width only when it is asked has this many columns. */
  widthFound(columns: number): void
  /** The row has changed: `update` is to be called before this turn's bytes are written. */
  changed(): void
}
