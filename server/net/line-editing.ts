import type { QuestionManner } from '../editor/asking.ts'
import type { LineEditor } from '../session/connection.ts'
import { Keyboard, type KeyboardOwner } from './keyboard.ts'
import type { Telnet } from './telnet.ts'

/** The terminal of the connection. */
export interface EditingOwner extends KeyboardOwner {
  readonly receiver: KeyboardOwner['receiver'] & { send(bytes: Buffer): void }
  /** Whether the client speaks telnet, or ends its lines as if it did. */
  readonly telnet: boolean
  readonly endsAsTelnet: boolean
  /** Whether no line may be handed over now. */
  readonly paused: boolean
  /** Its telnet, begun if there was none. */
  beginTelnet(): Telnet
  /** Answers what has come and is no line yet, for the editor. */
  takeBegun(): readonly Buffer[]
}

/** An answer of the client, as long as it has not come. */
interface AwaitedAnswer {
  readonly answer: Promise<boolean>
  readonly resolve: (isOn: boolean) => void
  readonly cancel: () => void
}

/** How long a client may take to say whether it sends each key, in ms. */
const answerMs = 1_000
/** How long the first line waits for that, in ms: what is no telnet client never says. */
const firstAnswerMs = 300
/** A line that comes sooner after the greeting was not typed, in ms. */
const readingMs = 500
/** A first line that a program sends: JSON, a login with a token (a password is typed by people, too), or what IRC begins with. */
const ofProgram = /^\s*(?:\{|[/／]?format\b|[/／]?login\s+\S+\s+[\da-z]{32}\s*$)/i
const ofIrc = /^(?:CAP|NICK|PASS|USER) /

/** Decides when the server edits the line of a connection, and asks its client for that. */
export class LineEditing implements LineEditor {
  readonly #owner: EditingOwner
  #keyboard: Keyboard | undefined
  /** As the client has told them; 0 if it has not. */
  #columns = 0
  /** When the client was greeted, in ticks; undefined before, and from its first line on. */
  #greetedAt: number | undefined
  #hasSpoken = false
  /** Whether it waits for the greeting until it is asked for keys: who does not read it is a script. */
  #waits = false
  /** The client does not send each key, or a program speaks by it: only its person may want that again. */
  #isRefused = false
  /** Somebody waits for the client's answer. */
  #awaited: AwaitedAnswer | undefined

  constructor(owner: EditingOwner) {
    this.#owner = owner
  }

  /** The keys and the screen while the server edits the line. */
  get keyboard(): Keyboard | undefined {
    return this.#keyboard
  }

  // What the terminal tells

  /** The client reads the greeting: its first line may show that a person types at a telnet client. */
  greeted(): void {
    this.#greetedAt = this.#owner.clock.ticks()
    if (!this.#waits) return
    this.#waits = false
    this.beginIfClientMay()
  }

  /** The first line has come; `isAlone` if nothing came with it. */
  firstLine(text: string | undefined, isAlone: boolean): void {
    const since = this.#greetedAt
    this.#greetedAt = undefined
    this.#hasSpoken = true
    const { clock, endsAsTelnet, telnet } = this.#owner
    // A script may speak by a telnet client that asks for keys by itself.
    if (since === undefined || !isAlone || clock.ticks() - since < readingMs) this.#isRefused = true
    if (this.#isRefused || telnet || !endsAsTelnet) return
    if (text === undefined || ofProgram.test(text) || ofIrc.test(text)) return
    const { editing } = this.#owner.receiver
    if (!editing.mayBegin) return
    this.#owner.beginTelnet().askAboutTerminal()
    // BusyBox writes about its change of mode into the middle of an answer that is under way.
    editing.wait(this.#answered(firstAnswerMs, () => undefined))
  }

  /** The client has told the types of its terminal. */
  typesKnown(canDraw: boolean): void {
    this.#waits = this.#greetedAt === undefined && !this.#hasSpoken
    if (this.#waits) return
    const mayBegin = canDraw && !this.#isRefused && this.#owner.receiver.editing.mayBegin
    if (mayBegin) this.#owner.beginTelnet().offerCharacters()
    else this.#answer(false)
  }

  windowFound(columns: number | undefined): void {
    this.#columns = columns ?? 0
    if (this.#keyboard) this.#keyboard.editor.width = this.#columns
  }

  /** The client sends each key from now on, or refuses that, or has stopped it. */
  characters(on: boolean): void {
    this.#isRefused = !on
    if (on) this.#open()
    else this.#close()
    this.#answer(on)
  }

  // What the session asks for (LineEditor)

  get isOn(): boolean {
    return this.#keyboard !== undefined
  }

  async begin(isAsked = true): Promise<boolean> {
    const { endsAsTelnet, telnet } = this.#owner
    if (this.isOn) return true
    if (!isAsked && !(telnet && this.#owner.beginTelnet().canDraw)) return false
    if ((telnet || endsAsTelnet) && (await this.#offered())) return true
    if (this.#owner.telnet || this.isOn) return this.isOn
    this.#open()
    return true
  }

  beginIfClientMay(): void {
    if (!this.isOn && this.#owner.telnet) this.typesKnown(this.#owner.beginTelnet().canDraw)
  }

  end(isOver = false): void {
    this.#close()
    if (this.#owner.telnet && !isOver) this.#owner.beginTelnet().endCharacters()
  }

  ask(text: string, manner: QuestionManner): void {
    this.#keyboard?.editor.ask(text, manner)
  }

  endQuestion(): void {
    this.#keyboard?.editor.endQuestion()
  }

  forget(): void {
    this.#keyboard?.editor.forget()
  }

  /** Resolves with the client's answer; false if there is none. */
  async #offered(): Promise<boolean> {
    const telnet = this.#owner.beginTelnet()
    const isOn = await this.#answered(answerMs, () => telnet.offerCharacters())
    if (!isOn) telnet.endCharacters()
    return isOn
  }

  /** Resolves with whether the client sends keys, as soon as it has said so; false if it does not within so many ms. */
  #answered(withinMs: number, ask: () => void): Promise<boolean> {
    // Whoever asks meanwhile waits for the same answer.
    this.#awaited ??= this.#await(withinMs)
    const { answer } = this.#awaited
    ask()
    return answer
  }

  #await(withinMs: number): AwaitedAnswer {
    let resolve: AwaitedAnswer['resolve'] = () => undefined
    const answer = new Promise<boolean>((done) => {
      resolve = done
    })
    return { answer, resolve, cancel: this.#owner.clock.after(withinMs, () => this.#answer(false)) }
  }

  #answer(isOn: boolean): void {
    const awaited = this.#awaited
    this.#awaited = undefined
    awaited?.cancel()
    awaited?.resolve(isOn)
  }

  #open(): void {
    if (this.#keyboard) return
    const { editing } = this.#owner.receiver
    editing.flush()
    const keyboard = new Keyboard(this.#owner, this.#columns, this.#owner.paused)
    this.#keyboard = keyboard
    editing.begun()
    for (const bytes of this.#owner.takeBegun()) keyboard.push(bytes)
  }

  #close(): void {
    const keyboard = this.#keyboard
    if (!keyboard) return
    const { editing } = this.#owner.receiver
    keyboard.finish()
    editing.flush()
    const { keys, written } = keyboard.end()
    this.#keyboard = undefined
    for (const bytes of written) this.#owner.receiver.send(bytes)
    for (const bytes of keys) this.#owner.takeKeys(bytes)
    editing.ended()
  }
}
