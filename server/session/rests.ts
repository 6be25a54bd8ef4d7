import type { Batch } from '../chat/model/batch.ts'
import type { ChatEvent } from '../chat/model/events.ts'
import { fail } from '../chat/model/failures.ts'
import type { Person } from '../chat/model/people.ts'
import type { Reply } from '../chat/model/replies.ts'

/** So many bytes are kept for a connection; its newest answer is kept whole. */
const mostOfOne = 1024 * 1024
/** So many are kept for all connections together. */
const mostOfAll = 64 * 1024 * 1024

interface Kept {
  readonly number: number
  readonly person: Person | undefined
  /** As JSON. */
  bytes: Buffer
  /** The messages in it. */
  readonly ids: ReadonlySet<number>
  readonly isLast: boolean
}

/** What the rests of all connections take together: if that is too much, who keeps most loses the oldest. */
export class AllRests {
  readonly #most: number
  readonly #some = new Set<Rests>()
  #bytes = 0

  /** In bytes. */
  constructor(most = mostOfAll) {
    this.#most = most
  }

  get bytes(): number {
    return this.#bytes
  }

  /** These have grown by so many bytes. */
  grown(rests: Rests, by: number): void {
    this.#bytes += by
    if (rests.bytes === 0) this.#some.delete(rests)
    else this.#some.add(rests)
    // What shrinks tells it, too.
    if (this.#bytes > this.#most) this.#largest()?.shrink()
  }

  #largest(): Rests | undefined {
    let found: Rests | undefined
    for (const one of this.#some) if (one.bytes > (found?.bytes ?? 0)) found = one
    return found
  }
}

/** What did not fit into the answers of a connection, until it is asked for by its number. */
export class Rests {
  readonly #all: AllRests
  #parts: Kept[] = []
  #numbers = 0
  #bytes = 0

  constructor(all: AllRests) {
    this.#all = all
  }

  /** How many it keeps. */
  get bytes(): number {
    return this.#bytes
  }

  /** Keeps the parts of an answer for its person, and returns the number of the first. */
  keep(parts: readonly object[], person: Person | undefined): number {
    const first = this.#numbers + 1
    const numbered = parts.map((data, index) => ({
      number: ++this.#numbers,
      person,
      bytes: Buffer.from(JSON.stringify(data)),
      ids: idsIn(data),
      isLast: index === parts.length - 1,
    }))
    const before = [...this.#parts]
    let room = mostOfOne - sizeOf(numbered)
    // Of the answers before, the newest.
    const from = before.findLastIndex(({ bytes }) => {
      room -= bytes.length
      return room < 0
    })
    this.#set([...before.slice(from + 1), ...numbered])
    return first
  }

  /** The part of this number. Throws `bad-arguments` if there is none. */
  part(number: number, person: Person | undefined): Reply & { code: 'rest' } {
    const found = this.#parts.find((part) => part.number === number && part.person === person)
    if (!found)
      throw fail({
        code: 'bad-arguments',
        detail: `There is no rest ${number} of an answer: ask for the list once more.`,
      })
    const { bytes, isLast } = found
    // Whoever goes on has read what was before. A part that was read may have to be asked for once more.
    this.#set(this.#parts.filter((part) => part.number !== number - 1))
    return { code: 'rest', data: dataOf(bytes), ...(isLast ? {} : { rest: number + 1 }) }
  }

  /** Something happened: a deleted message is in no part that is still to be told. */
  heard(event: ChatEvent): void {
    if (event.type === 'deleted') this.forget(event.id)
  }

  /** The same for events `from` up to `end` of a batch. */
  heardAll({ events }: Batch, from: number, end: number): void {
    for (let at = from; at < end; at++) {
      const event = events[at]
      if (event) this.heard(event)
    }
  }

  /** Takes a message out of what is kept. */
  forget(id: number): void {
    for (const part of this.#parts)
      if (part.ids.has(id)) part.bytes = Buffer.from(JSON.stringify(withoutMessage(dataOf(part.bytes), id)))
    this.#set(this.#parts)
  }

  /** Gives up the oldest part. */
  shrink(): void {
    this.#set(this.#parts.slice(1))
  }

  /** The connection is gone. */
  clear(): void {
    this.#set([])
  }

  #set(parts: Kept[]): void {
    this.#parts = parts
    const by = sizeOf(parts) - this.#bytes
    this.#bytes += by
    if (by !== 0) this.#all.grown(this, by)
  }
}

function sizeOf(parts: readonly Kept[]): number {
  return parts.reduce((sum, { bytes }) => sum + bytes.length, 0)
}

function dataOf(bytes: Buffer): object {
  // What this file has written.
  return JSON.parse(bytes.toString()) as object
}

/** Whether it is a message: nothing else in an answer has a number and a text. */
function isMessage(value: object): value is { readonly id: number } {
  return 'id' in value && typeof value.id === 'number' && 'text' in value
}

function idsIn(value: unknown, ids = new Set<number>()): Set<number> {
  if (typeof value !== 'object' || value === null) return ids
  if (isMessage(value)) ids.add(value.id)
  for (const inner of Object.values(value)) idsIn(inner, ids)
  return ids
}

/** The data without this message, wherever it stands in a list. */
function withoutMessage(value: unknown, id: number): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (!Array.isArray(value))
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withoutMessage(inner, id)]))
  return (value as unknown[])
    .filter((one) => !(typeof one === 'object' && one !== null && isMessage(one) && one.id === id))
    .map((one) => withoutMessage(one, id))
}
