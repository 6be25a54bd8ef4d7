import type { Knex } from 'knex'
import type { Counts } from '../chat/machine/counts.ts'
import type { LoginAddressRecord } from '../chat/model/login-addresses.ts'
import type { RestraintKind, Role, Settings } from '../chat/model/people.ts'
import type { Changes, Corrections, CorrectionsPage, Told } from '../chat/ports/change-log.ts'
import type { FileRecord, FileStore, FileTokenRecord } from '../chat/ports/file-store.ts'
import type {
  AddressBanRecord,
  GroupStore,
  GuestRestraintRecord,
  LinkRecord,
  MessageFilter,
  RestraintRecord,
} from '../chat/ports/group-store.ts'
import type { ClockSeen, KeepStore, Outdated } from '../chat/ports/keep-store.ts'
import type { AccountRead, ReadChange } from '../chat/ports/read-store.ts'
import type {
  AppendedMessage,
  DeletionMode,
  Enrolled,
  EnrolmentPlan,
  MembershipRecord,
  MessageChange,
  MessageRecord,
  NewAccount,
  NewName,
  Page,
  SaidOnce,
  SearchQuery,
  Secrets,
  TokenRecord,
  TokenSeen,
  TokenUse,
  Unwanted,
} from '../chat/ports/records.ts'
import type { Store, Taking } from '../chat/ports/store.ts'
import * as accounts from './accounts.ts'
import * as addressBans from './address-bans.ts'
import { ChangeLog, changesAfter, correctionsAfter, deletions, lastLogged } from './change-log.ts'
import * as channels from './channels.ts'
import { Committer } from './committer.ts'
import { enrol } from './enrolment.ts'
import { closedError, unavailable } from './errors.ts'
import * as files from './files.ts'
import * as groups from './groups.ts'
import * as invites from './invites.ts'
import * as keep from './keep.ts'
import type { StoreLog } from './log.ts'
import * as logins from './login-addresses.ts'
import * as messages from './messages.ts'
import * as once from './once.ts'
import * as reading from './read-markers.ts'
import { type MessageRow, messageColumns, toMessage } from './rows.ts'
import { type ScanOptions, Scans } from './scans.ts'
import { SearchIndex } from './search-index.ts'
import { type Connections, truncateWal } from './sqlite/connect.ts'
import {
  editMessage,
  indexedUpTo,
  indexNext,
  removeMessages,
  rewriteIndex,
  searchQuery,
} from './sqlite/full-text.ts'
import { lastMessageId, MessageInserts } from './sqlite/insert.ts'
import { sqliteTransactions } from './sqlite/transaction.ts'
import * as tokens from './tokens.ts'

/** Between two looks, in a store that is idle: somebody watches it, and nobody talks. */
const fewCommits = 10
/** So many messages are removed in one change: overwriting their words takes long. */
const removalStep = 20
/** What somebody waits for is ended after this: whoever wants to know so much has it for others, too. */
const limitMs = 5_000

/** The Store port on a database that is open and has the newest schema: see openStore. */
export class SqlStore implements Store {
  readonly #connections: Connections
  readonly #committer: Committer
  readonly #inserts: MessageInserts
  readonly #index: SearchIndex
  readonly #scans: Scans
  /** How often messages were removed. */
  #removals = 0
  #closing: Promise<void> | undefined
  /** How many commits there were when it was last looked whether the store is idle, and when the log was folded in. */
  #lookedAt = 0
  #folded = 0

  private constructor(
    connections: Connections,
    last: { message: number; change: number },
    changeLog: ChangeLog,
    indexed: number,
    log: StoreLog | undefined,
    counts: Counts | undefined,
  ) {
    this.#connections = connections
    this.#scans = new Scans(connections.scanners)
    this.#inserts = new MessageInserts(() => connections.writerConnection())
    this.#committer = new Committer(connections.writer, {
      transactions: sqliteTransactions,
      insert: this.#inserts.insert,
      record: changeLog.record,
      last: Math.max(last.message, last.change),
      stored: (id) => this.#index.stored(id),
      counts,
    })
    const changes = this.#committer
    this.#index = new SearchIndex({ changes, next: indexNext, position: indexed, newest: last.message, log })
    this.#index.catchUp()
  }

  /** Takes over the connections, and closes them in the end. */
  static async on(connections: Connections, log?: StoreLog, counts?: Counts): Promise<SqlStore> {
    const { writer } = connections
    const last = { message: await lastMessageId(writer), change: await lastLogged(writer) }
    const changeLog = await ChangeLog.of(writer)
    return new SqlStore(connections, last, changeLog, await indexedUpTo(writer), log, counts)
  }

  /** How many commits succeeded so far. */
  get commits(): number {
    return this.#committer.commits
  }

  load(take?: Taking): ReturnType<Store['load']> {
    return this.#read(async (db) => {
      const lists = { accounts: [], channels: [], memberships: [] }
      const taking = take ?? takingInto(lists)
      for await (const records of accounts.loadAccounts(db)) taking.accounts(records)
      taking.channels(await channels.loadChannels(db))
      for await (const records of channels.loadMemberships(db)) taking.memberships(records)
      return {
        ...lists,
        lastMessageId: await lastMessageId(db),
        lastMessageAt: await messages.lastMessageAt(db),
      }
    })
  }

  createAccount(account: NewAccount, told?: Told<number>): Promise<number> {
    return this.#committer.change((db) => accounts.createAccount(db, account), told)
  }

  enrol(plan: EnrolmentPlan, told?: Told<Enrolled>): Promise<Enrolled> {
    return this.#committer.change((db) => enrol(db, plan), told)
  }

  secretsOf(account: number): Promise<Secrets | undefined> {
    return this.#read((db) => accounts.secretsOf(db, account))
  }

  setPassword(account: number, passwordHash: string): Promise<void> {
    return this.#updateAccount(account, { password_hash: passwordHash, initial_password: false })
  }

  recover(account: number, { passwordHash, recoveryHash }: Secrets): Promise<void> {
    return this.#committer.change(async (db) => {
      await accounts.updateAccount(db, account, {
        password_hash: passwordHash,
        recovery_hash: recoveryHash,
        initial_password: false,
      })
      await tokens.removeTokens(db, account)
    })
  }

  setEmail(account: number, email: string | undefined): Promise<void> {
    return this.#updateAccount(account, { email: email ?? null })
  }

  setSettings(account: number, settings: Settings): Promise<void> {
    return this.#updateAccount(account, { settings: JSON.stringify(settings) })
  }

  #updateAccount(
    account: number,
    columns: Parameters<typeof accounts.updateAccount>[2],
    told?: Told,
  ): Promise<void> {
    return this.#committer.change((db) => accounts.updateAccount(db, account, columns), told)
  }

  saveSeen(...[entries, read = []]: Parameters<Store['saveSeen']>): Promise<void> {
    return this.#committer.change(async (db) => {
      await accounts.saveSeen(db, entries)
      await reading.saveRead(db, read)
    })
  }

  readOf(account: number): Promise<AccountRead> {
    return this.#read((db) => reading.readOf(db, account))
  }

  saveRead(changes: readonly ReadChange[]): Promise<void> {
    return this.#committer.change((db) => reading.saveRead(db, changes))
  }

  countUnread(...[channel, page, but]: Parameters<Store['countUnread']>): ReturnType<Store['countUnread']> {
    return this.#read((db) =>
      reading.countUnread(reading.countUnreadQuery(db, channel, page, but), page, but.since),
    )
  }

  receivedFrom(
    ...[account, from, page]: Parameters<Store['receivedFrom']>
  ): ReturnType<Store['receivedFrom']> {
    return this.#read(async (db) =>
      (await reading.receivedFromQuery(db, account, from, page)).map(reading.toCounted),
    )
  }

  writersTo(account: number): ReturnType<Store['writersTo']> {
    return this.#read(async (db) => await reading.writersQuery(db, account))
  }

  received(account: number, page: Page): ReturnType<Store['received']> {
    return this.#read(async (db) => (await reading.receivedQuery(db, account, page)).map(reading.toCounted))
  }

  mentioning(account: number, page: Page): ReturnType<Store['mentioning']> {
    return this.#read(async (db) => {
      const rows = await reading.mentioningQuery(db, account, page)
      return rows.map((row) => ({ ...reading.toCounted(row), channel: row.channel_id ?? 0 }))
    })
  }

  async deleteAccount(account: number, fate: DeletionMode, at: number): Promise<boolean> {
    // What was ever said is looked through by a reading connection, and removed in steps: messages do not wait for it.
    const said =
      fate === 'remove' ? await this.#scan((db) => messages.saidBy(db, account), { for: 0 }) : undefined
    for (let start = 0; said && start < said.ids.length; start += removalStep)
      await this.removeMessages(said.ids.slice(start, start + removalStep))
    // With what was on its way when the account ended: nobody says anything for it any more.
    const late = said ? await this.#read((db) => messages.saidSince(db, account, said.upTo)) : []
    if (late.length > 0) await this.removeMessages(late)
    return this.#committer.change(async (db) => {
      await files.forgetRoomTokens(db, channels.privateChannelsOf(db, account))
      await files.forgetAccountFiles(db, account, fate !== 'keep')
      const rests = await accounts.deleteAccount(db, account, fate, at)
      await groups.forgetAccount(db, account)
      if (fate !== 'keep') await reading.forgetPlace(db, 'person', account)
      await invites.forgetInvites(db, account)
      if (said) await this.#remove(db, await messages.saidSince(db, account, said.upTo))
      await db('said_once').where({ account }).delete()
      await db('endings').where({ account }).delete()
      if (fate === 'erase') await keep.needScrub(db, 'all')
      return rests
    })
  }

  restingNames(): ReturnType<Store['restingNames']> {
    return this.#read(accounts.restingNames)
  }

  addToken(token: TokenRecord): Promise<void> {
    return this.#committer.change((db) => tokens.addToken(db, token))
  }

  tokensOf(account: number): Promise<TokenRecord[]> {
    return this.#read((db) => tokens.tokensOf(db, account))
  }

  saveTokensSeen(entries: readonly TokenSeen[]): Promise<void> {
    return this.#committer.change((db) => tokens.saveTokensSeen(db, entries))
  }

  useToken(account: number, use: TokenUse): Promise<boolean> {
    return this.#committer.change((db) => tokens.useToken(db, account, use))
  }

  removeToken(account: number, name: string): Promise<boolean> {
    return this.#committer.change((db) => tokens.removeToken(db, account, name))
  }

  loginAddresses(account: number): Promise<LoginAddressRecord[]> {
    return this.#read((db) => logins.loginAddresses(db, account))
  }

  addLoginAddress(account: number, record: LoginAddressRecord, most: number): Promise<boolean> {
    return this.#committer.change((db) => logins.addLoginAddress(db, account, record, most))
  }

  useLoginAddress(account: number, address: string, at: number): Promise<void> {
    return this.#committer.change((db) => logins.useLoginAddress(db, account, address, at))
  }

  tellLoginAddresses(account: number, addresses: readonly string[]): Promise<void> {
    return this.#committer.change((db) => logins.tellLoginAddresses(db, account, addresses))
  }

  createChannel(channel: Parameters<Store['createChannel']>[0], told?: Told<number>): Promise<number> {
    return this.#committer.change((db) => channels.createChannel(db, channel), told)
  }

  setTopic(channel: number, topic: string, told?: Told): Promise<void> {
    return this.#committer.change((db) => channels.setTopic(db, channel, topic), told)
  }

  renameChannel(channel: number, name: NewName, from: string, told?: Told): Promise<void> {
    return this.#committer.change((db) => channels.renameChannel(db, channel, name, from), told)
  }

  setPrivate(channel: number, isPrivate: boolean, told?: Told): Promise<void> {
    return this.#committer.gate((db) => channels.setPrivate(db, channel, isPrivate), told)
  }

  renameAccount(account: number, name: NewName, told?: Told): Promise<void> {
    return this.#committer.change((db) => accounts.renameAccount(db, account, name), told)
  }

  closeChannel(channel: number, at: number, told?: Told): Promise<void> {
    return this.#committer.gate(async (db) => {
      await channels.closeChannel(db, channel, at)
      await groups.forgetChannel(db, channel)
      await files.forgetChannelFiles(db, channel)
    }, told)
  }

  addMember(member: MembershipRecord, told?: Told): Promise<void> {
    return this.#committer.change((db) => channels.addMember(db, member), told)
  }

  removeMember(
    channel: number,
    account: number,
    { successor, loses = true }: Parameters<Store['removeMember']>[2] = {},
    told?: Told,
  ): Promise<void> {
    return this.#committer.gate(async (db) => {
      await channels.removeMember(db, channel, account, successor)
      if (loses) await files.forgetRoomTokens(db, channel)
    }, told)
  }

  append(message: AppendedMessage, tell?: (id: number) => void, check?: () => void): Promise<number> {
    const { at, from: account, once: key } = message
    if (key === undefined || account === undefined) return this.#committer.append(message, { tell, check })
    const beside = (db: Knex, id: number) => once.rememberOnce(db, { account, key, message: id, at })
    return this.#committer.append(message, { beside, tell, check })
  }

  changesAfter(number: number, limit: number): Promise<Changes> {
    const { told } = this.#committer
    return this.#read((db) => changesAfter(db, number, told, limit))
  }

  correctionsAfter(page: CorrectionsPage): Promise<Corrections> {
    const { told } = this.#committer
    return this.#read((db) => correctionsAfter(db, page, told))
  }

  saidOnce(account: number, key: string): Promise<SaidOnce | undefined> {
    return this.#read((db) => once.saidOnce(db, account, key))
  }

  setOnceAnswer(account: number, key: string, message: number, answer: string): Promise<void> {
    return this.#committer.change((db) => once.setOnceAnswer(db, account, key, message, answer))
  }

  forgetOnce(before: number): Promise<void> {
    return this.#committer.change((db) => once.forgetOnce(db, before))
  }

  message(id: number): Promise<MessageRecord | undefined> {
    return this.#read(async (db) => {
      const row: MessageRow | undefined = await db('messages').where({ id }).first(messageColumns)
      return row && toMessage(row)
    })
  }

  editMessage(change: MessageChange, told?: Told<boolean>): Promise<boolean> {
    // The words before leave traces, as those of a removed message do.
    return this.#committer.change(async (db) => {
      this.#removals++
      const found = await editMessage(db, change)
      if (found) await keep.needScrub(db, 'traces')
      return found
    }, told)
  }

  channelHistory(channel: number, page: Page): Promise<MessageRecord[]> {
    return this.#messages((db) => messages.channelHistoryQuery(db, channel, page), page)
  }

  directHistory(account: number, other: number, page: Page): Promise<MessageRecord[]> {
    return this.#messages((db) => messages.directHistoryQuery(db, account, other, page), page)
  }

  inbox(account: number, page: Page): Promise<MessageRecord[]> {
    return this.#messages((db) => messages.inboxQuery(db, account, page), page)
  }

  countChannel(channel: number, page: Page, unwanted?: Unwanted): Promise<number> {
    return this.#read((db) => messages.countOf(messages.countChannelQuery(db, channel, page, unwanted)))
  }

  countInbox(account: number, page: Page, unwanted?: Unwanted): Promise<number> {
    return this.#read((db) => messages.countOf(messages.countInboxQuery(db, account, page, unwanted)))
  }

  countFrom(account: number, limit: number): Promise<number> {
    return this.#scan((db) => messages.countOf(messages.countFromQuery(db, account, limit)), { for: account })
  }

  async search(query: SearchQuery): Promise<MessageRecord[]> {
    if (this.#closing) throw closedError()
    if (query.words.length === 0 && query.from === undefined) return []
    if (query.words.length > 0) await this.#index.upToDate()
    const { reader, signal } = query
    return this.#longMessages((db) => searchQuery(db, query), query, { for: reader, signal, limitMs })
  }

  loadGroups(): ReturnType<GroupStore['loadGroups']> {
    return this.#read(async (db) => ({
      ...(await groups.loadGroups(db)),
      addressBans: await addressBans.loadAddressBans(db),
    }))
  }

  addRequest(request: Parameters<GroupStore['addRequest']>[0], told?: Told<number>): Promise<number> {
    return this.#committer.change((db) => groups.addRequest(db, request), told)
  }

  answerRequest(id: number, answer: 'rejected' | MembershipRecord, told?: Told): Promise<void> {
    return this.#committer.change((db) => groups.answerRequest(db, id, answer), told)
  }

  forgetRequests(ids: readonly number[], told?: Told): Promise<void> {
    return this.#committer.change((db) => groups.forgetRequests(db, ids), told)
  }

  setRole(channel: number, account: number, role: Role | undefined, told?: Told): Promise<void> {
    return this.#committer.change((db) => channels.setRole(db, channel, account, role), told)
  }

  transfer(channel: number, from: number, to: number, told?: Told): Promise<void> {
    return this.#committer.change((db) => channels.transfer(db, channel, from, to), told)
  }

  addBan(ban: RestraintRecord, at: number, successor?: number, told?: Told): Promise<void> {
    return this.#committer.gate(async (db) => {
      await groups.addBan(db, ban, at)
      if (successor !== undefined) await channels.setRole(db, ban.channel, successor, 'admin')
      await files.forgetRoomTokens(db, ban.channel)
    }, told)
  }

  removeBan(channel: number, account: number, told?: Told): Promise<void> {
    return this.#committer.change((db) => groups.removeBan(db, channel, account), told)
  }

  setMute(mute: RestraintRecord, told?: Told): Promise<void> {
    return this.#committer.gate((db) => groups.setMute(db, mute), told)
  }

  removeMute(channel: number, account: number, told?: Told): Promise<void> {
    return this.#committer.change((db) => groups.removeMute(db, channel, account), told)
  }

  setGuestRestraint(restraint: GuestRestraintRecord, told?: Told): Promise<void> {
    return this.#committer.gate((db) => groups.setGuestRestraint(db, restraint), told)
  }

  removeGuestRestraint(channel: number, kind: RestraintKind, told?: Told): Promise<void> {
    return this.#committer.change((db) => groups.removeGuestRestraint(db, channel, kind), told)
  }

  setContact(link: LinkRecord, on: boolean): Promise<void> {
    return this.#committer.change((db) => groups.setLink(db, 'contacts', link, on))
  }

  setWatch(account: number, on: boolean): Promise<void> {
    return this.#updateAccount(account, { watch: on })
  }

  setBlock(link: LinkRecord, on: boolean, told?: Told): Promise<void> {
    return this.#committer.change((db) => groups.setBlock(db, link, on), told)
  }

  setOperator(account: number, on: boolean, told?: Told): Promise<void> {
    return this.#updateAccount(account, { operator: on }, told)
  }

  setInitialPassword(account: number, passwordHash: string): Promise<void> {
    return this.#committer.change(async (db) => {
      await accounts.updateAccount(db, account, { password_hash: passwordHash, initial_password: true })
      await tokens.removeTokens(db, account)
    })
  }

  addInvite(invite: Parameters<GroupStore['addInvite']>[0]): Promise<void> {
    return this.#committer.change((db) => invites.addInvite(db, invite))
  }

  countInvites(by: number, now: number): Promise<number> {
    return this.#read((db) => invites.countInvites(db, by, now))
  }

  hasInvite(hash: string, now: number): Promise<boolean> {
    return this.#read((db) => invites.hasInvite(db, hash, now))
  }

  banAddress(ban: AddressBanRecord): Promise<void> {
    return this.#committer.change((db) => addressBans.banAddress(db, ban))
  }

  unbanAddress(cidr: string): Promise<boolean> {
    return this.#committer.change((db) => addressBans.unbanAddress(db, cidr))
  }

  notices(page: Page): Promise<MessageRecord[]> {
    return this.#messages((db) => messages.noticesQuery(db, page), page)
  }

  mentions(account: number, page: Page): Promise<MessageRecord[]> {
    // Those in channels that the account has left are gone through as well.
    return this.#longMessages((db) => messages.mentionsQuery(db, account, page), page, {
      for: account,
      limitMs,
    })
  }

  countMentions(account: number, page: Page, unwanted?: Unwanted): Promise<number> {
    return this.#read((db) => messages.countOf(messages.countMentionsQuery(db, account, page, unwanted)))
  }

  /** Can be as slow as a search, and waits its turn with them; an operator waits as long as it takes. */
  messageList(filter: MessageFilter): Promise<MessageRecord[]> {
    return this.#longMessages((db) => messages.messageListQuery(db, filter), filter, { for: 0 })
  }

  dataId(): Promise<number> {
    return this.#read((db) => files.dataId(db))
  }

  loadFiles(): ReturnType<FileStore['loadFiles']> {
    return this.#read((db) => files.loadFiles(db))
  }

  addFile(file: Omit<FileRecord, 'id'>): Promise<number> {
    return this.#committer.change((db) => files.addFile(db, file))
  }

  setUpload(id: number, upload: Parameters<FileStore['setUpload']>[1]): Promise<void> {
    return this.#committer.change((db) => files.setUpload(db, id, upload))
  }

  completeFile(...[file, message, tell, check]: Parameters<Store['completeFile']>): Promise<number> {
    const beside = (db: Knex) => files.completeFile(db, file)
    return this.#committer.append(message, { beside, tell, check })
  }

  setFileTokens(tokens: Parameters<FileStore['setFileTokens']>[0]): Promise<void> {
    return this.#committer.change((db) => files.setFileTokens(db, tokens))
  }

  removeFiles(ids: readonly number[]): Promise<void> {
    return this.#committer.change((db) => files.removeFiles(db, ids))
  }

  discarded(): ReturnType<FileStore['discarded']> {
    return this.#read((db) => files.discarded(db))
  }

  forgetDiscarded(blobs: readonly string[]): Promise<void> {
    return this.#committer.change((db) => files.forgetDiscarded(db, blobs))
  }

  addFileToken(token: FileTokenRecord): Promise<void> {
    return this.#committer.change((db) => files.addFileToken(db, token))
  }

  removeFileTokens(hashes: readonly string[]): Promise<void> {
    return this.#committer.change((db) => files.removeFileTokens(db, hashes))
  }

  countMessages(since?: number): Promise<number> {
    const count = (db: Knex) => messages.countOf(messages.countMessagesQuery(db, since))
    // All of them are as much to read as a search is.
    return since === undefined ? this.#scan(count, { for: 0 }) : this.#read(count)
  }

  unindexed(): Promise<number> {
    const above = this.#index.missingAbove
    // Other changes have numbers of the same series, so messages are counted.
    return above === undefined
      ? this.#read(async () => 0)
      : this.#read((db) => messages.countOf(messages.countAboveQuery(db, above)))
  }

  channelNames(): ReturnType<KeepStore['channelNames']> {
    return this.#read((db) => keep.channelNames(db))
  }

  outdated(what: Outdated, after: number): ReturnType<KeepStore['outdated']> {
    return this.#read((db) => keep.outdated(db, what, after))
  }

  messagesAbout(account: number, after: number): ReturnType<KeepStore['messagesAbout']> {
    return this.#scan((db) => keep.messagesAbout(db, account, after), { for: account })
  }

  async removeMessages(ids: readonly number[], told?: Told): Promise<void> {
    const change = told ?? { log: await this.#read((db) => deletions(db, ids)), tell: () => undefined }
    return this.#committer.change((db) => this.#remove(db, ids), change)
  }

  /** With the note that traces of them are left; whoever scrubs meanwhile has not scrubbed these. */
  async #remove(db: Knex, ids: readonly number[]): Promise<void> {
    this.#removals++
    await removeMessages(db, ids)
    if (ids.length > 0) await keep.needScrub(db, 'traces')
  }

  setEnding(account: number, fate: DeletionMode): Promise<void> {
    return this.#committer.change((db) => keep.setEnding(db, account, fate))
  }

  endings(): ReturnType<KeepStore['endings']> {
    return this.#read(keep.endings)
  }

  clockSeen(): ReturnType<KeepStore['clockSeen']> {
    return this.#read(keep.clockSeen)
  }

  setClockSeen(seen: ClockSeen): Promise<void> {
    return this.#committer.change((db) => keep.setClockSeen(db, seen))
  }

  scrubNeed(): ReturnType<KeepStore['scrubNeed']> {
    return this.#read(keep.scrubNeed)
  }

  async scrub(rewrite: boolean): Promise<boolean> {
    const removals = this.#removals
    for (let first = true, more = true; more; first = false)
      more = await this.#committer.change((db) => rewriteIndex(db, first))
    return this.#committer.alone(async (db) => {
      if (rewrite) await db.raw('VACUUM')
      const isDone = await (rewrite ? truncateWal(db) : truncateWal(db, 0))
      if (isDone && this.#removals === removals) await keep.scrubbed(db, rewrite)
      return isDone
    })
  }

  async fold(): Promise<void> {
    if (this.#closing) throw closedError()
    const { commits } = this.#committer
    const isIdle = commits - this.#lookedAt <= fewCommits
    this.#lookedAt = commits
    if (!isIdle || commits === this.#folded) return
    if (await this.#committer.alone((db) => truncateWal(db, 0)))
      this.#folded = this.#lookedAt = this.#committer.commits
  }

  ping(): Promise<void> {
    return this.#committer.change(
      async (db) => void (await db('meta').where({ key: 'pings' }).increment('value')),
    )
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    const { reader, writer } = this.#connections
    // At once: what is still read for somebody may take long.
    await Promise.all([this.#scans.close(), this.#index.stop(), this.#committer.close()])
    await reader.destroy()
    await this.#inserts.close()
    // Without it the next start only takes a moment longer.
    await truncateWal(writer).catch(() => undefined)
    await writer.destroy()
  }

  #messages(query: (db: Knex) => PromiseLike<MessageRow[]>, page: Page): Promise<MessageRecord[]> {
    return this.#read(async (db) => oldestFirst(await query(db), page))
  }

  #longMessages(query: (db: Knex) => PromiseLike<MessageRow[]>, page: Page, options: ScanOptions) {
    return this.#scan(async (db) => oldestFirst(await query(db), page), options)
  }

  /** What may take long: it must not take the reading connections from the histories. */
  async #scan<T>(query: (db: Knex) => Promise<T>, options: ScanOptions): Promise<T> {
    try {
      return await this.#scans.run(query, options)
    } catch (error) {
      if (options.signal?.aborted && error === options.signal.reason) throw error
      throw unavailable(error)
    }
  }

  async #read<T>(query: (db: Knex) => Promise<T>): Promise<T> {
    if (this.#closing) throw closedError()
    try {
      return await query(this.#connections.reader)
    } catch (error) {
      throw unavailable(error)
    }
  }
}

/** Takes everything into lists. */
function takingInto(lists: Pick<Awaited<ReturnType<Store['load']>>, keyof Taking>): Taking {
  return {
    accounts: (records) => void lists.accounts.push(...records),
    channels: (records) => void lists.channels.push(...records),
    memberships: (records) => void lists.memberships.push(...records),
  }
}

/** A query is newest first, unless its page begins at the oldest, so that it can stop at its limit; the port promises oldest first. */
function oldestFirst(rows: MessageRow[], { oldest }: Page): MessageRecord[] {
  return (oldest ? rows : rows.reverse()).map(toMessage)
}
