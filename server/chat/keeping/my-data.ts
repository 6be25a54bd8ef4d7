import { type Clock, timeOfDay } from '../../lib/clock.ts'
import { Mutex } from '../../lib/mutex.ts'
import { isoTime as iso } from '../../lib/times.ts'
import type { BrowserSessions } from '../accounts/browser-sessions.ts'
import type { LoginAddresses } from '../accounts/login-addresses.ts'
import { profileOf } from '../accounts/profile.ts'
import type { Tokens } from '../accounts/tokens.ts'
import type { Channels } from '../channels/channels.ts'
import type { Invitations } from '../channels/invitations.ts'
import type { Ticket } from '../files/file.ts'
import type { FileTokens } from '../files/file-tokens.ts'
import type { Files } from '../files/files.ts'
import type { Count } from '../model/count.ts'
import { fail } from '../model/failures.ts'
import type { Account } from '../model/people.ts'
import type { Reply } from '../model/replies.ts'
import type { Directory } from '../people/directory.ts'
import type { MessageRecord } from '../ports/records.ts'
import type { Store } from '../ports/store.ts'
import type { Part } from '../ports/vault.ts'
import type { ReadMarkers } from '../presence/read-markers.ts'

/** How long the file is kept, and how long before there can be another one (ms). */
const keepMs = 3_600_000

/** What is stored about a person: an overview, or a file with everything, which reads all their messages. */
export class MyData {
  readonly #store: Store
  readonly #clock: Clock
  readonly #addresses: LoginAddresses
  readonly #channels: Channels
  readonly #directory: Directory
  readonly #files: Files
  readonly #fileTokens: FileTokens
  readonly #invitations: Invitations
  readonly #markers: ReadMarkers
  readonly #tokens: Tokens
  readonly #browsers: BrowserSessions
  /** One file at a time, because there is much to read. */
  readonly #mutex = new Mutex()
  /** By account: the time of its last file, in ticks, and the number of the file. */
  readonly #made = new Map<number, { readonly at: number; readonly file: number }>()

  constructor(parts: {
    store: Store
    clock: Clock
    addresses: LoginAddresses
    channels: Channels
    directory: Directory
    files: Files
    fileTokens: FileTokens
    invitations: Invitations
    markers: ReadMarkers
    tokens: Tokens
    browserSessions: BrowserSessions
  }) {
    this.#store = parts.store
    this.#clock = parts.clock
    this.#addresses = parts.addresses
    this.#channels = parts.channels
    this.#directory = parts.directory
    this.#files = parts.files
    this.#fileTokens = parts.fileTokens
    this.#invitations = parts.invitations
    this.#markers = parts.markers
    this.#tokens = parts.tokens
    this.#browsers = parts.browserSessions
  }

  /** The number of messages of an account. */
  async countMessages(account: Account): Promise<Count> {
    const limit = 1_000_000
    const count = await this.#store.countFrom(account.id, limit)
    return { count, more: count >= limit }
  }

  /** Says in one answer what is stored about an account. */
  async overview(account: Account): Promise<Reply & { code: 'mydata' }> {
    const messages = await this.countMessages(account)
    const channels = [...account.channels].map((channel) => {
      const { role, since = 0 } = channel.members.get(account) ?? {}
      return { name: channel.name, since, ...(role ? { role } : {}) }
    })
    return {
      code: 'mydata',
      profile: profileOf(account, account),
      channels,
      tokens: [...(await this.#tokens.list(account)), ...(await this.#browsers.list(account))],
      addresses: await this.#addresses.list(account),
      messages,
    }
  }

  /**
   * Returns a token for a file of JSON, which is made at most once an hour. Throws `try-later` if the file was
   * deleted since.
   */
  fileFor(account: Account): Promise<Ticket> {
    return this.#mutex.run(async () => {
      const now = this.#clock.ticks()
      for (const [id, { at }] of this.#made) if (at + keepMs <= now) this.#made.delete(id)
      const made = this.#made.get(account.id)
      if (made === undefined) {
        const name = `mydata-${account.name}.json`
        const { id } = await this.#files.makeFor(account, name, keepMs, (part) => this.#write(account, part))
        this.#made.set(account.id, { at: now, file: id })
        return this.#fileTokens.tokenFor(account, id)
      }
      if (this.#files.list(account, account).some(({ id }) => id === made.file))
        return this.#fileTokens.tokenFor(account, made.file)
      throw fail({ code: 'try-later', what: 'mydata', seconds: Math.ceil((made.at + keepMs - now) / 1000) })
    })
  }

  async #write(account: Account, part: Part): Promise<void> {
    const put = (text: string) => part.append(Buffer.from(text))
    const head = JSON.stringify(await this.#about(account), undefined, 2)
    // The messages are a field that is written in pieces, because there may be more than fit into memory.
    await put(`${head.slice(0, head.lastIndexOf('\n}'))},\n  "messages": [`)
    let comma = ''
    for (let after: number | undefined = 0; after !== undefined; ) {
      const stretch: Awaited<ReturnType<Store['messagesAbout']>> = await this.#store.messagesAbout(
        account.id,
        after,
      )
      // Messages of blocked people are left out, as everywhere.
      for (const message of stretch.messages.filter(({ blocked, from }) => !blocked || from === account.id)) {
        await put(`${comma}\n    ${JSON.stringify(this.#message(message))}`)
        comma = ','
      }
      after = stretch.next
    }
    await put('\n  ]\n}\n')
  }

  async #about(account: Account): Promise<object> {
    const read = await this.#markers.of(account)
    const { contacts, blocked, email, id, initialPassword, name, operator, seen, settings, watch } = account
    const names = (people: Iterable<{ readonly name: string }>) => [...people].map((one) => one.name).sort()
    const files = this.#files
      .list(account, undefined)
      .filter((file) => file.from === name || file.to === name)
    return {
      format: 'partyline-mydata',
      version: 1,
      at: iso(this.#clock.now()),
      account: { name, id, email, operator, settings, seen, watch, initialPassword },
      read: {
        upTo: read.upTo,
        places: [...read.places].map(({ id, kind, unread: { end, gaps } }) => ({
          ...(kind === 'channel'
            ? { channel: this.#channels.byId(id)?.name ?? 'closed channel' }
            : { with: id === 0 ? 'guests' : this.#directory.nameOf(id) }),
          upTo: end,
          ...(gaps.length > 0 ? { unread: gaps } : {}),
        })),
      },
      since: iso(account.since),
      lastSeen: iso(account.seenAt),
      channels: [...account.channels].map((channel) => {
        const { role, since = 0 } = channel.members.get(account) ?? {}
        const { until, why } = channel.mute.accounts.get(account) ?? {}
        const muted = channel.mute.accounts.has(account)
          ? {
              muted: until === undefined ? true : iso(timeOfDay(this.#clock, until)),
              ...(why === undefined ? {} : { why }),
            }
          : {}
        return { name: channel.name, role, since: iso(since), ...muted }
      }),
      tokens: (await this.#tokens.list(account)).map((token) => ({
        ...token,
        since: iso(token.since),
        lastUsed: token.lastUsed === undefined ? undefined : iso(token.lastUsed),
      })),
      browsers: (await this.#browsers.list(account)).map(({ address, agent, lastUsed = 0, since }) => ({
        ...{ agent, address, since: iso(since), lastUsed: iso(lastUsed) },
      })),
      addresses: (await this.#addresses.list(account)).map(({ address, since, last }) => {
        return { address, since: iso(since), last: iso(last) }
      }),
      contacts: names(contacts),
      blocked: names(blocked),
      invitations: this.#invitations
        .waitingFor(account)
        .map(({ at, by, channel }) => ({ channel, by, at: iso(at) })),
      files: files.map(({ at, channel, expires, from, id, name, sha256, size, to }) => ({
        ...{ id, name, size, sha256, from, channel, to, at: iso(at) },
        ...(expires === 0 ? {} : { expires: iso(expires) }),
      })),
    }
  }

  #message({ at, channel, from, fromGuest, id, kind, text, to, toGuest }: MessageRecord): object {
    const name = (one: number) => this.#directory.nameOf(one)
    return {
      id,
      at: iso(at),
      from: from === undefined ? fromGuest : name(from),
      ...(channel === undefined ? {} : { channel: this.#channels.byId(channel)?.name ?? 'closed channel' }),
      ...(to === undefined ? {} : { to: name(to) }),
      ...(toGuest === undefined ? {} : { to: toGuest }),
      kind,
      text,
    }
  }
}
