import type { Accounts } from '../chat/accounts/accounts.ts'
import type { Enrolment } from '../chat/accounts/enrolment.ts'
import type { Entrance } from '../chat/accounts/entrance.ts'
import type { Quiet } from '../chat/accounts/quiet.ts'
import type { Renaming } from '../chat/accounts/renaming.ts'
import type { Tokens } from '../chat/accounts/tokens.ts'
import type { Channels } from '../chat/channels/channels.ts'
import type { Guests } from '../chat/channels/guests.ts'
import type { Invitations } from '../chat/channels/invitations.ts'
import type { Moderation } from '../chat/channels/moderation.ts'
import type { Files } from '../chat/files/files.ts'
import type { LostFiles } from '../chat/files/lost-files.ts'
import type { Uploads } from '../chat/files/uploads.ts'
import type { CatchingUp } from '../chat/history/catching-up.ts'
import type { Corrections } from '../chat/history/corrections.ts'
import type { History } from '../chat/history/history.ts'
import type { UnreadPlaces } from '../chat/history/unread-places.ts'
import type { Forgetting } from '../chat/keeping/forgetting.ts'
import type { MyData } from '../chat/keeping/my-data.ts'
import type { ClockTrust } from '../chat/machine/clock-trust.ts'
import type { FreeSpace } from '../chat/machine/free-space.ts'
import { type FailureCode, fail, type Problem } from '../chat/model/failures.ts'
import type { Grant, TokenNeed } from '../chat/model/grant.ts'
import { checkGrant } from '../chat/model/grants.ts'
import type { Format, Manner } from '../chat/model/manner.ts'
import type { Account, Listener, Person } from '../chat/model/people.ts'
import type { Reply } from '../chat/model/replies.ts'
import type { ServerStats } from '../chat/model/stats.ts'
import type { Access } from '../chat/people/access.ts'
import type { Directory } from '../chat/people/directory.ts'
import type { Bus } from '../chat/ports/bus.ts'
import type { Vault } from '../chat/ports/vault.ts'
import type { Contacts } from '../chat/presence/contacts.ts'
import type { Presence } from '../chat/presence/presence.ts'
import type { ReadMarkers } from '../chat/presence/read-markers.ts'
import type { AddressBans } from '../chat/safety/address-bans.ts'
import type { Restraining } from '../chat/safety/restraining.ts'
import type { RestraintEnds } from '../chat/safety/restraint-ends.ts'
import type { Once } from '../chat/talk/once.ts'
import type { Pairs } from '../chat/talk/pairs.ts'
import type { Talk, Target } from '../chat/talk/talk.ts'
import type { Reloaded } from '../config/live.ts'
import type { Clock } from '../lib/clock.ts'
import { type Args, parseArgs, usageOf, type Values } from './args.ts'

/** The parts of the server that commands use. */
export interface Services {
  readonly access: Access
  readonly accounts: Accounts
  readonly tokens: Tokens
  readonly guests: Guests
  readonly channels: Channels
  readonly directory: Directory
  readonly presence: Presence
  readonly talk: Talk
  readonly history: History
  readonly enrolment: Enrolment
  readonly entrance: Entrance
  readonly invitations: Invitations
  readonly moderation: Moderation
  readonly restraining: Restraining
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
  readonly lostFiles: LostFiles
  readonly forgetting: Forgetting
  readonly freeSpace: FreeSpace
  readonly clockTrust: ClockTrust
  readonly uploads: Uploads
  readonly vault: Vault
  readonly bus: Bus
  readonly clock: Clock
}

export interface Question<T> {
  /** The answer is hidden while the person types it. */
  readonly secret?: boolean
  /** A text that people read once, above the question. */
  readonly explain?: string
  /** How many invalid answers end the question; a few, if missing. */
  readonly tries?: number
  /**
   * A command may be the answer. Otherwise a command ends the question, and runs. A hidden answer is never a command.
   */
  readonly takesCommands?: true
  /** An empty line is an answer, too; otherwise it does nothing. */
  readonly mayBeEmpty?: boolean
  /** Throws a Failure if the answer is not valid: the person reads the Failure, and the question is asked again. */
  readonly check: (answer: string) => T | Promise<T>
}

/** The connection of a command, as far as the command may use it. */
export interface Terminal extends Listener {
  /** The key by which the running command says its message only once. */
  once: string | undefined
  readonly person: Person | undefined
  readonly formerly: readonly Account[]
  /** The last warning to a program, and until when (in ticks) a repeated line confirms it. */
  warned: { readonly of: string; readonly until: number } | undefined
  /** Where plain text goes, unless there is a private talk. */
  target: Target | undefined
  /** Changes the target; this ends a private talk. */
  talkTo(target: Target): void
  /**
   * A private talk was broken off: words go nowhere until the person continues it, or goes `back`, or chooses another
   * target.
   */
  mayResume(other: string | undefined, back: string | undefined): void
  /**
   * Throws `not-said` if the line may have been meant for another place than the present target: `words`, or
   * something that concerns the `channel` there.
   */
  checkAim(of: 'words' | 'channel'): void
  /**
   * Throws `not-said` if plain words come so soon after a question that they may be its answer, or if they are the
   * password that was given a moment ago.
   */
  checkNoAnswer(text: string): void
  /** Sends an answer before the command is done. */
  show(reply: Reply): void
  showFailure(problem: Problem): void
  /** Whether secrets may be sent: nobody on the network can read them, or the operator allows it. */
  readonly mayTellSecrets: boolean
  readonly manner: Manner
  /** Speaks another dialect from now on. */
  speak(format: Format): void
  /** How this connection shows times. */
  clock: '24' | '12'
  /** An IANA zone. */
  zone: string
  color: boolean
  /** Aborted when the connection is gone or logged out, because nobody waits for a long task then. */
  readonly presence: AbortSignal
  /** Whether output is held until the next Enter. */
  hold: boolean
  /**
   * The number of the last message from this connection to any target, unless it was deleted or another target chosen
   * since.
   */
  readonly lastSaid: number | undefined
  /**
   * Makes the connection speak for this person, or for nobody; within a grant, if there is one. Returns the number of
   * the newest message that it did not hear. `renamed`: the person is the same under another name, and others know
   * that.
   */
  become(person: Person | undefined, grant?: Grant, renamed?: boolean): Promise<number>
  /** Undoes a `become` that failed: the connection speaks for nobody, and nothing counts as shown. */
  withdraw(): Promise<void>
  /** Asks for one line. Rejects with the Failure `cancelled` on /cancel or when the connection is lost. */
  ask<T>(text: string, question: Question<T>): Promise<T>
  /**
   * Reads the payload of a command, once: says what is wanted and passes the rows to `take`. Rejects with the errors
   * of `take`, with the Failures of a line that cannot be read, and as `ask` does. The rest of the payload then goes
   * nowhere.
   */
  readRows(text: string, take: (row: string) => void | Promise<void>): Promise<void>
  /** Runs a command with a payload inside another one. If it fails, the rest of the payload goes nowhere. */
  withPayload<T>(run: () => Promise<T>): Promise<T>
  /**
   * Takes a cost from the allowance, as a line of the command would, and resolves when the allowance permits it.
   * Rejects with the Failure `cancelled` when the connection is lost.
   */
  pay(cost: number): Promise<void>
  /** Makes this account pay for the command instead of the person who began it; resolves as `pay` does. */
  payAs(account: Account): Promise<void>
  /** Ends the connection when the answer is sent; the others read `note`. */
  leave(note: string | undefined): void
}

/** The requests of a command to the server as a whole. */
export interface ServerControl {
  /** Reads the configuration again. Throws `bad-config`. */
  reload(): Promise<Reloaded>
  /** The state of the server. */
  stats(): Promise<ServerStats>
}

export interface Context extends Services {
  readonly terminal: Terminal
  readonly server: ServerControl
  /** All commands, for /help. */
  readonly catalog: Catalog
}

export type Who = 'visitor' | 'guest' | 'member' | 'operator'

/** The type of the acting person for each level; the check is done before the command runs. */
export interface ActorOf {
  visitor: Person | undefined
  guest: Person
  member: Account
  operator: Account
}

/** The areas, in the order of /help and the reference. */
export const areas = [
  'account',
  'presence',
  'channels',
  'talking',
  'people',
  'notices',
  'files',
  'operator',
  'other',
] as const
export type Area = (typeof areas)[number]

export interface Definition<W extends Who, A extends Args> {
  readonly name: string
  readonly aliases?: readonly string[]
  readonly area: Area
  /** The lowest level that may use the command. */
  readonly who: W
  /** The cost that it takes from the rate allowance; a line of text costs 1. */
  readonly cost: number
  /** The arguments, in the order of the line. */
  readonly args: A
  /** The usage line, if it does not follow from the arguments. */
  readonly usage?: string
  /** It asks for a secret or shows one: over TLS only, if the operator has set that. */
  readonly secret?: true
  /** Its first argument is the person's own name, and a secret proves it. */
  readonly proves?: true
  /** The right that a login token needs; `all` if missing. No token allows commands of operators. */
  readonly token?: TokenNeed
  /** Whether these arguments need more than `token`: a token for everything. */
  readonly changes?: (args: Values<A>) => boolean
  /**
   * It concerns only the channels and people that it names, or the present target: a token for some channels allows
   * it there.
   */
  readonly local?: true
  /**
   * It cannot be undone (`destroys`), or it ends something (`ends`), so it should not be suggested for another
   * mistyped word: the first kind is never suggested, the second only for a word with one wrong letter.
   */
  readonly harm?: 'destroys' | 'ends'
  /** The lines after it, up to a line with a lone dot, belong to it; they are read to that end, also if it fails. */
  readonly payload?: true
  /** It says a message, and can say it only once by a key. */
  readonly says?: true
  /**
   * It has no name to type. This function gets the line as it is, and the target that a program gives, and returns
   * the arguments. Throws a Failure if the line is probably not meant to be said.
   */
  readonly plain?: (context: Context, text: string, to: string | undefined) => Values<A>
  /** It chooses the target of plain words: if it fails, words that were typed after it are not said elsewhere. */
  readonly moves?: true
  /** Left out of the lists of /help: nobody types it. */
  readonly unlisted?: true
  /** One sentence. */
  readonly summary: string
  readonly help: string
  /** The fields of `data` in the JSON dialect. */
  readonly data: string
  /** The codes of its own Failures, besides those that any line can cause. */
  readonly fails: readonly FailureCode[]
  run(context: Context, actor: ActorOf[W], args: Values<A>): Reply | Promise<Reply>
}

/** A definition whose types are settled: text in, reply out. */
export interface Command
  extends Omit<Definition<Who, Args>, 'run' | 'usage' | 'aliases' | 'token' | 'changes' | 'plain'> {
  readonly aliases: readonly string[]
  readonly usage: string
  readonly token: TokenNeed
  /** Runs the command with the text after its name. Rejects with a Failure. */
  execute(context: Context, text: string, how?: How): Promise<Reply>
}

/** What a program may give with a line besides its text. */
export interface How {
  /** The key by which the message is said only once. */
  readonly once?: string | undefined
  /** The target, a channel or a person, if it is not the present one. */
  readonly to?: string | undefined
}

/** Finds commands by name or alias. */
export interface Catalog {
  readonly all: readonly Command[]
  find(name: string): Command | undefined
  nearest(name: string): string | undefined
  /** The command for a line that names no command. */
  readonly say: Command
}

const actors: { readonly [W in Who]: (person: Person | undefined) => ActorOf[W] } = {
  visitor: (person) => person,
  guest(person) {
    if (!person) throw fail({ code: 'not-logged-in' })
    return person
  },
  member(person) {
    if (!person) throw fail({ code: 'not-logged-in' })
    if (person.kind === 'guest') throw fail({ code: 'not-allowed', why: 'guests-cannot' })
    return person
  },
  operator(person) {
    const account = actors.member(person)
    requireOperator(account)
    return account
  },
}

/** Checks again after a question that the person is still an operator. */
export function requireOperator(account: Account): void {
  if (!account.operator || account.deleted) throw fail({ code: 'not-allowed', why: 'operators-only' })
}

/**
 * Defines a command. Only here the rights of the person and the arguments are checked. So this is also the gate of
 * messages: plain words are a command like all others (`say`).
 */
export function command<W extends Who, const A extends Args>(definition: Definition<W, A>): Command {
  const { args, changes, local, name, who } = definition
  const usage = definition.usage ?? usageOf(name, args)
  const token = who === 'operator' ? 'none' : (definition.token ?? 'all')
  const perform = async (context: Context, text: string, to: string | undefined) => {
    const { terminal } = context
    const plain = definition.plain?.(context, text, to)
    const actor = actors[who](terminal.person)
    if (definition.secret && !terminal.mayTellSecrets) throw fail({ code: 'tls-required' })
    const values = plain ?? parseArgs(args, text, usage, definition.secret)
    if (terminal.grant)
      checkToken(terminal, changes?.(values) ? 'all' : token, local && placesIn(args, values))
    return definition.run(context, actor as ActorOf[W], values)
  }
  return {
    ...definition,
    token,
    aliases: definition.aliases ?? [],
    usage,
    execute: (context, text, { once, to } = {}) =>
      once === undefined
        ? perform(context, text, to)
        : saidOnce(context, once, definition, () => perform(context, text, to)),
  }
}

/** Says the message, unless it was said by this key before: then returns the earlier answer. */
async function saidOnce(
  { once, terminal }: Context,
  key: string,
  { says }: { readonly says?: true },
  run: () => Promise<Reply>,
): Promise<Reply> {
  if (!says)
    throw fail({
      code: 'bad-arguments',
      detail: '"once" goes with what says something: "say", talk, /msg, /me, /r, /paste and /notice.',
    })
  // A nick proves nothing, and somebody else can have it a moment later.
  const person = actors.member(terminal.person)
  return once.run(person, key, async () => {
    terminal.once = key
    try {
      return await run()
    } finally {
      terminal.once = undefined
    }
  })
}

/**
 * Refuses a command that the login token of the connection does not allow. Without `places` the command concerns all
 * channels.
 */
function checkToken(
  { grant, person, target }: Terminal,
  need: TokenNeed,
  places: readonly string[] | undefined,
): void {
  if (!grant || person?.kind !== 'account') return
  const here = target ? [target.name] : []
  checkGrant(grant, person, need, places?.length === 0 ? here : places)
}

/** The channels and people named in the arguments. */
function placesIn(args: Args, values: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(args)
    .filter(([, { place }]) => place)
    .flatMap(([key]) => values[key] ?? [])
    .map(String)
}
