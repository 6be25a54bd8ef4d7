import { Failure, fail, type Problem } from '../chat/model/failures.ts'
import type { Reply } from '../chat/model/replies.ts'
import { rowCount } from '../chat/model/rows.ts'
import { StoreTooSlow, StoreUnavailable } from '../chat/ports/store-errors.ts'
import type { Context } from '../commands/command.ts'
import type { Asked, Invocation } from '../dialects/dialect.ts'
import { wordsOf } from '../lib/blanks.ts'
import { HasherBusy } from '../lib/passwords.ts'

/** After how long a line whose turn has not come may be sent again. */
const retrySeconds = 10

/** A line that is understood: the name of its result, its cost, and how to do it. */
export interface Task {
  readonly asked: Asked
  /** The name under which it is counted; `asked` has the name as it was typed. */
  readonly counted: string
  readonly cost: number
  /** It is paid from the allowance for looking at things. */
  readonly reads?: boolean
  /** The account that a login names. */
  readonly named?: string | undefined
  /** The lines after it belong to it, up to a lone dot. */
  readonly payload: boolean
  /** A password may be typed after it. */
  readonly secret?: boolean
  /** It chooses the target of plain words, or was meant to. */
  readonly moves?: boolean
  /** It says something: no events have to be held until it is done. */
  readonly quick: boolean
  /** The line could not be read. */
  readonly refused?: true
  /** Rejects or throws with a Failure. */
  run(): Reply | Promise<Reply>
}

/** Finds out what an invocation asks for. Never throws: a task that cannot be done fails when it runs. */
export function dispatch(context: Context, invocation: Invocation): Task {
  const line = plainlyMeant(context, invocation)
  const { command: name = '', once, text, tag, to, refused } = line
  const command = line.command === undefined ? context.catalog.say : context.catalog.find(name)
  if (refused)
    return {
      asked: askedBy('line', tag),
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
  if (command)
    return {
      asked: askedBy(command.name, tag),
      counted: command.name,
      cost: command.cost + rowCount(text) - 1,
      reads: command.reads ?? false,
      named: command.proves ? wordsOf(text)[0] : undefined,
      payload: command.payload ?? false,
      secret: command.secret ?? false,
      // A person who leaves the text out wants to talk there.
      moves: command.moves ?? (command.name === 'msg' && wordsOf(text).length < 2),
      quick: command === context.catalog.say,
      run: () => command.execute(context, text, { once, to }),
    }
  const nearest = context.catalog.nearest(name)
  const meant = context.catalog.find(nearest ?? '')
  return {
    asked: askedBy(name, tag),
    counted: 'unknown',
    cost: 1,
    payload: false,
    secret: meant?.secret ?? ofAccounts.test(name),
    moves: meant?.moves || meant?.payload || (!context.terminal.grant && namesPlace(context, text)),
    quick: false,
    run() {
      throw fail({ code: 'unknown-command', command: name, nearest })
    },
  }
}

function askedBy(command: string, tag: Asked['tag']): Asked {
  return tag === undefined ? { command } : { command, tag }
}

/** Commands of other chats and systems that ask for a password: who types one of them here may type a password next. */
const ofAccounts =
  /^[\w-]*(?:pass|regist|sign|log-?[io]n|auth|identify|account|secret)[\w-]*$|^(?:sudo|su|nickserv|ns)$/i

/** In place of a task whose turn has not come in time: it is not done. */
export function tooLate(task: Task): Task {
  return {
    ...task,
    refused: true,
    run() {
      throw fail({ code: 'try-later', what: 'turn', seconds: retrySeconds })
    },
  }
}

/** Whether the first word names a channel or a person: the next line is probably meant for them. */
function namesPlace({ directory }: Context, text: string): boolean {
  const [word = ''] = wordsOf(text)
  return /^[#@~＃＠]/.test(word) || (word !== '' && directory.find(word) !== undefined)
}

/**
 * A visitor cannot say anything yet, so `help` or `login anna` without the slash means the command. The lines of a program
 * are taken as they are.
 */
function plainlyMeant({ catalog, terminal }: Context, invocation: Invocation): Invocation {
  if (invocation.command !== undefined || invocation.refused || terminal.person || !terminal.manner.typed)
    return invocation
  const [, word = '', text = ''] = /^\s*([a-z]+)(?:\s+(.*))?$/i.exec(invocation.text) ?? []
  return catalog.find(word)?.who === 'visitor' ? { ...invocation, command: word, text } : invocation
}

/** The failure that a person reads for an error. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Failure) return error.problem
  if (error instanceof HasherBusy) return { code: 'try-later' }
  if (error instanceof StoreTooSlow) return { code: 'took-too-long', seconds: error.limitMs / 1000 }
  if (error instanceof StoreUnavailable) return { code: 'unavailable' }
  return { code: 'internal' }
}
