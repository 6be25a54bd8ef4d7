import type { Batch } from '../chat/model/batch.ts'
import type { ChatEvent } from '../chat/model/events.ts'
import type { Problem } from '../chat/model/failures.ts'
import type { Manner } from '../chat/model/manner.ts'
import type { Listener, Person } from '../chat/model/people.ts'
import type { Reply } from '../chat/model/replies.ts'
import type { Hello } from './hello.ts'
import type { Place } from './paste.ts'

/** One thing that a line asks for: a command, or something to say. */
export interface Invocation {
  /** The name of the command as it was typed; undefined for plain words. */
  readonly command: string | undefined
  /** The text after the name, or the words. */
  readonly text: string
  /** The channel or person to say it to, if not the present target. */
  readonly to?: string
  /** The program's own mark, which its result repeats. */
  readonly tag?: string | number
  /** The key by which it is said only once. */
  readonly once?: string
  /** Why the line is refused; `command` is the command that it would have been. */
  readonly refused?: Problem
}

/** One part of a line: something to do, or an answer that the dialect gives by itself. */
export type Step = Invocation | { readonly answer: string }

/** How a connection wants its output written. */
export interface Writing {
  /** CR LF for telnet clients, LF for everybody else. */
  readonly eol: '\n' | '\r\n'
  readonly clock: '24' | '12'
  readonly zone: string
  readonly color: boolean
  /** Columns of the screen; 0 if the client did not say. */
  readonly width: number
  /** The address of the server in lines to paste into a shell: the one that the person connected to. */
  readonly place: Place
}

/** The line that a result belongs to. */
export interface Asked {
  /** The name of the command; `say` for plain words, `line` for a line that cannot be read. */
  readonly command: string
  readonly tag?: string | number
  /** The command is not done: this is not its result yet. */
  readonly partial?: true
}

/** The reader of a dialect's output. */
export interface Reader {
  readonly person: Person | undefined
}

/**
 * The dialect of one connection. It may keep what it knows of its connection, such as a registration or negotiated
 * capabilities. A dialect that keeps nothing is one object for all connections with the same `Writing`. In any case an event
 * is rendered once for many readers (see Rendering).
 * The strings end with the dialect's end of line; an empty one prints nothing.
 */
export interface Dialect {
  readonly name: string
  readonly manner: Manner
  readonly writing: Writing
  /**
   * The parts of a line, in the order in which to do them; none if the line asks for nothing. The line is as it came; the
   * parts are clean (see lib/clean).
   */
  read(line: string): readonly Step[]
  /** The answer in a line that answers a question; clean. */
  readAnswer(line: string): string
  /** The row in a line of a pasted text; the caller has to clean it. */
  readRow(line: string): string
  /** An event; rendered once for all its listeners. */
  event(event: ChatEvent): Buffer
  /** The events of a batch, from `from` to before `end`, without those that this listener does not hear; rendered once, too. */
  batch(batch: Batch, from: number, end: number, listener: Listener): readonly Buffer[]
  /** What does not fit into the answer goes to `later`, in parts, which returns the number of the first: see `Terminal.rest`. */
  reply(asked: Asked, reply: Reply, later: (parts: readonly object[]) => number): string
  failure(asked: Asked, problem: Problem): string
  /** The day of the last message that it has written, as a count of days; always the same for programs. */
  readonly day: number
  /** The day of this time (ms since the epoch). */
  dayOf(now: number): number
  /** The line above the first one of a new day. */
  readonly dayLine: Buffer
  /** What somebody reads who connects and does not speak first. */
  greeting(hello: Hello): string
  /** A question; in text the cursor stays on its line. */
  prompt(text: string, secret: boolean): string
  /** Information that answers no line. */
  note(text: string): string
  /** Tells the reader that something for them could not be shown, because of a defect (`internal`). */
  notShown(): string
}

/** One of the dialects, and how a connection begins to use it. */
export interface DialectKind {
  readonly name: string
  /** Whether this first line of a connection chooses the dialect. A kind without `isBegunBy` is chosen by name only. */
  isBegunBy?(line: string): boolean
  /**
   * Returns the dialect for a connection. `before` is its dialect until now, if that is of this kind: what a dialect keeps of
   * its connection stays, and only the writing changes.
   */
  open(writing: Writing, reader: Reader, before?: Dialect): Dialect
}
