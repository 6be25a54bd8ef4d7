import type { LoginAddressRecord } from '../../server/chat/model/login-addresses.ts'
import type { RestraintKind, Role, Settings } from '../../server/chat/model/people.ts'
import { isUnread } from '../../server/chat/model/unread.ts'
import type { BrowserRecord } from '../../server/chat/ports/browser-store.ts'
import type {
  Changes,
  Corrections,
  CorrectionsPage,
  LogEntry,
  LoggedChange,
  PlaceOfTalk,
  Told,
} from '../../server/chat/ports/change-log.ts'
import type {
  Discarded,
  FileRecord,
  FileStore,
  FileTokenRecord,
  WholeFile,
} from '../../server/chat/ports/file-store.ts'
import type {
  AddressBanRecord,
  GroupStore,
  GuestRestraintRecord,
  LinkRecord,
  MessageFilter,
  RequestRecord,
  RestraintRecord,
  ToldWithdrawing,
} from '../../server/chat/ports/group-store.ts'
import type { ClockSeen, KeepStore, Outdated } from '../../server/chat/ports/keep-store.ts'
import type {
  AccountRead,
  Counted,
  MentioningCounts,
  PlaceId,
  ReadChange,
  UnreadCount,
  Writer,
} from '../../server/chat/ports/read-store.ts'
import type {
  AccountRecord,
  AppendedMessage,
  ChannelRecord,
  DeletionMode,
  Enrolled,
  EnrolmentPlan,
  FormerName,
  MembershipRecord,
  MessageChange,
  MessageRecord,
  NewAccount,
  NewName,
  NoNews,
  Page,
  SaidOnce,
  SearchQuery,
  Secrets,
  Teller,
  TokenRecord,
  TokenSeen,
  TokenUse,
  Unwanted,
} from '../../server/chat/ports/records.ts'
import type { Store, Taking } from '../../server/chat/ports/store.ts'
import { InviteUsed, NameTaken, StoreUnavailable } from '../../server/chat/ports/store-errors.ts'
import { searchForm } from '../../server/lib/search-form.ts'
import { isUnspaced } from '../../server/lib/unspaced.ts'

/** How many changes other than messages are remembered. */
const mostLogged = 20_000

interface StoredAccount {
  record: AccountRecord
  key: string
  secrets: Secrets
  namedAfter: number
}

interface StoredChannel {
  id: number
  name: string
  key: string
  private: boolean
  topic: string
  namedAfter: number
  former?: readonly FormerName[]
}

interface StoredInvite {
  hash: string
  by: number
  until: number
  usedBy: number | undefined
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
  #browsers: BrowserRecord[] = []
  #lastBrowser = 0
  /** By account and key. */
  readonly #saidOnce = new Map<string, SaidOnce>()
  #addresses = new Map<number, LoginAddressRecord[]>()
  #requests: RequestRecord[] = []
  #bans: RestraintRecord[] = []
  #mutes: RestraintRecord[] = []
  #guestRestraints: GuestRestraintRecord[] = []
  #contacts: LinkRecord[] = []
  #blocks: LinkRecord[] = []
  #invites: StoredInvite[] = []
  #addressBans: AddressBanRecord[] = []
  #mentions: { account: number; message: number }[] = []
  #files: FileRecord[] = []
  #fileTokens: FileTokenRecord[] = []
  #channelNames: { id: number; name: string }[] = []
  #discarded: Discarded[] = []
  #lastFile = 0
  #lastAccount = 0
  #lastChannel = 0
  #lastMessage = 0
  /** The changes other than messages that were told, and the newest number of all. */
  #log: LoggedChange[] = []
  #last = 0
  #told = 0
  #forgotten = 0
  #lastRequest = 0
  #readOf = new Map<number, AccountRead>()
  #closed = false

  /** The same data in a store of its own. */
  copy(): MemoryStore {
    const other = new MemoryStore()
    other.messages.push(...structuredClone(this.messages))
    for (const [id, account] of structuredClone(this.#accounts)) other.#accounts.set(id, account)
    for (const [id, channel] of structuredClone(this.#channels)) other.#channels.set(id, channel)
    other.#memberships = structuredClone(this.#memberships)
    other.#tokens = structuredClone(this.#tokens)
    other.#browsers = structuredClone(this.#browsers)
    other.#lastBrowser = this.#lastBrowser
    for (const [key, said] of this.#saidOnce) other.#saidOnce.set(key, said)
    other.#addresses = structuredClone(this.#addresses)
    other.#requests = structuredClone(this.#requests)
    other.#need = this.#need
    for (const [account, fate] of this.#endings) other.#endings.set(account, fate)
    for (const account of this.#spoken) other.#spoken.add(account)
    other.#resting = structuredClone(this.#resting)
    other.#readOf = structuredClone(this.#readOf)
    other.#bans = structuredClone(this.#bans)
    other.#mutes = structuredClone(this.#mutes)
    other.#guestRestraints = structuredClone(this.#guestRestraints)
    other.#contacts = structuredClone(this.#contacts)
    other.#blocks = structuredClone(this.#blocks)
    other.#invites = structuredClone(this.#invites)
    other.#addressBans = structuredClone(this.#addressBans)
    other.#mentions = structuredClone(this.#mentions)
    other.#files = structuredClone(this.#files)
    other.#fileTokens = structuredClone(this.#fileTokens)
    other.#channelNames = structuredClone(this.#channelNames)
    other.#discarded = structuredClone(this.#discarded)
    other.#lastFile = this.#lastFile
    other.#lastAccount = this.#lastAccount
    other.#lastChannel = this.#lastChannel
    other.#lastMessage = this.#lastMessage
    other.#log = structuredClone(this.#log)
    other.#last = this.#last
    other.#told = this.#last
    other.#forgotten = this.#forgotten
    other.#lastRequest = this.#lastRequest
    return other
  }

  load(take?: Taking): ReturnType<Store['load']> {
    return this.#read(() => {
      const accounts = [...this.#accounts.values()].map(({ record }) => record)
      const channels = [...this.#channels.values()].map((channel) => this.#channelRecord(channel))
      const memberships = this.#memberships.toSorted((a, b) => a.channel - b.channel || a.account - b.account)
      take?.accounts(accounts)
      take?.channels(channels)
      take?.memberships(memberships)
      return {
        ...(take ? { accounts: [], channels: [], memberships: [] } : { accounts, channels, memberships }),
        lastMessageId: this.#lastMessage,
        lastMessageAt: this.messages.at(-1)?.at ?? 0,
      }
    })
  }

  enrol({ accounts, at, members, rooms }: EnrolmentPlan, told?: Told<Enrolled>): Promise<Enrolled> {
    return this.#change(() => {
      for (const { key } of rooms) this.#checkFree(this.#channels, key)
      for (const { key } of accounts) this.#checkFree(this.#accounts, key)
      const keys = accounts.map(({ key }) => key)
      if (new Set(keys).size < keys.length) throw new NameTaken('It is there twice')
      const made = new Map(
        rooms.map(({ key, name }) => [
          key,
          this.#createChannel({ name, key, private: false, admin: undefined, at }),
        ]),
      )
      const put = (account: number, room: number | string | undefined) => {
        const channel = typeof room === 'string' ? made.get(room) : room
        if (channel !== undefined) this.#setMember({ channel, account, role: undefined, since: at })
      }
      const numbers = accounts.map((account) => {
        const id = this.#createAccount(account)
        put(id, account.room)
        return id
      })
      for (const { account, room } of members) put(account, room)
      return { accounts: numbers, rooms: made }
    }, told)
  }

  createAccount(account: NewAccount, told?: Told<number>): Promise<number> {
    return this.#change(() => this.#createAccount(account), told)
  }

  #createAccount(account: NewAccount): number {
    const { name, key, email, since, operator, initialPassword, passwordHash, recoveryHash } = account
    this.#checkFree(this.#accounts, key)
    const invite = account.invite === undefined ? undefined : this.#usableInvite(account.invite, since)
    if (account.invite !== undefined && !invite) throw new InviteUsed('The invitation cannot be used')
    const id = ++this.#lastAccount
    if (invite) invite.usedBy = id
    const seen = { seen: 0, seenAt: since }
    this.#accounts.set(id, {
      record: { id, name, operator, since, email, settings: {}, ...seen, watch: false, initialPassword },
      key,
      secrets: { passwordHash, recoveryHash },
      namedAfter: this.#last,
    })
    return id
  }

  secretsOf(account: number): Promise<Secrets | undefined> {
    return this.#read(() => this.#accounts.get(account)?.secrets)
  }

  setPassword(account: number, passwordHash: string): Promise<void> {
    return this.#update(account, (stored) => {
      stored.secrets = { ...stored.secrets, passwordHash }
      stored.record.initialPassword = false
      this.#browsers = this.#browsers.filter((one) => one.account !== account)
    })
  }

  recover(account: number, secrets: Secrets): Promise<void> {
    return this.#update(account, (stored) => {
      stored.secrets = { ...secrets }
      stored.record.initialPassword = false
      this.#tokens = this.#tokens.filter((token) => token.account !== account)
      this.#browsers = this.#browsers.filter((one) => one.account !== account)
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

  saveSeen(...[entries, read = []]: Parameters<Store['saveSeen']>): Promise<void> {
    return this.#change(() => {
      this.#saveRead(read)
      for (const { account, ...seen } of entries) {
        const stored = this.#accounts.get(account)
        if (stored) Object.assign(stored.record, seen)
      }
    })
  }

  readOf(account: number): Promise<AccountRead> {
    return this.#read(() => this.#readOf.get(account) ?? { upTo: undefined, places: [] })
  }

  saveRead(changes: readonly ReadChange[]): Promise<void> {
    return this.#change(() => this.#saveRead(changes))
  }

  #saveRead(changes: readonly ReadChange[]): void {
    for (const { account, places, same, upTo } of changes) {
      if (!this.#accounts.has(account)) continue
      const isThere = ({ id, kind }: PlaceId) =>
        kind === 'channel'
          ? this.#memberships.some((member) => isMember(member, id, account))
          : id === 0 || this.#accounts.has(id) || this.messages.some(({ from }) => from === id)
      const changed = [...places, ...same]
      const kept = (this.#readOf.get(account)?.places ?? []).filter(
        ({ id, kind }) => !changed.some((one) => one.kind === kind && one.id === id),
      )
      const all = [...kept, ...places.filter(isThere)]
      all.sort((one, other) => (one.kind === other.kind ? one.id - other.id : one.kind < other.kind ? -1 : 1))
      this.#readOf.set(account, { upTo, places: all })
    }
  }

  /** A place is no more, for one account or for all. */
  #forgetPlace({ id, kind }: PlaceId, account?: number): void {
    for (const [reader, { places, upTo }] of this.#readOf)
      if (account === undefined || account === reader)
        this.#readOf.set(reader, {
          upTo,
          places: places.filter((one) => one.kind !== kind || one.id !== id),
        })
  }

  async countUnread(...[walks, limit, but]: Parameters<Store['countUnread']>): Promise<UnreadCount[]> {
    const counts: UnreadCount[] = []
    for (const { channel, since, ...between } of walks) {
      const looked = await this.channelHistory(channel, { limit, ...between })
      const { length } = looked.filter(wantedBut(but)).filter(({ at }) => at >= since)
      const [oldest] = looked
      const isWhole = looked.length < limit || (oldest?.at ?? 0) < since
      counts.push(isWhole ? { count: length } : { count: length, next: oldest?.id })
    }
    return counts
  }

  async receivedFrom(account: number, from: number, { limit, ...page }: Page): Promise<Counted[]> {
    const found = await this.received(account, { ...page, limit: Number.MAX_SAFE_INTEGER })
    return found.filter((one) => (one.from ?? 0) === from).slice(0, limit)
  }

  async writersTo(account: number): Promise<Writer[]> {
    const found = await this.received(account, { limit: Number.MAX_SAFE_INTEGER })
    const last = new Map<number, number>()
    for (const { from, id } of found) if (from !== undefined && !last.has(from)) last.set(from, id)
    return [...last].map(([from, id]) => ({ from, last: id }))
  }

  async received(account: number, page: Page): Promise<Counted[]> {
    const found = await this.inbox(account, page)
    return found.map(({ from, fromGuest, id }) => ({ id, from, fromGuest })).reverse()
  }

  async countMentioning(
    ...[account, page, of]: Parameters<Store['countMentioning']>
  ): Promise<MentioningCounts> {
    const named = this.#mentions.filter((mention) => mention.account === account)
    const ids = new Set(named.map(({ message }) => message))
    const looked = await this.#read(() => this.#page(page, ({ id }) => ids.has(id)))
    const counted = looked.filter(wantedBut(of))
    const all = [...of.channels].map(([id, spans]) => {
      const numbers = counted.filter(({ channel }) => channel === id).map((one) => one.id)
      const counts = spans.map(
        ({ after, upTo }) => numbers.filter((number) => number > after && number <= upTo).length,
      )
      return [id, counts] as const
    })
    const channels = new Map(all.filter(([, counts]) => counts.some((count) => count > 0)))
    return looked.length < page.limit ? { channels } : { channels, next: looked[0]?.id }
  }

  deleteAccount(account: number, fate: DeletionMode, at: number): Promise<boolean> {
    return this.#change(() => {
      this.#readOf.delete(account)
      if (fate !== 'keep') this.#forgetPlace({ kind: 'person', id: account })
      const { key = '' } = this.#accounts.get(account) ?? {}
      const rests = fate !== 'erase' && this.#spoken.delete(account)
      if (rests) this.#resting.push({ key, at })
      this.#endings.delete(account)
      for (const key of this.#saidOnce.keys()) if (key.startsWith(`${account} `)) this.#saidOnce.delete(key)
      if (fate === 'erase') this.#need = 'all'
      else if (fate === 'remove' && this.#need === 'none') this.#need = 'traces'
      const rooms = this.#memberships.filter((member) => member.account === account)
      for (const { channel } of rooms)
        if (this.#channels.get(channel)?.private) this.#forgetRoomTokens(channel)
      this.#forgetAccountFiles(account, fate !== 'keep')
      this.#accounts.delete(account)
      this.#tokens = this.#tokens.filter((token) => token.account !== account)
      this.#browsers = this.#browsers.filter((one) => one.account !== account)
      this.#addresses.delete(account)
      this.#memberships = this.#memberships.filter((member) => member.account !== account)
      this.#requests = this.#requests.filter(
        (request) => request.account !== account && request.by !== account,
      )
      this.#bans = this.#bans.filter((ban) => ban.account !== account)
      this.#mutes = this.#mutes.filter((mute) => mute.account !== account)
      const apart = (link: LinkRecord) => link.account !== account && link.other !== account
      this.#contacts = this.#contacts.filter(apart)
      this.#blocks = this.#blocks.filter(apart)
      this.#mentions = this.#mentions.filter((mention) => mention.account !== account)
      this.#invites = this.#invites.filter(({ by, usedBy }) => by !== account || usedBy !== undefined)
      if (fate === 'remove') this.#record(deletionsOf(this.messages.filter(({ from }) => from === account)))
      this.#record([{ kind: 'renamed', account }])
      if (fate !== 'remove') return rests
      const kept = this.messages.filter((message) => message.from !== account)
      this.messages.splice(0, this.messages.length, ...kept)
      return rests
    })
  }

  addBrowser(browser: Omit<BrowserRecord, 'id'>, most: number): Promise<number> {
    return this.#change(() => {
      if (this.#browsers.some(({ hash }) => hash === browser.hash))
        throw new StoreUnavailable('The secret is in use')
      const id = ++this.#lastBrowser
      this.#browsers.push({ ...browser, id })
      const kept = this.#browsers
        .filter(({ account }) => account === browser.account)
        .sort((one, other) => other.usedAt - one.usedAt || other.id - one.id)
        .slice(0, most)
      this.#browsers = this.#browsers.filter((one) => one.account !== browser.account || kept.includes(one))
      return id
    })
  }

  browserBy(hash: string): Promise<BrowserRecord | undefined> {
    return this.#read(() => this.#browsers.find((one) => one.hash === hash))
  }

  browsersOf(account: number): Promise<BrowserRecord[]> {
    return this.#read(() => this.#browsers.filter((one) => one.account === account))
  }

  useBrowser(id: number, at: number, from: string | undefined): Promise<boolean> {
    return this.#change(() => {
      const known = this.#browsers.some((one) => one.id === id)
      this.#browsers = this.#browsers.map((one) =>
        one.id === id ? { ...one, usedAt: at, usedFrom: from } : one,
      )
      return known
    })
  }

  removeBrowsersBefore(before: number): Promise<number> {
    return this.#change(() => {
      const known = this.#browsers.length
      this.#browsers = this.#browsers.filter(({ usedAt }) => usedAt >= before)
      return known - this.#browsers.length
    })
  }

  removeBrowser(account: number, id: number): Promise<boolean> {
    return this.#change(() => {
      const before = this.#browsers.length
      this.#browsers = this.#browsers.filter((one) => one.account !== account || one.id !== id)
      return this.#browsers.length < before
    })
  }

  partnersOf(account: number, limit: number): Promise<{ other: number; last: number }[]> {
    return this.#read(() => {
      const last = new Map<number, number>()
      for (const { blocked, from, id, to } of this.messages) {
        if (to === undefined) continue
        const other = from === account ? to : to === account && !blocked ? from : undefined
        if (other !== undefined) last.set(other, id)
      }
      return [...last]
        .map(([other, id]) => ({ other, last: id }))
        .sort((one, other) => other.last - one.last)
        .slice(0, limit)
    })
  }

  addToken(token: TokenRecord): Promise<void> {
    return this.#change(() => {
      const used = this.#tokens.some(({ account, name }) => account === token.account && name === token.name)
      if (used) throw new NameTaken('The name is in use')
      this.#tokens.push({ ...token })
    })
  }

  saveTokensSeen(entries: readonly TokenSeen[]): Promise<void> {
    return this.#change(() => {
      for (const { account, name, createdAt, seen } of entries) {
        const token = this.#tokens.find(
          (one) => one.account === account && one.name === name && one.createdAt === createdAt,
        )
        if (token) token.seen = seen
      }
    })
  }

  useToken(account: number, { name, createdAt, at, from }: TokenUse): Promise<boolean> {
    return this.#change(() => {
      const used = this.#tokens.find(
        (token) => token.account === account && token.name === name && token.createdAt === createdAt,
      )
      if (used) Object.assign(used, { usedAt: at, usedFrom: from })
      return used !== undefined
    })
  }

  loginAddresses(account: number): Promise<LoginAddressRecord[]> {
    return this.#read(() =>
      this.#addressesOf(account).sort((a, b) => a.since - b.since || (a.address < b.address ? -1 : 1)),
    )
  }

  addLoginAddress(account: number, record: LoginAddressRecord, most: number): Promise<boolean> {
    return this.#change(() => {
      const known = this.#addressesOf(account)
      if (!this.#accounts.has(account) || known.some(({ address }) => address === record.address))
        return false
      const kept = [...known, { ...record }].sort((a, b) => b.last - a.last || b.since - a.since)
      this.#addresses.set(account, kept.slice(0, most))
      return true
    })
  }

  useLoginAddress(account: number, address: string, at: number): Promise<void> {
    return this.#change(() => this.#setAddresses(account, (one) => one.address === address && { last: at }))
  }

  tellLoginAddresses(account: number, addresses: readonly string[]): Promise<void> {
    return this.#change(() =>
      this.#setAddresses(account, (one) => addresses.includes(one.address) && { told: true }),
    )
  }

  #addressesOf(account: number): LoginAddressRecord[] {
    return [...(this.#addresses.get(account) ?? [])]
  }

  #setAddresses(
    account: number,
    change: (record: LoginAddressRecord) => Partial<LoginAddressRecord> | false,
  ): void {
    const changed = this.#addressesOf(account).map((record) => ({ ...record, ...change(record) }))
    this.#addresses.set(account, changed)
  }

  tokensOf(account: number): Promise<TokenRecord[]> {
    return this.#read(() => this.#tokens.filter((token) => token.account === account))
  }

  tokenOwner(hash: string): Promise<number | undefined> {
    return this.#read(() => this.#tokens.find((token) => token.hash === hash)?.account)
  }

  removeToken(account: number, name: string): Promise<boolean> {
    return this.#change(() => {
      const before = this.#tokens.length
      this.#tokens = this.#tokens.filter((token) => token.account !== account || token.name !== name)
      return this.#tokens.length < before
    })
  }

  createChannel(channel: Parameters<Store['createChannel']>[0], told?: Told<number>): Promise<number> {
    return this.#change(() => this.#createChannel(channel), told)
  }

  #createChannel(channel: Parameters<Store['createChannel']>[0]): number {
    const { name, key, admin, at } = channel
    this.#checkFree(this.#channels, key)
    const id = ++this.#lastChannel
    this.#channels.set(id, { id, name, key, private: channel.private, topic: '', namedAfter: this.#last })
    this.#channelNames.push({ id, name })
    if (admin !== undefined) {
      this.#memberships.push({ channel: id, account: admin, role: 'admin', since: at })
    }
    return id
  }

  renameAccount(account: number, { name, key, former }: NewName, told?: Told): Promise<void> {
    return this.#change(() => {
      const stored = this.#accounts.get(account)
      if (!stored) return
      if (key !== stored.key) this.#checkFree(this.#accounts, key)
      stored.key = key
      stored.namedAfter = this.#last
      stored.record = { ...stored.record, name, ...(former.length > 0 ? { former } : {}) }
      if (former.length === 0) delete stored.record.former
    }, told)
  }

  renameChannel(channel: number, { name, key, former }: NewName, from: string, told?: Told): Promise<void> {
    return this.#change(() => {
      const stored = this.#channels.get(channel)
      if (!stored) return
      if (key !== stored.key) this.#checkFree(this.#channels, key)
      Object.assign(stored, { name, key, former, namedAfter: this.#last })
      const known = this.#channelNames.find(({ id }) => id === channel)
      if (known) known.name = name
      const now = (one: string) => (one.toLowerCase() === from.toLowerCase() ? name : one)
      for (const token of this.#tokens) token.channels = token.channels?.map(now)
    }, told)
  }

  setPrivate(channel: number, isPrivate: boolean, told?: Told): Promise<void> {
    return this.#change(() => {
      const stored = this.#channels.get(channel)
      if (stored) stored.private = isPrivate
    }, told)
  }

  setTopic(channel: number, topic: string, told?: Told): Promise<void> {
    return this.#change(() => {
      const stored = this.#channels.get(channel)
      if (stored) stored.topic = topic
    }, told)
  }

  closeChannel(channel: number, _at: number, told?: Told): Promise<void> {
    return this.#change(() => {
      this.#forgetPlace({ kind: 'channel', id: channel })
      this.#channels.delete(channel)
      const elsewhere = (record: { channel: number }) => record.channel !== channel
      this.#memberships = this.#memberships.filter(elsewhere)
      this.#requests = this.#requests.filter(elsewhere)
      this.#bans = this.#bans.filter(elsewhere)
      this.#mutes = this.#mutes.filter(elsewhere)
      this.#guestRestraints = this.#guestRestraints.filter(elsewhere)
      this.#dropFiles((file) => file.channel === channel)
    }, told)
  }

  addMember(member: MembershipRecord, told?: Told): Promise<void> {
    return this.#change(() => this.#setMember(member), told)
  }

  removeMember(
    channel: number,
    account: number,
    { successor, loses = true }: Parameters<Store['removeMember']>[2] = {},
    told?: ToldWithdrawing,
  ): Promise<void> {
    return this.#change(() => {
      this.#withdraw(told)
      if (loses) this.#forgetRoomTokens(channel)
      this.#forgetPlace({ kind: 'channel', id: channel }, account)
      this.#memberships = this.#memberships
        .filter((member) => !isMember(member, channel, account))
        .map((member) =>
          successor !== undefined && isMember(member, channel, successor)
            ? { ...member, role: 'admin' }
            : member,
        )
    }, told)
  }

  append<T = number>(message: AppendedMessage, teller?: Teller<T>): Promise<T> {
    return this.#say(message, teller, (now) => this.#append(now))
  }

  /** `check` may still write into the message. */
  #say<T>(
    message: AppendedMessage,
    teller: Teller<T> | undefined,
    append: (message: AppendedMessage) => number,
  ): Promise<T> {
    const now = { ...message }
    let answer: unknown
    const told: Told<number> = {
      log: [],
      tell(id) {
        answer = teller ? teller.tell(id) : id
      },
      check: teller?.check && (() => teller.check?.(now)),
    }
    return this.#change(
      () => append(now),
      told,
      () => answer as T,
    )
  }

  inTurn<T>(act: () => T): Promise<T> {
    return new Promise((resolve, reject) =>
      queueMicrotask(() => {
        try {
          resolve(act())
        } catch (error) {
          reject(error)
        }
      }),
    )
  }

  saidOnce(account: number, key: string): Promise<SaidOnce | undefined> {
    return this.#read(() => this.#saidOnce.get(`${account} ${key}`))
  }

  setOnceAnswer(account: number, key: string, message: number, answer: string): Promise<void> {
    return this.#change(() => {
      const said = this.#saidOnce.get(`${account} ${key}`)
      if (said?.id === message) this.#saidOnce.set(`${account} ${key}`, { ...said, answer })
    })
  }

  forgetOnce(before: number): Promise<void> {
    return this.#change(() => {
      for (const [key, { at }] of this.#saidOnce) if (at < before) this.#saidOnce.delete(key)
    })
  }

  #append({ mentions, once: key, ...message }: AppendedMessage): number {
    const id = ++this.#last
    this.#lastMessage = id
    const { at, from: account } = message
    if (key !== undefined && account !== undefined)
      this.#saidOnce.set(`${account} ${key}`, { id, at, answer: '{}' })
    this.messages.push({ ...message, id })
    for (const account of new Set(mentions)) {
      if (this.#accounts.has(account)) this.#mentions.push({ account, message: id })
    }
    return id
  }

  dataId(): Promise<number> {
    return this.#read(() => 1)
  }

  loadFiles(): ReturnType<FileStore['loadFiles']> {
    const tokens = [...this.#fileTokens].sort((a, b) => (a.hash < b.hash ? -1 : 1))
    return this.#read(() => ({ files: this.#files, tokens }))
  }

  addFile(file: Omit<FileRecord, 'id'>): Promise<number> {
    return this.#change(() => {
      const id = ++this.#lastFile
      this.#files.push({ ...file, id })
      return id
    })
  }

  setUpload(id: number, upload: Parameters<FileStore['setUpload']>[1]): Promise<void> {
    return this.#change(() => {
      const file = this.#files.find((one) => one.id === id && one.sha256 === undefined)
      if (file) Object.assign(file, upload)
    })
  }

  completeFile<T = number>(file: WholeFile, message: AppendedMessage, teller?: Teller<T>): Promise<T> {
    return this.#say(message, teller, (now) => {
      const ticket = this.#files.find((one) => one.id === file.id && one.sha256 === undefined)
      if (!ticket) throw new StoreUnavailable('The ticket of the file is gone')
      Object.assign(ticket, file)
      return this.#append(now)
    })
  }

  setFileTokens(tokens: Parameters<FileStore['setFileTokens']>[0]): Promise<void> {
    return this.#change(() => {
      for (const { id, token } of tokens) {
        const file = this.#files.find((one) => one.id === id)
        if (file) file.token = token
      }
    })
  }

  removeFiles(ids: readonly number[]): Promise<void> {
    return this.#change(() => this.#dropFiles(({ id }) => ids.includes(id)))
  }

  discarded(): Promise<Discarded[]> {
    return this.#read(() => this.#discarded.toSorted((one, other) => (one.blob < other.blob ? -1 : 1)))
  }

  forgetDiscarded(blobs: readonly string[]): Promise<void> {
    return this.#change(() => {
      this.#discarded = this.#discarded.filter(({ blob }) => !blobs.includes(blob))
    })
  }

  addFileToken(token: FileTokenRecord): Promise<void> {
    return this.#change(() => {
      const known = this.#files.some(({ id }) => id === token.file)
      const used = this.#fileTokens.some(({ hash }) => hash === token.hash)
      if (!known || used) throw new StoreUnavailable('The file is gone, or the token is in use')
      this.#fileTokens.push({ ...token })
    })
  }

  removeFileTokens(hashes: readonly string[]): Promise<void> {
    return this.#change(() => {
      this.#fileTokens = this.#fileTokens.filter(({ hash }) => !hashes.includes(hash))
    })
  }

  #forgetRoomTokens(channel: number): void {
    for (const file of this.#files)
      if (file.channel === channel && file.sha256 !== undefined) file.token = undefined
  }

  #forgetAccountFiles(account: number, all: boolean): void {
    this.#fileTokens = this.#fileTokens.filter((token) => token.account !== account)
    const own = (file: FileRecord) => file.from === account && (all || file.sha256 === undefined)
    this.#dropFiles((file) => file.to === account || own(file))
  }

  #dropFiles(gone: (file: FileRecord) => boolean): void {
    const dropped = this.#files.filter(gone)
    const ids = new Set(dropped.map(({ id }) => id))
    this.#discarded.push(...dropped.map(({ blob, sha256 }) => ({ blob, whole: sha256 !== undefined })))
    this.#files = this.#files.filter(({ id }) => !ids.has(id))
    this.#fileTokens = this.#fileTokens.filter(({ file }) => !ids.has(file))
  }

  channelHistory(channel: number, page: Page): Promise<MessageRecord[]> {
    return this.#read(() => this.#page(page, (message) => message.channel === channel))
  }

  directHistory(account: number, other: number, page: Page): Promise<MessageRecord[]> {
    return this.#read(() =>
      this.#page(
        page,
        ({ from, to, blocked }) =>
          (from === account && to === other) || (from === other && to === account && !blocked),
      ),
    )
  }

  inbox(account: number, page: Page): Promise<MessageRecord[]> {
    return this.#read(() => this.#page(page, ({ to, blocked }) => to === account && !blocked))
  }

  async countChannel(channel: number, page: Page, unwanted?: NoNews): Promise<number> {
    return (await this.channelHistory(channel, page)).filter(wantedBut(unwanted)).length
  }

  async countInbox(account: number, page: Page, unwanted?: Unwanted): Promise<number> {
    return (await this.inbox(account, page)).filter(wantedBut(unwanted)).length
  }

  countFrom(account: number, limit: number): Promise<number> {
    return this.#read(() => this.#page({ limit }, (message) => message.from === account).length)
  }

  search(query: SearchQuery): Promise<MessageRecord[]> {
    const { reader, channels, direct, from, since, until } = query
    const words = query.words.map(searchForm)
    const unspaced = words.filter(isUnspaced)
    const wanted = words
      .filter((word) => !isUnspaced(word))
      .map((word) => ({ phrase: tokens(word), begins: /..\*$/.test(word) }))
      .filter(({ phrase }) => phrase.length > 0)
    return this.#read(() => {
      const asks = query.words.length === 0 ? from !== undefined : wanted.length + unspaced.length > 0
      if (!asks) return []
      return this.#page(query, (message) => {
        const inChannel = message.channel !== undefined && channels.includes(message.channel)
        const received = message.to === reader && !message.blocked
        const own = message.from === reader && (message.to !== undefined || message.toGuest !== undefined)
        return (
          (inChannel || (direct && (received || own))) &&
          wantedBut(query.unwanted)(message) &&
          (from === undefined || message.from === from) &&
          (since === undefined || message.at >= since) &&
          (until === undefined || message.at < until) &&
          wanted.every(({ phrase, begins }) => occurs(phrase, tokens(message.text), begins)) &&
          unspaced.every((word) => searchForm(message.text).toLowerCase().includes(word.toLowerCase()))
        )
      })
    })
  }

  loadGroups(): ReturnType<GroupStore['loadGroups']> {
    return this.#read(() => ({
      requests: this.#requests,
      bans: sortedBy(this.#bans, 'channel', 'account'),
      mutes: sortedBy(this.#mutes, 'channel', 'account'),
      guestRestraints: this.#guestRestraints.toSorted(
        (one, other) => one.channel - other.channel || (one.kind < other.kind ? -1 : 1),
      ),
      contacts: sortedBy(this.#contacts, 'account', 'other'),
      blocks: sortedBy(this.#blocks, 'account', 'other'),
      addressBans: this.#addressBans.toSorted((one, other) => (one.cidr < other.cidr ? -1 : 1)),
    }))
  }

  addRequest(request: Parameters<GroupStore['addRequest']>[0], told?: Told<number>): Promise<number> {
    return this.#change(() => {
      if (this.#requests.some((other) => isPending(other, request.channel, request.account))) {
        throw new NameTaken('The name is in use')
      }
      const id = ++this.#lastRequest
      this.#requests.push({ ...request, id, answer: 'pending' })
      return id
    }, told)
  }

  answerRequest(id: number, answer: 'rejected' | MembershipRecord, told?: Told): Promise<void> {
    return this.#change(() => {
      const request = this.#requests.find((request) => request.id === id && request.answer === 'pending')
      if (!request) return
      request.answer = answer === 'rejected' ? 'rejected' : 'accepted'
      if (answer !== 'rejected') this.#setMember(answer)
    }, told)
  }

  forgetRequests(ids: readonly number[], told?: Told): Promise<void> {
    return this.#change(() => {
      this.#requests = this.#requests.filter(({ id }) => !ids.includes(id))
    }, told)
  }

  setRole(channel: number, account: number, role: Role | undefined, told?: ToldWithdrawing): Promise<void> {
    return this.#change(() => {
      this.#withdraw(told)
      this.#setRole(channel, account, role)
    }, told)
  }

  #withdraw({ requests = [] }: { readonly requests?: readonly number[] | undefined } = {}): void {
    this.#requests = this.#requests.filter(({ id }) => !requests.includes(id))
  }

  transfer(channel: number, from: number, to: number, told?: ToldWithdrawing): Promise<void> {
    return this.#change(() => {
      this.#withdraw(told)
      this.#setRole(channel, from, undefined)
      this.#setRole(channel, to, 'admin')
    }, told)
  }

  addBan(ban: RestraintRecord, _at: number, successor?: number, told?: Told): Promise<void> {
    const { account, channel } = ban
    return this.#change(() => {
      this.#forgetRoomTokens(channel)
      this.#bans = this.#bans.filter((other) => !isMember(other, channel, account))
      this.#bans.push({ ...ban })
      this.#forgetPlace({ kind: 'channel', id: channel }, account)
      this.#memberships = this.#memberships.filter((member) => !isMember(member, channel, account))
      this.#requests = this.#requests.filter(
        (request) =>
          !isPending(request, channel, account) &&
          !(request.channel === channel && request.by === account && request.answer === 'pending'),
      )
      if (successor !== undefined) this.#setRole(channel, successor, 'admin')
    }, told)
  }

  removeBan(channel: number, account: number, told?: Told): Promise<void> {
    return this.#change(() => {
      this.#bans = this.#bans.filter((ban) => !isMember(ban, channel, account))
    }, told)
  }

  setMute(mute: RestraintRecord, told?: Told): Promise<void> {
    return this.#change(() => {
      this.#mutes = this.#mutes.filter((other) => !isMember(other, mute.channel, mute.account))
      this.#mutes.push({ ...mute })
    }, told)
  }

  removeMute(channel: number, account: number, told?: Told): Promise<void> {
    return this.#change(() => {
      this.#mutes = this.#mutes.filter((mute) => !isMember(mute, channel, account))
    }, told)
  }

  setGuestRestraint(restraint: GuestRestraintRecord, told?: Told): Promise<void> {
    return this.#change(() => {
      this.#forgetGuestRestraint(restraint.channel, restraint.kind)
      this.#guestRestraints.push({ ...restraint })
    }, told)
  }

  removeGuestRestraint(channel: number, kind: RestraintKind, told?: Told): Promise<void> {
    return this.#change(() => this.#forgetGuestRestraint(channel, kind), told)
  }

  #forgetGuestRestraint(channel: number, kind: RestraintKind): void {
    this.#guestRestraints = this.#guestRestraints.filter(
      (one) => one.channel !== channel || one.kind !== kind,
    )
  }

  setContact(link: LinkRecord, on: boolean): Promise<void> {
    return this.#change(() => {
      this.#contacts = withLink(this.#contacts, link, on)
    })
  }

  setWatch(account: number, on: boolean): Promise<void> {
    return this.#update(account, ({ record }) => {
      record.watch = on
    })
  }

  setBlock(link: LinkRecord, on: boolean, told?: Told): Promise<void> {
    return this.#change(() => {
      this.#blocks = withLink(this.#blocks, link, on)
      const { account: one, other: two } = link
      if (on)
        this.#requests = this.#requests.filter(
          ({ account, by }) => !(account === one && by === two) && !(account === two && by === one),
        )
    }, told)
  }

  setOperator(account: number, on: boolean, told?: Told): Promise<void> {
    return this.#update(
      account,
      ({ record }) => {
        record.operator = on
      },
      told,
    )
  }

  setInitialPassword(account: number, passwordHash: string): Promise<void> {
    return this.#update(account, (stored) => {
      stored.secrets = { ...stored.secrets, passwordHash }
      stored.record.initialPassword = true
      this.#tokens = this.#tokens.filter((token) => token.account !== account)
      this.#browsers = this.#browsers.filter((one) => one.account !== account)
    })
  }

  addInvite({ at, hash, by, until }: Parameters<GroupStore['addInvite']>[0]): Promise<void> {
    return this.#change(() => {
      this.#invites = this.#invites.filter(
        (one) => one.by !== by || one.usedBy !== undefined || one.until > at,
      )
      this.#invites.push({ hash, by, until, usedBy: undefined })
    })
  }

  countInvites(account: number, now: number): Promise<number> {
    return this.#read(
      () =>
        this.#invites.filter(({ by, until, usedBy }) => by === account && usedBy === undefined && until > now)
          .length,
    )
  }

  hasInvite(hash: string, now: number): Promise<boolean> {
    return this.#read(() => this.#usableInvite(hash, now) !== undefined)
  }

  banAddress(ban: AddressBanRecord): Promise<void> {
    return this.#change(() => {
      this.#addressBans = this.#addressBans.filter(({ cidr }) => cidr !== ban.cidr)
      this.#addressBans.push({ ...ban })
    })
  }

  unbanAddress(cidr: string): Promise<boolean> {
    return this.#change(() => {
      const before = this.#addressBans.length
      this.#addressBans = this.#addressBans.filter((ban) => ban.cidr !== cidr)
      return this.#addressBans.length < before
    })
  }

  notices(page: Page): Promise<MessageRecord[]> {
    return this.#read(() => this.#page(page, ({ kind }) => kind === 'notice'))
  }

  mentions(account: number, page: Page): Promise<MessageRecord[]> {
    return this.#read(() => {
      const own = this.#mentions.filter((mention) => mention.account === account)
      const mentioned = new Set(own.map(({ message }) => message))
      return this.#page(page, ({ id, channel }) => {
        if (channel === undefined || !mentioned.has(id)) return false
        return this.#memberships.some((member) => isMember(member, channel, account))
      })
    })
  }

  async countMentions(account: number, page: Page, unwanted?: NoNews): Promise<number> {
    return (await this.mentions(account, page)).filter(wantedBut(unwanted)).length
  }

  messageList(filter: MessageFilter): Promise<MessageRecord[]> {
    const { channels, from, since } = filter
    return this.#read(() =>
      this.#page(
        filter,
        (message) =>
          (channels === undefined || channels.includes(message.channel ?? 0)) &&
          (from === undefined || message.from === from) &&
          (since === undefined || message.at >= since),
      ),
    )
  }

  countMessages(since = 0): Promise<number> {
    return this.#read(() => this.messages.filter(({ at }) => at >= since).length)
  }

  unindexed(): Promise<number> {
    return this.#read(() => 0)
  }

  channelNames(): ReturnType<KeepStore['channelNames']> {
    return this.#read(() => this.#channelNames)
  }

  outdated({ before, channel, unreadBefore }: Outdated, after: number): ReturnType<KeepStore['outdated']> {
    const waits = ({ at, blocked, from = 0, id, to }: MessageRecord) => {
      const receiver = to === undefined ? undefined : this.#accounts.get(to)?.record
      if (!receiver || blocked || at < unreadBefore) return false
      const { places = [], upTo } = this.#readOf.get(receiver.id) ?? {}
      const place = places.find((one) => one.kind === 'person' && one.id === from)
      return isUnread(place?.unread ?? { gaps: [], end: upTo ?? receiver.seen }, id)
    }
    return this.#read(() => {
      const old = this.messages.filter((one) => one.channel === channel && one.id > after && one.at < before)
      return { ids: old.filter((one) => !waits(one)).map(({ id }) => id), next: undefined }
    })
  }

  messagesAbout(account: number, after: number): ReturnType<KeepStore['messagesAbout']> {
    return this.#read(() => ({
      messages: this.messages.filter(
        ({ from, id, to }) => id > after && (from === account || to === account),
      ),
      next: undefined,
    }))
  }

  message(id: number): Promise<MessageRecord | undefined> {
    return this.#read(() => this.messages.find((one) => one.id === id))
  }

  editMessage({ id, text, edited, mentions }: MessageChange, told?: Told<boolean>): Promise<boolean> {
    return this.#change(() => {
      const index = this.messages.findIndex((one) => one.id === id)
      const message = this.messages[index]
      if (!message) return false
      if (this.#need === 'none') this.#need = 'traces'
      this.messages[index] = { ...message, text, edited }
      this.#mentions = this.#mentions.filter(({ message }) => message !== id)
      this.#mentions.push(...mentions.map((account) => ({ account, message: id })))
      return true
    }, told)
  }

  removeMessages(...[ids, told]: Parameters<KeepStore['removeMessages']>): Promise<void> {
    const log = deletionsOf(this.messages.filter(({ id }) => ids.includes(id)))
    const remove = () => {
      const gone = new Set(ids)
      if (ids.length > 0 && this.#need === 'none') this.#need = 'traces'
      const kept = this.messages.filter(({ id }) => !gone.has(id))
      this.messages.splice(0, this.messages.length, ...kept)
      this.#mentions = this.#mentions.filter(({ message }) => !gone.has(message))
      this.#dropFiles(({ id }) => told?.files?.includes(id) ?? false)
    }
    return this.#change(remove, told ?? { log, tell: () => undefined })
  }

  #need: Awaited<ReturnType<KeepStore['scrubNeed']>> = 'none'
  readonly #endings = new Map<number, DeletionMode>()
  /** Of those that end: who has said something. */
  readonly #spoken = new Set<number>()
  #resting: { key: string; at: number }[] = []

  restingNames(): ReturnType<Store['restingNames']> {
    return this.#read(() => this.#resting)
  }

  setEnding(account: number, fate: DeletionMode): Promise<void> {
    return this.#change(() => {
      this.#endings.set(account, fate)
      if (this.messages.some(({ from }) => from === account)) this.#spoken.add(account)
    })
  }

  endings(): ReturnType<KeepStore['endings']> {
    return this.#read(() => [...this.#endings].map(([account, fate]) => ({ account, fate })))
  }

  #clockSeen: ClockSeen | undefined

  clockSeen(): ReturnType<KeepStore['clockSeen']> {
    return this.#read(() => this.#clockSeen)
  }

  setClockSeen(seen: ClockSeen): Promise<void> {
    return this.#change(() => {
      this.#clockSeen = seen
    })
  }

  scrubNeed(): ReturnType<KeepStore['scrubNeed']> {
    return this.#read(() => this.#need)
  }

  scrub(rewrite: boolean): Promise<boolean> {
    return this.#change(() => {
      if (rewrite || this.#need !== 'all') this.#need = 'none'
      return true
    })
  }

  fold(): Promise<void> {
    return this.#change(() => undefined)
  }

  ping(): Promise<void> {
    return this.#change(() => undefined)
  }

  async close(): Promise<void> {
    this.#closed = true
  }

  #page(
    { limit, before, after, oldest }: Page,
    matches: (message: MessageRecord) => boolean,
  ): MessageRecord[] {
    const found = this.messages.filter(
      (message) =>
        (before === undefined || message.id < before) &&
        (after === undefined || message.id > after) &&
        matches(message),
    )
    return oldest ? found.slice(0, limit) : found.slice(Math.max(0, found.length - limit))
  }

  #setMember(member: MembershipRecord): void {
    this.#memberships = this.#memberships.filter((other) => !isMember(other, member.channel, member.account))
    this.#memberships.push({ ...member })
  }

  #setRole(channel: number, account: number, role: Role | undefined): void {
    this.#memberships = this.#memberships.map((member) =>
      isMember(member, channel, account) ? { ...member, role } : member,
    )
  }

  #usableInvite(hash: string, now: number): StoredInvite | undefined {
    return this.#invites.find(
      (invite) => invite.hash === hash && invite.usedBy === undefined && invite.until > now,
    )
  }

  #channelRecord({ former, id, name, topic, private: isPrivate }: StoredChannel): ChannelRecord {
    const lastId = this.messages.findLast((message) => message.channel === id)?.id ?? 0
    return { id, name, private: isPrivate, topic, lastId, ...(former && former.length > 0 ? { former } : {}) }
  }

  #checkFree(named: ReadonlyMap<number, { key: string }>, key: string): void {
    for (const other of named.values()) {
      if (other.key === key) throw new NameTaken('The name is in use')
    }
  }

  #update(account: number, update: (stored: StoredAccount) => void, told?: Told): Promise<void> {
    return this.#change(() => {
      const stored = this.#accounts.get(account)
      if (stored) update(stored)
    }, told)
  }

  /** Checked, done and told in the order of the calls, as microtasks are. */
  #change<T>(apply: () => T, told?: Told<T>): Promise<T>
  #change<T, A>(apply: () => T, told: Told<T>, answer: () => A): Promise<A>
  #change<T, A>(apply: () => T, told?: Told<T>, answer?: () => A): Promise<T | A> {
    const { failing } = this
    const isClosed = this.#closed
    return new Promise((resolve, reject) =>
      queueMicrotask(() => {
        try {
          if (isClosed) throw new StoreUnavailable('The store is closed')
          if (failing) throw new StoreUnavailable('The store cannot do this now')
          told?.check?.()
          const stored = apply()
          if (stored !== false) this.#record(told?.log ?? [])
          this.#told = this.#last
          if (stored !== false) told?.tell(stored)
          resolve(answer ? answer() : stored)
        } catch (error) {
          reject(error)
        }
      }),
    )
  }

  #record(entries: readonly LogEntry[]): void {
    for (const entry of entries) {
      const isSame = ({ kind, channel }: LogEntry) =>
        entry.kind === 'forgotten' && kind === 'forgotten' && channel === entry.channel
      // The entry that comes now includes the older one.
      const before = this.#log.filter(isSame).map(({ message = 0 }) => message)
      if (before.length > 0) this.#log.splice(0, this.#log.length, ...this.#log.filter((one) => !isSame(one)))
      const message = before.length > 0 ? Math.max(entry.message ?? 0, ...before) : entry.message
      this.#log.push({ ...entry, ...(message === undefined ? {} : { message }), number: ++this.#last })
    }
    const gone = this.#log.splice(0, Math.max(0, this.#log.length - mostLogged))
    this.#forgotten = gone.at(-1)?.number ?? this.#forgotten
  }

  correctionsAfter({ after, upTo, place, limit }: CorrectionsPage): Promise<Corrections> {
    return this.#read(() => {
      const isThere = ({ kind, channel, account, other }: LoggedChange) => {
        if ('channel' in place) return channel === place.channel
        if (channel !== undefined) return false
        if (kind === 'forgotten') return true
        const [one, two] = place.between
        return (account === one && other === two) || (account === two && other === one)
      }
      const changes = this.#log
        .filter((change) => change.message !== undefined && isThere(change))
        .filter(({ kind, message = 0 }) => kind === 'forgotten' || message <= after)
        .filter(({ number }) => number > after && number <= Math.min(upTo, this.#told))
        .slice(0, limit)
      const ids = changes.flatMap(({ kind, message }) => (kind === 'edited' ? [message] : []))
      return {
        changes,
        edited: this.messages.filter(({ id }) => ids.includes(id)),
        upTo: Math.min(upTo, this.#told),
        complete: after >= this.#forgotten && after <= this.#told && !this.#isNewer(place, after),
      }
    })
  }

  #isNewer(place: PlaceOfTalk, number: number): boolean {
    const named =
      'channel' in place ? this.#channels.get(place.channel) : this.#accounts.get(place.between[1])
    return number > 0 && (named?.namedAfter ?? 0) > number
  }

  changesAfter(number: number, limit: number): Promise<Changes> {
    return this.#read(() => {
      const said = this.messages.map((message) => ({
        kind: 'message' as const,
        number: message.id,
        said: message,
      }))
      const changes = [...said, ...this.#log]
        .filter((change) => change.number > number && change.number <= this.#told)
        .sort((one, other) => one.number - other.number)
      const complete = number >= this.#forgotten && number <= this.#told
      return { changes: changes.slice(0, limit), complete }
    })
  }

  /** A copy, as from a disk: changing an answer does not change what is stored. */
  async #read<T>(answer: () => T): Promise<T> {
    if (this.#closed) throw new StoreUnavailable('The store is closed')
    return structuredClone(answer())
  }
}

function deletionsOf(removed: readonly MessageRecord[]): LogEntry[] {
  return removed.map(({ id, channel, from, to, blocked }) => ({
    kind: 'deleted',
    channel,
    account: from,
    other: blocked ? undefined : to,
    message: id,
  }))
}

function isMember(record: { channel: number; account: number }, channel: number, account: number): boolean {
  return record.channel === channel && record.account === account
}

function isPending(request: RequestRecord, channel: number, account: number): boolean {
  return isMember(request, channel, account) && request.answer === 'pending'
}

function withLink(links: readonly LinkRecord[], { account, other }: LinkRecord, on: boolean): LinkRecord[] {
  const others = links.filter((link) => link.account !== account || link.other !== other)
  return on ? [...others, { account, other }] : others
}

/** In the order in which a database would answer: by two numbers. */
function sortedBy<K extends string, T extends Record<K, number>>(
  records: readonly T[],
  first: K,
  second: K,
): T[] {
  return records.toSorted((one, other) => one[first] - other[first] || one[second] - other[second])
}

/** The words of a text as they are compared: without case and accents. */
function tokens(text: string): string[] {
  const plain = searchForm(text).normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
  return plain.match(/[\p{L}\p{N}\p{Co}]+/gu) ?? []
}

/** Whether the words of a phrase stand side by side; of the last one perhaps only the beginning. */
function occurs(phrase: readonly string[], words: readonly string[], begins: boolean): boolean {
  const last = phrase.length - 1
  return words.some((_, start) =>
    phrase.every((word, offset) => {
      const there = words[start + offset]
      return begins && offset === last ? there?.startsWith(word) : there === word
    }),
  )
}

function wantedBut(unwanted: NoNews | undefined): (message: MessageRecord) => boolean {
  const { accounts = [], guests = [], own = 0 } = unwanted ?? {}
  return ({ bot, from, fromGuest }) =>
    !accounts.includes(from ?? 0) && !guests.includes(fromGuest ?? '') && (from !== own || bot === true)
}
