import { ZodError } from 'zod'
import type { Problem } from '../../chat/model/failures.ts'
import { StoreUnavailable } from '../../chat/ports/store-errors.ts'
import { failureText } from '../../dialects/failure-text.ts'
import { cleanText } from '../../lib/clean.ts'
import type { Log } from '../../log/log.ts'
import { problemOf } from '../../session/dispatch.ts'
import { why } from '../../store/errors.ts'
import type { AdminParts } from './action.ts'
import { adminActions } from './admin.ts'
import type { ControlAnswer, ControlRequest } from './control.ts'
import { Refused } from './refused.ts'

/** Runs a request of the operator's command line, and returns its result; never rejects. */
export async function runAction(
  parts: AdminParts,
  { action, options }: ControlRequest,
  log: Log,
): Promise<ControlAnswer> {
  const found = Object.hasOwn(adminActions, action) ? adminActions[action] : undefined
  if (!found)
    return refusal(
      'unknown-command',
      'The server does not know that command. Is it of another version than this command line?',
    )
  try {
    const clean = cleaned(options)
    const data = await found.run(parts, clean)
    // The log names the person, but never a password.
    if (!found.silent) log.info({ action, name: clean['name'] }, 'operator')
    return { ok: true, data }
  } catch (error) {
    if (error instanceof Refused) return refusal(error.code, error.message)
    if (error instanceof ZodError) return refusal('bad-arguments', explain(error))
    const problem = problemOf(error)
    if (problem.code === 'internal') log.error({ err: error, action }, 'operator')
    const cause = error instanceof StoreUnavailable ? ` The database says: ${why(error.cause)}.` : ''
    return refusal(problem.code, `${textOf(problem)}${cause}`)
  }
}

function explain({ issues }: ZodError): string {
  return issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')
}

/** As in a session, but without its commands. */
function textOf(problem: Problem): string {
  switch (problem.code) {
    case 'no-such-user':
      return `There is no account ${problem.name}. "partyline userlist" lists them.`
    case 'no-such-token':
      return `There is no such token: ${problem.name}. "partyline tokens NAME" lists them.`
    case 'no-such-message':
      return `There is no message ${problem.id}. "partyline messagelist" shows the numbers of messages.`
    case 'last-operator':
      return `${problem.name} is the only operator. Make somebody else one first: "partyline createsuperuser NAME".`
    case 'no-such-channel':
      return `There is no channel ${problem.channel}.`
    default:
      return failureText(problem)
  }
}

function refusal(code: string, message: string): ControlAnswer {
  return { ok: false, code, message }
}

/** Cleans texts from a command line, because other people will see them. */
function cleaned(options: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(options).map(([key, value]) => [
      key,
      typeof value === 'string' ? cleanText(value) : value,
    ]),
  )
}
