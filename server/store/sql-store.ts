import type { Knex } from 'knex'
import type { Settings } from '../chat/people.ts'
import type {
  MembershipRecord,
  MessageRecord,
  NewAccount,
  NewMessage,
  Page,
  SearchQuery,
  Secrets,
  Store,
  TokenRecord,
} from '../chat/ports.ts'
import { Mutex } from '../lib/mutex.ts'
import * as accounts from './accounts.ts'
import * as channels from './channels.ts'
import { Committer } from './committer.ts'
import { closedError, unavailable } from './errors.ts'
import type { StoreLog } from './log.ts'
import * as messages from './messages.ts'
import { type MessageRow, toMessage } from './rows.ts'
import { SearchIndex } from './search-index.ts'
import { type Connections, truncateWal } from './sqlite/connect.ts'
import { forgetWords, indexedUpTo, indexNext, searchQuery } from './sqlite/full-text.ts'
import { insertMessages, lastMessageId } from './sqlite/insert.ts'
import { sqliteTransactions } from './sqlite/transaction.ts'

/** The Store port on a database that is open and has the newest schema: see openStore. */
export class SqlStore implements Store {
  readonly #connections: Connections
  readonly #committer: Committer
  readonly #index: SearchIndex
  readonly #searches = new Mutex()
  #lastId: number
  #closing: Promise<void> | undefined

  private constructor(connections: Connections, lastId: number, indexed: number, log: StoreLog | undefined) {
    this.#connections = connections
    this.#lastId = lastId
    this.#committer = new Committer(connections.writer, {
      transactions: sqliteTransactions,
      insert: insertMessages,
      stored: (id) => this.#index.stored(id),
    })
    const changes = this.#committer
    this.#index = new SearchIndex({ changes, next: indexNext, position: indexed, newest: lastId, log })
    this.#index.catchUp()
  }

  /** Takes over the connections, and closes them in the end. */
  static async on(connections: Connections, log?: StoreLog): Promise<SqlStore> {
    const { writer } = connections
    return new SqlStore(connections, await lastMessageId(writer), await indexedUpTo(writer), log)
  }

  /** How many commits succeeded so far. */
  get commits(): number {
    return this.#committer.commits
  }

  load(): ReturnType<Store['load']> {
    return this.#read(async (db) => ({
      accounts: await accounts.loadAccounts(db),
      channels: await channels.loadChannels(db),
      memberships: await channels.loadMemberships(db),
      lastMessageId: await lastMessageId(db),
    }))
  }

  createAccount(account: NewAccount): Promise<number> {
    return this.#committer.change((db) => accounts.createAccount(db, account))
  }

  secretsOf(account: number): Promise<Secrets | undefined> {
    return this.#read((db) => accounts.secretsOf(db, account))
  }

  setPassword(account: number, passwordHash: string): Promise<void> {
    return this.#updateAccount(account, { password_hash: passwordHash })
  }

  recover(account: number, { passwordHash, recoveryHash }: Secrets): Promise<void> {
    return this.#updateAccount(account, { password_hash: passwordHash, recovery_hash: recoveryHash })
  }

  setEmail(account: number, email: string | undefined): Promise<void> {
    return this.#updateAccount(account, { email: email ?? null })
  }

  setSettings(account: number, settings: Settings): Promise<void> {
    return this.#updateAccount(account, { settings: JSON.stringify(settings) })
  }

  #updateAccount(account: number, columns: Parameters<typeof accounts.updateAccount>[2]): Promise<void> {
    return this.#committer.change((db) => accounts.updateAccount(db, account, columns))
  }

  saveSeen(entries: Parameters<Store['saveSeen']>[0]): Promise<void> {
    return this.#committer.change((db) => accounts.saveSeen(db, entries))
  }

  deleteAccount(account: number, fate: 'keep' | 'remove', at: number): Promise<void> {
    return this.#committer.change(async (db) => {
      await accounts.deleteAccount(db, account, at)
      if (fate === 'keep') return
      await forgetWords(db, account)
      await messages.removeMessages(db, account)
    })
  }

  addToken(token: TokenRecord): Promise<void> {
    return this.#committer.change((db) => accounts.addToken(db, token))
  }

  tokensOf(account: number): Promise<TokenRecord[]> {
    return this.#read((db) => accounts.tokensOf(db, account))
  }

  removeToken(account: number, name: string): Promise<boolean> {
    return this.#committer.change((db) => accounts.removeToken(db, account, name))
  }

  createChannel(channel: Parameters<Store['createChannel']>[0]): Promise<number> {
    return this.#committer.change((db) => channels.createChannel(db, channel))
  }

  setTopic(channel: number, topic: string): Promise<void> {
    return this.#committer.change((db) => channels.setTopic(db, channel, topic))
  }

  closeChannel(channel: number, at: number): Promise<void> {
    return this.#committer.change((db) => channels.closeChannel(db, channel, at))
  }

  addMember(member: MembershipRecord): Promise<void> {
    return this.#committer.change((db) => channels.addMember(db, member))
  }

  removeMember(channel: number, account: number, successor?: number): Promise<void> {
    return this.#committer.change((db) => channels.removeMember(db, channel, account, successor))
  }

  append(message: NewMessage): Promise<number> {
    return this.#committer.append({ ...message, id: ++this.#lastId })
  }

  channelHistory(channel: number, page: Page): Promise<MessageRecord[]> {
    return this.#messages((db) => messages.channelHistoryQuery(db, channel, page))
  }

  directHistory(account: number, other: number, page: Page): Promise<MessageRecord[]> {
    return this.#messages((db) => messages.directHistoryQuery(db, account, other, page))
  }

  inbox(account: number, page: Page): Promise<MessageRecord[]> {
    return this.#messages((db) => messages.inboxQuery(db, account, page))
  }

  countChannel(channel: number, page: Page): Promise<number> {
    return this.#read((db) => messages.countOf(messages.countChannelQuery(db, channel, page)))
  }

  countInbox(account: number, page: Page): Promise<number> {
    return this.#read((db) => messages.countOf(messages.countInboxQuery(db, account, page)))
  }

  countFrom(account: number, limit: number): Promise<number> {
    return this.#read((db) => messages.countOf(messages.countFromQuery(db, account, limit)))
  }

  /** One search at a time: a slow one must not take the other reading connection from the histories. */
  async search(query: SearchQuery): Promise<MessageRecord[]> {
    if (this.#closing) throw closedError()
    if (query.words.length === 0) return []
    await this.#index.upToDate()
    return this.#searches.run(() => this.#messages((db) => searchQuery(db, query)))
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
    await Promise.all([this.#index.stop(), this.#committer.close()])
    await reader.destroy()
    // Without it the next start only takes a moment longer.
    await truncateWal(writer).catch(() => undefined)
    await writer.destroy()
  }

  /** Every query is newest first, so that it can stop at its limit; the port promises oldest first. */
  #messages(query: (db: Knex) => PromiseLike<MessageRow[]>): Promise<MessageRecord[]> {
    return this.#read(async (db) => (await query(db)).reverse().map(toMessage))
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
