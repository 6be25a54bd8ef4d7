import type { FoundBrowser, Tab } from '../chat/accounts/browser-sessions.ts'
import type { Problem } from '../chat/model/failures.ts'
import type { Grant } from '../chat/model/grant.ts'
import type { Format, Manner } from '../chat/model/manner.ts'
import type { Account, Person } from '../chat/model/people.ts'
import type { Reply } from '../chat/model/replies.ts'
import type { Target } from '../chat/talk/target.ts'
import type { CharsetName } from '../lib/charset-names.ts'

/** What a command asks the person at its connection. */
export interface Question<T> {
  /** The answer is hidden while the person types it. */
  readonly secret?: boolean
  /** A text that people read once, above the question. */
  readonly explain?: string
  /** How many invalid answers end the question; a few, if missing. */
  readonly tries?: number
  /**
   * A command may be the answer. Otherwise a command ends the question, and runs. A hidden answer is never a command.
   */
  readonly takesCommands?: true
  /** An empty line is an answer, too; otherwise it does nothing. */
  readonly mayBeEmpty?: boolean
  /** Throws a Failure if the answer is not valid: the person reads the Failure, and the question is asked again. */
  readonly check: (answer: string) => T | Promise<T>
}

/** The token that a connection has come with; without a `name` it tells by itself whose it is. */
export interface Pass {
  readonly name: string | undefined
  readonly token: string
}

/** The connection of a command, as far as the command may use it. */
export interface Terminal extends Tab {
  /** The key by which the running command says its message only once. */
  once: string | undefined
  readonly person: Person | undefined
  readonly formerly: readonly Account[]
  /** The last warning to a program, and until when (in ticks) a repeated line confirms it. */
  warned: { readonly of: string; readonly until: number } | undefined
  /** Where plain text goes, unless there is a private talk. */
  target: Target | undefined
  /** The browser session that the connection has come with, which may be somebody else's than the person's. */
  readonly visitor: FoundBrowser | undefined
  /** The token that the connection has come with: it says something, and nobody is told that it comes and goes. */
  readonly pass: Pass | undefined
  /** When a password of the person was given here last, in ticks. */
  provenAt: number | undefined
  /** See Listener. */
  brief: boolean
  /** Changes the target; this ends a private talk. */
  talkTo(target: Target): void
  /**
   * A private talk was broken off: words go nowhere until the person continues it, or goes `back`, or chooses another
   * target.
   */
  mayResume(other: string | undefined, back: string | undefined): void
  /**
   * Throws `not-said` if the line may have been meant for another place than the present target: `words`, or
   * something that concerns the `channel` there.
   */
  checkAim(of: 'words' | 'channel'): void
  /**
   * Throws `not-said` if plain words come so soon after a question that they may be its answer, or if they are the
   * password that was given a moment ago.
   */
  checkNoAnswer(text: string): void
  /** What did not fit into an answer. Throws `bad-arguments` if there is none of this number. */
  rest(number: number): Reply
  /** Sends an answer before the command is done. */
  show(reply: Reply): void
  showFailure(problem: Problem): void
  /** Whether secrets may be sent: nobody on the network can read them, or the operator allows it. */
  readonly mayTellSecrets: boolean
  readonly manner: Manner
  /** Speaks another dialect from now on. */
  speak(format: Format): void
  /** How this connection shows times. */
  clock: '24' | '12'
  /** An IANA zone. */
  zone: string
  color: boolean
  /** The character set of the client, in both directions; choosing one counts more than what an account remembers. */
  charset: CharsetName | 'utf-8'
  /** What kind of terminal the client says it is, in small letters. */
  readonly terminalType: string | undefined
  /** What rings the bell of the person's terminal. */
  bell: 'off' | 'mentions' | 'all'
  /** Whether the server edits the line now, and what was chosen for this connection. */
  readonly editor: { readonly on: boolean; readonly choice: 'on' | 'off' | 'auto' }
  /** Chooses for this connection; resolves when the client has answered, which may refuse. */
  chooseEditor(choice: 'on' | 'off' | 'auto'): Promise<void>
  /** Aborted when the connection is gone or logged out, because nobody waits for a long task then. */
  readonly gone: AbortSignal
  /** Whether output is held until the next Enter. */
  hold: boolean
  /**
   * The number of the last message from this connection to any target, unless it was deleted or another target chosen
   * since.
   */
  readonly lastSaid: number | undefined
  /**
   * Makes the connection speak for this person, or for nobody; within a grant, if there is one. Returns the number of
   * the newest message that it did not hear. `renamed`: the person is the same under another name, and others know
   * that.
   */
  become(person: Person | undefined, grant?: Grant, renamed?: boolean): Promise<number>
  /** Undoes a `become` that failed: the connection speaks for nobody, and nothing counts as shown. */
  withdraw(): Promise<void>
  /** Asks for one line. Rejects with the Failure `cancelled` on /cancel or when the connection is lost. */
  ask<T>(text: string, question: Question<T>): Promise<T>
  /**
   * Reads the payload of a command, once: says what is wanted and passes the rows to `take`. Rejects with the errors
   * of `take`, with the Failures of a line that cannot be read, and as `ask` does. The rest of the payload then goes
   * nowhere.
   */
  readRows(text: string, take: (row: string) => void | Promise<void>): Promise<void>
  /** Runs a command with a payload inside another one. If it fails, the rest of the payload goes nowhere. */
  withPayload<T>(run: () => T | Promise<T>): Promise<T>
  /**
   * Takes a cost from the allowance, as a line of the command would, and resolves when the allowance permits it.
   * Rejects with the Failure `cancelled` when the connection is lost.
   */
  pay(cost: number): Promise<void>
  /** Makes this account pay for the command instead of the person who began it; resolves as `pay` does. */
  payAs(account: Account): Promise<void>
  /** Ends the connection when the answer is sent; the others read `note`. */
  leave(note: string | undefined): void
}
