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

/** The parts of the server that commands work with. */
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
  /** Not to be seen while it is typed. */
  readonly secret?: boolean
  /** What people read once, above the question. */
  readonly explain?: string
  /** How many answers that will not do end it; a few, if missing. */
  readonly tries?: number
  /** A command may be the answer; it ends the question otherwise, and is done. A hidden answer is never one. */
  readonly takesCommands?: true
  /** An empty line is an answer too; otherwise it does nothing. */
  readonly mayBeEmpty?: boolean
  /** Throws a Failure if the answer will not do: then it is said, and the question asked again. */
  readonly check: (answer: string) => T | Promise<T>
}

/** What a command may do to the connection it came from. */
export interface Terminal extends Listener {
  /** By which key the command that runs says what it says once. */
  once: string | undefined
  readonly person: Person | undefined
  readonly formerly: readonly Account[]
  /** What a program was warned of last, and until when (in ticks) the same again is meant. */
  warned: { readonly of: string; readonly until: number } | undefined
  /** Where plain text goes, unless there is a private talk. */
  target: Target | undefined
  /** Makes this the target; a private talk ends with that. */
  talkTo(target: Target): void
  /** A private talk was broken off: words go nowhere, until the person goes on with it, or `back`, or elsewhere. */
  mayResume(other: string | undefined, back: string | undefined): void
  /**
   * Throws `not-said` where what was typed may have been meant for another place than where one talks: `words`, or what is
   * done to the `channel` there.
   */
  checkAim(of: 'words' | 'channel'): void
  /**
   * Throws `not-said` where plain words come so soon behind a question that they may be its answer, or are the very password
   * that was given a moment ago.
   */
  checkNoAnswer(text: string): void
  /** Prints an answer before the command is done. */
  show(reply: Reply): void
  showFailure(problem: Problem): void
  /** Whether nobody on the way reads along, or the operator does not mind. */
  readonly mayTellSecrets: boolean
  readonly manner: Manner
  /** Speaks another dialect from now on. */
  speak(format: Format): void
  /** How this connection shows times. */
  clock: '24' | '12'
  /** An IANA zone. */
  zone: string
  color: boolean
  /** Aborted when the connection is gone, or is nobody's any more: nobody waits for what takes long then. */
  readonly presence: AbortSignal
  /** What arrives is kept until the next Enter. */
  hold: boolean
  /** The number of what was said last at this connection, wherever it went, if that is not taken back and no other target chosen since. */
  readonly lastSaid: number | undefined
  /**
   * From now on the connection speaks for this person, or for nobody; within a grant, if there is one. Answers the
   * number of the newest message that it did not hear. `renamed`: it is who was there, by another name; others know that.
   */
  become(person: Person | undefined, grant?: Grant, renamed?: boolean): Promise<number>
  /** Takes back a `become` that led to nothing: it speaks for nobody, and nothing of it counts as shown. */
  withdraw(): Promise<void>
  /** Asks for one line. Rejects with the Failure `cancelled` on /cancel or when the line is lost. */
  ask<T>(text: string, question: Question<T>): Promise<T>
  /**
   * For a command that has a payload, once: says what is wanted and hands the rows of it to `take`. Rejects with what that
   * throws, with the Failures of a line that cannot be read, and as `ask` does. What is left of it then goes nowhere.
   */
  readRows(text: string, take: (row: string) => void | Promise<void>): Promise<void>
  /** Runs a command that has a payload inside of another one; what is left of that when it does not work goes nowhere. */
  withPayload<T>(run: () => Promise<T>): Promise<T>
  /**
   * Takes a cost from the allowance, as a line of the command would, and resolves when that is given. Rejects with
   * the Failure `cancelled` when the line is lost.
   */
  pay(cost: number): Promise<void>
  /** This account pays for the command in place of whoever began it; resolves as `pay` does. */
  payAs(account: Account): Promise<void>
  /** Ends the connection once the answer is out; `note` is for those who stay. */
  leave(note: string | undefined): void
}

/** What a command may ask of the server as a whole. */
export interface ServerControl {
  /** Reads the configuration again. Throws `bad-config`. */
  reload(): Promise<Reloaded>
  /** How the server does. */
  stats(): Promise<ServerStats>
}

export interface Context extends Services {
  readonly terminal: Terminal
  readonly server: ServerControl
  /** All commands, for /help. */
  readonly catalog: Catalog
}

export type Who = 'visitor' | 'guest' | 'member' | 'operator'

/** Who acts, by who may: whoever runs has been checked already. */
export interface ActorOf {
  visitor: Person | undefined
  guest: Person
  member: Account
  operator: Account
}

/** In the order in which /help and the reference list them. */
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
  /** The least one has to be. */
  readonly who: W
  /** What it takes from the rate allowance; a line of text is 1. */
  readonly cost: number
  /** In their order on the line. */
  readonly args: A
  /** Where the usage line cannot be told from the arguments. */
  readonly usage?: string
  /** It asks for a secret or tells one: over TLS only, where the operator wants that. */
  readonly secret?: true
  /** Its first argument is who one is, and a secret proves it. */
  readonly proves?: true
  /** What a login token has to be made for; `all` if missing, and none is for what operators do. */
  readonly token?: TokenNeed
  /** Whether this is more than `token` says, and needs a token for everything. */
  readonly changes?: (args: Values<A>) => boolean
  /**
   * It is about nothing but the channels and people that it names, or where one talks: a token for some channels
   * can do it there.
   */
  readonly local?: true
  /**
   * What it does cannot be taken back (`destroys`), or puts an end to something (`ends`): nobody who has mistyped another
   * word should be led to it. The first is never suggested, the second for a word that is one letter off.
   */
  readonly harm?: 'destroys' | 'ends'
  /** Lines behind it belong to it, up to one of a lone dot: they are read to that end, also if it does not work. */
  readonly payload?: true
  /** It says something, and can be told to say it once. */
  readonly says?: true
  /**
   * It has no name to type: it takes a line as it is, and where a program wants it said, and answers the arguments. Throws a
   * Failure where the line is hardly meant to be said.
   */
  readonly plain?: (context: Context, text: string, to: string | undefined) => Values<A>
  /** It chooses where plain words go: where that does not work, words that were typed behind it are not said elsewhere. */
  readonly moves?: true
  /** Left out of the lists of /help: nobody types it. */
  readonly unlisted?: true
  /** One sentence. */
  readonly summary: string
  readonly help: string
  /** The fields of `data` in the JSON dialect. */
  readonly data: string
  /** Codes of the Failures that are its own, besides those that any line can meet. */
  readonly fails: readonly FailureCode[]
  run(context: Context, actor: ActorOf[W], args: Values<A>): Reply | Promise<Reply>
}

/** A definition whose types are settled: text in, reply out. */
export interface Command
  extends Omit<Definition<Who, Args>, 'run' | 'usage' | 'aliases' | 'token' | 'changes' | 'plain'> {
  readonly aliases: readonly string[]
  readonly usage: string
  readonly token: TokenNeed
  /** Does it with the text behind its name. Rejects with a Failure. */
  execute(context: Context, text: string, how?: How): Promise<Reply>
}

/** What a program may say of a line besides its text. */
export interface How {
  /** The key by which it is said once. */
  readonly once?: string | undefined
  /** Where it is said, if that is not where one talks: a channel or a person. */
  readonly to?: string | undefined
}

/** Finds commands by name or alias. */
export interface Catalog {
  readonly all: readonly Command[]
  find(name: string): Command | undefined
  nearest(name: string): string | undefined
  /** What a line is that names no command. */
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

/** Asked again behind a question: whoever answers it may be an operator no more. */
export function requireOperator(account: Account): void {
  if (!account.operator || account.deleted) throw fail({ code: 'not-allowed', why: 'operators-only' })
}

/**
 * Defines a command; the one place where who may and what the arguments are is checked. So it is the gate of what is said,
 * too: plain words are a command like all others (`say`).
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

/** Says it, unless it was said by this key before: then that is answered again. */
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
  // A nick proves nothing, and is another's in a moment.
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

/** Refuses what the token is not for by which a connection has logged in. No `places`: it is about all of them. */
function checkToken(
  { grant, person, target }: Terminal,
  need: TokenNeed,
  places: readonly string[] | undefined,
): void {
  if (!grant || person?.kind !== 'account') return
  const here = target ? [target.name] : []
  checkGrant(grant, person, need, places?.length === 0 ? here : places)
}

/** The channels and people that are named in the arguments. */
function placesIn(args: Args, values: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(args)
    .filter(([, { place }]) => place)
    .flatMap(([key]) => values[key] ?? [])
    .map(String)
}
