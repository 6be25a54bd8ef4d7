import { Failure, fail, type Problem } from '../chat/model/failures.ts'
import type { Reply } from '../chat/model/replies.ts'
import { rowCount } from '../chat/model/rows.ts'
import { StoreTooSlow, StoreUnavailable } from '../chat/ports/store-errors.ts'
import { type Context, checkToken } from '../commands/command.ts'
import { targetHere, targetIfAny } from '../commands/here.ts'
import type { Asked, Invocation } from '../dialects/dialect.ts'
import { wordsOf } from '../lib/blanks.ts'
import { HasherBusy } from '../lib/passwords.ts'

/** A line that is understood: what it is called in its result, what it costs, and how to do it. */
export interface Task {
  readonly asked: Asked
  /** The command it is counted as: `asked` has what was typed. */
  readonly counted: string
  readonly cost: number
  /** Who they say they are, where the command is about that. */
  readonly named?: string | undefined
  /** Lines behind it belong to it, up to one of a lone dot. */
  readonly payload: boolean
  /** A password may be typed behind it. */
  readonly secret?: boolean
  /** It chooses where plain words go, or was meant to. */
  readonly moves?: boolean
  /** True for something said, which nothing has to be held back for. */
  readonly quick: boolean
  /** The line could not be read. */
  readonly refused?: true
  /** Rejects or throws with a Failure. */
  run(): Promise<Reply>
}

/** Finds out what an invocation asks for. Never throws: a task that cannot be done fails when it runs. */
export function dispatch(context: Context, invocation: Invocation): Task {
  const { command: name, once, text, tag, to, refused } = plainlyMeant(context, invocation)
  const asked = (command: string): Asked => (tag === undefined ? { command } : { command, tag })
  const command = name === undefined ? undefined : context.catalog.find(name)
  if (refused)
    return {
      asked: asked('line'),
      counted: 'unknown',
      cost: 1,
      payload: command?.payload ?? false,
      moves: command?.moves ?? false,
      quick: command?.payload !== true,
      refused: true,
      run() {
        throw fail(refused)
      },
    }
  if (name === undefined)
    return {
      asked: asked('say'),
      counted: 'say',
      cost: rowCount(text),
      payload: false,
      quick: true,
      run: () => saidOnce(context, once, () => say(context, text, to)),
    }
  if (command)
    return {
      asked: asked(command.name),
      counted: command.name,
      cost: command.cost + rowCount(text) - 1,
      named: command.proves ? wordsOf(text)[0] : undefined,
      payload: command.payload ?? false,
      secret: command.secret ?? false,
      // Who forgets the text wants to talk there.
      moves: command.moves ?? (command.name === 'msg' && wordsOf(text).length < 2),
      quick: false,
      run: () => {
        if (once !== undefined && !command.says) throw fail(notSaying)
        return saidOnce(context, once, () => command.execute(context, text))
      },
    }
  const nearest = context.catalog.nearest(name)
  const meant = context.catalog.find(nearest ?? '')
  return {
    asked: asked(name),
    counted: 'unknown',
    cost: 1,
    payload: false,
    secret: meant?.secret ?? false,
    moves: (meant?.moves || meant?.payload) ?? (!context.terminal.grant && namesPlace(context, text)),
    quick: false,
    run() {
      throw fail({ code: 'unknown-command', command: name, nearest })
    },
  }
}

/** Whether the first word is a channel's or somebody's name: whatever was typed in front of it, the next line is for there. */
function namesPlace({ directory }: Context, text: string): boolean {
  const [word = ''] = wordsOf(text)
  return /^[#@~＃＠]/.test(word) || (word !== '' && directory.find(word) !== undefined)
}

const notSaying: Problem = {
  code: 'bad-arguments',
  detail: '"once" goes with what says something: "say", talk, /msg, /me, /r, /paste and /notice.',
}

/** Says it, unless it was said by this key before: then that is answered again. */
async function saidOnce(
  { once, terminal }: Context,
  key: string | undefined,
  run: () => Promise<Reply>,
): Promise<Reply> {
  if (key === undefined) return run()
  const { person } = terminal
  if (!person) throw fail({ code: 'not-logged-in' })
  // A nick proves nothing, and is another's in a moment.
  if (person.kind === 'guest') throw fail({ code: 'not-allowed', why: 'guests-cannot' })
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
 * A visitor cannot say anything yet: who types `help` or `login anna` without the slash means the command. A program
 * means what it writes.
 */
function plainlyMeant({ catalog, terminal }: Context, invocation: Invocation): Invocation {
  if (invocation.command !== undefined || invocation.refused || terminal.person || !terminal.manner.typed)
    return invocation
  const [, word = '', text = ''] = /^\s*([a-z]+)(?:\s+(.*))?$/i.exec(invocation.text) ?? []
  return catalog.find(word)?.who === 'visitor' ? { ...invocation, command: word, text } : invocation
}

/** How people begin a line with a password in it, whatever stands in front of the word or behind it. */
const secretWords: readonly (readonly [word: string, command: string])[] = [
  ['log ?[io]n|logg?in|lgoin|sign ?in|identify|pass', 'login'],
  ['sign ?up|register', 'signup'],
  ['passw(?:or)?d', 'passwd'],
  ['recover', 'recover'],
]
const meantBy = secretWords.map(
  ([word, command]) => [new RegExp(`^[^\\p{L}]*(?:${word})[\\s:=,.]+\\S`, 'iu'), command] as const,
)
/** A longer line that begins so is talk; but for the very words of the commands. */
const mostWords = 4
const exact = /^\s*(?:login|passwd|recover|signup)\s+\S/i
/** What nobody says, who has logged in, unless the slash is missing. */
const ofMembers = /^[^\p{L}]*(passwd|deleteaccount|setpassword)\s+\S+(?:\s+\S+)?\s*$/iu

/** The command that somebody most likely means, whose slash is missing: what stands behind it is nothing to be said. */
function passwordMeant({ terminal: { manner, person } }: Context, text: string): string | undefined {
  if (!person || !manner.forPeople) return undefined
  if (person.kind === 'account') return ofMembers.exec(text)?.[1]?.toLowerCase()
  if (!exact.test(text) && text.trim().split(/\s+/u).length > mostWords) return undefined
  return meantBy.find(([pattern]) => pattern.test(text))?.[1]
}

function say(context: Context, text: string, to: string | undefined): Promise<Reply> {
  const { talk, terminal } = context
  if (!terminal.person) throw fail({ code: 'not-logged-in' })
  const meant = passwordMeant(context, text)
  if (meant !== undefined) throw fail({ code: 'not-said', target: targetIfAny(context)?.name, meant })
  if (terminal.grant) checkToken(terminal, 'write', to === undefined ? [] : [to])
  const target = to === undefined ? targetHere(context) : talk.target(terminal.person, to)
  return talk.say(terminal.person, target, 'text', text, terminal)
}

/** What the person is told of an error. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Failure) return error.problem
  if (error instanceof HasherBusy) return { code: 'try-later' }
  if (error instanceof StoreTooSlow) return { code: 'took-too-long', seconds: error.limitMs / 1000 }
  if (error instanceof StoreUnavailable) return { code: 'unavailable' }
  return { code: 'internal' }
}
