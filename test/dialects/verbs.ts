import type { Batch } from '../../server/chat/model/batch.ts'
import type { ChatEvent } from '../../server/chat/model/events.ts'
import type { Problem } from '../../server/chat/model/failures.ts'
import type { Listener } from '../../server/chat/model/people.ts'
import type { Reply } from '../../server/chat/model/replies.ts'
import type { Asked, Dialect, DialectKind, Reader, Step, Writing } from '../../server/dialects/dialect.ts'
import type { Hello } from '../../server/dialects/hello.ts'
import { Rendering } from '../../server/dialects/rendering.ts'

/*
 * A dialect as IRC's: it is known by its first line, registers before it says who somebody is, negotiates, reads several
 * things out of one line, and answers with its reader's name. It is here to show that a dialect can do all of that.
 */

const begins = /^(?:CAP|NICK|USER) /

export class Verbs implements DialectKind {
  readonly name = 'verbs'
  /** One for each set of capabilities: those who have negotiated the same read the same bytes. */
  readonly #renderings = new Map<string, Rendering>()

  isBegunBy(line: string): boolean {
    return begins.test(line)
  }

  open(writing: Writing, reader: Reader, before?: Dialect): Dialect {
    if (!(before instanceof VerbDialect)) return new VerbDialect(writing, reader, this)
    before.writing = writing
    return before
  }

  renderingFor(capabilities: ReadonlySet<string>): Rendering {
    const key = [...capabilities].sort().join(' ')
    const found = this.#renderings.get(key)
    if (found) return found
    const rendering = new Rendering(
      (event) => eventLine(event, capabilities.has('numbers')),
      () => ':chat NOTE :internal\r\n',
    )
    this.#renderings.set(key, rendering)
    return rendering
  }
}

class VerbDialect implements Dialect {
  readonly name = 'verbs'
  readonly manner = { forPeople: true, typed: false, wrapped: false }
  readonly day = 0
  readonly dayLine = Buffer.alloc(0)
  writing: Writing
  readonly #reader: Reader
  readonly #kind: Verbs
  #nick: string | undefined
  #user: string | undefined
  readonly #capabilities = new Set<string>()
  #rendering: Rendering

  constructor(writing: Writing, reader: Reader, kind: Verbs) {
    this.writing = writing
    this.#reader = reader
    this.#kind = kind
    this.#rendering = kind.renderingFor(this.#capabilities)
  }

  read(line: string): readonly Step[] {
    const [, verb = '', first = '', rest = ''] = /^(\S+)(?: +(\S+))?(?: +:?(.*))?$/.exec(line) ?? []
    if (verb === 'CAP') return [this.#negotiated(rest)]
    if (verb === 'NICK') this.#nick = first
    if (verb === 'USER') this.#user = first
    if (verb === 'NICK' || verb === 'USER') return this.#registered()
    if (!this.#reader.person) return [this.#answer('451', 'You have not registered')]
    switch (verb) {
      case 'JOIN':
        return first.split(',').map((channel) => ({ command: 'join', text: channel }))
      case 'PRIVMSG':
        return first.split(',').map((to) => ({ command: undefined, text: rest, to }))
      case 'QUIT':
        return [
          { command: 'quit', text: '' },
          { command: undefined, text: 'behind the end', to: '#a' },
        ]
      default:
        return verb === '' ? [] : [this.#answer('421', `${verb} is unknown`)]
    }
  }

  #negotiated(wanted: string): Step {
    this.#capabilities.add(wanted)
    this.#rendering = this.#kind.renderingFor(this.#capabilities)
    return this.#answer('CAP', `ACK ${wanted}`)
  }

  /** Only both together say who somebody is. */
  #registered(): readonly Step[] {
    const [nick, user] = [this.#nick, this.#user]
    return nick !== undefined && user !== undefined ? [{ command: 'nick', text: nick }] : []
  }

  #answer(code: string, text: string): { readonly answer: string } {
    return { answer: this.note(`${code} ${this.#name} ${text}`) }
  }

  get #name(): string {
    return this.#reader.person?.name ?? '*'
  }

  readAnswer(line: string): string {
    return line
  }

  readRow(line: string): string {
    return line
  }

  event(event: ChatEvent): Buffer {
    return this.#rendering.event(event)
  }

  batch(batch: Batch, from: number, end: number, listener: Listener): readonly Buffer[] {
    return this.#rendering.batch(batch, from, end, listener)
  }

  reply({ command }: Asked, reply: Reply): string {
    if (reply.code === 'welcome-guest') return this.note(`001 ${this.#name} Welcome`)
    return reply.code === 'said' ? '' : this.note(`300 ${this.#name} ${command} ${reply.code}`)
  }

  failure({ command }: Asked, problem: Problem): string {
    return this.note(`400 ${this.#name} ${command} ${problem.code}`)
  }

  dayOf(): number {
    return this.day
  }

  greeting({ server }: Hello): string {
    return this.note(`Welcome to ${server.name}`)
  }

  prompt(text: string): string {
    return this.note(text)
  }

  note(text: string): string {
    return `:chat ${text}\r\n`
  }

  notShown(): string {
    return this.note('internal')
  }
}

function eventLine(event: ChatEvent, numbered: boolean): string {
  if (event.type !== 'message') return `:chat EVENT ${event.type}\r\n`
  const { message } = event
  const number = numbered ? `@${message.id} ` : ''
  return `${number}:${message.from} PRIVMSG ${message.channel} :${message.text}\r\n`
}
