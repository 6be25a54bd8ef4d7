import type { Accounts } from '../chat/accounts.ts'
import { fail } from '../chat/failures.ts'
import type { Terminal } from './command.ts'

/** Asks for a new password twice; the second answer has to be the first. */
export async function askNewPassword(
  terminal: Terminal,
  accounts: Accounts,
  question = 'New password',
): Promise<string> {
  const password = await terminal.ask(`${question}: `, {
    secret: true,
    check: (answer) => accounts.checkPassword(answer),
  })
  return terminal.ask(`${question} again: `, {
    secret: true,
    check(answer) {
      if (answer !== password) throw fail({ code: 'passwords-differ' })
      return answer
    },
  })
}

/** Takes an answer as it is. */
export const anything = (answer: string): string => answer
