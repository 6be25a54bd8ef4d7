import * as z from 'zod'
import { mostJsonBytes } from '../../chat/model/rows.ts'
import { areInOrder, mostGaps, type Span } from '../../chat/model/unread.ts'
import type { FormerName } from '../../chat/ports/records.ts'
import { parseAddressBlock } from '../../lib/address-block.ts'
import { charsetNames, mostTerminals } from '../../lib/charset-names.ts'
import { cleanRow, cleanRows, cleanText } from '../../lib/clean.ts'
import { isoTime, isTime } from '../../lib/times.ts'
import { isZone } from '../../lib/zones.ts'

import type { Row, Table } from '../../store/exchange.ts'

/*
 * Every line of an export but the first and the last is a row of the database: it has a type and fields. docs/backup.md lists
 * them in a table.
 */

/** How a value is written in a line and in the database. A missing value is null in the database. */
interface Kind {
  readonly schema: z.ZodType
  out(value: string | number): unknown
  in(value: never): string | number
  /** The value in the database for a missing field, if it is not null. */
  readonly missing?: string | number
}

const plain = { out: (value: string | number) => value, in: (value: string | number) => value }
/** The highest number that an import takes: far more than there ever are, and later numbers still fit. */
const highest = 1e12
const number: Kind = { ...plain, schema: z.int().min(1).max(highest) }
/** The number of a message, or 0 for none. */
const positionSchema = z.int().min(0).max(highest)
const position: Kind = { ...plain, schema: positionSchema }
/** The last numbers that were given, in the first line. */
export const lastNumbers = z.object({ number: positionSchema, file: positionSchema })
const size: Kind = { ...plain, schema: z.int().min(0) }
const text: Kind = { ...plain, schema: z.string().max(70_000), in: (value: string) => cleanText(value) }
/** The text of a message. An import takes all texts that a database can have, also by the rules of older versions. */
const said: Kind = {
  ...text,
  schema: z.string().max(mostJsonBytes),
  in: (value: string) => (value.includes('\n') ? cleanRows(value) : cleanRow(value)),
}
const topic: Kind = {
  ...text,
  schema: z.string().refine((value) => [...value].length <= 300, 'It is longer than 300 characters'),
}
const why: Kind = {
  ...text,
  schema: z.string().refine((value) => [...value].length <= 200, 'It is longer than 200 characters'),
}
const rank: Kind = { ...plain, schema: z.int().min(1).max(3), missing: 1 }
const block: Kind = {
  ...text,
  schema: z
    .string()
    .refine((value) => parseAddressBlock(value) !== undefined, 'It is no address and no block of addresses'),
}
const time: Kind = {
  schema: z.iso
    .datetime()
    .refine((value) => isTime(Date.parse(value)), 'it must lie in the years 1970 to 9999'),
  out: (value) => isoTime(Number(value)),
  in: (value: string) => Date.parse(value),
}
const flag: Kind = { schema: z.boolean(), out: (value) => value === 1, in: (value: boolean) => Number(value) }
const channelKey = z.string().regex(/^#[a-z0-9][\w.-]{0,31}$/, 'It is no channel')
const settings: Kind = {
  schema: z.strictObject({
    clock: z.enum(['24', '12']).optional(),
    zone: z.string().max(100).refine(isZone, 'There is no such time zone').optional(),
    color: z.boolean().optional(),
    hold: z.boolean().optional(),
    left: channelKey.optional(),
    quiet: z
      .record(channelKey, z.enum(['joins', 'all']))
      .refine((value) => Object.keys(value).length <= 1000, 'There are more than 1000 channels')
      .optional(),
    charsets: z
      .record(z.string().max(40), z.enum(charsetNames))
      .refine(
        (value) => Object.keys(value).length <= mostTerminals,
        `There are more than ${mostTerminals} terminals`,
      )
      .optional(),
  }),
  out: (value) => JSON.parse(String(value)) as unknown,
  in: (value: object) => JSON.stringify(value),
}
const numbers: Kind = {
  schema: z
    .array(z.int().min(1).max(highest))
    .refine((values) => new Set(values).size === values.length, 'A number is there twice'),
  out: (value) => JSON.parse(String(value)) as unknown,
  in: (value: number[]) => JSON.stringify(value),
}

/** What is unread below the end of what was read, as the server keeps it. */
const gaps: Kind = {
  schema: z
    .array(z.strictObject({ after: positionSchema, upTo: positionSchema }))
    .max(mostGaps)
    .refine(areInOrder, 'The gaps must be in order, and none of them empty'),
  out: (value) => JSON.parse(String(value)) as unknown,
  in: (value: readonly Span[]) => JSON.stringify(value),
  missing: '[]',
}

/** Former names: at most a few, because each is kept for a while only. */
const formerNames: Kind = {
  schema: z.array(z.strictObject({ name: z.string().max(33), until: time.schema })).max(1000),
  out: (value) =>
    (JSON.parse(String(value)) as FormerName[]).map(({ name, until }) => ({ name, until: isoTime(until) })),
  in: (value: { name: string; until: string }[]) =>
    JSON.stringify(value.map(({ name, until }) => ({ name: cleanText(name), until: Date.parse(until) }))),
}

function oneOf(...words: string[]): Kind {
  return { ...plain, schema: z.enum(words) }
}

interface Field {
  readonly column: string
  readonly kind: Kind
  readonly optional: boolean
}

const must = (column: string, kind: Kind): Field => ({ column, kind, optional: false })
const may = (column: string, kind: Kind): Field => ({ column, kind, optional: true })

/** The fields of a ban or a mute. Older exports have no rank: then everybody who leads the channel can lift it. */
const terms = { until: may('until', time), why: may('why', why), rank: may('rank', rank) }

/** The type of a line, and its fields. */
export const lineTypes: Readonly<
  Record<Table, { readonly type: string; readonly fields: Readonly<Record<string, Field>> }>
> = {
  accounts: {
    type: 'account',
    fields: {
      id: must('id', number),
      name: may('name', text),
      operator: must('operator', flag),
      email: may('email', text),
      settings: must('settings', settings),
      since: must('since', time),
      seen: must('seen', position),
      lastSeen: must('seen_at', time),
      unreadFrom: may('unread_from', position),
      talkedWith: may('talked_with', position),
      readUpTo: may('read_up_to', position),
      watch: must('watch', flag),
      deleted: may('deleted_at', time),
      former: may('former', formerNames),
    },
  },
  channels: {
    type: 'channel',
    fields: {
      id: must('id', number),
      name: must('name', text),
      private: must('private', flag),
      topic: must('topic', topic),
      since: must('created_at', time),
      closed: may('closed_at', time),
      former: may('former', formerNames),
    },
  },
  memberships: {
    type: 'membership',
    fields: {
      channel: must('channel', number),
      account: must('account', number),
      role: may('role', oneOf('admin', 'moderator')),
      since: must('since', time),
    },
  },
  bans: {
    type: 'ban',
    fields: {
      channel: must('channel', number),
      account: must('account', number),
      at: must('at', time),
      ...terms,
    },
  },
  mutes: {
    type: 'mute',
    fields: { channel: must('channel', number), account: must('account', number), ...terms },
  },
  guest_restraints: {
    type: 'guest-restraint',
    fields: { channel: must('channel', number), kind: must('kind', oneOf('ban', 'mute')), ...terms },
  },
  contacts: { type: 'contact', fields: { account: must('account', number), other: must('other', number) } },
  blocks: { type: 'block', fields: { account: must('account', number), other: must('other', number) } },
  requests: {
    type: 'request',
    fields: {
      channel: must('channel', number),
      account: must('account', number),
      by: must('by', number),
      at: must('at', time),
      answer: must('answer', oneOf('pending', 'accepted', 'rejected')),
    },
  },
  address_bans: {
    type: 'address-ban',
    fields: {
      cidr: must('cidr', block),
      by: must('by', number),
      at: must('at', time),
      until: may('until', time),
    },
  },
  read_markers: {
    type: 'read-marker',
    fields: {
      account: must('account', number),
      kind: must('kind', oneOf('channel', 'person')),
      place: must('place', position),
      gaps: may('gaps', gaps),
      upTo: must('read_up_to', position),
    },
  },
  messages: {
    type: 'message',
    fields: {
      id: must('id', number),
      at: must('at', time),
      kind: must('kind', oneOf('text', 'action', 'notice')),
      text: must('text', said),
      from: may('from_account', number),
      fromGuest: may('from_guest', text),
      channel: may('channel_id', number),
      to: may('to_account', number),
      toGuest: may('to_guest', text),
      blocked: must('blocked', flag),
      edited: may('edited_at', time),
      bot: may('bot', flag),
      mentions: may('mentions', numbers),
    },
  },
  files: {
    type: 'file',
    fields: {
      id: must('id', number),
      name: must('name', text),
      from: must('from_account', number),
      channel: may('channel', number),
      to: may('to_account', number),
      size: must('size', size),
      sha256: must('sha256', text),
      at: must('at', time),
      expires: may('expires', time),
    },
  },
}

const tables = new Map(Object.entries(lineTypes).map(([table, { type }]) => [type, table as Table]))
const schemas = new Map(
  Object.entries(lineTypes).map(([table, { fields, type }]) => {
    const shape = Object.entries(fields).map(([name, { kind, optional }]) => [
      name,
      optional ? kind.schema.optional() : kind.schema,
    ])
    return [table, z.strictObject({ type: z.literal(type), ...Object.fromEntries(shape) })] as const
  }),
)

/** Makes a line of a row, without the names of deleted accounts. */
export function lineOf(table: Table, row: Row): string {
  const { fields, type } = lineTypes[table]
  const hidden = (name: string, value: unknown) =>
    (table === 'accounts' && name === 'name' && row['deleted_at'] !== null) ||
    (name === 'expires' && value === 0) ||
    ((name === 'mentions' || name === 'gaps') && value === '[]')
  const values = Object.entries(fields).flatMap(([name, { column, kind }]) => {
    const value = row[column] ?? null
    return value === null || hidden(name, value) ? [] : [[name, kind.out(value)]]
  })
  return JSON.stringify({ type, ...Object.fromEntries(values) })
}

/**
 * Makes a row of a line.
 * @throws {Error} whose message says what is wrong with the line
 */
export function rowOf(line: unknown): { table: Table; row: Record<string, string | number | null> } {
  const { data: type } = z
    .object({ type: z.string() })
    .transform((one) => one.type)
    .safeParse(line)
  const table = tables.get(type ?? '')
  if (!table) throw new Error(`it must have a type, one of ${[...tables.keys()].join(', ')}`)
  const read = schemas.get(table)?.safeParse(line)
  if (!read?.success) throw new Error(read?.error.issues.map(problemText).join('; ') ?? '')
  const values = read.data as Record<string, unknown>
  const row = Object.entries(lineTypes[table].fields).map(([name, { column, kind }]) => {
    const value = values[name]
    return [column, value === undefined ? (kind.missing ?? null) : kind.in(value as never)]
  })
  return { table, row: Object.fromEntries(row) as Record<string, string | number | null> }
}

function problemText({ message, path }: z.core.$ZodIssue): string {
  const where = path.length === 0 ? '' : `${path.join('.')}: `
  return `${where}${message}`
}
