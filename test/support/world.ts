import { LocalBus } from '../../server/bus/local.ts'
import { Accounts } from '../../server/chat/accounts.ts'
import type { Channel } from '../../server/chat/channel.ts'
import { Channels, channelFrom } from '../../server/chat/channels.ts'
import { accountFrom, Directory } from '../../server/chat/directory.ts'
import { Entrance } from '../../server/chat/entrance.ts'
import type { ChatEvent, Message } from '../../server/chat/events.ts'
import { Failure } from '../../server/chat/failures.ts'
import { Guests } from '../../server/chat/guests.ts'
import { History } from '../../server/chat/history.ts'
import { foldName } from '../../server/chat/names.ts'
import type { Account, Guest, Listener, Person } from '../../server/chat/people.ts'
import type { PasswordHasher, Store } from '../../server/chat/ports.ts'
import { Presence } from '../../server/chat/presence.ts'
import { Talk } from '../../server/chat/talk.ts'
import { Timeline } from '../../server/chat/timeline.ts'
import { ManualClock } from './clock.ts'
import { MemoryStore } from './memory-store.ts'
import { countedSecrets } from './secrets.ts'

/** A connection that only remembers what it heard. */
export class Ear implements Listener {
  readonly events: ChatEvent[] = []
  dismissedFor: string | undefined

  hear(event: ChatEvent): void {
    this.events.push(event)
  }

  dismissed(reason: string): void {
    this.dismissedFor = reason
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
  readonly replayLines?: number
  readonly announceUpTo?: number
  readonly deletedMessages?: 'keep' | 'remove'
  readonly hasher?: PasswordHasher
}

/** The domain without connections, on a store in memory; its one default channel is #lobby. */
export class World {
  readonly clock = new ManualClock()
  readonly bus = new LocalBus()
  readonly directory = new Directory()
  readonly store: Store
  readonly channels: Channels
  readonly timeline: Timeline
  readonly presence: Presence
  readonly talk: Talk
  readonly history: History
  readonly accounts: Accounts
  readonly guests: Guests
  readonly entrance: Entrance

  private constructor(store: Store, lastMessageId: number, options: WorldOptions) {
    const { clock, bus, directory } = this
    const { announceUpTo = 200, deletedMessages = 'keep', hasher = openHasher, replayLines = 20 } = options
    this.store = store
    this.timeline = new Timeline(lastMessageId)
    const rules = { default: ['#lobby'], create: 'members', announceUpTo } as const
    this.channels = new Channels({ store, bus, clock, rules })
    const base = { store, bus, clock, directory, channels: this.channels, timeline: this.timeline }
    this.presence = new Presence(base)
    this.talk = new Talk(base)
    this.history = new History({ ...base, replayLines })
    this.accounts = new Accounts({
      ...base,
      hasher,
      secrets: countedSecrets(),
      rules: { signup: 'open', passwordMinLength: 8, deletedMessages },
    })
    this.guests = new Guests({ ...base, allowed: true })
    this.entrance = new Entrance({ channels: this.channels, history: this.history })
  }

  /** The world as the store has it: what a server is after its start. */
  static async load(options: WorldOptions = {}): Promise<World> {
    const store = options.store ?? new MemoryStore()
    const stored = await store.load()
    const world = new World(store, stored.lastMessageId, options)
    for (const record of stored.accounts) world.directory.add(accountFrom(record))
    for (const record of stored.channels)
      world.channels.add(channelFrom(record, foldName(record.name) === '#lobby'))
    for (const { channel: channelId, account: accountId, role, since } of stored.memberships) {
      const channel = world.channels.byId(channelId)
      const account = world.directory.account(accountId)
      if (!channel || !account) continue
      channel.members.set(account, { role, since })
      account.channels.add(channel)
    }
    if (!world.channels.find('#lobby', undefined)) {
      const made = { name: '#lobby', key: '#lobby', private: false, admin: undefined, at: world.clock.now() }
      const id = await store.createChannel(made)
      world.channels.add(channelFrom({ id, name: '#lobby', private: false, topic: '', lastId: 0 }, true))
    }
    return world
  }

  /** A new account; `ears` connections hear for it. */
  async account(name: string, ...ears: Ear[]): Promise<Account> {
    const { account } = await this.accounts.signUp({ name, email: undefined, password: 'password' })
    for (const ear of ears) this.presence.arrive(account, ear)
    return account
  }

  /** A guest with one connection. */
  guest(nick: string, ear = new Ear()): Guest {
    const guest = this.guests.enter(nick)
    this.presence.arrive(guest, ear)
    return guest
  }

  async join(person: Person, name: string): Promise<Channel> {
    return (await this.channels.join(person, name)).channel
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
