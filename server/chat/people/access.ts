import type { Grant } from '../model/grant.ts'
import { connectionsOf } from '../model/grants.ts'
import type { Account, Listener, Person } from '../model/people.ts'

/** Why connections end that speak for a person. */
export type Ending =
  | { readonly why: 'deleted'; readonly by: 'owner' | 'operator' }
  | { readonly why: 'killed'; readonly note?: string | undefined }
  /** By its owner, who knew the one before; by the recovery code; by an operator. */
  | { readonly why: 'password'; readonly how: 'changed' | 'recovered' | 'set' }
  | { readonly why: 'token'; readonly token: string }

/** Whether an ending is about what came in with that grant, or without one. */
type Concerned = (grant: Grant | undefined) => boolean

/**
 * The one rule of who is disconnected: whoever changes how one gets in ends what got in before, also what was made
 * there to get in by, like tickets for files.
 */
export class Access {
  readonly #whenEnded: ((person: Person, ending: Ending, concerned: Concerned) => void)[] = []

  /** Ends the connections that an ending is about, but for the one that asks. Answers how many that were. */
  end(person: Person, ending: Ending, keep?: Listener): number {
    const concerned = concernedBy(ending)
    if (person.kind === 'account' && (ending.why === 'password' || ending.why === 'deleted')) person.access++
    for (const task of this.#whenEnded) task(person, ending, concerned)
    const ended = connectionsOf(person).filter((one) => one !== keep && concerned(one.grant))
    for (const listener of ended) {
      if (ending.why === 'deleted' && ending.by === 'owner') listener.dismissed('account deleted')
      else listener.close(reasonOf(ending))
    }
    return ended.length
  }

  /** Calls back when the ways in of a person that were good until now are none any more. */
  onEnded(task: (person: Person, ending: Ending, concerned: Concerned) => void): void {
    this.#whenEnded.push(task)
  }
}

/** Whether what was checked when `access` was so is still good. */
export function isStill(account: Account, access: number): boolean {
  return !account.deleted && account.access === access
}

function concernedBy(ending: Ending): Concerned {
  // Scripts have secrets of their own; but whoever did not know the password revokes them with it.
  if (ending.why === 'password' && ending.how === 'changed') return (grant) => grant === undefined
  if (ending.why === 'token') return (grant) => grant?.token === ending.token
  return () => true
}

function reasonOf(ending: Ending): string {
  switch (ending.why) {
    case 'deleted':
      return 'this account was deleted by an operator'
    case 'killed':
      return `an operator ended it${ending.note === undefined ? '' : `: ${ending.note}`}`
    case 'password':
      return passwordReasons[ending.how]
    case 'token':
      return `the token ${ending.token} is revoked`
    default:
      return ending satisfies never
  }
}

const passwordReasons = {
  changed: 'the password was changed',
  recovered: 'the password was set anew by the recovery code',
  set: 'an operator has set another password',
} as const
