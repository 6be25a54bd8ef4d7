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
import { Forgetting } from './chat/keeping/forgetting.ts'
import { MyData } from './chat/keeping/my-data.ts'
import { ClockTrust } from './chat/machine/clock-trust.ts'
import { Counts } from './chat/machine/counts.ts'
import { FreeSpace } from './chat/machine/free-space.ts'
import { connectionsOf } from './chat/model/grants.ts'
import { foldName } from './chat/model/names.ts'
import { Access } from './chat/people/access.ts'
import { accountFrom, Directory } from './chat/people/directory.ts'
import type { PasswordHasher, SecretSource } from './chat/ports/secrecy.ts'
import type { Store } from './chat/ports/store.ts'
import type { Vault } from './chat/ports/vault.ts'
import { block, Contacts, link } from './chat/presence/contacts.ts'
import { Presence } from './chat/presence/presence.ts'
import { Timeline } from './chat/presence/timeline.ts'
import { AddressBans } from './chat/safety/address-bans.ts'
import { Incidents } from './chat/safety/incidents.ts'
import { Restraining } from './chat/safety/restraining.ts'
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
  const stored = await store.load()
  const timeline = new Timeline(stored.lastMessageId, stored.lastMessageAt, atEndOfTurn)
  const directory = new Directory(clock, accountRules)
  const { ceilings } = config
  const freeSpace = new FreeSpace({ space, rules: config.store, directory, bus })
  const channels = new Channels({ store, bus, clock, space: freeSpace, ceilings, rules: channelRules })
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
  const presence = new Presence(base)
  const past = new History({ ...base, rules: history })
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
  channels.onRemoved((channel) => files.forgetChannel(channel))
  channels.onBarred((channel) => files.rotate(channel))
  accounts.onDeleted((account, fate) => {
    files.forgetAccount(account, fate)
    invitations.forgetAccount(account)
    contacts.forget(account)
    channels.forget(account)
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
  const ends = new RestraintEnds(base)
  const restraining = new Restraining({ ...base, guests, ends })
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
    entrance: new Entrance({ channels, history: past, invitations, addresses, incidents }),
    guests,
    history: past,
    once: new Once(base),
    invitations,
    moderation: new Moderation({ ...base, invitations }),
    myData: new MyData({ ...base, addresses, files, invitations, tokens }),
    pairs,
    presence,
    quiet: new Quiet({ accounts, bus }),
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
  fill(stored, await store.loadGroups(), services, defaults)
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

/** Fills the registries with what is stored. */
function fill(
  stored: Awaited<ReturnType<Store['load']>>,
  groups: Awaited<ReturnType<Store['loadGroups']>>,
  { addressBans, channels, directory, invitations }: Services,
  defaults: readonly string[],
): void {
  const defaultKeys = new Set(defaults.map(foldName))
  for (const record of stored.accounts) {
    const account = accountFrom(record)
    directory.add(account)
    directory.formerNames.add(account, record.former ?? [])
  }
  for (const record of stored.channels)
    channels.add(
      channelFrom(record, !record.private && defaultKeys.has(foldName(record.name))),
      record.former,
    )
  for (const { channel: channelId, account: accountId, role, since } of stored.memberships) {
    const channel = channels.byId(channelId)
    const account = directory.account(accountId)
    if (!channel || !account) continue
    // The channels that everybody is in belong to the operators; if it is another one some day, its admin is there again.
    const isLed = role !== 'admin' || !channel.isDefault
    channel.members.set(account, { role: isLed ? role : undefined, since })
    account.channels.add(channel)
  }
  for (const kind of ['ban', 'mute'] as const)
    for (const { channel, account: id, ...set } of kind === 'ban' ? groups.bans : groups.mutes) {
      const account = directory.account(id)
      if (account) channels.byId(channel)?.[kind].accounts.set(account, set)
    }
  for (const { channel: id, kind, ...set } of groups.guestRestraints) {
    const channel = channels.byId(id)
    if (channel) channel[kind].guests = set
  }
  const pairs = (links: typeof groups.contacts) =>
    links.flatMap(({ account, other }) => {
      const [one, two] = [directory.account(account), directory.account(other)]
      return one && two ? [[one, two] as const] : []
    })
  for (const [account, other] of pairs(groups.contacts)) link(account, other)
  for (const [account, other] of pairs(groups.blocks)) block(account, other)
  for (const request of groups.requests) invitations.add(request)
  for (const ban of groups.addressBans) addressBans.add(ban)
}

/**
 * Channels in which only guests were when the server ended: they are gone, and so is the channel. Where nobody is in any
 * channel, though there are people, that is not what has happened. Answers the names.
 */
async function closeEmpty(
  stored: Awaited<ReturnType<Store['load']>>,
  store: Store,
  at: number,
  defaults: readonly string[],
): Promise<string[]> {
  if (stored.memberships.length === 0 && stored.accounts.length > 0) return []
  const used = new Set(stored.memberships.map(({ channel }) => channel))
  const keys = new Set(defaults.map(foldName))
  const empty = stored.channels.filter(({ id, name }) => !used.has(id) && !keys.has(foldName(name)))
  await Promise.all(empty.map(({ id }) => store.closeChannel(id, at)))
  stored.channels = stored.channels.filter((channel) => !empty.includes(channel))
  return empty.map(({ name }) => name)
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
