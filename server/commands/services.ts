import type { Accounts } from '../chat/accounts/accounts.ts'
import type { BrowserSessions } from '../chat/accounts/browser-sessions.ts'
import type { Deletion } from '../chat/accounts/deletion.ts'
import type { Enrolment } from '../chat/accounts/enrolment.ts'
import type { Entrance } from '../chat/accounts/entrance.ts'
import type { Logins } from '../chat/accounts/logins.ts'
import type { Operators } from '../chat/accounts/operators.ts'
import type { Overview } from '../chat/accounts/overview.ts'
import type { OwnSettings } from '../chat/accounts/own-settings.ts'
import type { Passwords } from '../chat/accounts/passwords.ts'
import type { Quiet } from '../chat/accounts/quiet.ts'
import type { Renaming } from '../chat/accounts/renaming.ts'
import type { Tokens } from '../chat/accounts/tokens.ts'
import type { Channels } from '../chat/channels/channels.ts'
import type { Creating } from '../chat/channels/creating.ts'
import type { Guests } from '../chat/channels/guests.ts'
import type { Invitations } from '../chat/channels/invitations.ts'
import type { Joining } from '../chat/channels/joining.ts'
import type { Leaving } from '../chat/channels/leaving.ts'
import type { ChannelLists } from '../chat/channels/lists.ts'
import type { Moderation } from '../chat/channels/moderation.ts'
import type { ChannelSettings } from '../chat/channels/settings.ts'
import type { FileTokens } from '../chat/files/file-tokens.ts'
import type { Files } from '../chat/files/files.ts'
import type { LostFiles } from '../chat/files/lost-files.ts'
import type { FileRemoval } from '../chat/files/removal.ts'
import type { Shelf } from '../chat/files/shelf.ts'
import type { Tickets } from '../chat/files/tickets.ts'
import type { Uploads } from '../chat/files/uploads.ts'
import type { CatchingUp } from '../chat/history/catching-up.ts'
import type { Corrections } from '../chat/history/corrections.ts'
import type { History } from '../chat/history/history.ts'
import type { Inbox } from '../chat/history/inbox.ts'
import type { Marking } from '../chat/history/marking.ts'
import type { Missed } from '../chat/history/missed.ts'
import type { UnreadPlaces } from '../chat/history/unread-places.ts'
import type { Forgetting } from '../chat/keeping/forgetting.ts'
import type { MyData } from '../chat/keeping/my-data.ts'
import type { ClockTrust } from '../chat/machine/clock-trust.ts'
import type { FreeSpace } from '../chat/machine/free-space.ts'
import type { ServerStats } from '../chat/model/stats.ts'
import type { Access } from '../chat/people/access.ts'
import type { Directory } from '../chat/people/directory.ts'
import type { Bus } from '../chat/ports/bus.ts'
import type { Vault } from '../chat/ports/vault.ts'
import type { Contacts } from '../chat/presence/contacts.ts'
import type { Presence } from '../chat/presence/presence.ts'
import type { ReadMarkers } from '../chat/presence/read-markers.ts'
import type { AddressBans } from '../chat/safety/address-bans.ts'
import type { Lifting } from '../chat/safety/lifting.ts'
import type { Newcomers } from '../chat/safety/newcomers.ts'
import type { Restraining } from '../chat/safety/restraining.ts'
import type { RestraintEnds } from '../chat/safety/restraint-ends.ts'
import type { GuestWords } from '../chat/talk/guest-words.ts'
import type { Once } from '../chat/talk/once.ts'
import type { Pairs } from '../chat/talk/pairs.ts'
import type { Talk } from '../chat/talk/talk.ts'
import type { Typing } from '../chat/talk/typing.ts'
import type { Writers } from '../chat/talk/writers.ts'
import type { Reloaded } from '../config/live.ts'
import type { Clock } from '../lib/clock.ts'

/** The parts of the server that commands use. */
export interface Services {
  readonly access: Access
  readonly accounts: Accounts
  readonly logins: Logins
  readonly passwords: Passwords
  readonly operators: Operators
  readonly ownSettings: OwnSettings
  readonly deletion: Deletion
  readonly tokens: Tokens
  readonly browserSessions: BrowserSessions
  readonly guests: Guests
  readonly channels: Channels
  readonly channelLists: ChannelLists
  readonly channelSettings: ChannelSettings
  readonly creating: Creating
  readonly joining: Joining
  readonly leaving: Leaving
  readonly directory: Directory
  readonly presence: Presence
  readonly talk: Talk
  readonly typing: Typing
  readonly guestWords: GuestWords
  readonly writers: Writers
  readonly history: History
  readonly overview: Overview
  readonly inbox: Inbox
  readonly marking: Marking
  readonly missed: Missed
  readonly enrolment: Enrolment
  readonly entrance: Entrance
  readonly invitations: Invitations
  readonly moderation: Moderation
  readonly restraining: Restraining
  readonly lifting: Lifting
  readonly newcomers: Newcomers
  readonly restraintEnds: RestraintEnds
  readonly myData: MyData
  readonly contacts: Contacts
  readonly corrections: Corrections
  readonly pairs: Pairs
  readonly quiet: Quiet
  readonly readMarkers: ReadMarkers
  readonly unread: UnreadPlaces
  readonly catchingUp: CatchingUp
  readonly renaming: Renaming
  readonly once: Once
  readonly addressBans: AddressBans
  readonly files: Files
  readonly fileRemoval: FileRemoval
  readonly fileTokens: FileTokens
  readonly shelf: Shelf
  readonly tickets: Tickets
  readonly lostFiles: LostFiles
  readonly forgetting: Forgetting
  readonly freeSpace: FreeSpace
  readonly clockTrust: ClockTrust
  readonly uploads: Uploads
  readonly vault: Vault
  readonly bus: Bus
  readonly clock: Clock
}

/** The requests of a command to the server as a whole. */
export interface ServerControl {
  /** Reads the configuration again. Throws `bad-config`. */
  reload(): Promise<Reloaded>
  /** The state of the server. */
  stats(): Promise<ServerStats>
}
