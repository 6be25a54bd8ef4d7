import type { CertificateEnd } from '../../lib/certificate-end.ts'
import type { DiskSpace } from '../../lib/disk-space.ts'
import type { Tally } from '../../lib/occurrences.ts'
import type { Spared } from './batch.ts'
import type { FileData, Message, Status, UnreadIn } from './events.ts'
import type { Grant, Scope } from './grant.ts'
import type { Format } from './manner.ts'
import type { Role } from './people.ts'
import type { ServerStats } from './stats.ts'
import type { Span } from './unread.ts'

/** Which part of a list an answer has. */
export interface Paged {
  /** Counts from 1. */
  readonly page: number
  /** How many rows there are on all pages. */
  readonly total: number
  /** What to type for the next page; undefined on the last. */
  readonly next?: string | undefined
}

/** A person in a list. Guests have no number; `role` is missing outside a channel. */
export interface PersonRow {
  readonly name: string
  readonly id?: number | undefined
  readonly status: Status
  readonly note?: string | undefined
  readonly role?: Role | undefined
  /** Of this server; missing for everybody else. */
  readonly operator?: true | undefined
}

/** Who is banned or muted, until when (ms since the epoch), and why; `guests` is all guests. */
export interface RestraintRow {
  readonly name: string
  readonly until?: number | undefined
  readonly why?: string | undefined
}

export interface ChannelRow {
  readonly name: string
  readonly private: boolean
  readonly members: number
  readonly topic: string
  readonly joined: boolean
}

export interface ProfileData {
  readonly name: string
  readonly id: number
  readonly email?: string | undefined
  readonly since: number
  readonly operator: boolean
}

/** An invitation: `by` asked `user` into the channel. */
export interface RequestRow {
  readonly request: number
  readonly channel: string
  readonly user: string
  readonly by: string
  readonly at: number
  readonly answer: Answer
}

/** What was ended by another password: so many other connections, and these tokens. */
export interface Ended {
  readonly connections: number
  readonly tokens: readonly string[]
}

/** Somebody who tried wrong passwords, as an operator sees it. */
export interface LoginFailures {
  /** A name as it was typed, known here or not, or an address. */
  readonly of: string
  readonly failures: number
  /** ms since the epoch. */
  readonly until: number
}

/** A login from an address from which the account had not logged in before. */
export interface NewLogin {
  readonly address: string
  /** ms since the epoch. */
  readonly at: number
}

/** What an operator should know of since the last time. Times are in ms since the epoch. */
export interface IncidentReport {
  readonly since: number
  /** By the names that were tried, and by addresses; undefined if there were none. */
  readonly failedLogins: { readonly names: Tally; readonly addresses: Tally } | undefined
  /** Addresses that other operators have banned. */
  readonly bans: readonly { readonly cidr: string; readonly by: string; readonly at: number }[]
  /** Lines of the log by their message; undefined if there were none. */
  readonly errors: Tally | undefined
  readonly warnings: Tally | undefined
  readonly disk: DiskSpace | undefined
  /** Certificates that have expired or soon will. */
  readonly certificates: readonly CertificateEnd[]
}

export type Answer = 'pending' | 'accepted' | 'rejected'

/** An address from which an account has logged in with its password. */
export interface LoginAddressRecord {
  /** As in `addressKey`, or `localhost`. */
  readonly address: string
  /** When that was first, and on which day last (any time of it); ms since the epoch. */
  readonly since: number
  readonly last: number
  /** Whether the member has been told of it, or did not have to be. */
  readonly told: boolean
}

/** What came while an account was away, besides channels and direct messages. */
export interface News {
  readonly mentions: Count
  readonly notices: readonly Message[]
  /** Whether there are more new ones than these. */
  readonly moreNotices: boolean
  /** Invitations that wait for an answer. */
  readonly requests: readonly RequestRow[]
  /** How many more of them wait. */
  readonly moreRequests: number
  /** Answers to the account's own invitations. */
  readonly answers: readonly RequestRow[]
  /** Logins from new addresses, which the member has not been told of before. */
  readonly logins: readonly NewLogin[]
}

export type ModerationAction =
  | 'removed'
  | 'banned'
  | 'unbanned'
  | 'muted'
  | 'unmuted'
  | 'promoted'
  | 'demoted'
  | 'transferred'

/** A channel as one sees it on entering: what is in `messages` is history, oldest first. */
export interface Room {
  readonly channel: string
  readonly topic: string
  readonly members: number
  readonly messages: readonly Message[]
  /** How many lines are unread; undefined where nothing was missed and `messages` are just the last ones. */
  readonly unread?: Count | undefined
  /** What whoever enters is spared there. */
  readonly quiet?: Spared | undefined
}

/** A ticket of one's own: the upload has yet to begin, runs, or has broken off and can go on. */
export interface UploadRow {
  readonly id: number
  readonly name: string
  readonly channel?: string
  readonly to?: string
  readonly state: 'waiting' | 'running' | 'broken'
  /** In bytes; bytes a second; seconds. */
  readonly received: number
  readonly size: number | undefined
  readonly rate: number | undefined
  readonly left: number | undefined
  readonly token: string
  readonly expires: number
}

/** A login token, without the secret. */
export interface TokenRow {
  readonly name: string
  readonly scope: Scope
  readonly channels: readonly string[] | undefined
  readonly since: number
  /** When somebody last logged in by it, and from where; undefined if nobody did. */
  readonly lastUsed: number | undefined
  readonly address: string | undefined
}

/** An account, for an operator. */
export interface UserRow {
  readonly name: string
  readonly id: number
  readonly status: Status
  readonly operator: boolean
  readonly since: number
  /** Missing if it never was here. */
  readonly lastSeen?: number | undefined
  readonly email?: string
}

/** What became of a message: how it is now, or that it is gone; or up to which one some may be gone for their age. */
export type CorrectionRow =
  | { readonly type: 'edited'; readonly message: Message }
  | { readonly type: 'deleted'; readonly id: number }
  | { readonly type: 'forgotten'; readonly upTo: number }

/** A place in which something is unread; `last` is the number of the newest of it. */
export type UnreadRow = UnreadIn & { readonly last: number }

/** A number that is not counted beyond a limit: then `more` is true. */
export interface Count {
  readonly count: number
  readonly more: boolean
}

export interface CommandHelp {
  readonly name: string
  readonly usage: string
  readonly summary: string
}

/** What a command answers. Every dialect has to know every one: a missing case does not compile. */
export type Reply =
  /**
   * Something was said; `waits` names somebody offline, for whom it waits, `to` who it was for, where that was not said,
   * `absent` who is named in it and does not read it.
   */
  | {
      readonly code: 'said'
      /** How many lines were pasted. */
      readonly lines?: number
      readonly to?: string
      readonly id: number
      readonly at: number
      readonly waits?: string | undefined
      readonly absent?: { readonly channel: string; readonly names: readonly string[] }
      readonly away?: { readonly name: string | undefined; readonly note: string }
    }
  | {
      readonly code: 'welcome'
      readonly profile: ProfileData
      readonly recoveryCode?: string | undefined
      /** When the account was last connected; undefined at sign-up. */
      readonly lastSeen?: number | undefined
      readonly rooms: readonly Room[]
      readonly waiting: { readonly count: Count; readonly messages: readonly Message[] }
      /** For a program, where something is unread; for a terminal, where something is that this does not tell. */
      readonly unread?: readonly UnreadRow[] | undefined
      readonly news: News
      /** What the connection may do, if it logged in by a token. */
      readonly grant?: Grant | undefined
      /** For an operator, if there is anything to tell. */
      readonly trouble?: IncidentReport | undefined
      readonly target?: string | undefined
      /** A private talk in which the line ended: words go nowhere. `back` is where they would. */
      readonly talk?: { readonly with: string | undefined; readonly back?: string | undefined } | undefined
      /** What arrives is kept until Enter, as the account remembers. */
      readonly hold?: true | undefined
    }
  | {
      readonly code: 'welcome-guest'
      readonly name: string
      readonly rooms: readonly Room[]
      readonly target?: string | undefined
    }
  | { readonly code: 'message-deleted'; readonly message: Message }
  | { readonly code: 'message-edited'; readonly message: Message; readonly was: string }
  | { readonly code: 'renamed'; readonly name: string }
  /** Of somebody else, or of a channel. */
  | { readonly code: 'name-changed'; readonly from: string; readonly name: string }
  | { readonly code: 'privacy'; readonly channel: string; readonly private: boolean }
  | { readonly code: 'logged-out'; readonly name: string }
  /** `tokens` still log scripts in. */
  | (Ended & { readonly code: 'password-changed' })
  | (Ended & { readonly code: 'recovered'; readonly name: string; readonly recoveryCode: string })
  | { readonly code: 'email'; readonly email?: string | undefined }
  | { readonly code: 'account-deleted'; readonly name: string }
  | {
      readonly code: 'token-made'
      readonly name: string
      readonly account: string
      readonly token: string
      readonly scope: Scope
      readonly channels: readonly string[] | undefined
    }
  | { readonly code: 'tokens'; readonly tokens: readonly TokenRow[]; readonly paged?: Paged | undefined }
  | { readonly code: 'token-removed'; readonly name: string }
  | {
      readonly code: 'profile'
      readonly profile: ProfileData
      readonly status: Status
      readonly note?: string | undefined
      /** Names; in one's own profile only. */
      readonly contacts?: readonly string[] | undefined
    }
  | {
      readonly code: 'mydata'
      readonly profile: ProfileData
      readonly channels: readonly {
        readonly name: string
        readonly since: number
        readonly role?: Role | undefined
      }[]
      readonly tokens: readonly TokenRow[]
      readonly addresses: readonly LoginAddressRecord[]
      readonly messages: Count
    }
  | { readonly code: 'away'; readonly note: string }
  | { readonly code: 'back' }
  | { readonly code: 'who'; readonly members: readonly PersonRow[]; readonly paged?: Paged | undefined }
  | {
      readonly code: 'whois'
      readonly person: PersonRow
      readonly operator: boolean
      readonly since?: number | undefined
      readonly lastSeen?: number | undefined
      readonly channels: readonly string[]
      readonly paged?: Paged | undefined
    }
  | {
      readonly code: 'channels'
      readonly channels: readonly ChannelRow[]
      readonly paged?: Paged | undefined
    }
  | {
      readonly code: 'created'
      readonly channel: string
      readonly private: boolean
      readonly invited: readonly string[]
    }
  | { readonly code: 'invited'; readonly channel: string; readonly invited: readonly string[] }
  /** One's own; or those into a channel, for who leads it. */
  | {
      readonly code: 'requests'
      readonly reader: string
      readonly into?: string | undefined
      readonly requests: readonly RequestRow[]
      /** How many wait for one's own answer, on all pages. */
      readonly mine?: number | undefined
      readonly paged?: Paged | undefined
    }
  /** `withdrawn` is who was invited, if it was not oneself. */
  | {
      readonly code: 'rejected'
      readonly request: number
      readonly channel: string
      readonly withdrawn?: string
    }
  | {
      readonly code: 'moderated'
      readonly action: ModerationAction
      readonly channel: string
      readonly name: string
      /** When a ban or a mute ends; undefined where it does not. `now` is when it was set. */
      readonly until?: number | undefined
      readonly now?: number | undefined
      readonly why?: string | undefined
      /** It is about all guests from the same address as one of them, or about all there are. */
      readonly guests?: 'address' | 'all' | undefined
      /** Who was admin before somebody else handed the channel on, null if nobody was; undefined if it was the one who did. */
      readonly former?: string | null | undefined
    }
  | {
      readonly code: 'mutes'
      readonly channel: string
      readonly mutes: readonly RestraintRow[]
      readonly paged?: Paged | undefined
    }
  | {
      readonly code: 'bans'
      readonly channel: string
      readonly bans: readonly RestraintRow[]
      readonly paged?: Paged | undefined
    }
  | { readonly code: 'chat-list'; readonly names: readonly string[] }
  /** `target`: where plain text goes until the talk begins. */
  | { readonly code: 'chat-waiting'; readonly with: string; readonly target?: string | undefined }
  | { readonly code: 'paired'; readonly with: string }
  /** Of a talk, or of the wish for one. */
  | {
      readonly code: 'unpaired'
      readonly with: string
      readonly begun: boolean
      readonly target?: string | undefined
    }
  | { readonly code: 'contact'; readonly name: string; readonly on: boolean }
  | {
      readonly code: 'contacts'
      readonly contacts: readonly { readonly name: string; readonly status: Status; readonly note?: string }[]
      readonly watch: boolean
      readonly paged?: Paged | undefined
    }
  | { readonly code: 'block'; readonly name: string; readonly on: boolean }
  | { readonly code: 'blocks'; readonly names: readonly string[]; readonly paged?: Paged | undefined }
  | { readonly code: 'invite-code'; readonly invite: string; readonly until: number }
  | { readonly code: 'registered'; readonly name: string; readonly id: number; readonly recoveryCode: string }
  | { readonly code: 'users'; readonly users: readonly UserRow[]; readonly paged?: Paged | undefined }
  | { readonly code: 'user-deleted'; readonly name: string }
  | (Ended & { readonly code: 'password-set'; readonly name: string })
  | { readonly code: 'operator'; readonly name: string; readonly on: boolean; readonly changed: boolean }
  | { readonly code: 'killed'; readonly name: string; readonly connections: number }
  | { readonly code: 'address-banned'; readonly cidr: string; readonly until?: number | undefined }
  | { readonly code: 'address-unbanned'; readonly cidr: string }
  | {
      readonly code: 'address-bans'
      readonly bans: readonly { readonly cidr: string; readonly until?: number | undefined }[]
      readonly paged?: Paged | undefined
    }
  | { readonly code: 'menu'; readonly choices: readonly { readonly key: string; readonly label: string }[] }
  | { readonly code: 'menu-left'; readonly target?: string | undefined }
  /** The list is not shown again by itself. */
  | { readonly code: 'menu-again' }
  | { readonly code: 'joined'; readonly room: Room; readonly made: boolean }
  /** `to` is a channel's name or a person's. */
  | {
      readonly code: 'file-ticket'
      readonly id: number
      readonly name: string
      readonly to: string
      readonly token: string
      /** ms since the epoch. */
      readonly expires: number
      readonly now: number
    }
  | {
      readonly code: 'file-token'
      readonly file: FileData
      readonly token: string
      readonly expires: number
      readonly now: number
    }
  | { readonly code: 'file-inline'; readonly file: FileData; readonly base64: string }
  | { readonly code: 'file-stored'; readonly file: FileData }
  | {
      readonly code: 'files'
      readonly files: readonly FileData[]
      readonly uploads: readonly UploadRow[]
      readonly paged?: Paged | undefined
    }
  | { readonly code: 'file-deleted'; readonly id: number; readonly name: string }
  | {
      readonly code: 'reloaded'
      readonly changed: readonly string[]
      readonly kept: readonly string[]
    }
  | { readonly code: 'stats'; readonly stats: ServerStats }
  | { readonly code: 'logins'; readonly logins: readonly LoginFailures[]; readonly now: number }
  | { readonly code: 'login-cleared'; readonly of: string }
  | { readonly code: 'left'; readonly channel: string; readonly target?: string | undefined }
  | {
      readonly code: 'members'
      readonly channel: string
      readonly members: readonly PersonRow[]
      /** Only those who are there, without whoever asks. */
      readonly others: boolean
      /** How many are there. */
      readonly there?: number | undefined
      readonly paged?: Paged | undefined
    }
  | { readonly code: 'topic'; readonly channel: string; readonly topic: string; readonly changed: boolean }
  | {
      readonly code: 'target'
      readonly target?: string | undefined
      readonly channels: readonly string[]
      readonly moreChannels?: number | undefined
    }
  | {
      readonly code: 'messages'
      readonly list: 'history' | 'search' | 'inbox' | 'notices' | 'mentions'
      /** The channel or person whose history it is. */
      readonly of?: string | undefined
      /** Who asks: own direct messages are shown as such. */
      readonly reader: string
      readonly messages: readonly Message[]
      /** Whether their numbers are to be read, too. */
      readonly numbers?: boolean
      /** Numbers above this were unread (inbox only): these are the oldest of them. */
      readonly unreadFrom?: number | undefined
      /** The numbers that this is a part of the list of. */
      readonly span?: Span
      /** Only what was said after this number was asked for: these are the oldest of them. Not of an inbox. */
      readonly after?: number | undefined
      /** The side that was asked for of an inbox or of mentions, as it was typed: `before 6`. */
      readonly asked?: string | undefined
      /** What became of messages up to that number since, for a program; not known from so far back unless it is `complete`. */
      readonly changes?: readonly CorrectionRow[]
      readonly complete?: boolean
      readonly more: boolean
      /**
       * How to ask for more, unless by asking again: the last number that was looked at, read or not. Behind the last of what
       * was said after a number, how to ask for what comes later.
       */
      readonly next?: { readonly before: number } | { readonly after: number } | undefined
    }
  /** `of` is the place that was asked for, if it was one. */
  | {
      readonly code: 'unread'
      readonly unread: readonly UnreadRow[]
      readonly of?: string | undefined
      readonly paged?: Paged | undefined
    }
  /** Somebody has said up to where they have read, or that it is unread again `from` a message on. */
  | { readonly code: 'read'; readonly place: UnreadRow; readonly from?: number | undefined }
  | {
      readonly code: 'help'
      /** Whether the summaries are to be read too, or just the names. */
      readonly explained: boolean
      /** Whoever asks cannot talk yet, and whether a nick is enough for that. */
      readonly visitor: boolean
      readonly mayNick: boolean
      readonly areas: readonly { readonly title: string; readonly commands: readonly CommandHelp[] }[]
    }
  | {
      readonly code: 'help-command'
      readonly command: CommandHelp
      readonly aliases: readonly string[]
      readonly text: string
      readonly who: 'visitor' | 'guest' | 'member' | 'operator'
      /** Whoever asks is not one of those. */
      readonly barred: boolean
    }
  | { readonly code: 'format'; readonly format: Format }
  | { readonly code: 'time'; readonly clock: '24' | '12'; readonly zone: string; readonly now: number }
  | { readonly code: 'color'; readonly on: boolean }
  | { readonly code: 'hold'; readonly on: boolean }
  /** `quiet` is missing where nothing is spared any more. */
  | { readonly code: 'quiet'; readonly channel: string; readonly quiet?: Spared | undefined }
  | {
      readonly code: 'quiet-list'
      readonly channels: readonly { readonly channel: string; readonly quiet: Spared }[]
    }
  | { readonly code: 'pong'; readonly text: string }
  | { readonly code: 'nothing-to-cancel' }
  | { readonly code: 'goodbye' }

export type ReplyCode = Reply['code']
