import { quoted } from '../../lib/quoted.ts'
import type { Grant } from '../model/grant.ts'
import { connectionsOf } from '../model/grants.ts'
import type { Account, Listener, Person } from '../model/people.ts'

/** Why the connections of a person are closed. */
export type Ending =
  | { readonly why: 'deleted'; readonly by: 'owner' | 'operator' }
  | { readonly why: 'killed'; readonly note?: string | undefined }
  /** The password was changed by its owner, who knew the old one; by the recovery code; by an operator. */
  | { readonly why: 'password'; readonly how: 'changed' | 'recovered' | 'set' }
  | { readonly why: 'token'; readonly token: string }
  /** Their person ends these, from another connection. */
  | { readonly why: 'own'; readonly connections: ReadonlySet<Listener> }
  /** A browser is logged out. */
  | { readonly why: 'browser'; readonly session: number }

/** Whether an ending concerns connections with that grant, or without one. */
type Concerned = (grant: Grant | undefined) => boolean

/**
 * The only rule of who is disconnected: a change of a password, token or other way in ends everything that got in by
 * the old one, also secrets that were made there, such as tickets for files.
 */
export class Access {
  readonly #whenEnded: ((person: Person, ending: Ending, concerned: Concerned) => void)[] = []

  /** Closes the connections that an ending concerns, except the one that asks. Returns their number. */
  end(person: Person, ending: Ending, via?: Listener): number {
    const concerned = concernedBy(ending)
    if (person.kind === 'account' && (ending.why === 'password' || ending.why === 'deleted')) person.access++
    for (const task of this.#whenEnded) task(person, ending, concerned)
    const ended = connectionsOf(person).filter(
      (one) =>
        one !== via &&
        (ending.why === 'browser'
          ? one.browser?.id === ending.session
          : ending.why === 'own'
            ? ending.connections.has(one)
            : concerned(one.grant)),
    )
    for (const listener of ended) {
      if (ending.why === 'deleted' && ending.by === 'owner') listener.dismissed('account deleted')
      else listener.close(reasonOf(ending))
    }
    return ended.length
  }

  /** Calls back when ways in of a person are no longer valid. */
  onEnded(task: (person: Person, ending: Ending, concerned: Concerned) => void): void {
    this.#whenEnded.push(task)
  }
}

/** Whether a check that was made at this value of `access` still holds. */
export function isStill(account: Account, access: number): boolean {
  return !account.deleted && account.access === access
}

function concernedBy(ending: Ending): Concerned {
  // Scripts have secrets of their own. But if the person did not know the old password, the tokens are revoked with
  // it.
  if (ending.why === 'password' && ending.how === 'changed') return (grant) => grant === undefined
  if (ending.why === 'token') return (grant) => grant?.token === ending.token
  // What was made there is the person's, who only goes.
  if (ending.why === 'browser' || ending.why === 'own') return () => false
  return () => true
}

function reasonOf(ending: Ending): string {
  switch (ending.why) {
    case 'deleted':
      return 'this account was deleted by an operator'
    case 'killed':
      return `an operator ended it${ending.note === undefined ? '' : ` (${quoted(ending.note)})`}`
    case 'password':
      return passwordReasons[ending.how]
    case 'token':
      return `the token ${ending.token} is revoked`
    case 'own':
      return 'you ended it from another connection'
    case 'browser':
      return 'this browser was logged out'
    default:
      return ending satisfies never
  }
}

const passwordReasons = {
  changed: 'the password was changed',
  recovered: 'somebody set a new password with the recovery code',
  set: 'an operator set another password',
} as const
