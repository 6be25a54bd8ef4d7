import type { MessageFields } from '../process/talker.ts'

/** A file that somebody was told of as whole. */
export interface ShownFile {
  readonly id: number
  readonly name: string
  readonly size: number
  readonly sha256: string
  /** The token that everybody it was for has seen; undefined where only the uploader was answered. */
  get: string | undefined
}

/** What people were shown, which has to be there for ever, and what may have become of what they were not told. */
export class Ledger {
  /** What was wrong; a round ends with none. */
  readonly problems: string[] = []
  readonly messages = new Map<number, MessageFields>()
  readonly files = new Map<number, ShownFile>()
  /** SHA-256 of the files that were sent, by name. */
  readonly sent = new Map<string, string>()
  /** The bytes of uploads that may be under way, by name. */
  readonly uploading = new Map<string, Buffer>()
  /** Texts that were sent, each once; whether they were taken is another matter. */
  readonly said = new Set<string>()
  /** What is possible for something that one person changes at a time. */
  readonly #states = new Map<string, Set<string>>()

  problem(text: string): void {
    this.problems.push(text)
  }

  /** Somebody was shown a message, live or out of the past. */
  show(message: MessageFields, where: string): void {
    const { id, at, from, kind, text, channel, to } = message
    const shown = { id, at, from, kind, text, ...(channel ? { channel } : {}), ...(to ? { to } : {}) }
    const before = this.messages.get(id)
    if (!before) this.messages.set(id, shown)
    else if (JSON.stringify(before) !== JSON.stringify(shown))
      this.problem(`${where}: ${id} was ${JSON.stringify(before)}, and is ${JSON.stringify(shown)}`)
  }

  /** Somebody was told that a file is whole. */
  showFile(file: ShownFile): void {
    const before = this.files.get(file.id)
    if (this.sent.get(file.name) !== file.sha256)
      this.problem(`file ${file.id}: ${file.name} is offered with other bytes than were sent`)
    if (before && (before.sha256 !== file.sha256 || before.size !== file.size))
      this.problem(`file ${file.id} has changed`)
    this.files.set(file.id, { ...file, get: file.get ?? before?.get })
  }

  /** From now on something may be so; whoever asked for it does not know yet. */
  maybe(what: string, state: string, otherwise: string): void {
    const states = this.#states.get(what) ?? new Set([otherwise])
    this.#states.set(what, states.add(state))
  }

  /** Somebody was told that it is so. */
  surely(what: string, state: string): void {
    this.#states.set(what, new Set([state]))
  }

  /** Somebody was told that it is not so any more. */
  surelyNot(what: string, state: string): void {
    this.#states.get(what)?.delete(state)
  }

  /** What something surely is; undefined if that is not known. */
  known(what: string): string | undefined {
    const states = this.#states.get(what)
    return states?.size === 1 ? [...states][0] : undefined
  }

  may(what: string, state: string): boolean {
    return this.#states.get(what)?.has(state) ?? false
  }

  forget(what: string): void {
    this.#states.delete(what)
  }

  /** Everything that has a state and whose name begins so. */
  about(beginning: string): string[] {
    return [...this.#states.keys()].filter((what) => what.startsWith(beginning))
  }

  /** Compares what something was found to be with what it can be, and takes it over. */
  found(what: string, state: string): void {
    const states = this.#states.get(what)
    if (!states?.has(state))
      this.problem(`${what} is ${state}, and can only be ${[...(states ?? ['unknown'])].join(' or ')}`)
    this.surely(what, state)
  }
}
