import type { Account } from '../model/people.ts'
import type { ProfileData } from '../model/replies/accounts.ts'

/** What a reader may know of an account: the e-mail address is shown to its owner alone. */
export function profileOf(account: Account, reader?: Account): ProfileData {
  const { name, id, email, since, operator } = account
  return { name, id, since, operator, ...(email !== undefined && account === reader ? { email } : {}) }
}
