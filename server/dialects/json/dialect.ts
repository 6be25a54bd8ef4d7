import { Counts } from '../../chat/machine/counts.ts'
import { Faults } from '../../chat/machine/faults.ts'
import type { Batch } from '../../chat/model/batch.ts'
import type { ChatEvent } from '../../chat/model/events.ts'
import type { Problem } from '../../chat/model/failures.ts'
import type { Manner } from '../../chat/model/manner.ts'
import type { Listener } from '../../chat/model/people.ts'
import type { Reply } from '../../chat/model/replies.ts'
import { mostRows } from '../../chat/model/rows.ts'
import { longestKey } from '../../chat/talk/once.ts'
import { isCommandLine, withoutFront, withUsualSign } from '../../lib/blanks.ts'
import { cleanCommand, cleanJson, cleanRows, cleanText, isBlank } from '../../lib/clean.ts'
import { isoTime } from '../../lib/times.ts'
import { ZoneFormat } from '../../lib/zones.ts'
import type { Asked, Dialect, Invocation, Step, Writing } from '../dialect.ts'
import { failureText, notShownText } from '../failure-text.ts'
import type { Hello } from '../hello.ts'
import { readLine } from '../read-line.ts'
import { Rendering } from '../rendering.ts'
import { replyData } from './data.ts'
import { fileFields, messageFields } from './fields.ts'
import { fittingMessages, piecesOf, sureToFit } from './messages.ts'
import { beginning, longestLine, mostData, partsOf } from './parts.ts'
import { tagOf } from './tag.ts'

const manner: Manner = { forPeople: false, typed: false, wrapped: true }
const nothing: readonly Step[] = []
/** What somebody has typed is told in errors, up to so many characters. */
const mostOfText = 4_000
const mostOfName = 200

/** One JSON object a line, both ways. */
export class JsonDialect implements Dialect {
  readonly name = 'json'
  readonly manner = manner
  readonly writing: Writing
  readonly #times: ZoneFormat
  readonly #rendering: Rendering
  // A program reads every time with its date.
  readonly day = 0
  readonly dayLine = Buffer.alloc(0)

  constructor(
    writing: Writing,
    times = new ZoneFormat(writing.zone, writing.clock),
    faults = new Faults(new Counts()),
  ) {
    this.writing = writing
    this.#times = times
    this.#rendering = new Rendering(
      (event) => eventLines(event, (fields) => this.#line(fields)),
      (error) => {
        faults.note(error, 'rendering')
        return this.notShown()
      },
    )
  }

  dayOf(): number {
    return this.day
  }

  read(line: string): readonly Step[] {
    const text = cleanCommand(line)
    const json = withoutFront(text)
    if (isBlank(json)) return nothing
    // Broken or pretty-printed JSON is not meant to be said.
    return [
      /^[{["}\]]/.test(json)
        ? readObject(json, withoutFront(line))
        : readLine(isCommandLine(text) ? text : cleanText(text)),
    ]
  }

  readAnswer(line: string): string {
    return cleanText(this.readRow(cleanCommand(line)))
  }

  /** An answer may come in an object as commands do, or as it is: a password may begin with { too. */
  readRow(line: string): string {
    const json = withoutFront(line)
    const text = json.startsWith('{') ? parseObject(json)?.['line'] : undefined
    return typeof text === 'string' ? text : line
  }

  event(event: ChatEvent): Buffer {
    return this.#rendering.event(event)
  }

  batch(batch: Batch, from: number, end: number, listener: Listener): readonly Buffer[] {
    return this.#rendering.batch(batch, from, end, listener)
  }

  reply(asked: Asked, reply: Reply, later: (parts: readonly object[]) => number): string {
    const { writing } = this
    if (reply.code === 'file-inline') return this.#inline(asked, reply)
    const fitting = reply.code === 'messages' ? fittingMessages(reply) : reply
    const data: Record<string, unknown> = { ...replyData(fitting, writing.place) }
    // Most answers are short.
    const line = this.#result(asked, { ok: true, data })
    if (line.length * 3 <= longestLine || Buffer.byteLength(line) <= longestLine) return line
    const [first = {}, ...rest] = partsOf(data)
    const last = rest.at(-1)
    if (!last) return this.#result(asked, { ok: true, data: first })
    Object.assign(last, { more: data['more'] ?? false })
    return this.#result(asked, { ok: true, data: { ...first, more: true, rest: later(rest) } })
  }

  /** The bytes of a file that is too long for one line are events in front of the result. */
  #inline(asked: Asked, reply: Reply & { code: 'file-inline' }): string {
    const { base64, file } = reply
    const data = replyData(reply, this.writing.place)
    if (base64.length <= mostData - 2_000) return this.#result(asked, { ok: true, data })
    const lines: string[] = []
    // Four letters are three bytes.
    for (let at = 0; at < base64.length; at += mostData)
      lines.push(
        this.#line({
          ...{ type: 'bytes', id: file.id, offset: (at / 4) * 3 },
          base64: base64.slice(at, at + mostData),
        }),
      )
    return lines.join('') + this.#result(asked, { ok: true, data: { ...data, base64: undefined } })
  }

  failure(asked: Asked, problem: Problem): string {
    const seconds = problem.code === 'try-later' ? problem.seconds : undefined
    const message = beginning(failureText(problem, this.#times), mostOfText)
    const error = { code: problem.code, message, seconds }
    return this.#result({ ...asked, command: beginning(asked.command, mostOfName) }, { ok: false, error })
  }

  greeting(hello: Hello): string {
    return this.#line({ type: 'hello', ...hello })
  }

  prompt(text: string, secret: boolean): string {
    return this.#line({ type: 'prompt', text: text.trim().replace(/:$/, ''), secret })
  }

  note(text: string): string {
    return this.#line({ type: 'note', text })
  }

  notShown(): string {
    return this.#line({ type: 'error', error: { code: 'internal', message: notShownText } })
  }

  #result({ command, tag, partial }: Asked, outcome: object): string {
    const line = JSON.stringify({ type: partial ? 'partial' : 'result', tag, command, ...outcome })
    // All other strings are clean already.
    return (typeof tag === 'string' ? cleanJson(line) : line) + this.writing.eol
  }

  #line(value: object): string {
    return JSON.stringify(value) + this.writing.eol
  }
}

/** The object that a line of JSON is, if it is one. */
function parseObject(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}

const fieldsOfSay: readonly string[] = ['line', 'say', 'to', 'tag', 'once']

/**
 * What an object asks for: `line`, or `say` with `to` or without. `exact` is the same as it came, if that is good JSON; with
 * control characters in it, it is not.
 */
function readObject(json: string, exact: string): Invocation {
  const itself = parseObject(exact)
  const object = itself ?? parseObject(json)
  if (!object)
    return refused('', 'That is not a JSON object. Send {"line": "...", "tag": "..."}, in one line.')
  const { line, say, to, once: key } = object
  const tag = tagOf(object, itself ? exact : json, exact)
  // An escape in JSON can hide characters that the line must not have.
  const text =
    typeof line === 'string' && isCommandLine(line) && !/[\r\n]/.test(line)
      ? cleanCommand(line)
      : cleaned(say ?? line)
  const read = line === undefined || line === null ? { command: undefined, text } : readLine(text)
  const { command = '' } = read
  if ('refused' in tag) return refused(command, tag.refused)
  const once = onceOf(key)
  if (once === 'wrong')
    return {
      ...refused(command, `"once" is a key of 1 to ${longestKey} characters, without control characters.`),
      ...tag,
    }
  if (isBlank(text)) return { ...refused('', whyNothing(object)), ...tag }
  if (say === undefined || say === null) {
    if (to !== undefined && to !== null)
      return { ...refused(command, '"to" goes with "say", and not with "line".'), ...tag }
    return { ...read, ...tag, ...once }
  }
  if (line !== undefined && line !== null)
    return { ...refused(command, 'An object has "line" or "say", and not both.'), ...tag }
  // A mistyped place or key must not send the text elsewhere.
  const unknown = Object.keys(object).find((name) => !fieldsOfSay.includes(name))
  if (unknown !== undefined) {
    const detail = `"${cleanText(unknown).slice(0, 40)}" is no field of something said: "say", "to", "tag" and "once" are.`
    return { ...refused('', detail), ...tag }
  }
  if (to === undefined) return { command: undefined, text, ...tag, ...once }
  const where = typeof to === 'string' ? withUsualSign(cleanText(to)) : ''
  if (where === '' || where !== withUsualSign(String(to)))
    return { ...refused('', '"to" is the name of a channel or of a person.'), ...tag }
  return { command: undefined, text, to: where, ...tag, ...once }
}

/** Why an object has nothing to do or to say. */
function whyNothing({ say, line }: Readonly<Record<string, unknown>>): string {
  const [field, value] =
    say === undefined || say === null ? (['line', line] as const) : (['say', say] as const)
  if (value === undefined || value === null)
    return 'The object needs "line", a command or something said, or "say", a text.'
  if (typeof value !== 'string') return `"${field}" must be a text, in quotes.`
  return value === '' ? `"${field}" is empty: ${done}` : `"${field}" has nothing that can be seen: ${done}`
}

const done = 'nothing was said or done.'

/** The key by which something is said only once; numbers are keys, too. */
function onceOf(key: unknown): { once?: string } | 'wrong' {
  if (key === undefined) return {}
  const text = typeof key === 'number' && Number.isFinite(key) ? String(key) : key
  const fits = typeof text === 'string' && !isBlank(text) && [...text].length <= longestKey
  return fits && cleanText(text) === text ? { once: text } : 'wrong'
}

/** A text of several rows keeps its tabs. */
function cleaned(text: unknown): string {
  if (typeof text !== 'string') return ''
  return /[\r\n]/.test(text) ? cleanRows(text, mostRows) : cleanText(text)
}

function refused(command: string, detail: string): Invocation {
  return { command, text: '', refused: { code: 'bad-arguments', detail } }
}

/** A message that is too long for one line has several. */
function eventLines(event: ChatEvent, line: (fields: object) => string): string {
  if (event.type === 'message' || event.type === 'edited') {
    const { message, type } = event
    if (message.text.length <= sureToFit) return line({ type, ...messageFields(message) })
    return piecesOf(message)
      .map((piece) => line({ type, ...piece }))
      .join('')
  }
  return line(eventFields(event))
}

function eventFields(event: Exclude<ChatEvent, { type: 'message' | 'edited' }>): object {
  if (event.type === 'deleted') return { ...event, at: new Date(event.at).toISOString() }
  if (event.type === 'file') return { type: 'file', ...fileFields(event.file) }
  if (event.type === 'login') return { ...event, at: isoTime(event.at) }
  if ((event.type === 'muted' || event.type === 'removed') && event.until !== undefined)
    return { ...event, at: isoTime(event.at ?? 0), until: isoTime(event.until) }
  return event
}
