import { type FailureCode, fail } from '../chat/model/failures.ts'
import type { TokenNeed } from '../chat/model/grant.ts'
import { checkGrant } from '../chat/model/grants.ts'
import type { Account, Person } from '../chat/model/people.ts'
import type { Reply } from '../chat/model/replies.ts'
import { type Args, parseArgs, usageOf, type Values } from './args.ts'
import type { ServerControl, Services } from './services.ts'
import type { Terminal } from './terminal.ts'

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
  /** It only looks at what is there: a member pays for it from an allowance of its own, and not from that for talk. */
  readonly reads?: true
  /** The arguments, in the order of the line. */
  readonly args: A
  /** The usage line, if it does not follow from the arguments. */
  readonly usage?: string
  /** It asks for a secret or shows one: over TLS only, if the operator has set that. */
  readonly secret?: true
  /** It asks for the person's password by itself. */
  readonly asksPassword?: true
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
  /** What else there is to know. It may have several rows; one that begins with two blanks is a line to copy. */
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
  /** Runs the command with the text after its name. Throws or rejects with a Failure. */
  execute(context: Context, text: string, how?: How): Reply | Promise<Reply>
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
  const actorOf: (person: Person | undefined) => ActorOf[W] = actors[who]
  // Not async: each line that is said would take one more promise.
  const perform = (context: Context, text: string, to: string | undefined): Reply | Promise<Reply> => {
    const { terminal } = context
    const plain = definition.plain?.(context, text, to)
    const actor = actorOf(terminal.person)
    if (definition.secret && !terminal.mayTellSecrets) throw fail({ code: 'tls-required' })
    const values = plain ?? parseArgs(args, text, usage, definition.secret)
    if (terminal.grant)
      checkToken(terminal, changes?.(values) ? 'all' : token, local && placesIn(args, values))
    if (token !== 'none' || definition.asksPassword || !terminal.browser)
      return definition.run(context, actor, values)
    // Much may have happened before the answer.
    return provePassword(context).then(() => definition.run(context, actorOf(terminal.person), values))
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

/**
 * Whoever finds a browser that stays logged in has not typed the password: for what no token may do it is asked for, unless it
 * was given here a moment ago.
 */
export async function provePassword({ browserSessions, clock, logins, terminal }: Context): Promise<void> {
  const { person } = terminal
  if (person?.kind !== 'account' || browserSessions.isProven(terminal.provenAt)) return
  await terminal.ask('Password: ', {
    secret: true,
    check: (answer) => logins.prove(person, answer, terminal.address),
  })
  terminal.provenAt = clock.ticks()
}

/** Says the message, unless it was said by this key before: then returns the earlier answer. */
async function saidOnce(
  { once, terminal }: Context,
  key: string,
  { says }: { readonly says?: true },
  run: () => Reply | Promise<Reply>,
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
