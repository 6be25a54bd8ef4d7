import type { ChatEvent } from '../../chat/events.ts'
import type { Problem } from '../../chat/failures.ts'
import type { Batch } from '../../chat/feed.ts'
import type { Listener } from '../../chat/people.ts'
import type { Reply } from '../../chat/replies.ts'
import { ZoneFormat } from '../../lib/zones.ts'
import type { Asked, Invocation, View, ViewOptions } from '../dialect.ts'
import { failureText } from '../failure-text.ts'
import { readLine } from '../read-line.ts'
import { Rendering } from '../rendering.ts'
import { eventLine, messageLine } from './events.ts'
import { replyLines } from './replies.ts'

/** ANSI colours by first character; a second sign so that nothing is told by colour alone. */
const colors: Readonly<Record<string, string>> = { '*': '36', '!': '31', '?': '33' }

/** Lines for people. */
export class TextView implements View {
  readonly options: ViewOptions
  readonly #times: ZoneFormat
  readonly #rendering: Rendering

  constructor(options: ViewOptions) {
    this.options = options
    this.#times = new ZoneFormat(options.zone, options.clock)
    this.#rendering = new Rendering((event) => this.#eventLine(event))
  }

  read(line: string): Invocation {
    return readLine(line)
  }

  readAnswer(line: string): string {
    return line
  }

  event(event: ChatEvent): Buffer {
    return this.#rendering.event(event)
  }

  batch(batch: Batch, from: number, end: number, listener: Listener): readonly Buffer[] {
    return this.#rendering.batch(batch, from, end, listener)
  }

  reply(_asked: Asked, reply: Reply, width: number): string {
    return replyLines(reply, { times: this.#times, width, place: this.options.place })
      .map((line) => this.#paint(line))
      .join('')
  }

  failure(_asked: Asked, problem: Problem): string {
    return this.#paint(`! ${failureText(problem)}`)
  }

  prompt(text: string): string {
    return `? ${text}`
  }

  note(text: string): string {
    return this.#paint(`* ${text}`)
  }

  #eventLine(event: ChatEvent): string {
    return this.#paint(
      event.type === 'message'
        ? messageLine(event.message, this.#times.time(event.message.at), event.own ?? false)
        : eventLine(event, this.#times, this.options.place),
    )
  }

  /** The first character stays first, so that a program can tell lines apart in colour too. */
  #paint(line: string): string {
    const color = this.options.color ? colors[line.charAt(0)] : undefined
    const painted = color === undefined ? line : `${line.charAt(0)}\u001b[${color}m${line.slice(1)}\u001b[0m`
    return painted + this.options.eol
  }
}
