import type { LoginAddressRecord } from '../../server/chat/model/login-addresses.ts'
import type { FileRecord, WholeFile } from '../../server/chat/ports/file-store.ts'
import type { RestraintRecord } from '../../server/chat/ports/group-store.ts'
import type {
  AppendedMessage,
  MessageRecord,
  NewAccount,
  SearchQuery,
  TokenRecord,
} from '../../server/chat/ports/records.ts'
import type { Store } from '../../server/chat/ports/store.ts'

export function newAccount(name: string, more: Partial<NewAccount> = {}): NewAccount {
  return {
    name,
    key: name.toLowerCase(),
    email: undefined,
    passwordHash: `password of ${name}`,
    recoveryHash: `recovery of ${name}`,
    since: 1_700_000_000_000,
    operator: false,
    initialPassword: false,
    invite: undefined,
    ...more,
  }
}

/** Set by a moderator, without a reason. */
export function restraint(
  channel: number,
  account: number,
  until?: number,
  more: Partial<RestraintRecord> = {},
): RestraintRecord {
  return { channel, account, until, why: undefined, rank: 1, ...more }
}

export function newToken(name: string, account: number, more: Partial<TokenRecord> = {}): TokenRecord {
  return {
    name,
    account,
    hash: `hash of ${name}`,
    createdAt: 5,
    scope: 'all',
    channels: undefined,
    usedAt: undefined,
    usedFrom: undefined,
    seen: undefined,
    ...more,
  }
}

export function loginAddress(address: string, more: Partial<LoginAddressRecord> = {}): LoginAddressRecord {
  return { address, since: 1, last: 1, told: false, ...more }
}

export function newMessage(text: string, more: Partial<AppendedMessage> = {}): AppendedMessage {
  return {
    at: 1_700_000_000_000,
    kind: 'text',
    text,
    from: undefined,
    fromGuest: undefined,
    channel: undefined,
    to: undefined,
    toGuest: undefined,
    blocked: false,
    mentions: [],
    ...more,
  }
}

/** How a message comes back that was stored under a number. */
export function asStored({ mentions: _, ...message }: AppendedMessage, id: number): MessageRecord {
  return { ...message, id }
}

export function newChannel(name: string, admin?: number) {
  return { name, key: name.toLowerCase(), private: false, admin, at: 1_700_000_000_000 }
}

/** A ticket, of which nothing has been uploaded yet. */
export function newFile(name: string, more: Partial<Omit<FileRecord, 'id'>> = {}): Omit<FileRecord, 'id'> {
  return {
    name,
    from: 1,
    channel: undefined,
    to: undefined,
    blob: `blob of ${name}`,
    token: `ticket of ${name}`,
    size: undefined,
    sha256: undefined,
    at: 1_700_000_000_000,
    expires: 1_700_000_060_000,
    blocked: false,
    ...more,
  }
}

/** What a ticket becomes: nothing in it is as it was. */
export function wholeFile(id: number, more: Partial<WholeFile> = {}): WholeFile {
  return {
    id,
    at: 1_700_000_030_000,
    expires: 1_700_086_430_000,
    blocked: false,
    size: 5,
    sha256: `${id}`.padStart(64, 'e'),
    token: `room token ${id}`,
    ...more,
  }
}

export function searchFor(words: string, more: Partial<SearchQuery> = {}): SearchQuery {
  return { words: words.split(' '), limit: 100, reader: 0, channels: [], direct: true, ...more }
}

/** Three accounts and two channels. */
export async function populate(store: Store) {
  const anna = await store.createAccount(newAccount('Anna'))
  const bob = await store.createAccount(newAccount('Bob'))
  const carl = await store.createAccount(newAccount('Carl'))
  const tea = await store.createChannel(newChannel('#Tea', anna))
  const code = await store.createChannel(newChannel('#Code'))
  return { anna, bob, carl, tea, code }
}

export function texts(messages: readonly { text: string }[]): string[] {
  return messages.map(({ text }) => text)
}
