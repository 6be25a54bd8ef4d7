import type { Accounts } from '../chat/accounts/accounts.ts'
import { fail } from '../chat/model/failures.ts'
import { preparePassword } from '../lib/password-text.ts'
import type { Terminal } from './command.ts'

/** How often somebody may mistype one of the two. */
const tries = 3

/**
 * Asks for a new password twice, and for both again where they differ: the mistake may be in the first.
 * `present` is the one before, where it is known: it cannot be kept.
 */
export async function askNewPassword(
  terminal: Terminal,
  accounts: Accounts,
  {
    explain,
    question = 'New password',
    present,
  }: { explain?: string; question?: string; present?: string } = {},
): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    const password = await terminal.ask(`${question}: `, {
      secret: true,
      ...(explain !== undefined && attempt === 1 ? { explain } : {}),
      check(answer) {
        if (present !== undefined && preparePassword(answer) === preparePassword(present))
          throw fail({ code: 'password-unchanged' })
        return accounts.checkPassword(answer)
      },
    })
    const again = await terminal.ask(`${question} again: `, { secret: true, check: anything })
    if (preparePassword(again) === password) return password
    if (!terminal.manner.typed) throw fail({ code: 'passwords-differ' })
    terminal.showFailure({ code: 'passwords-differ' })
    if (attempt === tries) throw fail({ code: 'cancelled', mistakes: tries })
  }
}

/** Takes an answer as it is. */
export const anything = (answer: string): string => answer
