import type { MessageKind } from '../chat/model/events.ts'
import type { Rank, RestraintKind, Role, Settings } from '../chat/model/people.ts'
import type { Answer } from '../chat/model/replies/channels.ts'
import type { FileRecord } from '../chat/ports/file-store.ts'
import type {
  AddressBanRecord,
  GuestRestraintRecord,
  RequestRecord,
  RestraintRecord,
} from '../chat/ports/group-store.ts'
import type {
  AccountRecord,
  ChannelRecord,
  FormerName,
  MembershipRecord,
  MessageRecord,
} from '../chat/ports/records.ts'

export interface AccountRow {
  id: number
  name: string
  former: string | null
  operator: number
  since: number
  email: string | null
  settings: string
  seen: number
  seen_at: number
  talked_with: number | null
  watch: number
  initial_password: number
}

export interface ChannelRow {
  id: number
  name: string
  former: string | null
  private: number
  topic: string
  last_id: number | null
}

export interface MembershipRow {
  channel: number
  account: number
  role: Role | null
  since: number
}

export interface RequestRow {
  id: number
  channel: number
  account: number
  by: number
  at: number
  answer: Answer
}

interface TermsRow {
  channel: number
  until: number | null
  why: string | null
  rank: Rank
}

export interface RestraintRow extends TermsRow {
  account: number
}

export interface GuestRestraintRow extends TermsRow {
  kind: RestraintKind
}

export interface AddressBanRow {
  cidr: string
  by: number
  at: number
  until: number | null
}

export interface FileRow {
  id: number
  name: string
  from_account: number
  channel: number | null
  to_account: number | null
  blob: string
  token: string | null
  size: number | null
  sha256: string | null
  at: number
  expires: number
  blocked: number
}

export interface MessageRow {
  id: number
  at: number
  kind: MessageKind
  text: string
  from_account: number | null
  from_guest: string | null
  channel_id: number | null
  to_account: number | null
  to_guest: string | null
  blocked: number
  edited_at: number | null
  bot: number | null
}

export const messageColumns = [
  'id',
  'at',
  'kind',
  'text',
  'from_account',
  'from_guest',
  'channel_id',
  'to_account',
  'to_guest',
  'blocked',
  'edited_at',
  'bot',
] as const satisfies readonly (keyof MessageRow)[]

/** Makes an account of a row. `known` are settings by their text: equal settings of many accounts are one object. */
export function toAccount(row: AccountRow, known: Map<string, Settings>): AccountRecord {
  return {
    id: row.id,
    name: row.name,
    operator: Boolean(row.operator),
    since: row.since,
    email: row.email ?? undefined,
    settings: settingsFrom(row.settings, known),
    seen: row.seen,
    seenAt: row.seen_at,
    talkedWith: row.talked_with ?? undefined,
    watch: Boolean(row.watch),
    initialPassword: Boolean(row.initial_password),
    ...formerOf(row),
  }
}

/** The most settings that are remembered: others are rarely those of many accounts. */
const mostKnown = 1000

function settingsFrom(text: string, known: Map<string, Settings>): Settings {
  const found = known.get(text)
  if (found) return found
  const settings: Settings = JSON.parse(text)
  if (known.size < mostKnown) known.set(text, settings)
  return settings
}

export function toChannel(row: ChannelRow): ChannelRecord {
  return {
    id: row.id,
    name: row.name,
    private: Boolean(row.private),
    topic: row.topic,
    lastId: row.last_id ?? 0,
    ...formerOf(row),
  }
}

function formerOf({ former }: { former: string | null }): { former?: FormerName[] } {
  return former === null ? {} : { former: JSON.parse(former) as FormerName[] }
}

export function toMembership(row: MembershipRow): MembershipRecord {
  return { channel: row.channel, account: row.account, role: row.role ?? undefined, since: row.since }
}

export function toRequest({ id, channel, account, by, at, answer }: RequestRow): RequestRecord {
  return { id, channel, account, by, at, answer }
}

export function toRestraint(row: RestraintRow): RestraintRecord {
  return { account: row.account, ...toTerms(row) }
}

export function toGuestRestraint(row: GuestRestraintRow): GuestRestraintRecord {
  return { kind: row.kind, ...toTerms(row) }
}

function toTerms({ channel, until, why, rank }: TermsRow) {
  return { channel, until: until ?? undefined, why: why ?? undefined, rank }
}

export function toAddressBan({ cidr, by, at, until }: AddressBanRow): AddressBanRecord {
  return { cidr, by, at, until: until ?? undefined }
}

export function toMessage(row: MessageRow): MessageRecord {
  return {
    id: row.id,
    at: row.at,
    kind: row.kind,
    text: row.text,
    from: row.from_account ?? undefined,
    fromGuest: row.from_guest ?? undefined,
    channel: row.channel_id ?? undefined,
    to: row.to_account ?? undefined,
    toGuest: row.to_guest ?? undefined,
    blocked: Boolean(row.blocked),
    ...(row.edited_at === null ? {} : { edited: row.edited_at }),
    ...(row.bot ? { bot: true } : {}),
  }
}

export function toFile(row: FileRow): FileRecord {
  const { from_account, to_account, ...same } = row
  return {
    ...same,
    from: from_account,
    channel: row.channel ?? undefined,
    to: to_account ?? undefined,
    token: row.token ?? undefined,
    size: row.size ?? undefined,
    sha256: row.sha256 ?? undefined,
    blocked: Boolean(row.blocked),
  }
}
