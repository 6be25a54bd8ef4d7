import { fail } from '../chat/failures.ts'
import type { Account } from '../chat/people.ts'
import { requireOperator, type Terminal } from './command.ts'

/** Whether an answer means yes: as a person or a program writes it, in whatever case. */
export function meansYes(answer: string): boolean {
  return ['y', 'yes'].includes(answer.trim().toLowerCase())
}

/** The same for a question of yes or no: whatever is neither is asked for again. */
function yesOrNo(answer: string): boolean {
  if (meansYes(answer)) return true
  if (['n', 'no', ''].includes(answer.trim().toLowerCase())) return false
  throw fail({ code: 'bad-arguments', detail: 'Please answer yes or no.' })
}

/**
 * Asks an operator whether this is to be done to an account. Throws `cancelled` unless the answer is yes, and looks again
 * behind the question at what may have changed while it stood there: `not-allowed` if who answers is an operator no more,
 * `no-such-user` if the account is gone.
 */
export async function confirmAbout(
  account: Account,
  { question, operator, terminal }: { question: string; operator: Account; terminal: Terminal },
): Promise<void> {
  const yes = await terminal.ask(`${question} yes or no: `, { check: yesOrNo })
  if (!yes) throw fail({ code: 'cancelled' })
  requireOperator(operator)
  if (account.deleted) throw fail({ code: 'no-such-user', name: account.name })
}
