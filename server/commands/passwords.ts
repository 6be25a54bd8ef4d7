import type { Passwords } from '../chat/accounts/passwords.ts'
import { fail } from '../chat/model/failures.ts'
import { preparePassword } from '../lib/password-text.ts'
import type { Terminal } from './terminal.ts'

/** How often a person may mistype one of the two. */
const tries = 3

/**
 * Asks for a new password twice, and for both again if they differ, because the mistake may be in the first. `present` is
 * the old password, if it is known: the new one must be different.
 */
export async function askNewPassword(
  terminal: Terminal,
  passwords: Passwords,
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
        return passwords.check(answer)
      },
    })
    const again = await terminal.ask(`${question} again: `, { secret: true, check: anything })
    if (preparePassword(again) === password) return password
    if (!terminal.manner.typed) throw fail({ code: 'passwords-differ' })
    terminal.showFailure({ code: 'passwords-differ' })
    if (attempt === tries) throw fail({ code: 'cancelled', mistakes: tries })
  }
}

/** Returns the answer unchanged. */
export const anything = (answer: string): string => answer
