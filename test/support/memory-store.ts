import type { Settings } from '../../server/chat/people.ts'
import {
  type AccountRecord,
  type ChannelRecord,
  type MembershipRecord,
  type MessageRecord,
  NameTaken,
  type NewAccount,
  type NewMessage,
  type Page,
  type SearchQuery,
  type Secrets,
  type Store,
  StoreUnavailable,
  type TokenRecord,
} from '../../server/chat/ports.ts'

interface StoredAccount {
  record: AccountRecord
  key: string
  secrets: Secrets
}

interface StoredChannel {
  id: number
  name: string
  key: string
  private: boolean
  topic: string
}

/** The Store port in memory, for tests of what stands on it. It passes the same contract suite. */
export class MemoryStore implements Store {
  /** While true, every change rejects with StoreUnavailable, as if the disk were full. */
  failing = false
  readonly messages: MessageRecord[] = []
  readonly #accounts = new Map<number, StoredAccount>()
  readonly #channels = new Map<number, StoredChannel>()
  #memberships: MembershipRecord[] = []
  #tokens: TokenRecord[] = []
  #lastAccount = 0
  #lastChannel = 0
  #lastMessage = 0
  #closed = false

  load(): ReturnType<Store['load']> {
    return this.#read(() => ({
      accounts: [...this.#accounts.values()].map(({ record }) => record),
      channels: [...this.#channels.values()].map((channel) => this.#channelRecord(channel)),
      memberships: this.#memberships,
      lastMessageId: this.#lastMessage,
    }))
  }

  createAccount(account: NewAccount): Promise<number> {
    return this.#change(() => {
      const { name, key, email, since, passwordHash, recoveryHash } = account
      this.#checkFree(this.#accounts, key)
      const id = ++this.#lastAccount
      const seen = { seen: 0, seenAt: since, unreadFrom: undefined }
      this.#accounts.set(id, {
        record: { id, name, operator: false, since, email, settings: {}, ...seen },
        key,
        secrets: { passwordHash, recoveryHash },
      })
      return id
    })
  }

  secretsOf(account: number): Promise<Secrets | undefined> {
    return this.#read(() => this.#accounts.get(account)?.secrets)
  }

  setPassword(account: number, passwordHash: string): Promise<void> {
    return this.#update(account, (stored) => {
      stored.secrets = { ...stored.secrets, passwordHash }
    })
  }

  recover(account: number, secrets: Secrets): Promise<void> {
    return this.#update(account, (stored) => {
      stored.secrets = { ...secrets }
    })
  }

  setEmail(account: number, email: string | undefined): Promise<void> {
    return this.#update(account, ({ record }) => {
      record.email = email
    })
  }

  setSettings(account: number, settings: Settings): Promise<void> {
    return this.#update(account, ({ record }) => {
      record.settings = { ...settings }
    })
  }

  saveSeen(entries: Parameters<Store['saveSeen']>[0]): Promise<void> {
    return this.#change(() => {
      for (const { account, ...seen } of entries) {
        const stored = this.#accounts.get(account)
        if (stored) Object.assign(stored.record, seen)
      }
    })
  }

  deleteAccount(account: number, messages: 'keep' | 'remove', _at: number): Promise<void> {
    return this.#change(() => {
      this.#accounts.delete(account)
      this.#tokens = this.#tokens.filter((token) => token.account !== account)
      this.#memberships = this.#memberships.filter((member) => member.account !== account)
      if (messages === 'keep') return
      const kept = this.messages.filter((message) => message.from !== account)
      this.messages.splice(0, this.messages.length, ...kept)
    })
  }

  addToken(token: TokenRecord): Promise<void> {
    return this.#change(() => {
      const used = this.#tokens.some(({ account, name }) => account === token.account && name === token.name)
      if (used) throw new NameTaken('The name is in use')
      this.#tokens.push({ ...token })
    })
  }

  tokensOf(account: number): Promise<TokenRecord[]> {
    return this.#read(() => this.#tokens.filter((token) => token.account === account))
  }

  removeToken(account: number, name: string): Promise<boolean> {
    return this.#change(() => {
      const before = this.#tokens.length
      this.#tokens = this.#tokens.filter((token) => token.account !== account || token.name !== name)
      return this.#tokens.length < before
    })
  }

  createChannel(channel: Parameters<Store['createChannel']>[0]): Promise<number> {
    return this.#change(() => {
      const { name, key, admin, at } = channel
      this.#checkFree(this.#channels, key)
      const id = ++this.#lastChannel
      this.#channels.set(id, { id, name, key, private: channel.private, topic: '' })
      if (admin !== undefined) {
        this.#memberships.push({ channel: id, account: admin, role: 'admin', since: at })
      }
      return id
    })
  }

  setTopic(channel: number, topic: string): Promise<void> {
    return this.#change(() => {
      const stored = this.#channels.get(channel)
      if (stored) stored.topic = topic
    })
  }

  closeChannel(channel: number, _at: number): Promise<void> {
    return this.#change(() => {
      this.#channels.delete(channel)
      this.#memberships = this.#memberships.filter((member) => member.channel !== channel)
    })
  }

  addMember(member: MembershipRecord): Promise<void> {
    return this.#change(() => {
      this.#memberships = this.#memberships.filter(
        (other) => !isMember(other, member.channel, member.account),
      )
      this.#memberships.push({ ...member })
    })
  }

  removeMember(channel: number, account: number, successor?: number): Promise<void> {
    return this.#change(() => {
      this.#memberships = this.#memberships
        .filter((member) => !isMember(member, channel, account))
        .map((member) =>
          successor !== undefined && isMember(member, channel, successor)
            ? { ...member, role: 'admin' }
            : member,
        )
    })
  }

  append(message: NewMessage): Promise<number> {
    return this.#change(() => {
      const id = ++this.#lastMessage
      this.messages.push({ ...message, id })
      return id
    })
  }

  channelHistory(channel: number, page: Page): Promise<MessageRecord[]> {
    return this.#read(() => this.#page(page, (message) => message.channel === channel))
  }

  directHistory(account: number, other: number, page: Page): Promise<MessageRecord[]> {
    return this.#read(() =>
      this.#page(
        page,
        ({ from, to }) => (from === account && to === other) || (from === other && to === account),
      ),
    )
  }

  inbox(account: number, page: Page): Promise<MessageRecord[]> {
    return this.#read(() => this.#page(page, (message) => message.to === account))
  }

  async countChannel(channel: number, page: Page): Promise<number> {
    return (await this.channelHistory(channel, page)).length
  }

  async countInbox(account: number, page: Page): Promise<number> {
    return (await this.inbox(account, page)).length
  }

  countFrom(account: number, limit: number): Promise<number> {
    return this.#read(() => this.#page({ limit }, (message) => message.from === account).length)
  }

  search(query: SearchQuery): Promise<MessageRecord[]> {
    const { reader, channels, direct, from, since, until } = query
    const wanted = query.words.map(tokens).filter((phrase) => phrase.length > 0)
    return this.#read(() => {
      if (wanted.length === 0) return []
      return this.#page(query, (message) => {
        const inChannel = message.channel !== undefined && channels.includes(message.channel)
        const own = message.from === reader && (message.to !== undefined || message.toGuest !== undefined)
        return (
          (inChannel || (direct && (message.to === reader || own))) &&
          (from === undefined || message.from === from) &&
          (since === undefined || message.at >= since) &&
          (until === undefined || message.at < until) &&
          wanted.every((phrase) => occurs(phrase, tokens(message.text)))
        )
      })
    })
  }

  ping(): Promise<void> {
    return this.#change(() => undefined)
  }

  async close(): Promise<void> {
    this.#closed = true
  }

  #page({ limit, before, after }: Page, matches: (message: MessageRecord) => boolean): MessageRecord[] {
    const found = this.messages.filter(
      (message) =>
        (before === undefined || message.id < before) &&
        (after === undefined || message.id > after) &&
        matches(message),
    )
    return found.slice(Math.max(0, found.length - limit))
  }

  #channelRecord({ id, name, topic, private: isPrivate }: StoredChannel): ChannelRecord {
    const lastId = this.messages.findLast((message) => message.channel === id)?.id ?? 0
    return { id, name, private: isPrivate, topic, lastId }
  }

  #checkFree(named: ReadonlyMap<number, { key: string }>, key: string): void {
    for (const other of named.values()) {
      if (other.key === key) throw new NameTaken('The name is in use')
    }
  }

  #update(account: number, update: (stored: StoredAccount) => void): Promise<void> {
    return this.#change(() => {
      const stored = this.#accounts.get(account)
      if (stored) update(stored)
    })
  }

  async #change<T>(apply: () => T): Promise<T> {
    if (this.#closed) throw new StoreUnavailable('The store is closed')
    if (this.failing) throw new StoreUnavailable('The store cannot do this now')
    return apply()
  }

  /** A copy, as from a disk: nobody can change what is stored by changing what was answered. */
  async #read<T>(answer: () => T): Promise<T> {
    if (this.#closed) throw new StoreUnavailable('The store is closed')
    return structuredClone(answer())
  }
}

function isMember(member: MembershipRecord, channel: number, account: number): boolean {
  return member.channel === channel && member.account === account
}

/** The words of a text as they are compared: without case and accents. */
function tokens(text: string): string[] {
  const plain = text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
  return plain.match(/[\p{L}\p{N}\p{Co}]+/gu) ?? []
}

function occurs(phrase: readonly string[], words: readonly string[]): boolean {
  return words.some((_, start) => phrase.every((word, offset) => words[start + offset] === word))
}
