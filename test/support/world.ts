import type { Accounts } from '../../server/chat/accounts/accounts.ts'
import type { BrowserSessions } from '../../server/chat/accounts/browser-sessions.ts'
import type { Deletion } from '../../server/chat/accounts/deletion.ts'
import type { Enrolment } from '../../server/chat/accounts/enrolment.ts'
import type { Entrance } from '../../server/chat/accounts/entrance.ts'
import type { Logins } from '../../server/chat/accounts/logins.ts'
import type { Operators } from '../../server/chat/accounts/operators.ts'
import type { Overview } from '../../server/chat/accounts/overview.ts'
import type { OwnSettings } from '../../server/chat/accounts/own-settings.ts'
import type { Passwords } from '../../server/chat/accounts/passwords.ts'
import type { Quiet } from '../../server/chat/accounts/quiet.ts'
import type { Renaming } from '../../server/chat/accounts/renaming.ts'
import type { Tokens } from '../../server/chat/accounts/tokens.ts'
import type { Channels } from '../../server/chat/channels/channels.ts'
import type { Creating } from '../../server/chat/channels/creating.ts'
import type { Guests } from '../../server/chat/channels/guests.ts'
import type { Invitations } from '../../server/chat/channels/invitations.ts'
import type { Joining } from '../../server/chat/channels/joining.ts'
import type { Leaving } from '../../server/chat/channels/leaving.ts'
import type { ChannelLists } from '../../server/chat/channels/lists.ts'
import type { Moderation } from '../../server/chat/channels/moderation.ts'
import type { ChannelSettings } from '../../server/chat/channels/settings.ts'
import type { FileTokens } from '../../server/chat/files/file-tokens.ts'
import type { Files } from '../../server/chat/files/files.ts'
import type { LostFiles } from '../../server/chat/files/lost-files.ts'
import type { FileRemoval } from '../../server/chat/files/removal.ts'
import type { Shelf } from '../../server/chat/files/shelf.ts'
import type { Tickets } from '../../server/chat/files/tickets.ts'
import type { Uploads } from '../../server/chat/files/uploads.ts'
import type { CatchingUp } from '../../server/chat/history/catching-up.ts'
import type { Corrections } from '../../server/chat/history/corrections.ts'
import type { History } from '../../server/chat/history/history.ts'
import type { Inbox } from '../../server/chat/history/inbox.ts'
import type { Marking } from '../../server/chat/history/marking.ts'
import type { Missed } from '../../server/chat/history/missed.ts'
import type { UnreadPlaces } from '../../server/chat/history/unread-places.ts'
import type { Forgetting } from '../../server/chat/keeping/forgetting.ts'
import type { MyData } from '../../server/chat/keeping/my-data.ts'
import type { ClockTrust } from '../../server/chat/machine/clock-trust.ts'
import type { FreeSpace } from '../../server/chat/machine/free-space.ts'
import type { Batch } from '../../server/chat/model/batch.ts'
import type { ChatEvent, Message } from '../../server/chat/model/events.ts'
import { Failure } from '../../server/chat/model/failures.ts'
import type { Grant } from '../../server/chat/model/grant.ts'
import type { Account, Channel, Guest, Listener, Person } from '../../server/chat/model/people.ts'
import type { Access } from '../../server/chat/people/access.ts'
import type { Directory } from '../../server/chat/people/directory.ts'
import type { Bus } from '../../server/chat/ports/bus.ts'
import type { PasswordHasher } from '../../server/chat/ports/secrecy.ts'
import type { Store } from '../../server/chat/ports/store.ts'
import type { Vault } from '../../server/chat/ports/vault.ts'
import type { Contacts } from '../../server/chat/presence/contacts.ts'
import type { Presence } from '../../server/chat/presence/presence.ts'
import type { ReadMarkers } from '../../server/chat/presence/read-markers.ts'
import type { Timeline } from '../../server/chat/presence/timeline.ts'
import type { AddressBans } from '../../server/chat/safety/address-bans.ts'
import type { Lifting } from '../../server/chat/safety/lifting.ts'
import type { Newcomers } from '../../server/chat/safety/newcomers.ts'
import type { Restraining } from '../../server/chat/safety/restraining.ts'
import type { RestraintEnds } from '../../server/chat/safety/restraint-ends.ts'
import type { GuestWords } from '../../server/chat/talk/guest-words.ts'
import type { Once } from '../../server/chat/talk/once.ts'
import type { Pairs } from '../../server/chat/talk/pairs.ts'
import type { Talk } from '../../server/chat/talk/talk.ts'
import type { Typing } from '../../server/chat/talk/typing.ts'
import type { Writers } from '../../server/chat/talk/writers.ts'
import type { Services } from '../../server/commands/services.ts'
import type { DiskSpace } from '../../server/lib/disk-space.ts'
import { buildServices } from '../../server/services.ts'
import { ManualClock } from './clock.ts'
import { MemoryStore } from './memory-store.ts'
import { MemoryVault } from './memory-vault.ts'
import { countedSecrets } from './secrets.ts'
import { type Overrides, testConfig } from './server.ts'

/** A connection that only remembers what it heard. */
export class TestListener implements Listener {
  readonly events: ChatEvent[] = []
  dismissedFor: string | undefined
  talkBegunBy: string | undefined
  talkEndedBy: string | undefined
  /** The channels that the person was taken out of. */
  readonly out: string[] = []
  closedFor: string | undefined
  seen = 0
  readonly grant: Grant | undefined

  /** `grant` if it logged in by a token. */
  constructor(grant?: Grant) {
    this.grant = grant
  }

  hear(event: ChatEvent): void {
    this.events.push(event)
  }

  hearBatch(batch: Batch, from: number, end: number): void {
    for (const [index, event] of batch.events.entries())
      if (index >= from && index < end && !batch.omits(this, index)) this.hear(event)
  }

  acted(): void {}

  failed(error: unknown): void {
    throw error
  }

  dismissed(reason: string): void {
    this.dismissedFor = reason
  }

  talkBegun(other: string): void {
    this.talkBegunBy = other
  }

  talkEnded(other: string): undefined {
    this.talkEndedBy = other
  }

  takenOut(channel: string): string | undefined {
    this.out.push(channel)
    return undefined
  }

  close(reason: string): void {
    this.closedFor = reason
  }

  get messages(): Message[] {
    return this.events.flatMap((event) => (event.type === 'message' ? [event.message] : []))
  }

  /** What it heard since the last time, and forgets it. */
  take(): ChatEvent[] {
    return this.events.splice(0)
  }
}

/** A hash that costs nothing and hides nothing. It yields, as a real one does. */
export const openHasher: PasswordHasher = {
  hash: async (password) => `hash of ${password}`,
  verify: async (password, hash) => hash === `hash of ${password}`,
}

export interface WorldOptions {
  readonly store?: Store
  readonly clock?: ManualClock
  readonly replayLines?: number
  readonly announceUpTo?: number
  readonly deletedMessages?: 'keep' | 'remove'
  readonly signup?: 'open' | 'invite' | 'closed'
  readonly hasher?: PasswordHasher
  readonly vault?: Vault
  readonly space?: () => Promise<DiskSpace>
  /** Settings by dotted name. */
  readonly settings?: Overrides
}

/** The domain without connections, on a store in memory; its one default channel is #lobby. */
export class World implements Services {
  readonly clock: ManualClock
  readonly store: Store
  readonly timeline: Timeline
  readonly access: Access
  readonly accounts: Accounts
  readonly logins: Logins
  readonly passwords: Passwords
  readonly operators: Operators
  readonly ownSettings: OwnSettings
  readonly deletion: Deletion
  readonly addressBans: AddressBans
  readonly browserSessions: BrowserSessions
  readonly bus: Bus
  readonly channels: Channels
  readonly channelLists: ChannelLists
  readonly channelSettings: ChannelSettings
  readonly creating: Creating
  readonly joining: Joining
  readonly leaving: Leaving
  readonly contacts: Contacts
  readonly corrections: Corrections
  readonly directory: Directory
  readonly enrolment: Enrolment
  readonly entrance: Entrance
  readonly files: Files
  readonly fileRemoval: FileRemoval
  readonly fileTokens: FileTokens
  readonly shelf: Shelf
  readonly tickets: Tickets
  readonly forgetting: Forgetting
  readonly freeSpace: FreeSpace
  readonly once: Once
  readonly clockTrust: ClockTrust
  readonly guests: Guests
  readonly history: History
  readonly inbox: Inbox
  readonly marking: Marking
  readonly missed: Missed
  readonly invitations: Invitations
  readonly lostFiles: LostFiles
  readonly moderation: Moderation
  readonly myData: MyData
  readonly pairs: Pairs
  readonly restraining: Restraining
  readonly lifting: Lifting
  readonly newcomers: Newcomers
  readonly restraintEnds: RestraintEnds
  readonly quiet: Quiet
  readonly readMarkers: ReadMarkers
  readonly unread: UnreadPlaces
  readonly catchingUp: CatchingUp
  readonly renaming: Renaming
  readonly presence: Presence
  readonly overview: Overview
  readonly talk: Talk
  readonly typing: Typing
  readonly guestWords: GuestWords
  readonly writers: Writers
  readonly tokens: Tokens
  readonly uploads: Uploads
  readonly vault: Vault

  private constructor(store: Store, clock: ManualClock, services: Services, timeline: Timeline) {
    this.clock = clock
    this.store = store
    this.timeline = timeline
    this.access = services.access
    this.accounts = services.accounts
    this.logins = services.logins
    this.passwords = services.passwords
    this.operators = services.operators
    this.ownSettings = services.ownSettings
    this.deletion = services.deletion
    this.addressBans = services.addressBans
    this.browserSessions = services.browserSessions
    this.bus = services.bus
    this.channels = services.channels
    this.channelLists = services.channelLists
    this.channelSettings = services.channelSettings
    this.creating = services.creating
    this.joining = services.joining
    this.leaving = services.leaving
    this.contacts = services.contacts
    this.corrections = services.corrections
    this.directory = services.directory
    this.enrolment = services.enrolment
    this.entrance = services.entrance
    this.files = services.files
    this.fileRemoval = services.fileRemoval
    this.fileTokens = services.fileTokens
    this.shelf = services.shelf
    this.tickets = services.tickets
    this.forgetting = services.forgetting
    this.freeSpace = services.freeSpace
    this.once = services.once
    this.clockTrust = services.clockTrust
    this.guests = services.guests
    this.history = services.history
    this.inbox = services.inbox
    this.marking = services.marking
    this.missed = services.missed
    this.invitations = services.invitations
    this.lostFiles = services.lostFiles
    this.moderation = services.moderation
    this.myData = services.myData
    this.pairs = services.pairs
    this.restraining = services.restraining
    this.lifting = services.lifting
    this.newcomers = services.newcomers
    this.restraintEnds = services.restraintEnds
    this.quiet = services.quiet
    this.readMarkers = services.readMarkers
    this.unread = services.unread
    this.catchingUp = services.catchingUp
    this.renaming = services.renaming
    this.presence = services.presence
    this.overview = services.overview
    this.talk = services.talk
    this.typing = services.typing
    this.guestWords = services.guestWords
    this.writers = services.writers
    this.tokens = services.tokens
    this.uploads = services.uploads
    this.vault = services.vault
  }

  /** The world as the store has it: what a server is after its start. */
  static async load(options: WorldOptions = {}): Promise<World> {
    const { store = new MemoryStore(), clock = new ManualClock(), hasher = openHasher } = options
    const config = testConfig('nowhere', {
      'accounts.signup': options.signup ?? 'open',
      // Tests have an account of any name.
      'accounts.reservedNames': '',
      'accounts.deletedMessages': options.deletedMessages ?? 'keep',
      'channels.announceUpTo': options.announceUpTo ?? 200,
      'history.replayLines': options.replayLines ?? 20,
      ...options.settings,
    })
    const { space, vault = new MemoryVault() } = options
    const outside = { clock, hasher, secrets: countedSecrets(), vault, ...(space ? { space } : {}) }
    const { services, timeline } = await buildServices(config, store, outside)
    return new World(store, clock, services, timeline)
  }

  /** A new account; `ears` connections hear for it. */
  async account(name: string, ...ears: TestListener[]): Promise<Account> {
    const { account } = await this.accounts.signUp({ name, email: undefined, password: 'password' })
    for (const ear of ears) this.presence.arrive(account, ear)
    return account
  }

  /** A guest with one connection. */
  guest(nick: string, ear = new TestListener()): Guest {
    const guest = this.guests.enter(nick)
    this.presence.arrive(guest, ear)
    return guest
  }

  async join(person: Person, name: string): Promise<Channel> {
    return (await this.joining.join(person, name)).channel
  }

  /** Says something; answers the message's number. */
  async say(person: Person, target: Channel | Person, text: string): Promise<number> {
    return (await this.talk.say(person, target, 'text', text)).id
  }
}

/** The code of the Failure that a promise rejects with, or the name of another error; undefined if it resolves. */
export async function codeOf(promise: Promise<unknown>): Promise<string | undefined> {
  try {
    await promise
    return undefined
  } catch (error) {
    if (error instanceof Failure) return error.problem.code
    return error instanceof Error ? error.name : String(error)
  }
}

/** The code of the Failure that a function throws; undefined if it throws none. */
export function thrownCode(task: () => unknown): string | undefined {
  try {
    task()
    return undefined
  } catch (error) {
    if (error instanceof Failure) return error.problem.code
    throw error
  }
}
