import type { Knex } from 'knex'
import type { Changes, Corrections, CorrectionsPage, Told } from '../chat/ports/change-log.ts'
import type { MessageFilter } from '../chat/ports/group-store.ts'
import type {
  AppendedMessage,
  MessageChange,
  MessageRecord,
  NoNews,
  Page,
  SaidOnce,
  SearchQuery,
  Teller,
  Unwanted,
} from '../chat/ports/records.ts'
import type { Store } from '../chat/ports/store.ts'
import type { StoreAccess } from './access.ts'
import { changesAfter, correctionsAfter } from './change-log.ts'
import * as messages from './messages.ts'
import * as once from './once.ts'
import type { MessageRemoval } from './removal.ts'
import { type MessageRow, messageColumns, toMessage } from './rows.ts'
import type { SearchIndex } from './search-index.ts'
import { searchQuery } from './sqlite/full-text.ts'

/** Reads for people are ended after this time (ms), so that one person does not keep others waiting. */
const limitMs = 5_000

/** The part of the Store for messages: storing, finding and editing them, and the changes since a number. */
export function messageStore(access: StoreAccess, removal: MessageRemoval, index: SearchIndex) {
  const { committer } = access
  return {
    append<T = number>(message: AppendedMessage, teller?: Teller<T>): Promise<T> {
      const { at, from: account, once: key } = message
      if (key === undefined || account === undefined) return committer.append(message, teller)
      const beside = (db: Knex, id: number) => once.rememberOnce(db, { account, key, message: id, at })
      return committer.append(message, teller, beside)
    },

    inTurn<T>(act: () => T): Promise<T> {
      return committer.inTurn(act)
    },

    changesAfter(number: number, limit: number): Promise<Changes> {
      const { told } = committer
      return access.read((db) => changesAfter(db, number, told, limit))
    },

    correctionsAfter(page: CorrectionsPage): Promise<Corrections> {
      const { told } = committer
      return access.read((db) => correctionsAfter(db, page, told))
    },

    saidOnce(account: number, key: string): Promise<SaidOnce | undefined> {
      return access.read((db) => once.saidOnce(db, account, key))
    },

    setOnceAnswer(account: number, key: string, message: number, answer: string): Promise<void> {
      return committer.change((db) => once.setOnceAnswer(db, account, key, message, answer))
    },

    forgetOnce(before: number): Promise<void> {
      return committer.change((db) => once.forgetOnce(db, before))
    },

    message(id: number): Promise<MessageRecord | undefined> {
      return access.read(async (db) => {
        const row: MessageRow | undefined = await db('messages').where({ id }).first(messageColumns)
        return row && toMessage(row)
      })
    },

    editMessage(change: MessageChange, told?: Told<boolean>): Promise<boolean> {
      return committer.change((db) => removal.edit(db, change), told)
    },

    channelHistory(channel: number, page: Page): Promise<MessageRecord[]> {
      return access.messages((db) => messages.channelHistoryQuery(db, channel, page), page)
    },

    directHistory(account: number, other: number, page: Page): Promise<MessageRecord[]> {
      return access.messages((db) => messages.directHistoryQuery(db, account, other, page), page)
    },

    inbox(account: number, page: Page): Promise<MessageRecord[]> {
      return access.messages((db) => messages.inboxQuery(db, account, page), page)
    },

    countChannel(channel: number, page: Page, unwanted?: NoNews): Promise<number> {
      return access.read((db) => messages.countOf(messages.countChannelQuery(db, channel, page, unwanted)))
    },

    countInbox(account: number, page: Page, unwanted?: Unwanted): Promise<number> {
      return access.read((db) => messages.countOf(messages.countInboxQuery(db, account, page, unwanted)))
    },

    countFrom(account: number, limit: number): Promise<number> {
      return access.scan((db) => messages.countOf(messages.countFromQuery(db, account, limit)), {
        for: account,
      })
    },

    async search(query: SearchQuery): Promise<MessageRecord[]> {
      access.requireOpen()
      if (query.words.length === 0 && query.from === undefined) return []
      if (query.words.length > 0) await index.upToDate()
      const { reader, signal } = query
      return access.longMessages((db) => searchQuery(db, query), query, { for: reader, signal, limitMs })
    },

    notices(page: Page): Promise<MessageRecord[]> {
      return access.messages((db) => messages.noticesQuery(db, page), page)
    },

    mentions(account: number, page: Page): Promise<MessageRecord[]> {
      // Those in channels that the account has left are gone through as well.
      return access.longMessages((db) => messages.mentionsQuery(db, account, page), page, {
        for: account,
        limitMs,
      })
    },

    countMentions(account: number, page: Page, unwanted?: NoNews): Promise<number> {
      return access.read((db) => messages.countOf(messages.countMentionsQuery(db, account, page, unwanted)))
    },

    /** Can be as slow as a search, and waits its turn with them; an operator waits as long as it takes. */
    messageList(filter: MessageFilter): Promise<MessageRecord[]> {
      return access.longMessages((db) => messages.messageListQuery(db, filter), filter, { for: 0 })
    },

    countMessages(since?: number): Promise<number> {
      const count = (db: Knex) => messages.countOf(messages.countMessagesQuery(db, since))
      // All of them are as much to read as a search is.
      return since === undefined ? access.scan(count, { for: 0 }) : access.read(count)
    },

    unindexed(): Promise<number> {
      const above = index.missingAbove
      // Other changes have numbers of the same series, so messages are counted.
      return above === undefined
        ? access.read(async () => 0)
        : access.read((db) => messages.countOf(messages.countAboveQuery(db, above)))
    },
  } satisfies Partial<Store>
}
