import { type AtEndOfTurn, LocalBus } from './bus/local.ts'
import { Accounts } from './chat/accounts/accounts.ts'
import { Enrolment } from './chat/accounts/enrolment.ts'
import { Entrance } from './chat/accounts/entrance.ts'
import { LoginAddresses } from './chat/accounts/login-addresses.ts'
import { Quiet } from './chat/accounts/quiet.ts'
import { Renaming } from './chat/accounts/renaming.ts'
import { Tokens } from './chat/accounts/tokens.ts'
import { Channels, channelFrom } from './chat/channels/channels.ts'
import { Guests } from './chat/channels/guests.ts'
import { Invitations } from './chat/channels/invitations.ts'
import { Moderation } from './chat/channels/moderation.ts'
import { Files, type LoadedFiles } from './chat/files/files.ts'
import { LostFiles } from './chat/files/lost-files.ts'
import { Uploads } from './chat/files/uploads.ts'
import { Corrections } from './chat/history/corrections.ts'
import { History } from './chat/history/history.ts'
import { UnreadPlaces } from './chat/history/unread-places.ts'
import { Forgetting } from './chat/keeping/forgetting.ts'
import { MyData } from './chat/keeping/my-data.ts'
import { ClockTrust } from './chat/machine/clock-trust.ts'
import { Counts } from './chat/machine/counts.ts'
import { FreeSpace } from './chat/machine/free-space.ts'
import { goInto } from './chat/model/channel.ts'
import { connectionsOf } from './chat/model/grants.ts'
import { foldName } from './chat/model/names.ts'
import type { Account, Channel } from './chat/model/people.ts'
import { Access } from './chat/people/access.ts'
import { accountFrom, Directory } from './chat/people/directory.ts'
import type { ChannelRecord } from './chat/ports/records.ts'
import type { PasswordHasher, SecretSource } from './chat/ports/secrecy.ts'
import type { Store } from './chat/ports/store.ts'
import type { Vault } from './chat/ports/vault.ts'
import { block, Contacts, link } from './chat/presence/contacts.ts'
import { Presence } from './chat/presence/presence.ts'
import { ReadMarkers } from './chat/presence/read-markers.ts'
import { Timeline } from './chat/presence/timeline.ts'
import { AddressBans } from './chat/safety/address-bans.ts'
import { Incidents } from './chat/safety/incidents.ts'
import { Restraining } from './chat/safety/restraining.ts'
import { RestraintBook } from './chat/safety/restraint-book.ts'
import { RestraintEnds } from './chat/safety/restraint-ends.ts'
import { Once } from './chat/talk/once.ts'
import { Pairs } from './chat/talk/pairs.ts'
import { Talk } from './chat/talk/talk.ts'
import type { Services } from './commands/command.ts'
import { ConfigError } from './config/load.ts'
import type { Config } from './config/schema.ts'
import type { addressBlock } from './lib/addresses.ts'
import type { CertificateEnd } from './lib/certificate-end.ts'
import type { Clock } from './lib/clock.ts'
import type { DiskSpace } from './lib/disk-space.ts'
import type { Occurrences } from './lib/occurrences.ts'

/** What the domain needs from outside, besides the store. */
export interface Outside {
  readonly clock: Clock
  readonly secrets: SecretSource
  readonly hasher: PasswordHasher
  readonly vault: Vault
  /** See LocalBus. */
  readonly atEndOfTurn?: AtEndOfTurn
  readonly counts?: Counts
  /** What counts as one address of those who log in; see `addressBlock`. */
  readonly blockOf?: typeof addressBlock
  /** How full the disk is. */
  readonly space?: () => Promise<DiskSpace>
  /** The certificates of listeners, and when each ends. */
  readonly certificates?: () => readonly CertificateEnd[]
  /** What the log has been told. */
  readonly logged?: { readonly warn: Occurrences; readonly error: Occurrences }
}

/** The domain, and what was found when its registries were filled. */
export interface Built {
  readonly services: Services
  readonly timeline: Timeline
  /** Missing where nothing was tidied. */
  readonly files: LoadedFiles | undefined
  /** Channels in which only guests were when the server ended: they are closed. */
  readonly closed: readonly string[]
}

/**
 * The domain with its registries filled from the store; the default channels are made where missing. A server `tidies`:
 * it closes and removes what is over. A command of the operator's does not.
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
  const bus = new LocalBus(counts, atEndOfTurn)
  const { accounts: accountRules, channels: channelRules, history } = config
  const defaults = [channelRules.default]
  const directory = new Directory(clock, accountRules)
  const stored = await loadPeople(store, directory, defaults)
  const timeline = new Timeline(stored.lastMessageId, stored.lastMessageAt, atEndOfTurn)
  const { ceilings } = config
  const freeSpace = new FreeSpace({ space, rules: config.store, directory, bus })
  const channels = new Channels({
    store,
    bus,
    clock,
    directory,
    space: freeSpace,
    ceilings,
    rules: channelRules,
  })
  const access = new Access()
  const base = {
    store,
    bus,
    clock,
    counts,
    directory,
    channels,
    timeline,
    access,
    ceilings,
    space: freeSpace,
  }
  const invitations = new Invitations(base)
  const contacts = new Contacts(base)
  const addressBans = new AddressBans(base)
  const markers = new ReadMarkers(base)
  const presence = new Presence({ ...base, markers })
  const past = new History({ ...base, rules: history })
  const unread = new UnreadPlaces({ ...base, markers })
  const tokens = new Tokens({ ...base, secrets })
  const addresses = new LoginAddresses({ ...base, blockOf })
  const incidents = new Incidents({ ...base, addressBans, space, logged, certificates })
  const logins = { tokens, addresses, incidents }
  const accounts = new Accounts({
    ...base,
    ...logins,
    hasher,
    secrets,
    rules: accountRules,
    limits: config.limits,
  })
  const talk = new Talk(base)
  const clockTrust = new ClockTrust(base)
  const files = new Files({ ...base, clockTrust, vault, talk, secrets, rules: config.files })
  const uploads = new Uploads({ ...base, vault, talk, secrets, files })
  channels.onAdmitted((channel, account) => markers.joined(account, channel))
  channels.onRemoved((channel) => files.forgetChannel(channel))
  channels.onBarred((channel) => files.rotate(channel))
  accounts.onDeleted((account, fate) => {
    files.forgetAccount(account, fate)
    invitations.forgetAccount(account)
    contacts.forget(account)
    restraining.forget(account)
  })
  access.onEnded((person, ending, concerned) => {
    files.endTickets(person, concerned)
    if (ending.why === 'password' && person.kind === 'account') files.rotateFor(person, accountRules)
  })
  const pairs = new Pairs({ clock, directory, presence })
  contacts.onBlocked((account, other) => {
    pairs.endBetween(account, other)
    if (other.kind === 'account') invitations.forgetBetween(account, other)
  })
  accounts.onOperator((account, by) => {
    const event = { type: 'operator', on: account.operator, ...(by ? { by: by.name } : {}) } as const
    bus.publish(event, [account], by?.listener)
    // What cannot be stored now is refused when somebody accepts it.
    if (!account.operator) invitations.withdrawAllBy(account).catch(() => undefined)
  })
  const guests = new Guests({ ...base, blockOf, rules: accountRules })
  const book = new RestraintBook()
  const ends = new RestraintEnds({ ...base, book })
  const restraining = new Restraining({ ...base, guests, ends, book })
  access.onEnded((person, ending) => {
    if (ending.why !== 'deleted' || person.kind !== 'account') return
    restraining.deleted(person)
    contacts.deleted(
      person,
      connectionsOf(person).map(({ address }) => guests.originOf(address)),
    )
  })
  const services: Services = {
    access,
    accounts,
    addressBans,
    bus,
    channels,
    clock,
    clockTrust,
    contacts,
    corrections: new Corrections({ ...base, talk, history: past, files, rules: history }),
    directory,
    enrolment: new Enrolment({ ...base, accounts }),
    entrance: new Entrance({ channels, history: past, invitations, addresses, incidents, markers, unread }),
    guests,
    history: past,
    once: new Once(base),
    invitations,
    moderation: new Moderation({ ...base, invitations }),
    myData: new MyData({ ...base, markers, addresses, files, invitations, tokens }),
    pairs,
    presence,
    quiet: new Quiet({ accounts, bus }),
    readMarkers: markers,
    unread,
    renaming: new Renaming({ ...base, accounts, pairs }),
    restraining,
    restraintEnds: ends,
    files,
    lostFiles: new LostFiles({ files, vault }),
    freeSpace,
    forgetting: new Forgetting({ ...base, accounts, files, rules: history }),
    uploads,
    vault,
    talk,
    tokens,
  }
  const closed = tidies ? await closeEmpty(stored, store, clock.now(), defaults) : []
  for (const { channel, former } of stored.channels.values()) channels.add(channel, former)
  fillGroups(await store.loadGroups(), services, book)
  for (const { key, at } of await store.restingNames())
    if (!directory.findAccount(key)) directory.rest(key, at)
  for (const { account } of await store.endings()) {
    const ending = directory.account(account)
    if (ending) ending.deleted = true
  }
  await makeDefaults(store, services, defaults, tidies)
  channels.inOrder()
  if (tidies) ends.look()
  const storedFiles = await store.loadFiles()
  await clockTrust.load(storedFiles.files.reduce((last, { at }) => Math.max(last, at), stored.lastMessageAt))
  const loaded = await files.load(storedFiles, (id) => channels.byId(id), tidies)
  return { services, timeline, files: loaded, closed }
}

/** What was found in the store of who is where. */
interface Stored {
  readonly channels: Map<number, { readonly channel: Channel; readonly former: ChannelRecord['former'] }>
  readonly hasPeople: boolean
  /** The channels that somebody with an account belongs to. */
  readonly used: ReadonlySet<number>
  readonly lastMessageId: number
  readonly lastMessageAt: number
}

/** Fills the directory with all accounts, as they are read, and makes the channels that they are in. */
async function loadPeople(store: Store, directory: Directory, defaults: readonly string[]): Promise<Stored> {
  const keys = new Set(defaults.map(foldName))
  const channels: Stored['channels'] = new Map()
  let hasPeople = false
  const used = new Set<number>()
  const { lastMessageAt, lastMessageId } = await store.load({
    accounts(records) {
      hasPeople ||= records.length > 0
      for (const record of records) {
        const account = accountFrom(record)
        directory.add(account)
        directory.formerNames.add(account, record.former ?? [])
      }
    },
    channels(records) {
      for (const record of records) {
        const channel = channelFrom(record, !record.private && keys.has(foldName(record.name)))
        channels.set(record.id, { channel, former: record.former })
      }
    },
    memberships(records) {
      for (const { account: id, channel: at, role, since } of records) {
        used.add(at)
        const channel = channels.get(at)?.channel
        const account = directory.account(id)
        if (!channel || !account) continue
        // The channels that everybody is in belong to the operators; if it is another one some day, its admin is there again.
        const isLed = role !== 'admin' || !channel.isDefault
        channel.members.set(account, { role: isLed ? role : undefined, since })
        goInto(account, channel)
      }
    },
  })
  for (const { channel } of channels.values()) inOrderOfComing(channel)
  return { channels, hasPeople, used, lastMessageId, lastMessageAt }
}

/**
 * Channels in which only guests were when the server ended: they are gone, and so is the channel. Where nobody is in any
 * channel, though there are people, that is not what has happened. Answers the names.
 */
async function closeEmpty(
  { channels, hasPeople, used }: Stored,
  store: Store,
  at: number,
  defaults: readonly string[],
): Promise<string[]> {
  if (used.size === 0 && hasPeople) return []
  const keys = new Set(defaults.map(foldName))
  const empty = [...channels.values()].flatMap(({ channel }) =>
    used.has(channel.id) || keys.has(foldName(channel.name)) ? [] : [channel],
  )
  await Promise.all(empty.map(({ id }) => store.closeChannel(id, at)))
  for (const { id } of empty) channels.delete(id)
  return empty.map(({ name }) => name)
}

/** Puts members into the order in which they came, if they are not: mostly who came later has a higher number, too. */
function inOrderOfComing({ members }: Channel): void {
  let last = 0
  let isSorted = true
  for (const { since } of members.values()) {
    isSorted &&= last <= since
    last = since
  }
  if (isSorted) return
  const sorted = [...members].sort(([one, { since: a }], [other, { since: b }]) => a - b || one.id - other.id)
  members.clear()
  for (const [account, membership] of sorted) members.set(account, membership)
}

function fillGroups(
  groups: Awaited<ReturnType<Store['loadGroups']>>,
  { addressBans, channels, directory, invitations }: Services,
  book: RestraintBook,
): void {
  for (const kind of ['ban', 'mute'] as const)
    for (const { channel: at, account: id, ...set } of kind === 'ban' ? groups.bans : groups.mutes) {
      const [channel, account] = [channels.byId(at), directory.account(id)]
      if (channel && account) book.set(channel, kind, account, set)
    }
  for (const { channel: id, kind, ...set } of groups.guestRestraints) {
    const channel = channels.byId(id)
    if (channel) book.setGuests(channel, kind, set)
  }
  const each = (links: typeof groups.contacts, task: (one: Account, other: Account) => void) => {
    for (const { account, other } of links) {
      const [one, two] = [directory.account(account), directory.account(other)]
      if (one && two) task(one, two)
    }
  }
  each(groups.contacts, link)
  each(groups.blocks, block)
  for (const request of groups.requests) invitations.add(request)
  for (const ban of groups.addressBans) addressBans.add(ban)
}

async function makeDefaults(
  store: Store,
  { channels, clock }: Services,
  defaults: readonly string[],
  serves: boolean,
): Promise<void> {
  for (const name of defaults) {
    const present = channels.named(name)
    // What was said there in private is for nobody else, and an operator's command puts nobody into it.
    if (present?.private && serves)
      throw new ConfigError([
        `channels.default: ${name} cannot be the channel that everybody is put into: it is a private channel of members here. Name another one.`,
      ])
    if (present) continue
    const channel = { name, key: foldName(name), private: false, admin: undefined, at: clock.now() }
    const id = await store.createChannel(channel)
    channels.add(channelFrom({ id, name, private: false, topic: '', lastId: 0 }, true))
  }
}
