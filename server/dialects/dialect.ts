import type { Batch } from '../chat/model/batch.ts'
import type { ChatEvent } from '../chat/model/events.ts'
import type { Problem } from '../chat/model/failures.ts'
import type { Manner } from '../chat/model/manner.ts'
import type { Listener, Person } from '../chat/model/people.ts'
import type { Reply } from '../chat/model/replies.ts'
import type { Place } from './paste.ts'

/** What a line asks for. */
export interface Invocation {
  /** A command's name as it was typed; undefined for something said. */
  readonly command: string | undefined
  /** What stands behind the name, or what is said. */
  readonly text: string
  /** Where it is said, if that is not where one talks: a channel or a person. */
  readonly to?: string
  /** Given by the program, and given back with the result. */
  readonly tag?: string | number
  /** The key by which it is said once. */
  readonly once?: string
  /** Why it cannot be done; `command` is what it would have been. */
  readonly refused?: Problem
}

/** One of the things that a line says: it asks for a command or says something, or the dialect answers it by itself. */
export type Step = Invocation | { readonly answer: string }

/** How one connection wants to be written to. */
export interface Writing {
  /** CR LF for telnet clients, LF for everybody else. */
  readonly eol: '\n' | '\r\n'
  readonly clock: '24' | '12'
  readonly zone: string
  readonly color: boolean
  /** Columns of the screen; 0 if the client did not say. */
  readonly width: number
  /** What lines to paste into a shell name the server by: the address that the person connected to. */
  readonly place: Place
}

/** The line that a result belongs to. */
export interface Asked {
  /** The command's name, `say` for something said, `line` for what could not be read. */
  readonly command: string
  readonly tag?: string | number
  /** The command goes on: this is not its result yet. */
  readonly partial?: true
}

/** Who reads what a dialect writes. */
export interface Reader {
  readonly person: Person | undefined
}

/**
 * What one connection speaks. A dialect may keep what it has to know of its connection: a registration, what was
 * negotiated. One that keeps nothing is the same object for all connections that write alike (`Writing`), and what is the
 * same for many readers is rendered once in any case (see Rendering).
 * Strings end with the dialect's end of line, or are empty where nothing is to be printed.
 */
export interface Dialect {
  readonly name: string
  readonly manner: Manner
  readonly writing: Writing
  /**
   * What a line says, in the order in which it is to be done; empty if nothing. The line is as it came; what `read` makes
   * of it is clean (see lib/clean).
   */
  read(line: string): readonly Step[]
  /** The answer to a question that a line is; clean. */
  readAnswer(line: string): string
  /** The row of a pasted text that a line is; the caller still has to clean it. */
  readRow(line: string): string
  /** Rendered once for all that hear it. */
  event(event: ChatEvent): Buffer
  /** Events of a batch, from `from` to before `end`, but for those that came from this listener; rendered once, too. */
  batch(batch: Batch, from: number, end: number, listener: Listener): readonly Buffer[]
  reply(asked: Asked, reply: Reply): string
  failure(asked: Asked, problem: Problem): string
  /** On which day something was said last that it has written, as a count of days; always the same for programs. */
  readonly day: number
  /** The same once it is that time. */
  dayOf(now: number): number
  /** What is shown above the first line of a new day. */
  readonly dayLine: Buffer
  /** A question; text dialect leaves the cursor behind it. */
  prompt(text: string, secret: boolean): string
  /** Something to know that is no answer to anything. */
  note(text: string): string
  /** What is read in place of what could not be shown: `internal`. */
  trouble(): string
}

/** One of the dialects that there are, and how a connection comes to speak it. */
export interface DialectKind {
  readonly name: string
  /** Whether a connection speaks it whose first line is this. A kind without `isBegunBy` is chosen by name only. */
  isBegunBy?(line: string): boolean
  /**
   * Answers what a connection speaks from now on. `before` is what it has spoken until now, if that is of this kind: a dialect
   * that keeps something goes on with it, and only its writing changes.
   */
  open(writing: Writing, reader: Reader, before?: Dialect): Dialect
}
