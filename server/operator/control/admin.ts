import * as z from 'zod'
import { fail } from '../../chat/model/failures.ts'
import { foldName } from '../../chat/model/names.ts'
import type { Account } from '../../chat/model/people.ts'
import { lastSeenOf, statusOf } from '../../chat/model/people.ts'
import type { ServerStats } from '../../chat/model/stats.ts'
import type { MessageRecord } from '../../chat/ports/records.ts'
import type { Store } from '../../chat/ports/store.ts'
import { StoreUnavailable } from '../../chat/ports/store-errors.ts'
import type { Services } from '../../commands/services.ts'
import type { Reloaded } from '../../config/live.ts'
import type { Config } from '../../config/schema.ts'
import { databaseOf } from '../../data/places.ts'
import { failureText } from '../../dialects/failure-text.ts'
import { statsFields } from '../../dialects/json/fields.ts'
import { isBlank } from '../../lib/clean.ts'
import { type DiskSpace, diskSpace } from '../../lib/disk-space.ts'
import { sizeText } from '../../lib/sizes.ts'
import { isoTime } from '../../lib/times.ts'
import { zoneOf } from '../../lib/zones.ts'
import { copiesOf } from '../../store/backup.ts'
import { why } from '../../store/errors.ts'
import { Refused } from './refused.ts'
import { readSince } from './since.ts'

/** The parts that the actions use: the domain of a running server, or one that was opened for a single command. */
export interface AdminParts {
  readonly services: Services
  readonly store: Store
  /** The server's time zone. */
  readonly zone: string
  /** The longest line that anybody may send, in bytes. */
  readonly lineBytes: number
  readonly space: () => Promise<DiskSpace>
  /** Copies of the database that were made before updates. */
  readonly copies: () => string[]
  /** Missing if no server runs. */
  readonly reload?: () => Promise<Reloaded>
  /** The same. */
  readonly stats?: () => Promise<ServerStats>
}

/** The contents of a data directory, as the actions find them. */
export function adminParts(
  { dataDirectory, limits, terminal }: Config,
  services: Services,
  store: Store,
): AdminParts {
  return {
    services,
    store,
    // Read the current values at each access.
    get zone() {
      return zoneOf(terminal.timeZone)
    },
    get lineBytes() {
      return limits.lineBytes
    },
    space: () => diskSpace(dataDirectory, databaseOf(dataDirectory)),
    copies: () => copiesOf(databaseOf(dataDirectory)),
  }
}

interface Action {
  /** A machine asks this again and again, so it writes no line to the log. */
  readonly silent?: true
  run(parts: AdminParts, options: unknown): Promise<unknown>
}

function action<Schema extends z.ZodType>(
  schema: Schema,
  run: (parts: AdminParts, options: z.output<Schema>) => Promise<unknown>,
): Action {
  return { run: (parts, options) => run(parts, schema.parse(options)) }
}

const limitText = 'a number from 1 to 100000.'
const idText = 'the number of a message, as "partyline messagelist" shows it.'
const named = z.object({ name: z.string() })
const withPassword = named.extend({ password: z.string() })

const newcomers = z.array(
  z.object({ name: z.string(), password: z.string().optional(), room: z.string().optional() }),
)

/** The actions of the operator's command line. They throw Failures as commands do. */
export const adminActions: Readonly<Record<string, Action>> = {
  /** The health check: an answer shows that the event loop runs. */
  alive: { silent: true, run: async () => ({}) },

  /** Finds the account of that name, or checks that one can be made, before the command line asks for a password. */
  finduser: action(named, async ({ services: { accounts, directory } }, { name }) => {
    const account = directory.findAccount(name)
    if (!account) accounts.checkFreeName(name)
    return account ? { user: userRow(account) } : {}
  }),

  /** Refuses an unknown name, before the command line asks for a password. */
  checkuser: action(named, async ({ services }, { name }) => ({
    name: requireAccount(services, name).name,
  })),

  /** Refuses a name that a new account cannot have, before the command line asks for a password. */
  checkname: action(named, async ({ services: { accounts } }, { name }) => ({
    name: accounts.checkFreeName(name),
  })),

  createsuperuser: action(withPassword, async ({ services: { accounts } }, { name, password }) => {
    const { account, recoveryCode } = await accounts.register(name, password, true)
    return { user: userRow(account), recoveryCode }
  }),

  /** Makes an existing account an operator. */
  promoteuser: action(named, async ({ services }, { name }) => {
    const account = requireAccount(services, name)
    await services.accounts.setOperator(account, true)
    return { user: userRow(account) }
  }),

  /** Finds the operator of that name; refuses the last one, before the command line asks whether to go on. */
  checkoperator: action(named, async ({ services }, { name }) => {
    const account = requireAccount(services, name)
    services.accounts.requireAnotherOperator(account)
    return { user: userRow(account) }
  }),

  /** Makes an operator a plain member again. */
  demoteoperator: action(named, async ({ services }, { name }) => {
    const account = requireAccount(services, name)
    const changed = account.operator
    await services.accounts.setOperator(account, false)
    return { user: userRow(account), changed }
  }),

  registeruser: action(withPassword, async ({ services: { accounts } }, { name, password }) => {
    const { account, recoveryCode } = await accounts.register(name, password)
    return { user: userRow(account), recoveryCode }
  }),

  /** The people on a list who cannot get an account, by their place, with the reason; and the shortest password. */
  checkclass: action(z.object({ people: newcomers }), async ({ services }, { people }) => ({
    faults: services.enrolment
      .check(people)
      .map(({ index, problem }) => ({ index, why: failureText(problem) })),
    passwordMinLength: services.accounts.passwordMinLength,
  })),

  /** Makes accounts for everybody on a list, or for nobody. The command line has hashed the passwords already. */
  registerclass: action(
    z.object({
      people: z.array(
        z.object({
          name: z.string(),
          room: z.string().optional(),
          passwordHash: z.string(),
          recoveryHash: z.string(),
        }),
      ),
    }),
    async ({ services }, { people }) => ({ users: (await services.enrolment.register(people)).map(userRow) }),
  ),

  joinuser: action(
    z.object({ channel: z.string(), names: z.array(z.string()).min(1) }),
    async ({ services }, { channel, names }) => {
      const room = `#${channel.replace(/^#/, '')}`
      const people = names.map((name) => requireAccount(services, name))
      const entered = await services.enrolment.put(people, room)
      return {
        channel: services.channels.named(room)?.name ?? room,
        entered: entered.map(({ name }) => name),
      }
    },
  ),

  deleteuser: action(
    named.extend({ eraseMessages: z.boolean().default(false) }),
    async ({ services }, { name, eraseMessages }) => {
      const account = requireAccount(services, name)
      await services.accounts.delete(account, eraseMessages ? 'remove' : undefined)
      return { name: account.name, id: account.id }
    },
  ),

  /** Refuses an unknown name, and says how much would be deleted, before the operator confirms. */
  eraseuser: action(
    named.extend({ confirmed: z.boolean().default(false) }),
    async ({ copies, services: { accounts, directory, forgetting } }, { confirmed, name }) => {
      const account = requireAccount({ directory }, name)
      if (!confirmed) return { name: account.name, id: account.id, ...(await accounts.counts(account)) }
      return { name: account.name, id: account.id, ...(await forgetting.erase(account)), copies: copies() }
    },
  ),

  /** Removes messages that are older than the configuration, or this request, allows. */
  prune: action(
    z.object({
      before: z.string().optional(),
      channel: z.string().optional(),
      dryRun: z.boolean().default(false),
      clockIsRight: z.boolean().default(false),
    }),
    async (
      { services: { clock, clockTrust, forgetting }, store, zone },
      { before, channel, clockIsRight, dryRun },
    ) => {
      if (clockIsRight && !dryRun) await clockTrust.accept()
      else if (!dryRun && clockTrust.jumped)
        throw fail({
          code: 'bad-arguments',
          detail: `It is ${isoTime(clock.now())} by the clock, which has jumped ahead. If it is right, prune again with --clock-is-right; files that are past their time go then, too.`,
        })
      if (before === undefined) {
        if (channel !== undefined)
          throw fail({ code: 'bad-arguments', detail: 'For a channel say how old: --before or --days.' })
        if (!forgetting.hasRules && clockIsRight) return { messages: 0, scrubbed: true, dryRun }
        if (!forgetting.hasRules)
          throw fail({
            code: 'bad-arguments',
            detail: 'history.keepDays keeps everything for ever; say how old with --before or --days.',
          })
        return { ...(await forgetting.tidy(dryRun)), dryRun }
      }
      const name = channel === undefined ? undefined : `#${channel.replace(/^#/, '')}`
      const known = await store.channelNames()
      if (name !== undefined && !known.some((one) => foldName(one.name) === foldName(name)))
        throw fail({ code: 'no-such-channel', channel: name, mayCreate: false })
      const time = requireTime(before, zone, clock.now())
      const total = await store.countMessages()
      return {
        ...(await forgetting.prune(time, name, dryRun)),
        dryRun,
        ...(dryRun ? { ahead: time > clock.now(), total } : {}),
      }
    },
  ),

  /** Checks files with which another process has found a problem. */
  lookatfiles: action(z.object({ files: z.array(z.int()) }), async ({ services }, { files }) => {
    await services.lostFiles.look(files)
    return { lost: services.lostFiles.list().map(({ file, why }) => ({ id: file.id, name: file.name, why })) }
  }),

  /** Gives the room of removed data back to the disk. All messages wait meanwhile. */
  compact: action(z.object({}), async ({ space, store }) => {
    const { database: before, free } = await space()
    const scrubbed = await store.scrub(true).catch((error: unknown) => {
      if (!(error instanceof StoreUnavailable)) throw error
      // SQLite makes a copy in that folder, and writes it into the write-ahead log.
      const need = `That needs up to ${sizeText(before)} beside the database, where ${sizeText(free)} are free, and as much in the folder for temporary files (SQLITE_TMPDIR).`
      const message = `The database could not be rewritten, and is as it was. ${need} It says: ${why(error.cause)}.`
      throw new Refused({ code: 'unavailable', message })
    })
    return { before, after: (await space()).database, scrubbed }
  }),

  setpassword: action(withPassword, async ({ services }, { name, password }) => {
    const account = requireAccount(services, name)
    return { name: account.name, ...(await services.accounts.setInitialPassword(account, password)) }
  }),

  /** Lists the login tokens of a person, after revoking one if a name is given. */
  tokens: action(
    named.extend({ revoke: z.string().optional() }),
    async ({ services, zone }, { name, revoke }) => {
      const { tokens } = services
      const account = requireAccount(services, name)
      if (revoke !== undefined) await tokens.revoke(account, revoke)
      const left = await tokens.list(account)
      return {
        name: account.name,
        zone,
        tokens: left.map(({ lastUsed, since, ...token }) => ({
          ...token,
          since: isoTime(since),
          ...(lastUsed === undefined ? {} : { lastUsed: isoTime(lastUsed) }),
        })),
      }
    },
  ),

  userlist: action(z.object({}), async ({ services: { directory }, zone }) => ({
    zone,
    users: [...directory.accounts()].map(userRow),
  })),

  messagelist: action(
    z.object({
      channel: z.string().optional(),
      from: z.string().optional(),
      since: z.string().optional(),
      limit: z.int(limitText).min(1, limitText).max(100_000, limitText).default(100),
    }),
    async ({ services, store, zone }, { channel: channelName, from, since, limit }) => {
      const known = await store.channelNames()
      const inChannels = channelName === undefined ? undefined : requireChannels(known, channelName)
      const names = namesOf(known)
      const records = await store.messageList({
        limit,
        since: since === undefined ? undefined : requireTime(since, zone, services.clock.now()),
        channels: inChannels,
        from: from === undefined ? undefined : requireAccount(services, from).id,
      })
      return {
        zone,
        messages: records.map((record) => messageRow(record, services, names)),
      }
    },
  ),

  /** Shows the message, or refuses an unknown number, before the operator confirms. */
  deletemessage: action(
    z.object({ id: z.int(idText).min(1, idText), confirmed: z.boolean().default(false) }),
    async ({ services, store, zone }, { confirmed, id }) => {
      const record = await store.message(id)
      if (!record) throw fail({ code: 'no-such-message', id })
      if (confirmed) {
        await services.corrections.deleteAsOperator(id)
        await services.files.settled()
      }
      return { zone, message: messageRow(record, services, namesOf(await store.channelNames())) }
    },
  ),

  notice: action(
    z.object({ text: z.string() }),
    async ({ services: { directory, talk }, lineBytes }, { text }) => {
      if (isBlank(text)) throw fail({ code: 'bad-arguments', detail: 'The notice has no text.' })
      if (Buffer.byteLength(text) > lineBytes) throw fail({ code: 'line-too-long', limit: lineBytes })
      const [operator] = [...directory.operators()].sort((a, b) => a.id - b.id)
      if (!operator)
        throw fail({
          code: 'bad-arguments',
          detail: 'A notice comes from an operator, and there is none: createsuperuser makes one.',
        })
      const { id, at } = await talk.announce(operator, text)
      return { id, at: isoTime(at), from: operator.name }
    },
  ),

  status: action(z.object({}), async ({ stats }) => {
    if (!stats) throw fail({ code: 'bad-arguments', detail: 'No server runs with this data directory.' })
    return statsFields(await stats())
  }),

  reload: action(z.object({}), async ({ reload }) => {
    if (!reload)
      throw fail({
        code: 'bad-arguments',
        detail: 'No server runs with this data directory; it reads its configuration when it starts.',
      })
    return reload()
  }),
}

function requireTime(text: string, zone: string, now: number): number {
  const at = readSince(text, zone, now)
  if (at !== undefined) return at
  throw fail({
    code: 'bad-arguments',
    detail: `"${text}" is no time. Use one like 2026-11-20, "2026-11-20 18:00", 2026-11-20T18:00Z, 2h or 7d.`,
  })
}

/** Finds the channels of a name, also closed ones, so there may be several. The # may be missing. */
function requireChannels(known: readonly KnownChannel[], channel: string): number[] {
  const name = `#${channel.replace(/^#/, '')}`
  const found = known.filter((one) => foldName(one.name) === foldName(name)).map(({ id }) => id)
  if (found.length === 0) throw fail({ code: 'no-such-channel', channel: name, mayCreate: false })
  return found
}

function requireAccount({ directory }: Pick<Services, 'directory'>, name: string): Account {
  const account = directory.findAccount(name)
  if (!account) throw fail({ code: 'no-such-user', name })
  return account
}

/** An open or closed channel. */
type KnownChannel = Awaited<ReturnType<Store['channelNames']>>[number]

function namesOf(known: readonly KnownChannel[]): ReadonlyMap<number, string> {
  return new Map(known.map(({ id, name }) => [id, name]))
}

function messageRow(
  record: MessageRecord,
  { channels, directory }: Services,
  names: ReadonlyMap<number, string>,
): object {
  const { at, channel, from, fromGuest, id, kind, text, to, toGuest } = record
  return {
    id,
    at: isoTime(at),
    from: from === undefined ? fromGuest : directory.nameOf(from),
    kind,
    text,
    channel: channel === undefined ? undefined : (names.get(channel) ?? 'closed channel'),
    ...(channel !== undefined && !channels.byId(channel) ? { closed: true } : {}),
    to: to === undefined ? toGuest : directory.nameOf(to),
  }
}

function userRow(account: Account): object {
  const { name, id, operator, email, since } = account
  const lastSeen = lastSeenOf(account)
  return {
    name,
    id,
    operator,
    status: statusOf(account),
    since: isoTime(since),
    ...(lastSeen === undefined ? {} : { lastSeen: isoTime(lastSeen) }),
    email,
  }
}
