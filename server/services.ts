import { type AtEndOfTurn, LocalBus } from './bus/local.ts'
import { Accounts } from './chat/accounts/accounts.ts'
import { BrowserSessions } from './chat/accounts/browser-sessions.ts'
import { Deletion } from './chat/accounts/deletion.ts'
import { Enrolment } from './chat/accounts/enrolment.ts'
import { Entrance } from './chat/accounts/entrance.ts'
import { LoginAddresses } from './chat/accounts/login-addresses.ts'
import { Logins } from './chat/accounts/logins.ts'
import { Operators } from './chat/accounts/operators.ts'
import { Overview } from './chat/accounts/overview.ts'
import { OwnSettings } from './chat/accounts/own-settings.ts'
import { Passwords } from './chat/accounts/passwords.ts'
import { Quiet } from './chat/accounts/quiet.ts'
import { Renaming } from './chat/accounts/renaming.ts'
import { Tokens } from './chat/accounts/tokens.ts'
import { Announcements } from './chat/channels/announcements.ts'
import { Channels } from './chat/channels/channels.ts'
import { Creating } from './chat/channels/creating.ts'
import { Guests } from './chat/channels/guests.ts'
import { Invitations } from './chat/channels/invitations.ts'
import { Joining } from './chat/channels/joining.ts'
import { Leaving } from './chat/channels/leaving.ts'
import { ChannelLists } from './chat/channels/lists.ts'
import { Members } from './chat/channels/members.ts'
import { Moderation } from './chat/channels/moderation.ts'
import { Requests } from './chat/channels/requests.ts'
import { ChannelSettings } from './chat/channels/settings.ts'
import { Withdrawals } from './chat/channels/withdrawals.ts'
import { FileTokens } from './chat/files/file-tokens.ts'
import { Files } from './chat/files/files.ts'
import { type LoadedFiles, loadFiles } from './chat/files/load-files.ts'
import { LostFiles } from './chat/files/lost-files.ts'
import { PersonalTokens } from './chat/files/personal-tokens.ts'
import { FileRemoval } from './chat/files/removal.ts'
import { Shelf } from './chat/files/shelf.ts'
import { Tickets } from './chat/files/tickets.ts'
import { Uploads } from './chat/files/uploads.ts'
import { CatchingUp } from './chat/history/catching-up.ts'
import { Corrections } from './chat/history/corrections.ts'
import { History } from './chat/history/history.ts'
import { Inbox } from './chat/history/inbox.ts'
import { Listing } from './chat/history/listing.ts'
import { Marking } from './chat/history/marking.ts'
import { Missed } from './chat/history/missed.ts'
import { Partners } from './chat/history/partners.ts'
import { UnreadPlaces } from './chat/history/unread-places.ts'
import { Forgetting } from './chat/keeping/forgetting.ts'
import { MyData } from './chat/keeping/my-data.ts'
import { ClockTrust } from './chat/machine/clock-trust.ts'
import { Counts } from './chat/machine/counts.ts'
import { FreeSpace } from './chat/machine/free-space.ts'
import { connectionsOf } from './chat/model/grants.ts'
import { Access } from './chat/people/access.ts'
import { Directory } from './chat/people/directory.ts'
import type { PasswordHasher, SecretSource } from './chat/ports/secrecy.ts'
import type { Store } from './chat/ports/store.ts'
import type { Vault } from './chat/ports/vault.ts'
import { Contacts } from './chat/presence/contacts.ts'
import { Presence } from './chat/presence/presence.ts'
import { ReadMarkers } from './chat/presence/read-markers.ts'
import { Timeline } from './chat/presence/timeline.ts'
import { AddressBans } from './chat/safety/address-bans.ts'
import { Incidents } from './chat/safety/incidents.ts'
import { Lifting } from './chat/safety/lifting.ts'
import { Newcomers } from './chat/safety/newcomers.ts'
import { Restraining } from './chat/safety/restraining.ts'
import { RestraintBook } from './chat/safety/restraint-book.ts'
import { RestraintEnds } from './chat/safety/restraint-ends.ts'
import { GuestWords } from './chat/talk/guest-words.ts'
import { Naming } from './chat/talk/naming.ts'
import { Once } from './chat/talk/once.ts'
import { Pairs } from './chat/talk/pairs.ts'
import { Talk } from './chat/talk/talk.ts'
import { Typing } from './chat/talk/typing.ts'
import { Writers } from './chat/talk/writers.ts'
import type { Services } from './commands/services.ts'
import type { Config } from './config/schema.ts'
import type { addressBlock } from './lib/addresses.ts'
import type { CertificateEnd } from './lib/certificate-end.ts'
import type { Clock } from './lib/clock.ts'
import type { DiskSpace } from './lib/disk-space.ts'
import type { Occurrences } from './lib/occurrences.ts'
import { fillRegistries, loadPeople } from './registries.ts'

/** What the domain needs from outside, besides the store. */
export interface Outside {
  readonly clock: Clock
  readonly secrets: SecretSource
  readonly hasher: PasswordHasher
  readonly vault: Vault
  /** See LocalBus. */
  readonly atEndOfTurn?: AtEndOfTurn
  readonly counts?: Counts
  /** What counts as one address at a login; see `addressBlock`. */
  readonly blockOf?: typeof addressBlock
  /** How full the disk is. */
  readonly space?: () => Promise<DiskSpace>
  /** The certificates of listeners, and when each ends. */
  readonly certificates?: () => readonly CertificateEnd[]
  /** The counts of logged warnings and errors. */
  readonly logged?: { readonly warn: Occurrences; readonly error: Occurrences }
}

/** The domain, and what was found while its registries were filled. */
export interface Built {
  readonly services: Services
  readonly timeline: Timeline
  /** Missing if nothing was tidied. */
  readonly files: LoadedFiles | undefined
  /** Channels that had only guests when the server ended: they are closed. */
  readonly closed: readonly string[]
}

/**
 * Builds the domain and fills its registries from the store; makes missing default channels. A server `tidies`: it closes and
 * removes what is over. An operator's command does not.
 */
export async function buildServices(
  config: Config,
  store: Store,
  {
    atEndOfTurn,
    blockOf,
    certificates,
    clock,
    counts = new Counts(),
    hasher,
    logged,
    secrets,
    space,
    vault,
  }: Outside,
  tidies = true,
): Promise<Built> {
  const { accounts: accountRules, channels: channelRules, history } = config
  const defaults = [channelRules.default]
  const directory = new Directory(clock, accountRules)
  const bus = new LocalBus(counts, atEndOfTurn, directory)
  const stored = await loadPeople(store, directory, defaults)
  const timeline = new Timeline(stored.lastMessageId, stored.lastMessageAt, atEndOfTurn)
  const { ceilings } = config
  const freeSpace = new FreeSpace({ space, rules: config.store, bus })
  const channels = new Channels({ clock, rules: channelRules })
  const access = new Access()
  const members = new Members({ channels })
  const announcements = new Announcements({ bus, channels })
  const leaving = new Leaving({ store, clock, channels, members, announcements })
  const room = { store, clock, channels, members, announcements, leaving, ceilings, space: freeSpace }
  const creating = new Creating(room)
  const joining = new Joining({ ...room, creating, rules: channelRules })
  const channelSettings = new ChannelSettings({ ...room, bus })
  const base = {
    store,
    bus,
    clock,
    counts,
    directory,
    channels,
    announcements,
    joining,
    leaving,
    timeline,
    access,
    ceilings,
    space: freeSpace,
  }
  const requests = new Requests()
  const withdrawals = new Withdrawals({ ...base, requests })
  const invitations = new Invitations({ ...base, requests, withdrawals })
  const contacts = new Contacts(base)
  const addressBans = new AddressBans(base)
  const markers = new ReadMarkers(base)
  const presence = new Presence({ ...base, markers })
  const listing = new Listing({ ...base, rules: history })
  const missed = new Missed({ store, listing })
  const partners = new Partners(base)
  const past = new History({ ...base, partners, listing })
  const unread = new UnreadPlaces({ ...base, partners, markers })
  const marking = new Marking({ ...base, markers, places: unread })
  // If it cannot be counted now, programs are not told; they see it when they ask.
  markers.onLooked((account, by, places) => marking.tell(account, by, places).catch(() => undefined))
  const tokens = new Tokens({ ...base, secrets })
  const addresses = new LoginAddresses({ ...base, blockOf })
  const incidents = new Incidents({ ...base, addressBans, space, logged, certificates })
  const passwords = new Passwords({ ...base, tokens, hasher, secrets, rules: accountRules })
  const logins = new Logins({ ...base, tokens, addresses, incidents, passwords })
  const accounts = new Accounts({
    ...base,
    ...{ addresses, passwords, hasher, secrets },
    rules: accountRules,
    limits: config.limits,
  })
  const operators = new Operators(base)
  const ownSettings = new OwnSettings(base)
  const deletion = new Deletion({ ...base, logins, operators, rules: accountRules })
  const naming = new Naming(base)
  const guestWords = new GuestWords(base)
  const writers = new Writers(base)
  const talk = new Talk({ ...base, naming, guestWords, writers })
  const browserSessions = new BrowserSessions({ ...base, secrets })
  const clockTrust = new ClockTrust(base)
  const onShelf = { shelf: new Shelf(), personal: new PersonalTokens() }
  const fileRemoval = new FileRemoval({ ...base, ...onShelf, clockTrust, vault })
  const fileParts = { ...base, ...onShelf, vault, talk, secrets, removal: fileRemoval, rules: config.files }
  const files = new Files(fileParts)
  listing.showsFiles((record) => files.shownBy(record))
  const fileTokens = new FileTokens({ ...fileParts, files })
  const tickets = new Tickets(fileParts)
  const uploads = new Uploads({ ...fileParts, files, tickets })
  members.onAdmitted((channel, account) => markers.joined(account, channel))
  leaving.onClosed((channel) => files.forgetChannel(channel))
  leaving.onBarred((channel) => fileTokens.rotate(channel))
  deletion.onDeleted((account, fate) => {
    files.forgetAccount(account, fate)
    fileTokens.forgetPerson(account)
    withdrawals.forgetAccount(account)
    contacts.forget(account)
    newcomers.forget(account)
  })
  access.onEnded((person, ending, concerned) => {
    fileTokens.end(person, concerned)
    tickets.end(person, concerned)
    if (ending.why === 'password' && person.kind === 'account') fileTokens.rotateFor(person, accountRules)
  })
  const pairs = new Pairs({ bus, clock, directory, presence })
  contacts.onBlocked((account, other) => {
    pairs.endBetween(account, other)
    if (other.kind === 'account') withdrawals.forgetBetween(account, other)
  })
  operators.onChanged((account, by) => {
    const event = { type: 'operator', on: account.operator, ...(by ? { by: by.name } : {}) } as const
    bus.publish(event, [{ person: account }], by?.via)
    // If it cannot be stored now, the invitation is refused when somebody accepts it.
    if (!account.operator) withdrawals.withdrawAllBy(account).catch(() => undefined)
  })
  const guests = new Guests({ ...base, blockOf, rules: accountRules })
  const book = new RestraintBook()
  const ends = new RestraintEnds({ ...base, book })
  const newcomers = new Newcomers({ ...base, guests, ends, book })
  const restraining = new Restraining({ ...base, newcomers, ends, book })
  access.onEnded((person, ending) => {
    if (ending.why !== 'deleted' || person.kind !== 'account') return
    newcomers.deleted(person)
    contacts.deleted(
      person,
      connectionsOf(person).map(({ address }) => guests.originOf(address)),
    )
  })
  const services: Services = {
    access,
    accounts,
    addressBans,
    browserSessions,
    overview: new Overview({ ...base, markers, unread, contacts, invitations, pairs }),
    typing: new Typing({ ...base, talk }),
    bus,
    channels,
    channelLists: new ChannelLists(base),
    channelSettings,
    clock,
    clockTrust,
    contacts,
    creating,
    corrections: new Corrections({ ...base, talk, naming, guestWords, listing, files, rules: history }),
    directory,
    deletion,
    enrolment: new Enrolment({ ...base, accounts, passwords }),
    entrance: new Entrance({
      channels,
      joining,
      missed,
      invitations,
      addresses,
      incidents,
      markers,
      unread,
    }),
    guests,
    guestWords,
    joining,
    leaving,
    history: past,
    inbox: new Inbox({ store, listing, unread }),
    marking,
    missed,
    once: new Once(base),
    invitations,
    logins,
    moderation: new Moderation({ ...base, withdrawals }),
    myData: new MyData({
      ...base,
      markers,
      addresses,
      files,
      fileTokens,
      invitations,
      tokens,
      browserSessions,
    }),
    operators,
    ownSettings,
    pairs,
    passwords,
    presence,
    quiet: new Quiet({ ownSettings, bus, marking }),
    readMarkers: markers,
    unread,
    catchingUp: new CatchingUp({ ...base, partners, listing }),
    renaming: new Renaming({ ...base, channelSettings, ownSettings, pairs }),
    lifting: new Lifting({ ...base, book }),
    newcomers,
    restraining,
    restraintEnds: ends,
    files,
    fileRemoval,
    fileTokens,
    lostFiles: new LostFiles({ files, vault }),
    freeSpace,
    forgetting: new Forgetting({ ...base, deletion, files, fileRemoval, rules: history }),
    shelf: onShelf.shelf,
    tickets,
    uploads,
    vault,
    talk,
    writers,
    tokens,
  }
  const closed = await fillRegistries(stored, { store, services, book, defaults, tidies })
  if (tidies) ends.look()
  const storedFiles = await store.loadFiles()
  await clockTrust.load(storedFiles.files.reduce((last, { at }) => Math.max(last, at), stored.lastMessageAt))
  const loaded = await loadFiles(fileParts, storedFiles, (id) => channels.byId(id), tidies)
  return { services, timeline, files: loaded, closed }
}
