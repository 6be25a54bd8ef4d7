import type { Message } from '../wire/protocol.ts'

/** A line of the page's own between messages: who came, what was answered. It stands behind the message `after`. */
export interface Note {
  readonly note: number
  readonly after: number
  readonly at: string
  readonly text: string
  readonly kind: 'info' | 'came' | 'went' | 'answer' | 'failure'
  /** Who came or went. */
  readonly who?: string
  /** What a command was answered with. */
  readonly data?: Readonly<Record<string, unknown>>
}

/**
 * What is known of what was said in one place: a piece without gaps, by number. Live messages join it only at its end
 * (`atEnd`); where more may lie between the two they wait in `late` until the gap is closed.
 */
export interface Log {
  readonly messages: readonly Message[]
  readonly notes: readonly Note[]
  /** What is before the first message: a number to ask on from, 'start' if nothing is, undefined before anything was asked. */
  readonly before: number | 'start' | undefined
  readonly atEnd: boolean
  /** It was at its end when the connection broke: the gap is closed without being asked for. */
  readonly broken?: true
  /** The number to go on from towards the end. */
  readonly after: number
  readonly late: readonly Message[]
}

export const emptyLog: Log = {
  messages: [],
  notes: [],
  before: undefined,
  atEnd: false,
  after: 0,
  late: [],
}

/** So many notes of the page's own are kept in a place. */
const mostNotes = 100
/** So many messages stay of a log that has become twice as long: what is above them is loaded again when somebody scrolls there. */
export const keptOfLong = 1_000
/** So many are kept where somebody reads far above the end; what is said then is loaded when they come down. */
const mostMessages = 12_000
/** Of what came while there was a gap: what is older is loaded with the gap. */
const mostLate = 500

export function lastId(log: Log): number {
  return log.messages.at(-1)?.id ?? 0
}

/** The first of them, or where it would be: `messages` are sorted by number. */
export function indexFrom(messages: readonly Message[], id: number): number {
  let low = 0
  let high = messages.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((messages[middle]?.id ?? 0) < id) low = middle + 1
    else high = middle
  }
  return low
}

export function findMessage(log: Log, id: number): Message | undefined {
  const found = log.messages[indexFrom(log.messages, id)]
  return found?.id === id ? found : undefined
}

function merged(messages: readonly Message[], more: readonly Message[]): readonly Message[] {
  const [first] = more
  if (first === undefined) return messages
  if (first.id > (messages.at(-1)?.id ?? 0)) return [...messages, ...more]
  const byId = new Map([...messages, ...more].map((message) => [message.id, message]))
  return [...byId.values()].sort((a, b) => a.id - b.id)
}

/** Somebody said something just now. */
export function withMessage(log: Log, message: Message): Log {
  if (!log.atEnd || log.messages.length >= mostMessages)
    return { ...log, atEnd: false, late: merged(log.late, [message]).slice(-mostLate) }
  const messages = merged(log.messages, [message])
  return { ...log, messages, after: Math.max(log.after, message.id) }
}

export function isLong(log: Log): boolean {
  return log.atEnd && log.messages.length > 2 * keptOfLong
}

/** Without what is far above the end, where it has become long. */
export function shortened(log: Log): Log {
  if (!isLong(log)) return log
  const messages = log.messages.slice(-keptOfLong)
  return { ...log, messages, before: messages[0]?.id }
}

/** A page of what is older: `next` is where to ask on from, undefined at the beginning. */
export function withOlder(log: Log, messages: readonly Message[], next: number | undefined): Log {
  return { ...log, messages: merged(log.messages, messages), before: next ?? 'start' }
}

/** A page of what is newer, up to the number `after`; without `more` it is the end. */
export function withNewer(log: Log, messages: readonly Message[], after: number, more: boolean): Log {
  const all = merged(log.messages, messages)
  const upTo = Math.max(log.after, after, all.at(-1)?.id ?? 0)
  if (more) return { ...log, messages: all, after: upTo, late: log.late.filter(({ id }) => id > upTo) }
  const whole = merged(all, log.late)
  const { broken: _, ...closed } = log
  return { ...closed, messages: whole, after: Math.max(upTo, whole.at(-1)?.id ?? 0), atEnd: true, late: [] }
}

/** The last messages, in place of whatever there was. */
export function fromEnd(log: Log, messages: readonly Message[], before: number | undefined): Log {
  const started = { ...emptyLog, notes: log.notes, before: before ?? ('start' as const) }
  // What came live is in the answer, or came behind it.
  const last = messages.at(-1)?.id ?? 0
  const late = log.atEnd ? log.messages : log.late
  return withNewer({ ...started, late: late.filter(({ id }) => id > last) }, messages, 0, false)
}

/** A piece from the middle, in place of whatever there was. */
export function fromMiddle(messages: readonly Message[], before: number | undefined, after: number): Log {
  return {
    ...emptyLog,
    messages,
    before: before ?? 'start',
    after: Math.max(after, messages.at(-1)?.id ?? 0),
  }
}

/** The connection broke: there may be a gap behind the last message from now on. */
export function withGap(log: Log): Log {
  if (log.atEnd) return { ...log, atEnd: false, broken: true, late: [] }
  return log.late.length > 0 ? { ...log, late: [] } : log
}

export function withEdited(log: Log, message: Message): Log {
  const replace = (old: Message) =>
    old.id === message.id ? { ...message, ...(old.file ? { file: old.file } : {}) } : old
  return findMessage(log, message.id) || log.late.some(({ id }) => id === message.id)
    ? { ...log, messages: log.messages.map(replace), late: log.late.map(replace) }
    : log
}

export function without(log: Log, isGone: (message: Message) => boolean): Log {
  const stays = (message: Message) => !isGone(message)
  return log.messages.some(isGone) || log.late.some(isGone)
    ? { ...log, messages: log.messages.filter(stays), late: log.late.filter(stays) }
    : log
}

export function withNote(log: Log, note: Omit<Note, 'note' | 'after'>): Log {
  const number = (log.notes.at(-1)?.note ?? 0) + 1
  return { ...log, notes: [...log.notes, { ...note, note: number, after: lastId(log) }].slice(-mostNotes) }
}
