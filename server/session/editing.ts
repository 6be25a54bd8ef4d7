import type { Faults } from '../chat/machine/faults.ts'
import { mostBytes, mostRows } from '../chat/model/rows.ts'
import { isChannel } from '../chat/talk/target.ts'
import type { Context } from '../commands/command.ts'
import type { QuestionManner } from '../editor/asking.ts'
import type { Completion } from '../editor/completion.ts'
import type { PasteRefusal } from '../editor/paste.ts'
import type { SharedRows } from '../editor/shared-rows.ts'
import { withoutFront, wordsOf } from '../lib/blanks.ts'
import { completionOf } from './completing.ts'
import type { Connection, EditingHandler, LineEditor } from './connection.ts'
import type { EmojiNames } from './emoji-names.ts'
import type { Identity } from './identity.ts'
import type { Output } from './output.ts'

const pasteRefusals: Readonly<Record<PasteRefusal, string>> = {
  rows: `has more than ${mostRows} rows`,
  bytes: `has more than ${mostBytes / 1024} KiB`,
  line: 'makes the line longer than a line may be',
  answer: 'has several rows, and one answer is asked for',
}

/** What the editors of all connections share. */
interface EditingParts {
  readonly emojiNames: EmojiNames
  readonly faults: Pick<Faults, 'note'>
  readonly rows: SharedRows
}

/** The other parts of its connection that it works with. */
interface Around {
  readonly connection: Connection
  readonly context: Context
  readonly encoding: { readonly charset: string }
  readonly identity: Pick<Identity, 'grant' | 'person'>
  readonly output: Output
  readonly tasks: { readonly readsRows: boolean; mayBeAnswer(line: string): boolean }
}

/** The prompt of all connections until they are asked for theirs. */
const bare = { text: '> ', hold: false, name: '', isPerson: false }

/** What a person does by the keys of the editor that is no line. */
interface Told {
  receive(line: { readonly text: string; readonly inCr: true }): void
  interrupt(): void
}

/** What the session is to the line editor of its connection: what stands before the line, and what may be put into it. */
export class Editing implements EditingHandler {
  readonly #parts: EditingParts
  readonly #around: Around
  readonly #session: Told
  /** What is asked now, whether it stands in the row or not. */
  #question: { readonly text: string; readonly manner: QuestionManner } | undefined
  #ready: Promise<unknown> | undefined
  /** The prompt, and of what it was made: it is asked for with every message. */
  #prompt = bare
  /** The person has chosen for this connection. */
  #chosen: boolean | undefined

  constructor(parts: EditingParts, around: Around, session: Told) {
    this.#parts = parts
    this.#around = around
    this.#session = session
  }

  // What the editor asks

  get rows(): SharedRows {
    return this.#parts.rows
  }

  get prompt(): string {
    const { context, output } = this.#around
    const { pairs, terminal } = context
    const { hold } = output
    const target = terminal.person && (pairs.partnerOf(terminal) ?? terminal.target)
    const name = target?.name ?? ''
    const isPerson = target !== undefined && !isChannel(target)
    const before = this.#prompt
    if (before.name === name && before.hold === hold && before.isPerson === isPerson) return before.text
    const text = `${hold ? '(hold) ' : ''}${isPerson ? `*${name}*` : name}> `
    this.#prompt = { text, hold, name, isPerson }
    return text
  }

  get mayBegin(): boolean {
    return this.#isPossible && !this.#around.identity.grant && (this.#chosen ?? !this.#isRefused)
  }

  /** Somebody types here, in UTF-8: the editor knows no other keys. */
  get #isPossible(): boolean {
    const { encoding, output } = this.#around
    return output.dialect.manner.typed && encoding.charset === 'utf-8'
  }

  /** The account has the editor turned off. */
  get #isRefused(): boolean {
    return this.#around.identity.person?.settings.editor === 'off'
  }

  complete(line: string, cursor: number): Completion {
    return completionOf(this.#around.context, line, cursor, this.#parts.emojiNames)
  }

  /** A command with a password or token in its line, also a mistyped one; or what may be a password by itself. */
  isSecret(line: string): boolean {
    const { catalog, terminal } = this.#around.context
    if (this.#around.tasks.mayBeAnswer(line)) return true
    const [first = ''] = wordsOf(withoutFront(line))
    const name = first.replace(/^[/／]/, '')
    // A visitor may leave the slash out.
    if (name === first && terminal.person) return false
    const command = catalog.find(name) ?? catalog.find(catalog.nearest(name) ?? '')
    return command?.secret === true || command?.proves === true
  }

  /** As `.` ends what is pasted; otherwise the person leaves, and no question keeps them. */
  leave(): void {
    const { readsRows } = this.#around.tasks
    if (!readsRows) this.#session.interrupt()
    this.#session.receive({ text: readsRows ? '.' : '/quit', inCr: true })
  }

  lineFull(): void {
    this.#around.output.remark(
      'The line is full: what you type behind it is dropped. Enter sends what is there.',
    )
  }

  refusePaste(why: PasteRefusal): void {
    this.#around.output.remark(`What you pasted ${pasteRefusals[why]}: it went nowhere.`)
  }

  // What it tells

  redraw(): void {
    this.#around.output.touch()
  }

  wait(moment: Promise<unknown>): void {
    this.#ready = moment
  }

  /** Resolves when the next line may be done; undefined if it may now. */
  get ready(): Promise<unknown> | undefined {
    const ready = this.#ready
    this.#ready = undefined
    return ready
  }

  flush(): void {
    this.#around.output.flush()
  }

  begun(): void {
    const { connection, identity, output } = this.#around
    output.change({ eol: '\r\n', ...this.#bold(identity.person?.settings.color) })
    this.#parts.emojiNames.load().catch((error: unknown) => this.#parts.faults.note(error, 'session'))
    // The row of the question is the editor's now.
    output.lineEnded()
    if (this.#question) connection.editor?.ask(this.#question.text, this.#question.manner)
  }

  /** A terminal that is edited knows colours, so that mentions stand out; only the person's own choice is another one. */
  #bold(chosen: boolean | undefined): { color?: true } {
    return chosen === undefined ? { color: true } : {}
  }

  ended(): void {
    // Lines still end in CR LF: a terminal that was raw for the editor is it still.
    this.#around.output.lineEnded()
  }

  // What the session asks of the editor

  /** Whether the server edits the line now. */
  get isOn(): boolean {
    return this.#around.connection.editor?.isOn === true
  }

  /** A question is asked: in the row, if there is one. Answers whether it is there. */
  ask(text: string, manner: QuestionManner): boolean {
    this.#question = { text, manner }
    if (!this.isOn) return false
    this.#around.connection.editor?.ask(text, manner)
    return true
  }

  /** The command that asked is done. */
  commandDone(): void {
    if (!this.#question) return
    this.#question = undefined
    this.#around.connection.editor?.endQuestion()
  }

  /** What the person has chosen here, or else for the account. */
  get choice(): 'on' | 'off' | 'auto' {
    if (this.#chosen !== undefined) return this.#chosen ? 'on' : 'off'
    return this.#isRefused ? 'off' : 'auto'
  }

  /** The person turns it on or off here, or leaves it to the client. */
  async choose(choice: 'on' | 'off' | 'auto'): Promise<void> {
    const { connection } = this.#around
    this.#chosen = choice === 'auto' ? undefined : choice === 'on'
    const isAsked = choice === 'on'
    // The answer to the command says how it ended.
    if (isAsked ? this.#isPossible : this.mayBegin) await connection.editor?.begin(isAsked)
    else if (!isAsked) this.settle()
    else if (connection.editor) this.#tellCharset()
  }

  /** Another person types here now, who must not find the lines of the one before. */
  forget(): void {
    this.#around.connection.editor?.forget()
  }

  /** It is another person, dialect or character set. */
  settle(): void {
    const { editor } = this.#around.connection
    if (!editor) return
    if (!this.mayBegin) {
      if (this.isOn) this.#tellCharset()
      editor.end()
    } else if (this.#chosen) this.#begin(editor)
    else editor.beginIfClientMay()
  }

  /** The person has asked for it, and it was off for a while. */
  #begin(editor: LineEditor): void {
    editor.begin().catch((error: unknown) => this.#parts.faults.note(error, 'session'))
  }

  /** Says why the editor is off if the character set is to blame. */
  #tellCharset(): void {
    const { encoding, output } = this.#around
    if (!output.dialect.manner.typed || encoding.charset === 'utf-8') return
    output.note(
      'The server edits lines in UTF-8 only: your terminal does it now, until you type /charset utf-8.',
    )
  }
}
