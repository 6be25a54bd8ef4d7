import { Counts } from '../../chat/counts.ts'
import type { ChatEvent } from '../../chat/events.ts'
import { Failure, fail, type Problem } from '../../chat/failures.ts'
import { Faults } from '../../chat/faults.ts'
import type { Batch } from '../../chat/feed.ts'
import type { Listener } from '../../chat/people.ts'
import type { Reply } from '../../chat/replies.ts'
import { cleanJson, cleanText, isBlank } from '../../lib/clean.ts'
import { isoTime } from '../../lib/times.ts'
import type { Asked, Invocation, View, ViewOptions } from '../dialect.ts'
import { failureText, troubleText } from '../failure-text.ts'
import { readLine } from '../read-line.ts'
import { Rendering } from '../rendering.ts'
import { fileFields, messageFields, replyData } from './data.ts'

/** One JSON object a line, both ways. */
export class JsonView implements View {
  readonly options: ViewOptions
  readonly #rendering: Rendering

  constructor(options: ViewOptions, faults = new Faults(new Counts())) {
    this.options = options
    this.#rendering = new Rendering(
      (event) => this.#line(eventFields(event)),
      (error) => {
        faults.note(error, 'rendering')
        return this.trouble()
      },
    )
  }

  read(line: string): Invocation {
    if (!line.startsWith('{')) return readLine(line)
    const { line: text, tag: given } = parseObject(line)
    const tag = typeof given === 'string' || typeof given === 'number' ? given : undefined
    // An escape in JSON can hide what the line itself must not have.
    const clean = typeof text === 'string' && !/[\r\n]/.test(text) ? cleanText(text) : ''
    if (isBlank(clean)) {
      const detail = 'The object needs "line": a string that is one line.'
      throw new Failure({ code: 'bad-arguments', detail }, tag)
    }
    return tag === undefined ? readLine(clean) : { ...readLine(clean), tag }
  }

  /** An answer may come in an object as commands do, or as it is: a password may begin with { too. */
  readAnswer(line: string): string {
    if (!line.startsWith('{')) return line
    try {
      const { line: text } = parseObject(line)
      return typeof text === 'string' ? cleanText(text) : line
    } catch {
      return line
    }
  }

  event(event: ChatEvent): Buffer {
    return this.#rendering.event(event)
  }

  batch(batch: Batch, from: number, end: number, listener: Listener): readonly Buffer[] {
    return this.#rendering.batch(batch, from, end, listener)
  }

  reply(asked: Asked, reply: Reply): string {
    return this.#result(asked, { ok: true, data: replyData(reply, this.options.place) })
  }

  failure(asked: Asked, problem: Problem): string {
    const error = { code: problem.code, message: failureText(problem) }
    return this.#result(asked, { ok: false, error })
  }

  prompt(text: string, secret: boolean): string {
    return this.#line({ type: 'prompt', text: text.trim().replace(/:$/, ''), secret })
  }

  note(text: string): string {
    return this.#line({ type: 'note', text })
  }

  trouble(): string {
    return this.#line({ type: 'error', error: { code: 'internal', message: troubleText } })
  }

  #result({ command, tag, partial }: Asked, outcome: object): string {
    const line = JSON.stringify({ type: partial ? 'partial' : 'result', tag, command, ...outcome })
    // All other strings are clean already.
    return (typeof tag === 'string' ? cleanJson(line) : line) + this.options.eol
  }

  #line(value: object): string {
    return JSON.stringify(value) + this.options.eol
  }
}

function parseObject(line: string): { line?: unknown; tag?: unknown } {
  try {
    // A line that starts with { and parses is an object.
    return JSON.parse(line) as { line?: unknown; tag?: unknown }
  } catch {
    throw fail({ code: 'bad-arguments', detail: 'That is not JSON. Send {"line": "...", "tag": "..."}.' })
  }
}

function eventFields(event: ChatEvent): object {
  if (event.type === 'message') return { type: 'message', ...messageFields(event.message) }
  if (event.type === 'edited') return { type: 'edited', ...messageFields(event.message) }
  if (event.type === 'deleted') return { ...event, at: new Date(event.at).toISOString() }
  if (event.type === 'file') return { type: 'file', ...fileFields(event.file) }
  if (event.type === 'login') return { ...event, at: isoTime(event.at) }
  if (event.type === 'muted' && event.until !== undefined) return { ...event, until: isoTime(event.until) }
  return event
}
