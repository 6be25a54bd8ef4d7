import { channelFrom } from './chat/channels/channels.ts'
import { goInto } from './chat/model/channel.ts'
import { foldName } from './chat/model/names.ts'
import type { Account, Channel } from './chat/model/people.ts'
import { accountFrom } from './chat/people/account-from.ts'
import type { Directory } from './chat/people/directory.ts'
import type { ChannelRecord } from './chat/ports/records.ts'
import type { Store } from './chat/ports/store.ts'
import { block, link } from './chat/presence/contacts.ts'
import type { RestraintBook } from './chat/safety/restraint-book.ts'
import type { Services } from './commands/services.ts'
import { ConfigError } from './config/load.ts'

/** What the store has about accounts and channels. */
export interface Stored {
  readonly channels: Map<number, { readonly channel: Channel; readonly former: ChannelRecord['former'] }>
  readonly hasPeople: boolean
  /** The channels that have members with an account. */
  readonly used: ReadonlySet<number>
  readonly lastMessageId: number
  readonly lastMessageAt: number
}

/** Fills the directory with all accounts, as they are read, and makes the channels that they are in. */
export async function loadPeople(
  store: Store,
  directory: Directory,
  defaults: readonly string[],
): Promise<Stored> {
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
        // Operators lead a default channel. If another one becomes the default, this one's admin leads it again.
        const isLed = role !== 'admin' || !channel.isDefault
        channel.members.set(account, { role: isLed ? role : undefined, since })
        goInto(account, channel)
      }
    },
  })
  for (const { channel } of channels.values()) inOrderOfComing(channel)
  return { channels, hasPeople, used, lastMessageId, lastMessageAt }
}

/** Fills the other registries from the store. A server `tidies`. Returns the names of the channels that it closed. */
export async function fillRegistries(
  stored: Stored,
  {
    book,
    defaults,
    services,
    store,
    tidies,
  }: {
    readonly book: RestraintBook
    readonly defaults: readonly string[]
    readonly services: Services
    readonly store: Store
    readonly tidies: boolean
  },
): Promise<string[]> {
  const { channels, clock, directory } = services
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
  return closed
}

/**
 * Closes the channels that had only guests when the server ended, because those guests are gone. If no channel at all has
 * members, although there are accounts, something else has happened, and none is closed. Returns their names.
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

/** Sorts members by the time at which they joined. Usually they are sorted already: later members have higher numbers. */
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
    // Its private messages are for nobody else, and an operator's command adds nobody to a channel.
    if (present?.private && serves)
      throw new ConfigError([
        `channels.default: ${name} cannot be the default channel: it is a private channel of members here. Name another one.`,
      ])
    if (present) continue
    const channel = { name, key: foldName(name), private: false, admin: undefined, at: clock.now() }
    const id = await store.createChannel(channel)
    channels.add(channelFrom({ id, name, private: false, topic: '', lastId: 0 }, true))
  }
}
