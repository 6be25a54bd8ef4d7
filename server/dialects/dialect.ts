import type { Batch } from '../chat/model/batch.ts'
import type { ChatEvent } from '../chat/model/events.ts'
import type { Problem } from '../chat/model/failures.ts'
import type { Listener } from '../chat/model/people.ts'
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

/** How one connection wants to be written to. */
export interface ViewOptions {
  readonly format: 'text' | 'json'
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

/**
 * One way to write; connections with the same options share it, and with it the bytes of every event.
 * Strings end with the view's end of line, or are empty where nothing is to be printed.
 */
export interface View {
  readonly options: ViewOptions
  /** Makes an Invocation of a line. */
  read(line: string): Invocation
  /** The answer to a question, of the line it came in; what it says still has to be cleaned. */
  readAnswer(line: string): string
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
