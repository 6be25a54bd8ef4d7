import type { Clock } from '../../lib/clock.ts'
import type { Channels } from '../channels/channels.ts'
import type { Joining } from '../channels/joining.ts'
import { Failure, fail, type Problem } from '../model/failures.ts'
import { checkChannelName, foldName } from '../model/names.ts'
import type { Account, Channel } from '../model/people.ts'
import { restraintOn } from '../model/restraints.ts'
import { accountFrom } from '../people/account-from.ts'
import type { Directory } from '../people/directory.ts'
import type { Enrolled, EnrolmentPlan } from '../ports/records.ts'
import type { Store } from '../ports/store.ts'
import { NameTaken } from '../ports/store-errors.ts'
import type { Timeline } from '../presence/timeline.ts'
import type { Accounts } from './accounts.ts'
import type { Passwords } from './passwords.ts'

/** A person for whom an account will be made. */
export interface Newcomer {
  readonly name: string
  /** The name of a channel, which is created if it is missing. */
  readonly room?: string | undefined
}

/** Makes many accounts at once, and puts people into channels without asking them: everything or nothing. */
export class Enrolment {
  readonly #store: Store
  readonly #clock: Clock
  readonly #accounts: Accounts
  readonly #passwords: Passwords
  readonly #channels: Channels
  readonly #joining: Joining
  readonly #directory: Directory
  readonly #timeline: Timeline

  constructor(parts: {
    store: Store
    clock: Clock
    accounts: Accounts
    passwords: Passwords
    channels: Channels
    joining: Joining
    directory: Directory
    timeline: Timeline
  }) {
    this.#store = parts.store
    this.#clock = parts.clock
    this.#accounts = parts.accounts
    this.#passwords = parts.passwords
    this.#channels = parts.channels
    this.#joining = parts.joining
    this.#directory = parts.directory
    this.#timeline = parts.timeline
  }

  /** The people who cannot get an account, by their place in the list, with the reason. */
  check(
    newcomers: readonly (Newcomer & { readonly password?: string | undefined })[],
  ): { index: number; problem: Problem }[] {
    return newcomers.flatMap(({ name, password, room }, index) => {
      try {
        this.#accounts.checkFreeName(name)
        if (password !== undefined) this.#passwords.check(password)
        if (room !== undefined && !this.#channels.named(room)) checkChannelName(room)
        return []
      } catch (error) {
        if (error instanceof Failure) return [{ index, problem: error.problem }]
        throw error
      }
    })
  }

  /**
   * Makes the accounts, whose owners have to change their passwords at the first login. Throws the problems that
   * `check` finds.
   */
  register(
    newcomers: readonly (Newcomer & { readonly passwordHash: string; readonly recoveryHash: string })[],
  ): Promise<Account[]> {
    const rooms = newcomers.map(({ room }) => room)
    // Nobody can take a name while the store works.
    const holder = {}
    return this.#inRooms(rooms, async ({ missing, roomOf }) => {
      for (const { problem } of this.check(newcomers)) throw fail(problem)
      this.#accounts.claimNames(
        newcomers.map(({ name }) => name),
        holder,
      )
      const at = this.#clock.now()
      const common = { email: undefined, since: at, operator: false, initialPassword: true }
      const accounts = newcomers.map(({ name, passwordHash, recoveryHash, room }) => {
        const secrets = { passwordHash, recoveryHash, invite: undefined }
        return { ...common, ...secrets, name, key: foldName(name), room: roomOf(room) }
      })
      const numbers = await this.#enrol({ at, rooms: missing, accounts, members: [] }, (numbers) => {
        const seen = { seen: this.#timeline.lastId, seenAt: at, watch: false }
        const made = newcomers.map(({ name }, index) =>
          accountFrom({ ...common, ...seen, id: numbers[index] ?? 0, name, settings: {} }),
        )
        for (const account of made) this.#directory.add(account)
        this.#enter(made.map((account, index) => [account, rooms[index]]))
      })
      return numbers.flatMap((id) => this.#directory.account(id) ?? [])
    }).finally(() => this.#accounts.releaseName(holder))
  }

  /** Puts people into a channel. Returns those who were not in it. Throws `banned`, `bad-name`. */
  put(people: readonly Account[], room: string): Promise<Account[]> {
    if (!this.#channels.named(room)) checkChannelName(room)
    return this.#inRooms([room], async ({ missing, roomOf }) => {
      const channel = this.#channels.named(room)
      const banned = people.find(
        (account) => channel && restraintOn(channel, account, 'ban', this.#clock.steady()),
      )
      if (banned) throw fail({ code: 'banned', channel: room, name: banned.name })
      const entering = [...new Set(people)].filter((account) => !channel?.members.has(account))
      const members = entering.map(({ id }) => ({ account: id, room: roomOf(room) ?? 0 }))
      await this.#enrol({ at: this.#clock.now(), rooms: missing, accounts: [], members }, () =>
        this.#enter(entering.map((account) => [account, room])),
      )
      return entering
    })
  }

  /** Stores everything, adds the channels, and then the people by `enter`. Returns the numbers of the accounts. */
  async #enrol(plan: EnrolmentPlan, enter: (accounts: readonly number[]) => void): Promise<number[]> {
    const tell = ({ accounts, rooms }: Enrolled) => {
      for (const { key, name } of plan.rooms) this.#channels.made(rooms.get(key) ?? 0, name)
      enter(accounts)
    }
    const { accounts } = await this.#store.enrol(plan, { log: [], tell }).catch((error: unknown) => {
      if (!(error instanceof NameTaken)) throw error
      throw fail({
        code: 'bad-arguments',
        detail: 'Somebody has taken one of the names just now. Try again.',
      })
    })
    return accounts
  }

  #enter(people: readonly (readonly [Account, string | undefined])[]): void {
    for (const [account, room] of people) {
      const channel = room === undefined ? undefined : this.#channels.named(room)
      if (channel && !account.deleted) this.#joining.enrolled(channel, account)
    }
  }

  /** Runs a task while nobody else changes the members of the channels; some of these may be missing. */
  #inRooms<T>(
    rooms: readonly (string | undefined)[],
    task: (found: {
      readonly missing: { name: string; key: string }[]
      readonly roomOf: (room: string | undefined) => number | string | undefined
    }) => Promise<T>,
  ): Promise<T> {
    const names = new Map(
      rooms.flatMap((room) => (room === undefined ? [] : [[foldName(room), room] as const])),
    )
    const there = [...names.values()].flatMap((name) => this.#channels.named(name) ?? [])
    return holding(there, () =>
      task({
        missing: [...names].flatMap(([key, name]) => (this.#channels.named(name) ? [] : [{ name, key }])),
        roomOf: (room) =>
          room === undefined ? undefined : (this.#channels.named(room)?.id ?? foldName(room)),
      }),
    )
  }
}

/** Takes the locks in the order of the channels' numbers, so that two tasks cannot wait for each other. */
function holding<T>(channels: readonly Channel[], task: () => Promise<T>): Promise<T> {
  const [first, ...others] = channels.toSorted((a, b) => a.id - b.id)
  return first ? first.mutex.run(() => holding(others, task)) : task()
}
