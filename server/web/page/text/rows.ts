import type { Note } from '../state/log.ts'
import type { Pending } from '../state/state.ts'
import type { Message } from '../wire/protocol.ts'
import { dayKey } from './times.ts'

/** What stands below each other in a log. `key` stays the same as long as the row does. */
export type Row =
  | { readonly kind: 'day'; readonly key: string; readonly at: string }
  | { readonly kind: 'new'; readonly key: string }
  /** `goesOn`: by the same one, shortly behind the last. */
  | { readonly kind: 'message'; readonly key: string; readonly message: Message; readonly goesOn: boolean }
  | { readonly kind: 'notes'; readonly key: string; readonly notes: readonly Note[] }
  | { readonly kind: 'pending'; readonly key: string; readonly pending: Pending; readonly goesOn: boolean }

export interface RowsOf {
  readonly messages: readonly Message[]
  readonly notes: readonly Note[]
  readonly pending: readonly Pending[]
  /** The line of the new stands behind this number. */
  readonly newFrom: number | undefined
  readonly me: string
}

/** What somebody says goes on for so long, in ms. */
const goesOnMs = 5 * 60_000

export function rowsOf({ messages, notes, pending, newFrom, me }: RowsOf): readonly Row[] {
  const rows: Row[] = []
  let day = ''
  let last: { from: string; at: number; plain: boolean } | undefined
  let isNew = newFrom === undefined
  let noteAt = 0
  const first = messages[0]?.id ?? 0
  while (noteAt < notes.length && (notes[noteAt]?.after ?? 0) < first && (notes[noteAt]?.after ?? 0) > 0)
    noteAt++
  const dayOf = (at: string) => {
    const that = dayKey(at)
    if (that === day) return
    day = that
    rows.push({ kind: 'day', key: `day ${that}`, at })
    last = undefined
  }
  const notesUpTo = (id: number) => {
    const begin = noteAt
    while (noteAt < notes.length && (notes[noteAt]?.after ?? 0) < id) noteAt++
    const some = notes.slice(begin, noteAt)
    for (const together of grouped(some)) {
      if (together[0]) dayOf(together[0].at)
      rows.push({ kind: 'notes', key: `note ${together[0]?.note}`, notes: together })
      last = undefined
    }
  }
  const goesOn = (from: string, at: string, plain: boolean) => {
    const ms = Date.parse(at)
    const same = last?.from === from && ms - last.at < goesOnMs && last.plain && plain
    last = { from, at: ms, plain }
    return same
  }
  for (const message of messages) {
    notesUpTo(message.id)
    dayOf(message.at)
    if (!isNew && message.id > (newFrom ?? 0) && message.from !== me) {
      isNew = true
      rows.push({ kind: 'new', key: 'new' })
      last = undefined
    }
    const plain = message.kind === 'text'
    rows.push({
      kind: 'message',
      key: `${message.id}`,
      message,
      goesOn: goesOn(message.from, message.at, plain),
    })
  }
  notesUpTo(Number.POSITIVE_INFINITY)
  for (const one of pending) {
    dayOf(one.at)
    rows.push({
      kind: 'pending',
      key: `pending ${one.number}`,
      pending: one,
      goesOn: goesOn(me, one.at, one.kind === 'text'),
    })
  }
  return rows
}

/** Who comes and goes stands in one row as long as nothing else happens. */
function grouped(notes: readonly Note[]): readonly (readonly Note[])[] {
  const groups: Note[][] = []
  for (const note of notes) {
    const group = groups.at(-1)
    if (group && passes(note) && passes(group[0])) group.push(note)
    else groups.push([note])
  }
  return groups
}

function passes(note: Note | undefined): boolean {
  return note?.kind === 'came' || note?.kind === 'went'
}

/** "anna and bob joined, carl left": who came and went at once did nothing. */
export function passageText(notes: readonly Note[]): string {
  const net = new Map<string, 'came' | 'went' | undefined>()
  for (const { who = '', kind } of notes) {
    const before = net.get(who)
    if (before !== undefined && before !== kind) net.set(who, undefined)
    else if (kind === 'came' || kind === 'went') net.set(who, kind)
  }
  const of = (kind: 'came' | 'went') => [...net].filter(([, now]) => now === kind).map(([who]) => who)
  const both = [...net].filter(([, now]) => now === undefined).map(([who]) => who)
  return [
    [of('came'), 'joined'],
    [of('went'), 'left'],
    [both, 'came by'],
  ]
    .filter(([names]) => (names?.length ?? 0) > 0)
    .map(([names, did]) => `${listed(names as string[])} ${did}`)
    .join(', ')
}

function listed(names: readonly string[]): string {
  if (names.length <= 1) return names[0] ?? ''
  if (names.length > 4) return `${names.slice(0, 3).join(', ')} and ${names.length - 3} others`
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}
