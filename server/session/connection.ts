import type { FoundBrowser } from '../chat/accounts/browser-sessions.ts'
import type { Pass } from '../commands/terminal.ts'
import type { Place } from '../dialects/paste.ts'
import type { QuestionManner } from '../editor/asking.ts'
import type { Complete } from '../editor/completion.ts'
import type { EditorOwner, TypingOwner } from '../editor/owner.ts'
import type { Charset } from '../lib/charset-names.ts'
import type { Line } from '../lib/line.ts'
import type { Wire } from './outbox.ts'

/** The line editor of a connection: the server edits what is typed, where the client sends each key. */
export interface LineEditor {
  readonly isOn: boolean
  /**
   * Asks a telnet client to send each key. If the person has asked for it (`isAsked`), it asks also one whose terminal does not
   * look like it, and takes any other client for a terminal that does. Resolves with whether it is on.
   */
  begin(isAsked?: boolean): Promise<boolean>
  /** Begins if the client is a telnet client whose terminal allows it. */
  beginIfClientMay(): void
  /**
   * Hands the terminal back; the client sends lines again. It is not asked to if the connection `isOver`: clients do that by
   * themselves, and BusyBox would write about it.
   */
  end(isOver?: boolean): void
  /** Asks a question in the row; does nothing while it is off. */
  ask(text: string, manner: QuestionManner): void
  endQuestion(): void
  /** Another person types here now: keeps nothing of what was entered or deleted before. */
  forget(): void
}

/** The connection of a session, as far as the session uses it. */
export interface Connection extends Wire {
  /** The peer's address, for the log. */
  readonly address: string
  /** Which connection since the start it is, for the log. */
  readonly number: number
  /** The address and port by which the peer, and others, reach the server. */
  readonly place: Place
  /** It uses TLS or comes from this machine: nobody on the network can read it. */
  readonly secure: boolean
  /** It comes through a proxy: the end of input then means that the peer is gone, not that they have read everything. */
  readonly relayed: boolean
  /** The dialect that it begins with, if that is not the one that everybody begins with. */
  readonly begins?: string
  /** The browser session that it has come with, if that is good. */
  readonly visitor?: FoundBrowser | undefined
  /** The token that it has come with, to say something and nothing else. */
  readonly pass?: Pass
  /** Aborted when nobody waits any longer for the turn of its lines: then they are refused (`try-later`), and not done. */
  readonly patience?: AbortSignal
  /** Whether the client speaks telnet, so that lines end in CR LF. */
  readonly telnet: boolean
  /** Whether it may be a telnet client that has not negotiated: it ends its lines as telnet does. */
  readonly endsAsTelnet: boolean
  /** Asks the client not to show what is typed; `raw` if it is no telnet client. */
  hideInput(): Promise<'hidden' | 'refused' | 'raw'>
  /** Missing where nobody types at a terminal. */
  readonly editor?: LineEditor
  showInput(): void
  /** A prompt was printed that waits on its line for the answer. */
  endPrompt(): void
  /** Resolves when the peer has taken all output, or the connection is gone. */
  drained(): Promise<void>
  /** How many lines have come and were not handed over yet. */
  readonly waitingLines: number
  /** Drops those lines, and one that has begun; returns how many there were. */
  dropWaiting(): number
  /** Stops reading until `resume`. */
  pause(): void
  resume(): void
  /** Sends what is queued, then ends the connection. */
  end(): void
  /** Ends it at once. */
  destroy(): void
}

/** The session, as the line editor of its connection sees it. */
export interface EditingHandler
  extends Pick<TypingOwner, 'isSecret' | 'lineFull' | 'refusePaste'>,
    Pick<EditorOwner, 'rows'> {
  /** What stands before the line while no question is asked. */
  readonly prompt: string
  /** Whether the editor may begin by itself: a person types here, and has not turned it off. */
  readonly mayBegin: boolean
  readonly complete: Complete
  /** Ctrl-D in an empty line. */
  leave(): void
  /** The row has changed: it is to be drawn at the end of this turn. */
  redraw(): void
  /** Writes now what waits for the end of the turn. */
  flush(): void
  /** No line is done until then: the client is being asked whether it sends each key. */
  wait(moment: Promise<unknown>): void
  /** The server edits the line from now on: lines end in CR LF, and an open question moves into the row. */
  begun(): void
  /** It edits it no longer. */
  ended(): void
}

/** The session, as its connection sees it: it is told what the peer does. Throws and rejects only because of a defect. */
export interface ConnectionHandler {
  /** Greets a peer that has not spoken first: says what this is and what to type. */
  greet(): void
  /** A line came; `isNew`: just now, without waiting in the connection. */
  receive(line: Line, isNew?: boolean): void
  /** The peer has given a sign of life. */
  showsLife(): void
  /** The person types /cancel while lines of theirs wait; returns whether any did. */
  dropWaiting(): boolean
  /** Ctrl-C. */
  interrupt(): void
  /** Sends telnet bytes, in order with the printed text. */
  send(bytes: Buffer): void
  areYouThere(): void
  /**
   * Takes the cost of bytes that are no lines. Returns a promise that resolves when the connection may go on, or undefined
   * if it may at once.
   */
  charge(cost: number): Promise<void> | undefined
  /** The client turned out to speak telnet. */
  telnetFound(): void
  /** The type of the terminal, as telnet tells it. */
  terminalFound(name: string): void
  /** The columns of the window, as telnet tells them; undefined if the client does not know. */
  windowFound(columns: number | undefined): void
  /** The peer sends nothing more; its earlier lines are still answered. */
  endOfInput(): void
  /**
   * The connection is gone; `clean` if the peer could read everything. The lines that had come are still done, and `more`
   * may follow up to `endOfInput`. Resolves when all of them are done.
   */
  closed(clean: boolean, more?: boolean): Promise<void>
  /** Tells the person why, and ends the connection. */
  close(reason: string): void
  /** The configuration has changed. */
  reconfigured(): void
  /** For the line editor. */
  readonly editing: EditingHandler
  /** It speaks for a person who has logged in. */
  readonly isMember: boolean
  /** The name of the dialect. */
  readonly dialect: string
  /** A person types here, and no program: backspace and the like edit a line, and Ctrl-C ends a question. */
  readonly takesKeys: boolean
  /** The character set of the person's terminal; in all but UTF-8 any byte may be a letter. */
  readonly charset: Charset
  /** The longest line that is accepted, in bytes. */
  readonly longestLine: number
  /** Who has left, and why, for the log. */
  readonly farewell: { readonly user: string | undefined; readonly why: string }
}
